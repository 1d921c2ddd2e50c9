//! Reports as files: gathers the facts, builds the model, lays it out, keeps the index of the folder.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use lanbi_model::{Account, ReportPeriod};
use lanbi_reports::{
    render::{FirstLook, Index, ReportKind, ReportLink, html, json, text},
    report::{daily, monthly, river_chief},
};

use crate::{cli::ReportFormat, facts::Sources};

/// Writes one report in the formats asked for; gives the paths.
///
/// # Errors
/// The period does not fit the kind, the store cannot be read, the folder cannot be written.
pub(crate) async fn write(
    sources: &Sources,
    kind: ReportKind,
    period: ReportPeriod,
    formats: &[ReportFormat],
    dir: &Path,
) -> anyhow::Result<Vec<PathBuf>> {
    std::fs::create_dir_all(dir)
        .with_context(|| format!("cannot make the folder {}; check its rights", dir.display()))?;
    let mut written = Vec::new();
    let mut put = |extension: &str, text: String| -> anyhow::Result<()> {
        let path = dir.join(format!("{}-{period}.{extension}", kind.key()));
        std::fs::write(&path, text)
            .with_context(|| format!("cannot write {}; check rights and disk", path.display()))?;
        written.push(path);
        Ok(())
    };
    match (kind, period) {
        (ReportKind::Daily, ReportPeriod::Day(day)) => {
            let model = daily::build(&sources.daily(day).await?);
            for format in formats {
                match format {
                    ReportFormat::Html => put("html", html::daily(&model)?)?,
                    ReportFormat::Json => put("json", json::write(&model)?)?,
                }
            }
        }
        (ReportKind::Monthly, ReportPeriod::Month(_)) => {
            let model = monthly::build(&sources.monthly(period).await?);
            for format in formats {
                match format {
                    ReportFormat::Html => put("html", html::monthly(&model)?)?,
                    ReportFormat::Json => put("json", json::write(&model)?)?,
                }
            }
        }
        (ReportKind::RiverChief, ReportPeriod::Day(day)) => {
            let model = river_chief::build(&sources.river_chiefs(day).await?);
            for format in formats {
                match format {
                    // The text form is what goes into a message to the chief.
                    ReportFormat::Html => {
                        put("html", html::river_chiefs(&model)?)?;
                        put("txt", text::river_chiefs(&model))?;
                    }
                    ReportFormat::Json => put("json", json::write(&model)?)?,
                }
            }
        }
        (ReportKind::Monthly, _) => bail!("a monthly report covers a month; write --period 2026-10"),
        (ReportKind::Daily | ReportKind::RiverChief, _) => {
            bail!("a {} report covers a day; write --period 2026-10-05", kind.key())
        }
    }
    Ok(written)
}

/// Writes `index.html` for all reports in a folder.
///
/// # Errors
/// The folder cannot be read or written.
pub(crate) fn write_index(
    sources: &Sources,
    account: Account,
    dir: &Path,
    first: Vec<FirstLook>,
) -> anyhow::Result<PathBuf> {
    let mut reports = Vec::new();
    for entry in std::fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if let Some((kind, period)) = name.strip_suffix(".html").and_then(named) {
            reports.push(ReportLink { kind, period, href: name, remark: String::new() });
        }
    }
    let index = Index {
        district: sources.settings.registry.district.clone(),
        demo: sources.demo,
        generated_at: sources.now,
        zone: sources.zone,
        account,
        reports,
        first,
    };
    let path = dir.join("index.html");
    std::fs::write(&path, html::index(&index)?)
        .with_context(|| format!("cannot write {}; check rights and disk", path.display()))?;
    Ok(path)
}

/// Kind and period of a report's file name without its ending.
fn named(stem: &str) -> Option<(ReportKind, ReportPeriod)> {
    ReportKind::ALL.into_iter().find_map(|kind| {
        let period = stem.strip_prefix(kind.key())?.strip_prefix('-')?.parse().ok()?;
        Some((kind, period))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_tell_kind_and_period() {
        for (stem, expected) in [
            ("daily-2026-10-31", Some((ReportKind::Daily, "2026-10-31"))),
            ("monthly-2026-10", Some((ReportKind::Monthly, "2026-10"))),
            ("river-chief-2026-10-31", Some((ReportKind::RiverChief, "2026-10-31"))),
            ("index", None),
            ("daily-notes", None),
        ] {
            let found = named(stem).map(|(kind, period)| (kind, period.to_string()));
            assert_eq!(found, expected.map(|(kind, period)| (kind, period.to_owned())), "{stem}");
        }
    }
}
