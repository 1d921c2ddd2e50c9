//! Writes reports again whose figures have changed since: values came late, were revised or reviewed.
//!
//! The earlier version goes to the folder `superseded`, so that what somebody has signed can still be read.

use std::path::Path;

use anyhow::Context as _;
use lanbi_model::{Instant, Zone};
use lanbi_reports::render::ReportKind;
use lanbi_store::{StoreError, WrittenReport};

use crate::{
    cli::ReportFormat,
    facts::{self, Sources},
    service::Parts,
    writer::{self, Files},
};

/// Folder of earlier versions, beside the reports.
pub(crate) const SUPERSEDED: &str = "superseded";

/// Writes the outdated reports again that say something else now. One that cannot be written stays outdated and does
/// not keep the others from it.
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn outdated(parts: &Parts) -> Result<(), StoreError> {
    for report in parts.store.reports(true).await? {
        if let Err(error) = one(parts, &report).await {
            let (kind, period) = (&report.kind, report.period);
            tracing::warn!("report {kind} {period} cannot be written again for the moment: {error:#}");
        }
    }
    Ok(())
}

async fn one(parts: &Parts, report: &WrittenReport) -> anyhow::Result<()> {
    let kind = ReportKind::ALL.into_iter().find(|kind| kind.key() == report.kind);
    let kind = kind.with_context(|| format!("kind `{}` is unknown to this version", report.kind))?;
    let formats: Vec<ReportFormat> = report.formats.split(',').filter_map(ReportFormat::from_key).collect();
    let folder = Path::new(&report.folder);
    // As it would have been at the time, so that only figures make a difference.
    let then = sources(parts, report, report.written_at)?;
    let files = writer::render(&then, kind, report.period, &formats).await?;
    if is_as_written(&files, folder) {
        parts.store.note_report(&WrittenReport { outdated: false, ..report.clone() }).await?;
        return Ok(());
    }
    set_aside(&files, folder, report.written_at)?;
    let now = sources(parts, report, (parts.clock)())?;
    writer::write(&now, kind, report.period, &formats, folder).await?;
    tracing::info!(kind = kind.key(), period = %report.period, "report written again, its figures have changed");
    Ok(())
}

fn sources(parts: &Parts, report: &WrittenReport, now: Instant) -> anyhow::Result<Sources> {
    Ok(Sources {
        store: std::sync::Arc::clone(&parts.store),
        registry: std::sync::Arc::clone(&parts.registry),
        standards: std::sync::Arc::clone(&parts.standards),
        settings: parts.settings.clone(),
        targets: facts::load_targets(&parts.settings)?,
        lists: facts::load_lists(&parts.settings, &parts.registry, &parts.standards)?,
        events: facts::load_events(&parts.settings)?,
        demo: parts.settings.registry.demo,
        area: Some(report.area.clone()).filter(|area| !area.is_empty()),
        now,
        zone: Zone::shanghai(),
    })
}

/// Whether the folder holds these files. One that a person has removed is not asked for again.
fn is_as_written(files: &Files, folder: &Path) -> bool {
    files
        .iter()
        .all(|(name, text)| std::fs::read_to_string(folder.join(name)).map_or(true, |old| old == *text))
}

fn set_aside(files: &Files, folder: &Path, written_at: Instant) -> anyhow::Result<()> {
    let aside = folder.join(SUPERSEDED);
    std::fs::create_dir_all(&aside).with_context(|| format!("cannot make {}", aside.display()))?;
    let stamp = Zone::shanghai().at(written_at).format("%Y%m%dT%H%M%S");
    for (name, _) in files {
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let old = folder.join(name);
        if old.is_file() {
            let kept = aside.join(format!("{stem}-{stamp}.{extension}"));
            std::fs::rename(&old, &kept).with_context(|| format!("cannot move {}", old.display()))?;
        }
    }
    Ok(())
}
