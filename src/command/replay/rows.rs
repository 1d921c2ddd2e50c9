//! The rows of the files that are to be sent, each when it is due.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use lanbi_ingest::file::{Mapping, Row, open_table, read_rows};

use crate::cli::ReplayArgs;

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

/// What became of the rows that were not sent.
#[derive(Default)]
pub(super) struct RowTotals {
    /// Without a value.
    pub(super) empty: u64,
    /// Left out by the mapping.
    pub(super) skipped: u64,
    /// Not of the days asked for.
    pub(super) outside: u64,
    /// Lines that hold no row.
    pub(super) problems: u64,
}

impl std::fmt::Display for RowTotals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { empty, skipped, outside, problems } = self;
        write!(
            f,
            "rows without a value {empty}, left out {skipped}, outside the days {outside}, unreadable {problems}"
        )
    }
}

/// Shows how many `things` have gone out.
pub(super) fn progress(things: &str) -> anyhow::Result<ProgressBar> {
    let bar = ProgressBar::new_spinner();
    bar.set_style(ProgressStyle::with_template(&format!(
        "{{spinner}} {{pos}} {things}, {{per_sec}}  {{msg}}"
    ))?);
    Ok(bar)
}

/// Gives each row that has values to `send` when it is due. Unreadable lines are said and counted.
pub(super) async fn each_row(
    args: &ReplayArgs,
    mapping: &Mapping,
    bar: &ProgressBar,
    mut send: impl AsyncFnMut(&Row) -> anyhow::Result<()>,
) -> anyhow::Result<RowTotals> {
    let pace = Pace::parse(&args.speed)?;
    let mut totals = RowTotals::default();
    let start = Instant::now();
    let mut first_end = None;
    for file in &args.files {
        bar.set_message(file.display().to_string());
        let reader: Box<dyn std::io::Read + Send> = if file.as_os_str() == "-" {
            Box::new(std::io::stdin())
        } else {
            open_table(file, None, mapping)?
        };
        let mut rows = read_rows(reader, mapping).with_context(|| file.display().to_string())?;
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
            if row.values.is_empty() {
                totals.empty += 1;
                continue;
            }
            if let Pace::Times(times) = pace {
                let from = *first_end.get_or_insert(row.end);
                let recorded: Duration = (row.end - from).to_std().unwrap_or_default();
                let due = start + recorded.div_f64(times);
                tokio::time::sleep_until(due.into()).await;
            }
            send(&row).await?;
        }
        totals.skipped += rows.counts().skipped;
    }
    Ok(totals)
}

/// Whether a row lies in the days asked for. A mean that ends at midnight belongs to the day before.
fn wanted(args: &ReplayArgs, row: &Row) -> bool {
    let day = if row.period.seconds() == 0 { row.zone.day_of(row.end) } else { row.zone.day_of_end(row.end) };
    args.from.is_none_or(|from| from <= day) && args.last_day().is_none_or(|to| day <= to)
}
