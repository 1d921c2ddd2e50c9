//! A file into the store, portion by portion: committed, then noted.

use std::io::Read;

use indicatif::ProgressBar;
use lanbi_ingest::file::Rows;
use lanbi_store::Store;

use super::{
    input::Input,
    letters::Letters,
    portion::Desk,
    progress::Progress,
    report::{FileReport, State},
};

pub(super) struct Taking<'a> {
    pub store: &'a dyn Store,
    pub desk: &'a Desk<'a>,
    pub letters: &'a mut Letters,
    pub bar: &'a ProgressBar,
}

impl Taking<'_> {
    /// Takes what is not in yet.
    ///
    /// # Errors
    /// The store failed; what was committed stays.
    pub(super) async fn file<R: Read>(
        self,
        input: &Input,
        rows: &mut Rows<'_, R>,
        mut progress: Progress,
    ) -> anyhow::Result<FileReport> {
        let state = if progress.records > 0 { State::Resumed } else { State::Imported };
        let mut report = FileReport::new(&input.shown, state);
        report.unused_columns = rows.ignored_columns().to_vec();
        while rows.counts().records < progress.records && rows.next().is_some() {}
        while let Some(mut portion) = self.desk.next_portion(rows, &input.name) {
            report.note(&portion);
            let known = self.letters.take_known(self.store, &mut portion.batch).await?;
            let receipt = self.store.commit(&portion.batch).await?;
            progress.count(portion.rows, receipt, known);
            progress.records = portion.records;
            progress.save(self.store, &input.key).await?;
            self.bar.inc(portion.rows);
        }
        report.close(rows);
        if report.error.is_none() {
            progress.finished = true;
            progress.save(self.store, &input.key).await?;
        }
        progress.fill(&mut report);
        Ok(report)
    }
}
