//! Rows of `assess load`, gathered by site, and the stretch of time that each stands for.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{Read, Write};

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use lanbi_model::standard::Standards;
use lanbi_model::{Decimal, Parameter, Unit, zone};

use super::cell::{self, Cell};
use super::error::AssessError;
use super::load::LoadArgs;
use super::stamp::{Label, Stamp};
use super::table::{Column, Row, Table};

const TIME: usize = 0;
const SITE: usize = 1;
const CONCENTRATION: usize = 2;
const RATE: usize = 3;
const VOLUME: usize = 4;

const COLUMNS: [Column; 5] = [
    Column::required("time"),
    Column::required("site"),
    Column::required(CONCENTRATION_NAME),
    Column::optional(RATE_NAME),
    Column::optional(VOLUME_NAME),
];
const CONCENTRATION_NAME: &str = "conc_mg_l";
const RATE_NAME: &str = "flow_m3s";
const VOLUME_NAME: &str = "flow_m3";

const SECONDS_PER_DAY: i64 = 86_400;

/// Hours of the longest interval, a month of 31 days.
const HOURS_OF_MONTH: i64 = 744;

/// What the flow column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// m³/s.
    Rate,
    /// m³ of the interval.
    Volume,
}

/// How long the intervals of a site are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interval {
    /// Calendar months.
    Months,
    /// So many seconds.
    Seconds(i64),
    /// A single row does not tell.
    Unknown,
}

/// A row with a usable time.
#[derive(Debug)]
pub(super) struct Reading {
    stamp: Stamp,
    /// First day of the month its interval belongs to.
    pub(super) month: NaiveDate,
    /// mg/L.
    pub(super) concentration: Option<Decimal>,
    /// As the column has it.
    pub(super) flow: Option<Decimal>,
    /// What was wrong with its cells.
    pub(super) notes: Vec<String>,
}

/// The rows of a site.
pub(super) struct Site {
    pub(super) name: String,
    /// By time, each time once.
    rows: BTreeMap<NaiveDateTime, Reading>,
    /// Whether times are months; the first row decides.
    is_monthly: Option<bool>,
    /// What was wrong with rows that belong to no month.
    pub(super) notes: BTreeSet<String>,
}

/// A row and the time it stands for.
pub(super) struct Stretch<'a> {
    pub(super) row: &'a Reading,
    pub(super) seconds: Decimal,
    /// Whether its neighbour covers a part of its interval.
    pub(super) is_cut: bool,
}

/// Reads all rows, sites in the order of their first rows.
pub(super) fn read(
    args: &LoadArgs,
    law: &Standards,
    input: impl Read,
    messages: &mut dyn Write,
) -> Result<(Flow, Vec<Site>), AssessError> {
    let mut table = Table::open(input, &COLUMNS, args.table.ignore_extra)?;
    let flow = match (table.has(RATE), table.has(VOLUME)) {
        (true, false) => Flow::Rate,
        (false, true) => Flow::Volume,
        (true, true) => {
            let text = format!("the header has both {RATE_NAME} and {VOLUME_NAME}; keep one");
            return Err(AssessError::Failed(text));
        }
        (false, false) => {
            let text = format!("the header lacks the column {RATE_NAME} or {VOLUME_NAME}");
            return Err(AssessError::Failed(text));
        }
    };
    let mut sites: Vec<Site> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    while let Some(row) = table.next_row()? {
        let name = row.text(SITE);
        let place = places.get(name).copied().unwrap_or_else(|| {
            sites.push(Site {
                name: name.to_owned(),
                rows: BTreeMap::new(),
                is_monthly: None,
                notes: BTreeSet::new(),
            });
            places.insert(name.to_owned(), sites.len() - 1);
            sites.len() - 1
        });
        sites[place].take(args, law, flow, row, messages)?;
    }
    Ok((flow, sites))
}

/// Seconds of a month, given by its first day.
pub(super) fn seconds_of(month: NaiveDate) -> Decimal {
    Decimal::from(i64::from(zone::last_day_of_month(month).day()) * SECONDS_PER_DAY)
}

impl Site {
    fn take(
        &mut self,
        args: &LoadArgs,
        law: &Standards,
        flow: Flow,
        row: Row<'_>,
        messages: &mut dyn Write,
    ) -> Result<(), AssessError> {
        let text = row.text(TIME);
        let stamp = Stamp::parse(text);
        let monthly = *self.is_monthly.get_or_insert(matches!(stamp, Some(Stamp::Month(_))));
        let Some(stamp) = stamp.filter(|stamp| matches!(stamp, Stamp::Month(_)) == monthly) else {
            self.notes.insert("invalid:time".to_owned());
            let form = if monthly { "2026-03" } else { "2026-03-01 or 2026-03-01T08:00" };
            return row.complain(
                messages,
                "time",
                text,
                &format!("is no time; write {form}; the row is left out"),
            );
        };
        let mut notes = Vec::new();
        let reading = |column, name, read: Cell, notes: &mut Vec<String>, messages: &mut dyn Write| {
            Ok::<_, AssessError>(match read {
                Cell::Missing => None,
                Cell::Value(value) => Some(value),
                Cell::Censored(half) => {
                    notes.push(format!("censored:{name}"));
                    Some(half)
                }
                Cell::Invalid(reason) => {
                    notes.push(format!("invalid:{name}"));
                    row.complain(messages, name, row.text(column), &format!("{reason}; counted as missing"))?;
                    None
                }
            })
        };
        let read = cell::read_within(row.text(CONCENTRATION), false, |value| is_concentration(law, value));
        let concentration = reading(CONCENTRATION, CONCENTRATION_NAME, read, &mut notes, messages)?;
        let (column, name) = match flow {
            Flow::Rate => (RATE, RATE_NAME),
            Flow::Volume => (VOLUME, VOLUME_NAME),
        };
        let read = cell::read_within(row.text(column), args.backflow, |value| is_flow(law, flow, value));
        let flow = reading(column, name, read, &mut notes, messages)?;
        let (at, day) = match stamp {
            Stamp::Month(day) | Stamp::Day(day) => (day.into(), day),
            Stamp::Moment(at) => {
                (at, stamp.day_of_hour(args.table.zone, args.table.label).unwrap_or(at.date()))
            }
        };
        let month = day.with_day(1).unwrap_or(day);
        if self.rows.contains_key(&at) {
            notes.push("duplicate:time".to_owned());
            let reason = format!("stands twice for site `{}`; the later row counts", self.name);
            row.complain(messages, "time", text, &reason)?;
        }
        self.rows.insert(at, Reading { stamp, month, concentration, flow, notes });
        Ok(())
    }

    /// The length of an interval: the one given, months where times are months, or the commonest distance of rows, of several
    /// the shortest.
    pub(super) fn interval(&self, given: Option<u32>) -> Interval {
        if let Some(seconds) = given {
            return Interval::Seconds(seconds.into());
        }
        if self.is_monthly == Some(true) {
            return Interval::Months;
        }
        let mut distances: BTreeMap<i64, usize> = BTreeMap::new();
        for (earlier, later) in self.rows.keys().zip(self.rows.keys().skip(1)) {
            *distances.entry((*later - *earlier).num_seconds()).or_default() += 1;
        }
        let usual = distances.into_iter().max_by_key(|(seconds, count)| (*count, -seconds));
        usual.map_or(Interval::Unknown, |(seconds, _)| Interval::Seconds(seconds))
    }

    /// Each row with the time it stands for: its interval, less what the row before it covers already; where stamps name the
    /// start, what the row after it covers.
    pub(super) fn stretches(&self, interval: Interval, label: Label) -> impl Iterator<Item = Stretch<'_>> {
        let times: Vec<NaiveDateTime> = self.rows.keys().copied().collect();
        let distance = move |place: usize| {
            let at = |place: usize| times.get(place).copied();
            at(place + 1).zip(at(place)).map(|(later, earlier)| (later - earlier).num_seconds())
        };
        self.rows.values().enumerate().map(move |(place, row)| {
            let names_end = label == Label::End && matches!(row.stamp, Stamp::Moment(_));
            let room = if names_end { place.checked_sub(1).and_then(&distance) } else { distance(place) };
            match interval {
                Interval::Months => Stretch { row, seconds: seconds_of(row.month), is_cut: false },
                Interval::Unknown => Stretch { row, seconds: Decimal::ZERO, is_cut: false },
                Interval::Seconds(whole) => {
                    let seconds = room.map_or(whole, |room| room.min(whole));
                    Stretch { row, seconds: seconds.into(), is_cut: seconds < whole }
                }
            }
        })
    }
}

/// Whether any substance may have that concentration.
fn is_concentration(law: &Standards, value: Decimal) -> bool {
    let of_any = |(parameter, range): (&Parameter, &lanbi_model::standard::Plausible)| {
        (parameter.unit() == Unit::MilligramPerLitre).then_some(range.high)
    };
    law.plausible.iter().filter_map(of_any).max().is_none_or(|highest| value <= highest)
}

/// Whether any river may have that flow: volumes by the longest interval there is, a month.
fn is_flow(law: &Standards, flow: Flow, value: Decimal) -> bool {
    let highest = law.plausible.get(&Parameter::Flow).and_then(|range| match flow {
        Flow::Rate => Parameter::Flow.unit().convert(range.high, Unit::CubicMetrePerSecond),
        Flow::Volume => range.high.checked_mul(HOURS_OF_MONTH.into()),
    });
    highest.is_none_or(|highest| value.abs() <= highest)
}
