//! Daily rows in, gathered by site: what `assess` needs where many days make one row.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};

use chrono::NaiveDate;
use lanbi_analytics::air::{AirDay, Concentrations};
use lanbi_model::evaluation::AirEvaluation;
use lanbi_model::standard::{AirStandard, AqiStandard, Edition, Editioned, Standards, by_id, on_day};
use lanbi_model::{Parameter, ReportPeriod};

use super::air;
use super::error::AssessError;
use super::stamp::Stamp;
use super::table::{Choice, Reader, Table, TableArgs};

/// The days of one site.
pub(super) struct Site {
    pub(super) name: String,
    /// In order, each day once.
    pub(super) days: Vec<AirDay>,
    /// What was wrong with its cells, each once, such as `invalid:pm25`.
    pub(super) notes: BTreeSet<String>,
}

impl Site {
    /// The days that lie in a period.
    pub(super) fn within(&self, period: ReportPeriod) -> &[AirDay] {
        let first = self.days.partition_point(|day| day.day < period.first());
        let last = self.days.partition_point(|day| day.day <= period.last());
        self.days.get(first..last).unwrap_or_default()
    }
}

/// What was wrong with a site's cells, to go behind a status: `;invalid:pm25`.
pub(super) fn joined(notes: &BTreeSet<String>) -> String {
    notes.iter().map(|note| format!(";{note}")).collect()
}

const TIME: usize = 0;
const SITE: usize = 1;
const FIRST_ITEM: usize = 2;

/// Reads `--period`: a month, a quarter or a year.
pub(super) fn parse_period(text: &str) -> Result<ReportPeriod, String> {
    match text.parse() {
        Ok(ReportPeriod::Day(_)) | Err(_) => {
            Err("not a month, a quarter or a year; write 2022-09, 2022-Q3 or 2022".to_owned())
        }
        Ok(period) => Ok(period),
    }
}

/// Reads the days of `period` (all days without one) of all sites, in the order of their first row. Of two rows for one day the later counts, as a revision does in the
/// store.
pub(super) fn read(
    args: &TableArgs,
    law: &Standards,
    period: Option<ReportPeriod>,
    input: impl Read,
    messages: &mut dyn Write,
) -> Result<Vec<Site>, AssessError> {
    let mut table = Table::open(input, &air::columns(air::Period::Day), args.ignore_extra)?;
    let mut reader = Reader { law, messages };
    let mut sites: Vec<(Site, BTreeMap<NaiveDate, Concentrations>)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut notes = String::new();
    while let Some(row) = table.next_row()? {
        let name = row.text(SITE);
        let place = match places.get(name) {
            Some(place) => *place,
            None => {
                places.insert(name.to_owned(), sites.len());
                let site = Site { name: name.to_owned(), days: Vec::new(), notes: BTreeSet::new() };
                sites.push((site, BTreeMap::new()));
                sites.len() - 1
            }
        };
        let (site, days) = &mut sites[place];
        let Some(day) = Stamp::parse(row.text(TIME)).and_then(Stamp::day) else {
            site.notes.insert("invalid:time".to_owned());
            let reason = "is not a day; write 2026-03-01; the row is left out";
            row.complain(reader.messages, "time", row.text(TIME), reason)?;
            continue;
        };
        if period.is_some_and(|period| day < period.first() || period.last() < day) {
            continue;
        }
        notes.clear();
        let mut values = Concentrations::default();
        for (i, (value, item)) in values.0.iter_mut().zip(Parameter::AQI_DAY).enumerate() {
            *value = reader.value(row, FIRST_ITEM + i, item, &mut notes)?;
        }
        site.notes.extend(notes.split(';').filter(|note| !note.is_empty()).map(str::to_owned));
        if days.insert(day, values).is_some() {
            site.notes.insert("duplicate:time".to_owned());
            let reason = format!("stands twice for site `{name}`; the later row counts");
            row.complain(reader.messages, "time", row.text(TIME), &reason)?;
        }
    }
    let with_days = |(site, days): (Site, BTreeMap<_, _>)| Site {
        days: days.into_iter().map(|(day, values)| AirDay { day, values }).collect(),
        ..site
    };
    Ok(sites.into_iter().map(with_days).collect())
}

/// The rules for a period.
pub(super) struct PeriodLaw<'a> {
    /// Limits: those in force on the period's last day.
    pub(super) limits: &'a AirStandard,
    /// What is made of the days.
    pub(super) evaluation: &'a AirEvaluation,
    aqi: Choice<'a, AqiStandard>,
    /// Whether the period spans two editions.
    pub(super) mixed: bool,
}

impl<'a> PeriodLaw<'a> {
    /// The rules that `--edition` and the period choose. An edition of GB 3095 or of HJ 633 that is named forces both: the
    /// other one as it was in force on the first day of the one named.
    pub(super) fn choose(
        law: &'a Standards,
        spelled: &str,
        period: ReportPeriod,
    ) -> Result<Self, AssessError> {
        let forced = spelled != "auto";
        let day = if forced { named(law, spelled)?.from } else { period.last() };
        let none =
            || AssessError::Usage(format!("no limits are known for {day}; name an edition with --edition"));
        let aqi = indices(law, spelled)?;
        if !forced && on_day(&law.aqi, day).is_none() {
            return Err(none());
        }
        let changes = changes(&law.air, period) || changes(&law.aqi, period);
        Ok(Self {
            limits: on_day(&law.air, day).ok_or_else(none)?,
            evaluation: on_day(&law.evaluation, day).ok_or_else(none)?,
            aqi,
            mixed: !forced && changes,
        })
    }

    /// The AQI standard a day is graded by.
    pub(super) fn aqi(&self, day: NaiveDate) -> Option<&'a AqiStandard> {
        self.aqi.of(day)
    }
}

/// The edition of GB 3095 by which a day is made from its hours.
pub(super) fn limits<'a>(law: &'a Standards, spelled: &str) -> Result<Choice<'a, AirStandard>, AssessError> {
    if spelled == "auto" {
        return Ok(Choice::ByDay(&law.air));
    }
    let day = named(law, spelled)?.from;
    let none = || AssessError::Usage(format!("no limits are known for {day}; name another edition"));
    on_day(&law.air, day).map(Choice::Forced).ok_or_else(none)
}

/// The edition of HJ 633 by which a day is graded.
pub(super) fn indices<'a>(law: &'a Standards, spelled: &str) -> Result<Choice<'a, AqiStandard>, AssessError> {
    if spelled == "auto" {
        return Ok(Choice::ByDay(&law.aqi));
    }
    let day = named(law, spelled)?.from;
    let none = || AssessError::Usage(format!("no index is known for {day}; name another edition"));
    by_id(&law.aqi, spelled).or_else(|| on_day(&law.aqi, day)).map(Choice::Forced).ok_or_else(none)
}

/// The edition of GB 3095 or HJ 633 of that id.
fn named<'a>(law: &'a Standards, id: &str) -> Result<&'a Edition, AssessError> {
    let known = || law.air.iter().map(Editioned::edition).chain(law.aqi.iter().map(Editioned::edition));
    known().find(|edition| edition.id == id).ok_or_else(|| {
        let ids: Vec<&str> = known().map(|edition| edition.id.as_str()).collect();
        AssessError::Usage(format!("unknown edition `{id}`; known here are auto, {}", ids.join(", ")))
    })
}

fn changes<S: Editioned>(editions: &[S], period: ReportPeriod) -> bool {
    let id = |day| on_day(editions, day).map(|standard| &standard.edition().id);
    id(period.first()) != id(period.last())
}
