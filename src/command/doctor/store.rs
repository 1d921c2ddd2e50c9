//! The store: whether it answers and takes writes, what it is, and what waits in it.

use std::time::Duration;

use lanbi_config::Settings;
use lanbi_model::Zone;
use lanbi_store::{Keeper, Layout, Store, StoreError, StoreStatus};

use super::check::Report;
use crate::{
    command::{
        db::{self, keeper_words, layout_words},
        registry,
        stations::online::{self, State},
    },
    upkeep,
};

/// The memo that is written and removed again.
const TRIAL: &str = "doctor";

/// How long a stale mark may stand before the doctor takes it that nobody derives.
const DERIVED_WITHIN: Duration = Duration::from_secs(10);

const READ_ONLY: &str =
    "give this user the right to write (a file of another user, a read-only disk or database)";
const OTHERWISE: &str = "check store.uri, its password, and that the database runs";

/// `compression_asked`: whether somebody has set `store.compress_days`.
pub(super) async fn check(report: &mut Report, settings: &Settings, compression_asked: bool) {
    let store = match lanbi_store::open_as_is(&settings.store_uri()).await {
        Ok(store) => store,
        Err(StoreError::NoStore(at)) => {
            let remedy = "`lanbi db migrate` or the first `lanbi run` makes it; if there was one, mend data.dir or store.uri";
            return report.warn("store", format!("there is none at {at}"), remedy);
        }
        Err(error) => return report.fail_with("store", &error.into(), OTHERWISE),
    };
    let status = store.status().await;
    store.close().await;
    match status {
        Ok(status) => {
            let extension = status.extension.as_deref().map(|name| format!(", {name}")).unwrap_or_default();
            report.ok("store", format!("{}{extension}, {}", status.engine, layout_words(status.layout)));
            retention(report, settings, &status);
            compression(report, settings, &status, compression_asked);
            known(report, settings, &status).await;
        }
        Err(error) => report.fail_with("store", &error.into(), OTHERWISE),
    }
}

/// What can be told of a store that answers, beside what it is.
async fn known(report: &mut Report, settings: &Settings, status: &StoreStatus) {
    if !status.pending.is_empty() {
        let detail = format!("at {}, {} migrations are pending", status.schema, status.pending.len());
        let remedy = "`lanbi db migrate` brings it up to date; the next `lanbi run` does so too";
        return report.warn("schema", detail, remedy);
    }
    report.ok("schema", format!("at {}, nothing pending", status.schema));
    // The first look was without the right to write; with nothing pending this one changes nothing either.
    match lanbi_store::open(&settings.store_uri()).await {
        Ok(store) => {
            if let Err(error) = look(report, settings, &*store, status).await {
                report.fail_with("store", &error.into(), OTHERWISE);
            }
            store.close().await;
        }
        Err(error) => report.fail("store writes", error.to_string(), READ_ONLY),
    }
}

async fn look(
    report: &mut Report,
    settings: &Settings,
    store: &dyn Store,
    status: &StoreStatus,
) -> Result<(), StoreError> {
    write(report, store).await;
    if let Some(since) = store.memo(db::RESTORING).await? {
        report.fail("restore", format!("one began at {since} and has not ended"), db::half_restored(&since));
    }
    newest(report, settings, status);
    online(report, settings, store).await?;
    stale(report, store, status).await?;
    outbox(report, settings, store, status).await?;
    letters(report, settings, store).await
}

fn after(days: u32) -> String {
    if days == 0 { "never".to_owned() } else { format!("after {days} days") }
}

/// Who lets old values go.
fn retention(report: &mut Report, settings: &Settings, status: &StoreStatus) {
    let days = settings.store.keep_days;
    let detail = format!("values go {}, let go by {}", after(days), keeper_words(status.retention));
    if days > 0 && status.retention == Keeper::Nobody {
        report.warn("retention", detail, "set store.keep_days to 0, or use a store that lets values go");
    } else {
        report.ok("retention", detail);
    }
}

/// Who compresses old values. Where the database cannot, that is trouble only for somebody who asked for it: the
/// built-in value means "where it can".
fn compression(report: &mut Report, settings: &Settings, status: &StoreStatus, asked: bool) {
    let days = settings.store.compress_days;
    let detail = match (status.compression, status.layout) {
        (Keeper::Nobody, Layout::Hypertable) => {
            "none: this edition of TimescaleDB cannot compress; all else works".to_owned()
        }
        (Keeper::Nobody, layout) => format!("none: {} keeps values as they are", layout_words(layout)),
        (keeper, _) => format!("{}, by {}", after(days), keeper_words(keeper)),
    };
    let cannot = status.compression == Keeper::Nobody && status.layout == Layout::Hypertable;
    if cannot && asked && days > 0 {
        let remedy = "install TimescaleDB under the Timescale licence, or do not set store.compress_days";
        report.warn("compression", detail, remedy);
    } else {
        report.ok("compression", detail);
    }
}

async fn write(report: &mut Report, store: &dyn Store) {
    let trial = async {
        store.set_memo(TRIAL, Some("written by lanbi doctor")).await?;
        store.set_memo(TRIAL, None).await
    };
    match trial.await {
        Ok(()) => report.ok("store writes", "a memo was written and removed"),
        Err(error) => report.fail("store writes", error.to_string(), READ_ONLY),
    }
}

/// Values from the future: a clock is wrong, here or there.
fn newest(report: &mut Report, settings: &Settings, status: &StoreStatus) {
    let shown = |instant| Zone::shanghai().at(instant).format("%Y-%m-%dT%H:%M:%S%:z");
    let ahead = chrono::TimeDelta::seconds(settings.ingest.ahead_tolerance_seconds.into());
    match status.newest {
        None => report.ok("values", "none yet"),
        Some(newest) if newest > chrono::Utc::now() + ahead => report.warn(
            "values",
            format!("the newest is of {}, ahead of this clock", shown(newest)),
            "set this machine's clock: it stood later when that value was taken",
        ),
        Some(newest) => report.ok("values", format!("{}, the newest of {}", status.values, shown(newest))),
    }
}

/// How many stations send; without a station file there are none, which was told above.
async fn online(report: &mut Report, settings: &Settings, store: &dyn Store) -> Result<(), StoreError> {
    let Ok(registry) = registry(settings) else { return Ok(()) };
    if registry.stations().is_empty() {
        return Ok(());
    }
    let states = online::states(store, settings, &registry, chrono::Utc::now()).await?;
    let is_heard = |state: State| matches!(state, State::Online | State::Late);
    let detail = online::summary(&states);
    if states.values().all(|(state, _)| is_heard(*state)) {
        report.ok("stations online", detail);
    } else {
        let remedy = "`lanbi stations status` names them; `lanbi stations suggest` shows devices that send under other names";
        report.warn("stations online", detail, remedy);
    }
    Ok(())
}

/// Whether somebody derives: marks that stand are given some seconds.
async fn stale(report: &mut Report, store: &dyn Store, status: &StoreStatus) -> Result<(), StoreError> {
    let Some(first) = store.stale(1).await?.pop() else {
        report.ok("derived figures", "up to date");
        return Ok(());
    };
    let begun = tokio::time::Instant::now();
    while begun.elapsed() < DERIVED_WITHIN {
        tokio::time::sleep(Duration::from_millis(500)).await;
        if store.stale(1).await?.first() != Some(&first) {
            let detail = format!("{} station days wait and are being derived", status.stale);
            report.ok("derived figures", detail);
            return Ok(());
        }
    }
    report.warn(
        "derived figures",
        format!("{} station days wait, for {} s at least", status.stale, DERIVED_WITHIN.as_secs()),
        "start `lanbi run`, which derives them; if it runs, its log says what keeps it",
    );
    Ok(())
}

async fn outbox(
    report: &mut Report,
    settings: &Settings,
    store: &dyn Store,
    status: &StoreStatus,
) -> Result<(), StoreError> {
    let waiting = status.waiting;
    match store.outbox(1).await?.pop() {
        Some(oldest) if oldest.attempts > 0 => report.warn(
            "alarm messages",
            format!("{waiting} wait; the oldest has been tried {} times", oldest.attempts),
            "see that the receiver of webhook.url runs and takes POST; sending goes on by itself",
        ),
        Some(_) if settings.webhook.url.is_empty() => {
            report.ok("alarm messages", format!("{waiting} kept, none sent: webhook.url is not set"));
        }
        Some(_) => report.ok("alarm messages", format!("{waiting} wait")),
        None => report.ok("alarm messages", "none wait"),
    }
    Ok(())
}

async fn letters(report: &mut Report, settings: &Settings, store: &dyn Store) -> Result<(), StoreError> {
    let stock = store.letter_stock().await?;
    let detail = format!("{} letters, {} open, {} MB", stock.count, stock.open, stock.bytes / 1_000_000);
    let since = upkeep::warned_since(store).await?;
    let verdict = upkeep::judge(&settings.dead_letters, stock, since, chrono::Utc::now());
    match verdict.warning {
        Some(warning) => report.warn("dead letters", detail, warning),
        None => report.ok("dead letters", detail),
    }
    Ok(())
}
