//! `lanbi import`: recorded files straight into the store.
//!
//! A row becomes the message that a sensor would have sent (as in `lanbi replay`) and goes through the same decoder, the same
//! registry and the same commit as a live one. Nobody delivered it, so that it counts in the account with its values and
//! not as a message. It is safe to stop at any moment and to start again: see [`progress`] and [`letters`].

mod foresee;
mod input;
mod letters;
mod portion;
mod progress;
mod report;
mod take;

use std::{path::Path, sync::Arc};

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use lanbi_config::Settings;
use lanbi_ingest::{
    file::{Mapping, Rows, open_table, read_rows},
    source::Sources,
};
use lanbi_model::Registry;
use lanbi_store::Store;

use self::{
    foresee::Foreseer,
    input::Input,
    letters::Letters,
    portion::Desk,
    progress::Progress,
    report::{FileReport, State},
};
use crate::{cli::ImportFilesArgs, senders, service};

pub(super) async fn run(config: Option<&Path>, args: &ImportFilesArgs) -> anyhow::Result<()> {
    super::log_to_stderr("warn");
    let settings = super::settings(config)?;
    let layout = Layout::read(args)?;
    let registry = super::registry(&settings)?;
    let senders = senders::load(&settings)?;
    // A dry run makes no store: without one every value would be new.
    let store = if args.dry_run && super::missing_file(&settings).is_some() {
        None
    } else {
        Some(super::store(&settings).await?)
    };
    let outcome = Import::new(args, &layout, (&settings, &registry, &senders), store.as_ref())?.run().await;
    if let Some(store) = store {
        store.close().await;
    }
    let reports = outcome?;
    report::print(&mut std::io::stdout().lock(), &reports, &registry, args)?;
    let failed = reports.iter().filter(|report| report.error.is_some()).count();
    anyhow::ensure!(
        failed == 0,
        "{failed} of {} files could not be read, or not to the end; what is said above of each names the remedy",
        reports.len()
    );
    let is_fresh =
        |report: &FileReport| matches!(report.state, State::Imported | State::Resumed | State::Failed);
    if !args.dry_run && reports.iter().any(|report| is_fresh(report) && report.stored() > 0) {
        eprintln!(
            "day means, alarms and written reports follow by themselves while `lanbi run` is running, or with its next start"
        );
    }
    Ok(())
}

/// The mapping with everything that makes the same file another import.
struct Layout {
    mapping: Mapping,
    /// The text of the mapping, the year and the sheet.
    identity: String,
}

impl Layout {
    fn read(args: &ImportFilesArgs) -> anyhow::Result<Self> {
        let text = super::replay::mapping_text(&args.mapping)?;
        let mut mapping = Mapping::from_toml(&args.mapping, &text)?;
        if let Some(year) = args.year {
            mapping.set_year(year)?;
        }
        let identity = format!("{text}\n{:?}\n{:?}\n", args.year, args.sheet);
        Ok(Self { mapping, identity })
    }
}

/// One run over all files.
struct Import<'a> {
    args: &'a ImportFilesArgs,
    layout: &'a Layout,
    desk: Desk<'a>,
    store: Option<&'a Arc<dyn Store>>,
    letters: Letters,
    foreseer: Foreseer<'a>,
    bar: ProgressBar,
}

impl<'a> Import<'a> {
    fn new(
        args: &'a ImportFilesArgs,
        layout: &'a Layout,
        (settings, registry, sources): (&Settings, &'a Registry, &'a Sources),
        store: Option<&'a Arc<dyn Store>>,
    ) -> anyhow::Result<Self> {
        // Drawn on a terminal only.
        let bar = ProgressBar::new_spinner();
        bar.set_style(ProgressStyle::with_template("{spinner} {pos} rows, {per_sec}  {msg}")?);
        let limits = service::limits(settings);
        let most_values = settings.ingest.batch_values.max(1);
        Ok(Self {
            args,
            layout,
            desk: Desk { registry, sources, limits, most_values },
            store,
            letters: Letters::default(),
            foreseer: Foreseer::new(store.map(|store| &**store)),
            bar,
        })
    }

    /// One report a file. A file that cannot be used does not stop the others.
    ///
    /// # Errors
    /// The store failed; what was committed stays, and the same command goes on from there.
    async fn run(mut self) -> anyhow::Result<Vec<FileReport>> {
        let mut reports = Vec::new();
        for path in &self.args.files {
            let shown = path.display().to_string();
            self.bar.set_message(shown.clone());
            let report = match Input::open(path, &self.layout.identity) {
                Ok(input) => self.file(&input).await?,
                Err(error) => FileReport::failed(&shown, &error),
            };
            if let Some(error) = &report.error {
                // Some errors name the file themselves.
                let told = if error.contains(&shown) { error.clone() } else { format!("{shown}: {error}") };
                self.bar.suspend(|| eprintln!("{told}"));
            }
            reports.push(report);
        }
        self.bar.finish_and_clear();
        Ok(reports)
    }

    async fn file(&mut self, input: &Input) -> anyhow::Result<FileReport> {
        let progress = match self.store {
            Some(store) => Progress::load(&**store, &input.key).await?,
            None => None,
        };
        if let Some(known) = progress.as_ref().filter(|known| known.finished) {
            let told = if self.args.dry_run {
                format!("{} is in already, since {}", input.shown, known.at)
            } else if self.args.again {
                format!("{} is in already, since {}; it is read again", input.shown, known.at)
            } else {
                format!("{} is in already, since {}; --again reads it all the same", input.shown, known.at)
            };
            self.bar.suspend(|| eprintln!("{told}"));
            if !self.args.dry_run && !self.args.again {
                return Ok(known.report(&input.shown));
            }
        }
        let mapping = &self.layout.mapping;
        let opened = open_table(&input.path, self.args.sheet.as_deref(), mapping)
            .and_then(|reader| read_rows(reader, mapping));
        let mut rows = match opened {
            Ok(rows) => rows,
            Err(error) => return Ok(FileReport::failed(&input.shown, &anyhow::Error::new(error))),
        };
        let Some(store) = self.store.filter(|_| !self.args.dry_run) else {
            return self.foresee(input, &mut rows).await;
        };
        let begin = match progress {
            Some(known) if !known.finished => {
                let told = format!(
                    "{}: an earlier import was interrupted; goes on after {} rows",
                    input.shown, known.records
                );
                self.bar.suspend(|| eprintln!("{told}"));
                known
            }
            _ => Progress::begin(input),
        };
        let taking =
            take::Taking { store: &**store, desk: &self.desk, letters: &mut self.letters, bar: &self.bar };
        taking.file(input, &mut rows, begin).await.with_context(|| {
            format!("{} stopped before its end; the same command goes on where it stopped", input.shown)
        })
    }

    async fn foresee<R: std::io::Read>(
        &mut self,
        input: &Input,
        rows: &mut Rows<'_, R>,
    ) -> anyhow::Result<FileReport> {
        let mut report = FileReport::new(&input.shown, State::DryRun);
        report.unused_columns = rows.ignored_columns().to_vec();
        while let Some(portion) = self.desk.next_portion(rows, &input.name) {
            self.bar.inc(portion.rows);
            report.note(&portion);
            report.add(self.foreseer.foresee(&portion).await?);
        }
        report.close(rows);
        Ok(report)
    }
}
