//! How far a file came, kept in the same store under the hash of its content and mapping.
//!
//! It is noted after each commit. A kill between the two has the last portion committed again, which changes nothing: its
//! values are recognised by their keys and its letters by [`super::letters`]. Two imports of one file at the same time do
//! values no harm; a rejected row may get a letter from each.

use lanbi_store::{Receipt, Store};
use serde::{Deserialize, Serialize};

use super::{
    input::Input,
    report::{FileReport, State},
};

/// What is noted of a file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Progress {
    /// Name of the file, for people who look into the store.
    pub file: String,
    /// Records that are done.
    pub records: u64,
    pub finished: bool,
    /// When it was noted, RFC 3339.
    pub at: String,
    pub rows: u64,
    pub stored: u64,
    pub repeated: u64,
    pub revised: u64,
    pub rejected: u64,
}

impl Progress {
    pub(super) fn begin(input: &Input) -> Self {
        Self { file: input.name.clone(), ..Self::default() }
    }

    pub(super) async fn load(store: &dyn Store, key: &str) -> anyhow::Result<Option<Self>> {
        // What a later lanbi notes in another form counts as nothing: reading a file again does no harm.
        Ok(store.memo(key).await?.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Counts a portion that was committed. `known` values were rejected before.
    pub(super) fn count(&mut self, rows: u64, receipt: Receipt, known: u64) {
        self.rows += rows;
        self.stored += receipt.stored;
        self.repeated += receipt.repeated;
        self.revised += receipt.revised;
        self.rejected += receipt.rejected + known;
    }

    pub(super) async fn save(&mut self, store: &dyn Store, key: &str) -> anyhow::Result<()> {
        self.at = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        Ok(store.set_memo(key, Some(&serde_json::to_string(self)?)).await?)
    }

    /// What an earlier run made of the file.
    pub(super) fn report(&self, shown: &str) -> FileReport {
        let mut report = FileReport::new(shown, State::AlreadyIn);
        self.fill(&mut report);
        report
    }

    pub(super) fn fill(&self, report: &mut FileReport) {
        report.rows = self.rows;
        report.new = self.stored - self.revised.min(self.stored);
        report.revised = self.revised;
        report.repeated = self.repeated;
        report.rejected = self.rejected;
    }
}
