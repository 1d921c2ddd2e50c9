//! The lists of waters that people keep: register of outlets, allowances, checks of instruments, the roster of black-odorous
//! waters, the river network, samplings, reaches of the river chiefs.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use anyhow::{Context as _, bail};
use chrono::NaiveDate;
use lanbi_analytics::outlet::CheckPeriod;
use lanbi_config::{Settings, outlet_register};
use lanbi_model::{
    Decimal, Parameter, Registry, Station, StationId, StationKind, outlet::RegisteredOutlet,
    standard::Standards,
};

use super::reaches;
use super::waters::{self, Waters};
use crate::assess::{Allowance, Column, Reach, RosterBody, Stamp, Table, read_allowances, read_roster};

/// What a station may discharge of an item in a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OutletAllowance {
    pub(crate) station: StationId,
    pub(crate) parameter: Parameter,
    pub(crate) year: i32,
    pub(crate) kg: Decimal,
}

/// The lists named in the settings; one that is not named is not there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lists {
    pub(crate) register: Option<Vec<RegisteredOutlet>>,
    pub(crate) allowances: Vec<OutletAllowance>,
    /// The events of the waters on the black-odorous list.
    pub(crate) roster: Option<Vec<RosterBody>>,
    pub(super) checks: BTreeMap<StationId, Vec<CheckPeriod>>,
    /// Rivers and samplings.
    pub(crate) waters: Waters,
    /// Reaches of the river chiefs' towns, of all places.
    pub(crate) reaches: Vec<Reach>,
}

impl Lists {
    /// The periods between checks of an outlet's instruments; none where the list does not name it.
    pub(crate) fn checks_of(&self, station: &StationId) -> Option<&[CheckPeriod]> {
        self.checks.get(station).map(Vec::as_slice)
    }
}

/// Reads the lists named in the settings.
///
/// # Errors
/// A file cannot be read, is refused, or names what the station file does not have.
pub(crate) fn load(settings: &Settings, registry: &Registry, law: &Standards) -> anyhow::Result<Lists> {
    Ok(Lists {
        register: register(settings, registry)?,
        allowances: allowances(settings, registry, law)?,
        roster: settings.roster_file().map(|file| read_roster(&file)).transpose()?,
        checks: checks(settings, registry)?,
        waters: waters::load(settings, registry, law)?,
        reaches: reaches::load(settings, registry)?,
    })
}

/// The register of outlets; none where none is named.
///
/// # Errors
/// As [`load`].
pub(crate) fn register(
    settings: &Settings,
    registry: &Registry,
) -> anyhow::Result<Option<Vec<RegisteredOutlet>>> {
    let Some(file) = settings.outlet_register_file() else { return Ok(None) };
    let register = outlet_register::load(&file)?;
    match outlet_register::disagreement(&register, registry) {
        Some(trouble) => bail!("{}: {trouble}", file.display()),
        None => Ok(Some(register)),
    }
}

/// The outlet that goes by an id or a name.
fn outlet<'a>(registry: &'a Registry, word: &str) -> Option<&'a Station> {
    registry.outlets().find(|station| station.id.as_str() == word || station.name == word)
}

/// Sites are `out-01/cod`: an outlet and an item that its standard limits and its station measures.
fn allowances(
    settings: &Settings,
    registry: &Registry,
    law: &Standards,
) -> anyhow::Result<Vec<OutletAllowance>> {
    let Some(file) = settings.allowances_file() else { return Ok(Vec::new()) };
    let known = |site: &str| {
        let (word, item) = site.rsplit_once('/')?;
        let (station, parameter) = (outlet(registry, word)?, Parameter::from_key(item)?);
        let StationKind::Outlet { limits } = &station.kind else { return None };
        let (_, limits) = law.effluent_limits(limits)?;
        let has_load = parameter != Parameter::Ph && station.measures(Parameter::Flow);
        let is_limited = limits.iter().any(|limit| limit.parameter == parameter);
        (has_load && is_limited && station.measures(parameter)).then(|| (station.id.clone(), parameter))
    };
    let place = |allowance: Allowance| match known(&allowance.site) {
        Some((station, parameter)) => {
            Ok(OutletAllowance { station, parameter, year: allowance.year, kg: allowance.kg })
        }
        None => bail!(
            "{}: site `{}` is no outlet with an item that it measures beside its flow and has a limit for; write the \
             station's id and the item, as out-01/cod",
            file.display(),
            allowance.site
        ),
    };
    read_allowances(&file)?.into_iter().map(place).collect()
}

fn checks(settings: &Settings, registry: &Registry) -> anyhow::Result<BTreeMap<StationId, Vec<CheckPeriod>>> {
    let Some(path) = settings.outlet_checks_file() else { return Ok(BTreeMap::new()) };
    read_checks(&path, registry).with_context(|| path.display().to_string())
}

fn read_checks(path: &Path, registry: &Registry) -> anyhow::Result<BTreeMap<StationId, Vec<CheckPeriod>>> {
    let columns = ["outlet", "from", "to", "passed"].map(Column::required);
    let file = File::open(path).context("cannot be read; check the path given as outlets.checks")?;
    let mut table = Table::open(file, &columns, false)?;
    let mut checks: BTreeMap<StationId, Vec<CheckPeriod>> = BTreeMap::new();
    while let Some(row) = table.next_row()? {
        let line = row.line();
        let day = |column: usize| -> anyhow::Result<NaiveDate> {
            let text = row.text(column);
            let day = Stamp::parse(text).and_then(Stamp::day);
            day.with_context(|| format!("line {line}: `{text}` is no day; write 2026-03-01"))
        };
        let Some(station) = outlet(registry, row.text(0)) else {
            bail!("line {line}: `{}` is no outlet of the station file; write its id", row.text(0));
        };
        let (from, to) = (day(1)?, day(2)?);
        let passed = match row.text(3) {
            "1" => true,
            "0" => false,
            text => bail!("line {line}: passed `{text}` is neither 1 nor 0; write one of them"),
        };
        if to < from {
            bail!("line {line}: ends before it begins; exchange from and to");
        }
        checks.entry(station.id.clone()).or_default().push(CheckPeriod { from, to, passed });
    }
    Ok(checks)
}
