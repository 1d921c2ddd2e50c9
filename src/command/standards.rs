//! `lanbi standards list` and `show`.

use std::io::Write as _;
use std::process::ExitCode;

use lanbi_model::standard::{Edition, Editioned};

use crate::cli::StandardsCommand;

/// Gives 2 for an edition that is not known.
pub(super) fn run(command: &StandardsCommand) -> anyhow::Result<ExitCode> {
    match command {
        StandardsCommand::List => list().map(|()| ExitCode::SUCCESS),
        StandardsCommand::Show { id } => show(id),
    }
}

fn show(id: &str) -> anyhow::Result<ExitCode> {
    let Some(text) = lanbi_config::standards::builtin_text(id) else {
        eprintln!("lanbi: no edition `{id}`; `lanbi standards list` names them");
        return Ok(ExitCode::from(2));
    };
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn list() -> anyhow::Result<()> {
    let standards = super::standards_builtin()?;
    fn editions<S: Editioned>(list: &[S]) -> impl Iterator<Item = &Edition> {
        list.iter().map(Editioned::edition)
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "id\tnumber\tfrom\tuntil\tjurisdiction\tconfidence\ttitle")?;
    for edition in editions(&standards.aqi)
        .chain(editions(&standards.air))
        .chain(editions(&standards.evaluation))
        .chain(editions(&standards.water))
        .chain(editions(&standards.water_evaluation))
        .chain(editions(&standards.city_index))
        .chain(editions(&standards.black_odor))
        .chain(editions(&standards.effluent))
        .chain(editions(&standards.ranking))
        .chain(editions(&standards.rank_sum))
        .chain(editions(&standards.chief_score))
        .chain(editions(&standards.warning))
    {
        let until = edition.until.map(|day| day.to_string()).unwrap_or_default();
        writeln!(
            out,
            "{}\t{}\t{}\t{until}\t{}\t{}\t{}",
            edition.id,
            edition.number,
            edition.from,
            edition.jurisdiction,
            edition.confidence.mark(),
            edition.title
        )?;
    }
    Ok(())
}
