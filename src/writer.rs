//! Reports as files: gathers the facts, builds the model, lays it out, keeps the index of the folder.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use chrono::{Months, NaiveDate};
use lanbi_model::{Account, ReportPeriod};
use lanbi_reports::{
    ReportError,
    render::{FirstLook, Index, ReportKind, ReportLink, html, json, text},
    report::{black_odor_report, daily, monthly, outlet_report, river_chief, river_chief_month, water},
};
use lanbi_store::WrittenReport;

use crate::{
    cli::ReportFormat,
    facts::{self, Sources},
};

/// Writes one report in the formats asked for and notes it in the store, so that it is written again when the figures
/// it rests on change; gives the paths.
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
    let files = render(sources, kind, period, formats).await?;
    let written = put(&files, dir)?;
    sources.store.note_report(&note(sources, kind, period, formats, dir)?).await?;
    Ok(written)
}

/// A report as files: name and text.
pub(crate) type Files = Vec<(String, String)>;

/// One report in the formats asked for.
///
/// # Errors
/// The period does not fit the kind, or the store cannot be read.
pub(crate) async fn render(
    sources: &Sources,
    kind: ReportKind,
    period: ReportPeriod,
    formats: &[ReportFormat],
) -> anyhow::Result<Files> {
    let forms = match (kind, period) {
        (ReportKind::Daily, ReportPeriod::Day(day)) => {
            forms(formats, &daily::build(&sources.daily(day).await?), html::daily)?
        }
        (ReportKind::Monthly, ReportPeriod::Month(_)) => {
            forms(formats, &monthly::build(&sources.monthly(period).await?), html::monthly)?
        }
        (ReportKind::Water, ReportPeriod::Month(_) | ReportPeriod::Quarter(_) | ReportPeriod::Year(_)) => {
            let facts = sources.waters(period).await?;
            let facts = facts.with_context(|| format!("no water standard is known for {period}"))?;
            forms(formats, &water::build(&facts), html::water)?
        }
        (ReportKind::Outlet, _) => {
            forms(formats, &outlet_report::build(&sources.outlet_report(period).await?), html::outlet)?
        }
        (ReportKind::BlackOdor, ReportPeriod::Month(_) | ReportPeriod::Quarter(_)) => {
            let model = black_odor_report::build(&sources.black_odor_report(period).await?);
            forms(formats, &model, html::black_odor)?
        }
        (ReportKind::RiverChief, ReportPeriod::Day(day)) => {
            let model = river_chief::build(&sources.river_chiefs(day).await?);
            let mut forms = forms(formats, &model, html::river_chiefs)?;
            // The text form is what goes into a message to the chief.
            if formats.contains(&ReportFormat::Html) {
                forms.push(("txt", text::river_chiefs(&model)));
            }
            forms
        }
        (ReportKind::RiverChief, ReportPeriod::Month(_)) => {
            let model = river_chief_month::build(&sources.river_chiefs_month(period).await?);
            forms(formats, &model, html::river_chiefs_month)?
        }
        (ReportKind::Daily, _) => bail!("a daily report covers a day; write --period 2026-10-05"),
        (ReportKind::Monthly, _) => bail!("a monthly report covers a month; write --period 2026-10"),
        (ReportKind::Water, _) => {
            bail!(
                "a water report covers a month, a quarter or a year; write --period 2026-10, 2026-Q3 or 2026"
            )
        }
        (ReportKind::BlackOdor, _) => {
            bail!("a black-odor report covers a month or a quarter; write --period 2026-10 or 2026-Q3")
        }
        (ReportKind::RiverChief, _) => {
            bail!("a river-chief report covers a day or a month; write --period 2026-10-05 or 2026-10")
        }
    };
    let name = |extension: &str| format!("{}-{period}.{extension}", kind.key());
    Ok(forms.into_iter().map(|(extension, text)| (name(extension), text)).collect())
}

/// A model in the formats asked for, each with the ending of its file.
fn forms<M: serde::Serialize>(
    formats: &[ReportFormat],
    model: &M,
    page: impl Fn(&M) -> Result<String, ReportError>,
) -> anyhow::Result<Vec<(&'static str, String)>> {
    let form = |format: &ReportFormat| {
        Ok(match format {
            ReportFormat::Html => ("html", page(model)?),
            ReportFormat::Json => ("json", json::write(model)?),
        })
    };
    formats.iter().map(form).collect()
}

/// Writes files to a folder, made if it is not there.
///
/// # Errors
/// The folder cannot be written.
pub(crate) fn put(files: &Files, dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    std::fs::create_dir_all(dir)
        .with_context(|| format!("cannot make the folder {}; check its rights", dir.display()))?;
    let mut written = Vec::new();
    for (name, text) in files {
        let path = dir.join(name);
        std::fs::write(&path, text)
            .with_context(|| format!("cannot write {}; check rights and disk", path.display()))?;
        written.push(path);
    }
    Ok(written)
}

/// What the store keeps of a written report, and from which day on it rests on values: the daily and the monthly report
/// estimate from years of days, that of outlets from two years and the last period of instruments that passed their check, that of
/// black-odorous waters looks for what came back since they were treated, a daily check compares with the same period a year ago.
fn note(
    sources: &Sources,
    kind: ReportKind,
    period: ReportPeriod,
    formats: &[ReportFormat],
    dir: &Path,
) -> anyhow::Result<WrittenReport> {
    let folder = std::path::absolute(dir)?.to_string_lossy().into_owned();
    let formats: Vec<&str> = formats.iter().map(|format| format.key()).collect();
    Ok(WrittenReport {
        kind: kind.key().to_owned(),
        period,
        first: match kind {
            ReportKind::Daily | ReportKind::Monthly | ReportKind::Outlet | ReportKind::BlackOdor => {
                facts::first_day(period.first())
            }
            ReportKind::Water | ReportKind::RiverChief => {
                period.first().checked_sub_months(Months::new(12)).unwrap_or(NaiveDate::MIN)
            }
        },
        last: period.last(),
        area: sources.area.clone().unwrap_or_default(),
        folder,
        formats: formats.join(","),
        written_at: sources.now,
        outdated: false,
    })
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
            ("river-chief-2026-10", Some((ReportKind::RiverChief, "2026-10"))),
            ("outlet-2026-Q3", Some((ReportKind::Outlet, "2026-Q3"))),
            ("black-odor-2026-10", Some((ReportKind::BlackOdor, "2026-10"))),
            ("index", None),
            ("daily-notes", None),
        ] {
            let found = named(stem).map(|(kind, period)| (kind, period.to_string()));
            assert_eq!(found, expected.map(|(kind, period)| (kind, period.to_owned())), "{stem}");
        }
    }
}
