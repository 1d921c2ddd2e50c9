//! What became of the uploads of all simulated loggers.

use std::collections::BTreeMap;

use lanbi_model::Parameter;

use crate::cli::Mischief;

/// Counts of uploads: `sent = answered + given up`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Account {
    /// Uploads, each once.
    pub(super) sent: u64,
    /// Of these: answered by 9014.
    pub(super) answered: u64,
    /// Of these: not answered after all repeats.
    pub(super) given_up: u64,
    /// Uploads that went out once more because the answer did not come or the line was lost.
    pub(super) sent_again: u64,
    /// Values in the uploads.
    pub(super) values: u64,
    /// Rows whose period no command carries.
    pub(super) no_command: u64,
    /// Requests of the host, which a simulated logger leaves alone.
    pub(super) requests: u64,
    /// Values without a factor code.
    pub(super) without_code: BTreeMap<Parameter, u64>,
    /// Values that hold a sign of the grammar.
    pub(super) unwritable: BTreeMap<Parameter, u64>,
    /// Misdeeds done.
    pub(super) misdeeds: BTreeMap<Mischief, u64>,
}

impl Account {
    /// Adds that of another logger.
    pub(super) fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.answered += other.answered;
        self.given_up += other.given_up;
        self.sent_again += other.sent_again;
        self.values += other.values;
        self.no_command += other.no_command;
        self.requests += other.requests;
        join(&mut self.without_code, other.without_code);
        join(&mut self.unwritable, other.unwritable);
        join(&mut self.misdeeds, other.misdeeds);
    }

    /// The account in lines for people; lines that would say nothing are left out.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!(
            "{} uploads with {} values sent, {} answered, {} sent again, {} given up",
            self.sent, self.values, self.answered, self.sent_again, self.given_up
        )];
        let mut say = |what: &str, counts: Vec<(&str, u64)>| {
            if !counts.is_empty() {
                let counts: Vec<String> =
                    counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
                lines.push(format!("{what}: {}", counts.join(", ")));
            }
        };
        let named = |counts: &BTreeMap<Parameter, u64>| counts.iter().map(|(p, n)| (p.key(), *n)).collect();
        say("values without a factor code, not sent", named(&self.without_code));
        say("values with a sign that a frame cannot hold, not sent", named(&self.unwritable));
        say("misbehaved", self.misdeeds.iter().map(|(m, n)| (m.key(), *n)).collect());
        if self.no_command > 0 {
            lines.push(format!(
                "rows of a period that no command carries, not sent: {}; HJ 212 has moments, minutes, hours and days",
                self.no_command
            ));
        }
        if self.requests > 0 {
            lines.push(format!("requests of the host that were left alone: {}", self.requests));
        }
        lines
    }
}

fn join<K: Ord>(to: &mut BTreeMap<K, u64>, from: BTreeMap<K, u64>) {
    for (key, count) in from {
        *to.entry(key).or_default() += count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_add_up_and_say_what_was_lost() {
        let one = || Account {
            sent: 3,
            answered: 2,
            given_up: 1,
            sent_again: 4,
            values: 6,
            without_code: [(Parameter::Rain, 2)].into(),
            misdeeds: [(Mischief::Drop, 1)].into(),
            ..Account::default()
        };
        let mut all = one();
        assert_eq!(Account::default().lines().len(), 1);
        all.add(Account { requests: 1, ..one() });
        assert_eq!(
            all.lines(),
            [
                "6 uploads with 12 values sent, 4 answered, 8 sent again, 2 given up",
                "values without a factor code, not sent: rain 4",
                "misbehaved: drop 2",
                "requests of the host that were left alone: 1",
            ]
        );
    }
}
