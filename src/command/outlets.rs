//! `lanbi outlets list`.

use std::{io::Write as _, path::Path};

use anyhow::Context as _;
use lanbi_model::{
    Zone,
    outlet::{OutletClass, OutletState},
};

use crate::{cli::OutletsCommand, facts};

const HEADER: &str = "id\tname\tcode\tclass\tgroup\twater\tarea\tsection\tstation\tresponsible\tpermit\tsign\tlon\tlat\t\
                      state\tstate_since\tended\tmeasure\tfindings\tremark";

pub(super) fn run(config: Option<&Path>, command: &OutletsCommand) -> anyhow::Result<()> {
    let OutletsCommand::List { state, class, water, on } = command;
    let state = state.as_deref().map(state_of).transpose()?;
    let class = class.as_deref().map(class_of).transpose()?;
    let settings = super::settings(config)?;
    let register = facts::load_register(&settings, &super::registry(&settings)?)?.context(
        "there is no register: name its file as outlets.register in the settings; config/examples/outlets.csv shows the form",
    )?;
    let on = on.unwrap_or_else(|| Zone::shanghai().day_of(chrono::Utc::now()));
    let mut out = std::io::stdout().lock();
    writeln!(out, "{HEADER}")?;
    for outlet in &register {
        let Some((entry, since)) = outlet.on(on).zip(outlet.state_since(on)) else { continue };
        if state.is_some_and(|state| state != entry.state)
            || class.is_some_and(|class| class != entry.class)
            || water.as_ref().is_some_and(|water| *water != entry.water)
        {
            continue;
        }
        let id =
            |id: &Option<lanbi_model::StationId>| id.as_ref().map(ToString::to_string).unwrap_or_default();
        let degrees = |place: Option<lanbi_model::Decimal>| place.map(|d| d.to_string()).unwrap_or_default();
        let findings: Vec<String> = outlet.findings(on).into_iter().map(|finding| finding.zh()).collect();
        let cells = [
            entry.id.clone(),
            entry.name.clone(),
            entry.code.clone(),
            entry.class.zh().to_owned(),
            entry.class.group().to_owned(),
            entry.water.clone(),
            entry.area.clone(),
            id(&entry.section),
            id(&entry.station),
            entry.responsible.clone(),
            entry.permit.clone(),
            u8::from(entry.sign).to_string(),
            degrees(entry.place.map(|(lon, _)| lon)),
            degrees(entry.place.map(|(_, lat)| lat)),
            entry.state.zh().to_owned(),
            since.to_string(),
            if entry.state.is_closed() { since.to_string() } else { String::new() },
            entry.measure.map(|measure| measure.zh()).unwrap_or_default().to_owned(),
            findings.join("、"),
            entry.remark.clone(),
        ];
        writeln!(out, "{}", cells.map(|cell| cell.replace(['\t', '\n'], " ")).join("\t"))?;
    }
    Ok(())
}

fn state_of(word: &str) -> anyhow::Result<OutletState> {
    OutletState::find(word).with_context(|| {
        let known = OutletState::ALL.map(|state| format!("{} ({})", state.key(), state.zh())).join(", ");
        format!("state `{word}` is unknown; known are {known}")
    })
}

fn class_of(word: &str) -> anyhow::Result<OutletClass> {
    OutletClass::find(word).with_context(|| {
        let known: Vec<String> =
            OutletClass::ALL.iter().map(|class| format!("{} ({})", class.key(), class.zh())).collect();
        format!("class `{word}` is unknown; known are {}", known.join(", "))
    })
}
