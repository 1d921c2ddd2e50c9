//! What was sent, exactly; held against what the store says it has.

use chrono::DateTime;
use lanbi_model::{Account, Decimal, Instant, StationId};
use lanbi_store::{SampleQuery, Store};
use serde::Serialize;

/// Values of one station that must be in the store, each once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expected {
    pub(crate) station: String,
    pub(crate) values: u64,
    pub(crate) sum: Decimal,
}

/// What must have become of everything sent so far, each message delivered once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Manifest {
    pub(crate) messages: u64,
    /// Values, and one for each message that cannot be decoded.
    pub(crate) incoming: u64,
    pub(crate) stored: u64,
    pub(crate) repeated: u64,
    pub(crate) rejected: u64,
    pub(crate) bytes: u64,
    /// Messages with a repeat, a late stamp, or damage.
    pub(crate) repeats: u64,
    pub(crate) late: u64,
    pub(crate) poison: u64,
    pub(crate) stations: Vec<Expected>,
}

/// The outcome of the comparison.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Checked {
    /// Whether nothing is lost, doubled or changed.
    pub(crate) matched: bool,
    pub(crate) messages: u64,
    pub(crate) values: u64,
    pub(crate) stored: u64,
    pub(crate) repeated: u64,
    pub(crate) rejected: u64,
    /// Messages that the broker delivered more than once, which it may.
    pub(crate) redelivered: u64,
    /// Values counted in the store itself.
    pub(crate) rows: u64,
    /// What does not agree.
    pub(crate) problems: Vec<String>,
}

impl Manifest {
    /// Compares with the account since `before` and with the values in the store.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(crate) async fn check(&self, before: &Account, store: &dyn Store) -> anyhow::Result<Checked> {
        let after = store.account().await?;
        let mut checked = Checked {
            matched: false,
            messages: after.messages - before.messages,
            values: after.incoming - before.incoming,
            stored: after.stored - before.stored,
            repeated: after.repeated - before.repeated,
            rejected: after.rejected - before.rejected,
            redelivered: (after.messages - before.messages).saturating_sub(self.messages),
            rows: 0,
            problems: Vec::new(),
        };
        let mut problems = Vec::new();
        let mut same = |what: &str, expected: u64, found: u64| {
            if expected != found {
                problems.push(format!("{what}: {expected} expected, {found} found"));
            }
        };
        same("values stored", self.stored, checked.stored);
        same("values replaced", 0, after.revised - before.revised);
        if checked.redelivered == 0 {
            same("messages", self.messages, checked.messages);
            same("values received", self.incoming, checked.values);
            same("values repeated", self.repeated, checked.repeated);
            same("values rejected", self.rejected, checked.rejected);
        }
        if !after.balances() {
            problems.push(format!("the account does not balance: {after:?}"));
        }
        for expected in &self.stations {
            let (rows, sum) = in_store(store, &expected.station).await?;
            checked.rows += rows;
            if (rows, sum) != (expected.values, expected.sum) {
                problems.push(format!(
                    "{}: {} values with the sum {} expected, {rows} with {sum} found",
                    expected.station, expected.values, expected.sum
                ));
            }
        }
        checked.matched = problems.is_empty();
        checked.problems = problems;
        Ok(checked)
    }
}

impl std::fmt::Display for Checked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let word = if self.matched { "as sent" } else { "NOT AS SENT" };
        write!(
            f,
            "{word}: {} messages ({} delivered again), {} values = {} stored + {} repeated + {} rejected; {} in the store",
            self.messages,
            self.redelivered,
            self.values,
            self.stored,
            self.repeated,
            self.rejected,
            self.rows
        )?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

/// How many values a station has, and their sum.
async fn in_store(store: &dyn Store, station: &str) -> anyhow::Result<(u64, Decimal)> {
    let samples = store
        .samples(&SampleQuery {
            station: StationId::new(station),
            parameters: Vec::new(),
            period: None,
            after: DateTime::UNIX_EPOCH,
            until: Instant::MAX_UTC,
        })
        .await?;
    Ok((u64::try_from(samples.len())?, samples.iter().map(|sample| sample.value).sum()))
}
