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

#[cfg(test)]
mod tests {
    use lanbi_model::{AveragingPeriod, Flags, Parameter, Sample, SampleKey};
    use lanbi_store::{Batch, Incoming};

    use super::*;

    /// A value of one station at a minute.
    fn value(minute: i64, value: Decimal) -> Incoming {
        let instant = DateTime::UNIX_EPOCH + chrono::TimeDelta::minutes(minute);
        let key = SampleKey {
            station: StationId::new("bench-x-a00"),
            parameter: Parameter::Pm25,
            period: AveragingPeriod::MINUTE,
            instant,
        };
        let sample = Sample { key, value, flags: Flags::empty() };
        Incoming { sample, day: instant.date_naive(), received_at: instant }
    }

    /// Three values in three messages were sent, one of them twice; checks what the store makes of `arrived`.
    async fn check(arrived: &[Incoming], messages: u64) -> Checked {
        let store = lanbi_store::open("sqlite::memory:").await.unwrap();
        store.commit(&Batch { samples: arrived.to_vec(), messages, ..Batch::default() }).await.unwrap();
        let station = Expected { station: "bench-x-a00".to_owned(), values: 3, sum: Decimal::from(6) };
        let manifest = Manifest {
            messages: 4,
            incoming: 4,
            stored: 3,
            repeated: 1,
            stations: vec![station],
            ..Manifest::default()
        };
        manifest.check(&Account::default(), &*store).await.unwrap()
    }

    #[tokio::test]
    async fn lost_doubled_and_changed_values_are_noticed() {
        let [one, two, three] = [1, 2, 3].map(|n| value(n, Decimal::from(n)));
        let sent = [one.clone(), two.clone(), two.clone(), three.clone()];
        assert!(check(&sent, 4).await.matched);
        // The broker may deliver again what it has not seen acknowledged.
        let again = [&sent[..], std::slice::from_ref(&three)].concat();
        let checked = check(&again, 5).await;
        assert!(checked.matched && checked.redelivered == 1, "{checked}");
        for (what, arrived, messages) in [
            ("a message lost", &[one.clone(), two.clone(), two.clone()][..], 3),
            ("a repeat lost", &[one.clone(), two.clone(), three.clone()], 3),
            ("a value too many", &[&sent[..], &[value(4, Decimal::ZERO)]].concat(), 5),
            ("a value replaced", &[one, two.clone(), two, value(3, Decimal::ONE), three], 5),
            ("a value not counted", &again, 4),
        ] {
            let checked = check(arrived, messages).await;
            assert!(!checked.matched && !checked.problems.is_empty(), "{what}: {checked}");
        }
    }
}
