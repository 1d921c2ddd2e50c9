//! `lanbi db status`.

use std::io::Write as _;

use lanbi_config::Settings;
use lanbi_model::{Account, Zone};
use lanbi_store::{Keeper, Layout, LetterStock, StoreStatus};
use serde_json::json;

use super::{RESTORING, manifest::AccountLine, word};
use crate::cli::Output;

pub(super) async fn run(settings: &Settings, output: Output) -> anyhow::Result<()> {
    let store = lanbi_store::open_as_is(&settings.store_uri()).await?;
    let status = store.status().await?;
    // An older schema may lack what these read.
    let mut known = None;
    if status.pending.is_empty() {
        let restoring = store.memo(RESTORING).await?;
        known = Some((store.account().await?, store.letter_stock().await?, restoring));
    }
    store.close().await;
    match output {
        Output::Text => print(&status, known.as_ref()),
        Output::Json => print_json(&status, known.as_ref()),
    }
}

type Known = (Account, LetterStock, Option<String>);

/// Who does a piece of upkeep, in words.
pub(in crate::command) fn keeper_words(keeper: Keeper) -> &'static str {
    match keeper {
        Keeper::Policy => "the database, by a policy",
        Keeper::OwnTask => "lanbi run",
        Keeper::Nobody => "nobody",
    }
}

/// How values lie, in words.
pub(in crate::command) fn layout_words(layout: Layout) -> &'static str {
    match layout {
        Layout::File => "one file",
        Layout::Table => "a table",
        Layout::Hypertable => "a hypertable",
    }
}

fn numbers(pending: &[i64]) -> String {
    pending.iter().map(i64::to_string).collect::<Vec<_>>().join(",")
}

fn print(status: &StoreStatus, known: Option<&Known>) -> anyhow::Result<()> {
    let stamp = |instant| Zone::shanghai().at(instant).format("%Y-%m-%dT%H:%M:%S%:z").to_string();
    let mut lines = vec![
        ("engine", status.engine.clone()),
        ("extension", status.extension.clone().unwrap_or_else(|| "none".to_owned())),
        ("layout", layout_words(status.layout).to_owned()),
        ("retention", keeper_words(status.retention).to_owned()),
        ("compression", keeper_words(status.compression).to_owned()),
        ("schema", status.schema.to_string()),
        ("pending", numbers(&status.pending)),
        ("bytes", status.bytes.to_string()),
        ("values", status.values.to_string()),
        ("newest", status.newest.map(stamp).unwrap_or_default()),
        ("stale_days", status.stale.to_string()),
        ("notifications_waiting", status.waiting.to_string()),
    ];
    if let Some((account, stock, restoring)) = known {
        lines.extend([
            ("in", account.incoming.to_string()),
            ("stored", account.stored.to_string()),
            ("repeated", account.repeated.to_string()),
            ("rejected", account.rejected.to_string()),
            ("balances", if account.balances() { "yes" } else { "no" }.to_owned()),
            ("revised", account.revised.to_string()),
            ("reviewed", account.reviewed.to_string()),
            ("messages", account.messages.to_string()),
            ("alarms_raised", account.alarms_raised.to_string()),
            ("alarms_cleared", account.alarms_cleared.to_string()),
            ("alarms_withdrawn", account.alarms_withdrawn.to_string()),
            ("days_recomputed", account.recomputed.days.to_string()),
            ("dead_letters", stock.count.to_string()),
            ("dead_letters_open", stock.open.to_string()),
            ("dead_letters_bytes", stock.bytes.to_string()),
            ("dead_letters_oldest", stock.oldest.map(stamp).unwrap_or_default()),
            ("restoring_since", restoring.clone().unwrap_or_default()),
        ]);
    }
    let mut out = std::io::stdout().lock();
    for (key, value) in lines {
        writeln!(out, "{key}\t{value}")?;
    }
    if !status.pending.is_empty() {
        eprintln!("migrations are pending: `lanbi db migrate` brings the schema up to date");
    }
    Ok(())
}

fn print_json(status: &StoreStatus, known: Option<&Known>) -> anyhow::Result<()> {
    let mut value = json!({
        "engine": status.engine,
        "extension": status.extension,
        "layout": match status.layout {
            Layout::File => "file",
            Layout::Table => "table",
            Layout::Hypertable => "hypertable",
        },
        "retention": keeper_key(status.retention),
        "compression": keeper_key(status.compression),
        "schema": status.schema,
        "pending": status.pending,
        "bytes": status.bytes,
        "values": status.values,
        "newest": status.newest.map(word::of_instant),
        "stale_days": status.stale,
        "notifications_waiting": status.waiting,
    });
    if let Some((account, stock, restoring)) = known {
        value["account"] = json!(AccountLine::from(*account));
        value["balances"] = json!(account.balances());
        value["dead_letters"] = json!({
            "count": stock.count,
            "open": stock.open,
            "bytes": stock.bytes,
            "oldest": stock.oldest.map(word::of_instant),
        });
        value["restoring_since"] = json!(restoring);
    }
    println!("{value:#}");
    Ok(())
}

const fn keeper_key(keeper: Keeper) -> &'static str {
    match keeper {
        Keeper::Policy => "policy",
        Keeper::OwnTask => "own-task",
        Keeper::Nobody => "nobody",
    }
}
