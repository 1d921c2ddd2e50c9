//! `lanbi standards list`.

use std::io::Write as _;

use lanbi_model::standard::{Edition, Editioned};

use crate::cli::StandardsCommand;

pub(super) fn run(command: &StandardsCommand) -> anyhow::Result<()> {
    let StandardsCommand::List = command;
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
        .chain(editions(&standards.black_odor))
        .chain(editions(&standards.effluent))
        .chain(editions(&standards.ranking))
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
