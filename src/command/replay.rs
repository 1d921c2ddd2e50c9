//! `lanbi replay`: recorded files published as sensors would.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use lanbi_ingest::{
    file::{Mapping, Row, open_table, read_rows, row_to_payload},
    mqtt::{MqttSettings, Publisher},
};

use crate::cli::ReplayArgs;

/// Messages under way at a time.
const IN_FLIGHT: u16 = 200;

/// A built-in mapping by name, or one from a file.
pub(super) fn mapping(name: &str) -> anyhow::Result<Mapping> {
    Ok(Mapping::from_toml(name, &mapping_text(name)?)?)
}

/// The same as it is written.
pub(super) fn mapping_text(name: &str) -> anyhow::Result<String> {
    if let Some(text) = lanbi_config::examples::mapping(name) {
        return Ok(text.to_owned());
    }
    std::fs::read_to_string(name).with_context(|| {
        let known: Vec<&str> = lanbi_config::examples::MAPPINGS.iter().map(|(name, _)| *name).collect();
        format!("`{name}` is neither a mapping file nor one of {}", known.join(", "))
    })
}

/// How fast recorded time passes.
enum Pace {
    Max,
    Times(f64),
}

impl Pace {
    fn parse(text: &str) -> anyhow::Result<Self> {
        if text == "max" {
            return Ok(Self::Max);
        }
        let times: f64 =
            text.trim_end_matches(['x', 'X']).parse().ok().filter(|t| *t > 0.0).with_context(|| {
                format!("--speed `{text}` is neither `max` nor a number of times faster, such as 60")
            })?;
        Ok(Self::Times(times))
    }
}

pub(super) async fn run(config: Option<&Path>, args: &ReplayArgs) -> anyhow::Result<()> {
    super::log_to_stderr("warn");
    let own = crate::service::mqtt_settings(&super::settings(config)?);
    let mut mapping = mapping(&args.mapping)?;
    if let Some(year) = args.year {
        mapping.set_year(year)?;
    }
    let pace = Pace::parse(&args.speed)?;
    let settings = MqttSettings {
        url: args.broker.clone(),
        client_id: format!("lanbi-replay-{}", std::process::id()),
        // Long enough to come back after a broken line, short enough to leave nothing behind.
        session_expiry_s: 3600,
        topics: Vec::new(),
        ..own
    };
    let publisher = Publisher::connect(&settings, IN_FLIGHT, Duration::from_secs(20)).await?;
    let bar = ProgressBar::new_spinner();
    bar.set_style(ProgressStyle::with_template("{spinner} {pos} messages, {per_sec}  {msg}")?);
    let mut totals = Totals::default();
    let start = Instant::now();
    let mut first_end = None;
    for file in &args.files {
        bar.set_message(file.display().to_string());
        let reader: Box<dyn std::io::Read + Send> = if file.as_os_str() == "-" {
            Box::new(std::io::stdin())
        } else {
            open_table(file, None, &mapping)?
        };
        let mut rows = read_rows(reader, &mapping).with_context(|| file.display().to_string())?;
        for row in rows.by_ref() {
            let row = match row {
                Ok(row) => row,
                Err(problem) => {
                    totals.problems += 1;
                    bar.suspend(|| {
                        eprintln!(
                            "{}:{}: {}: {}",
                            file.display(),
                            problem.line,
                            problem.reason.key(),
                            problem.detail
                        );
                    });
                    continue;
                }
            };
            if !wanted(args, &row) {
                totals.outside += 1;
                continue;
            }
            let Some((topic, payload)) = row_to_payload(&row, &args.prefix) else {
                totals.empty += 1;
                continue;
            };
            if let Pace::Times(times) = pace {
                let from = *first_end.get_or_insert(row.end);
                let recorded = (row.end - from).to_std().unwrap_or_default();
                let due = start + recorded.div_f64(times);
                tokio::time::sleep_until(due.into()).await;
            }
            publisher.publish(&topic, payload).await?;
            totals.sent += 1;
            bar.inc(1);
        }
        totals.skipped += rows.counts().skipped;
    }
    let counts = publisher.finish().await?;
    bar.finish_and_clear();
    eprintln!(
        "{} messages sent, {} acknowledged by the broker; rows without a value {}, left out {}, outside the days {}, unreadable {}",
        totals.sent, counts.acknowledged, totals.empty, totals.skipped, totals.outside, totals.problems
    );
    anyhow::ensure!(
        counts.refused == 0,
        "the broker refused {} messages; check its limits and the rights of this user",
        counts.refused
    );
    Ok(())
}

/// What became of the rows.
#[derive(Default)]
struct Totals {
    sent: u64,
    empty: u64,
    skipped: u64,
    outside: u64,
    problems: u64,
}

/// Whether a row lies in the days asked for. A mean that ends at midnight belongs to the day before.
fn wanted(args: &ReplayArgs, row: &Row) -> bool {
    let day = if row.period.seconds() == 0 { row.zone.day_of(row.end) } else { row.zone.day_of_end(row.end) };
    args.from.is_none_or(|from| from <= day) && args.to.is_none_or(|to| day <= to)
}
