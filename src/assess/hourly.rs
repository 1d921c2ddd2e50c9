//! Hourly rows in, made days by site: what `assess` needs where a file holds the hours of years.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{Read, Write};

use chrono::{NaiveDate, NaiveDateTime, Timelike};
use lanbi_analytics::FixedValue;
use lanbi_analytics::air::{AirDay, Concentrations, DayHours};
use lanbi_model::standard::{AirStandard, Standards};
use lanbi_model::{Decimal, Parameter, ReportPeriod};
use rayon::prelude::*;

use super::air;
use super::cell;
use super::daily::Site;
use super::error::AssessError;
use super::stamp::{Label, Stamp};
use super::table::{Reader, Row, Table, TableArgs};

const TIME: usize = 0;
const SITE: usize = 1;
const FIRST_ITEM: usize = 2;

/// Reads all sites, in the order of their first row, and makes the days of `period` (all days without one) from their hours, on
/// all cores. `standard` gives the edition of GB 3095 for a day.
pub(super) fn read<'a>(
    args: &TableArgs,
    law: &'a Standards,
    standard: &(dyn Fn(NaiveDate) -> Option<&'a AirStandard> + Sync),
    period: Option<ReportPeriod>,
    input: impl Read + Send,
    messages: &mut dyn Write,
) -> Result<Vec<Site>, AssessError> {
    let sites = read_hours(args, law, period, input, messages)?;
    Ok(sites.into_par_iter().map(|site| site.days(standard)).collect())
}

/// Reads the hours of all sites, in the order of their first row. Of two rows for one hour the later counts.
pub(super) fn read_hours(
    args: &TableArgs,
    law: &Standards,
    period: Option<ReportPeriod>,
    input: impl Read + Send,
    messages: &mut dyn Write,
) -> Result<Vec<Hours>, AssessError> {
    let table = Table::open(input, &air::columns(air::Period::Hour), args.ignore_extra)?;
    let ranges = Parameter::AQI.map(|item| Range::of(law, item));
    let mut reader = Reader { law, messages };
    let mut sites: Vec<Hours> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut place = 0;
    let mut clock = Clock { label: args.label, date: String::new(), day: NaiveDate::default() };
    let mut notes = String::new();
    table.for_each_row(|row| {
        let name = row.text(SITE);
        if sites.get(place).is_none_or(|site| site.name != name) {
            place = match places.get(name) {
                Some(place) => *place,
                None => {
                    places.insert(name.to_owned(), sites.len());
                    sites.push(Hours::new(name));
                    sites.len() - 1
                }
            };
        }
        let site = &mut sites[place];
        let Some((day, end)) = clock.hour(row.text(TIME)) else {
            site.notes.insert("invalid:time".to_owned());
            let reason = "is not a full hour; write 2026-03-01T08:00; the row is left out";
            row.complain(reader.messages, "time", row.text(TIME), reason)?;
            return Ok(());
        };
        if period.is_some_and(|period| day < period.first() || period.last() < day) {
            return Ok(());
        }
        let mut values = [None; 6];
        for (i, value) in values.iter_mut().enumerate() {
            *value = match ranges[i].plain(row.text(FIRST_ITEM + i)) {
                Some(value) => Some(value),
                None => carefully(&mut reader, row, i, &mut notes)?,
            };
        }
        if !notes.is_empty() {
            site.notes.extend(notes.split(';').filter(|note| !note.is_empty()).map(str::to_owned));
            notes.clear();
        }
        if site.day(day).set(end, values) {
            site.notes.insert("duplicate:time".to_owned());
            let reason = format!("stands twice for site `{name}`; the later row counts");
            row.complain(reader.messages, "time", row.text(TIME), &reason)?;
        }
        Ok(())
    })?;
    Ok(sites)
}

/// A cell that is not a plain number within its range: empty, censored, invalid, or unusually written.
fn carefully(
    reader: &mut Reader<'_>,
    row: Row<'_>,
    item: usize,
    notes: &mut String,
) -> Result<Option<FixedValue>, AssessError> {
    let parameter = Parameter::AQI[item];
    let Some(value) = reader.value(row, FIRST_ITEM + item, parameter, notes)? else { return Ok(None) };
    let fitting = FixedValue::from_decimal(value);
    if fitting.is_none() {
        // Law of one's own may name no plausible range.
        notes.push_str(&format!(";invalid:{parameter}"));
        let text = row.text(FIRST_ITEM + item);
        row.complain(reader.messages, parameter.key(), text, "is beyond a million; counted as missing")?;
    }
    Ok(fitting)
}

/// What a plainly written cell may say.
struct Range {
    low: Option<FixedValue>,
    high: Option<FixedValue>,
}

impl Range {
    /// Nothing where the range does not fit an hourly value; every cell is then read carefully.
    fn of(law: &Standards, item: Parameter) -> Self {
        let range = law.plausible.get(&item);
        let zero = FixedValue::from_decimal(Decimal::ZERO);
        Self {
            // A negative concentration is looked at by the careful way.
            low: range.map_or(zero, |r| FixedValue::from_decimal(r.low.max(Decimal::ZERO))),
            high: range.and_then(|r| FixedValue::from_decimal(r.high)),
        }
    }

    fn plain(&self, text: &str) -> Option<FixedValue> {
        let (digits, places) = cell::plain(text)?;
        let value = FixedValue::from_digits(digits, places)?;
        (self.low? <= value && value <= self.high?).then_some(value)
    }
}

/// Reads stamps of hours. Files repeat a date for hours on end, so the last one is remembered.
struct Clock {
    label: Label,
    date: String,
    day: NaiveDate,
}

impl Clock {
    /// The natural day of an hour and its end in it, 1 to 24.
    fn hour(&mut self, text: &str) -> Option<(NaiveDate, u32)> {
        let time = match text.split_at_checked(10) {
            Some((date, clock)) if date == self.date && clock.len() == 6 && clock.ends_with(":00") => {
                let hour = clock.strip_prefix('T')?.get(..2)?;
                let digits = hour.bytes().all(|b| b.is_ascii_digit());
                self.day.and_hms_opt(hour.parse().ok().filter(|_| digits)?, 0, 0)?
            }
            _ => {
                let Some(Stamp::Moment(time)) = Stamp::parse(text) else { return None };
                self.day = time.date();
                text.get(..10)?.clone_into(&mut self.date);
                time
            }
        };
        named(time, self.label)
    }
}

/// The day and the end of the hour that a stamp names; none for a part of an hour.
fn named(time: NaiveDateTime, label: Label) -> Option<(NaiveDate, u32)> {
    if time.minute() != 0 || time.second() != 0 {
        return None;
    }
    match (label, time.hour()) {
        (Label::Start, hour) => Some((time.date(), hour + 1)),
        (Label::End, 0) => Some((time.date().pred_opt()?, 24)),
        (Label::End, hour) => Some((time.date(), hour)),
    }
}

/// The hours of one site.
pub(super) struct Hours {
    pub(super) name: String,
    days: Vec<DayHours>,
    places: BTreeMap<NaiveDate, usize>,
    last: usize,
    pub(super) notes: BTreeSet<String>,
}

impl Hours {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            days: Vec::new(),
            places: BTreeMap::new(),
            last: 0,
            notes: BTreeSet::new(),
        }
    }

    fn day(&mut self, day: NaiveDate) -> &mut DayHours {
        if self.days.get(self.last).is_none_or(|last| last.day != day) {
            let next = self.days.len();
            self.last = *self.places.entry(day).or_insert(next);
            if self.last == next {
                self.days.push(DayHours::new(day));
            }
        }
        &mut self.days[self.last]
    }

    /// The days with their hours, in order.
    pub(super) fn in_order(&self) -> impl Iterator<Item = &DayHours> {
        self.places.values().filter_map(|place| self.days.get(*place))
    }

    fn days<'a>(self, standard: &dyn Fn(NaiveDate) -> Option<&'a AirStandard>) -> Site {
        let days = self.in_order().map(|hours| match standard(hours.day) {
            Some(standard) => hours.means(standard),
            None => AirDay { day: hours.day, values: Concentrations::default() },
        });
        Site { days: days.collect(), name: self.name, notes: self.notes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_named_by_its_end_or_its_start() {
        let check = |label, text: &str, expected: Option<(&str, u32)>| {
            let mut clock = Clock { label, date: String::new(), day: NaiveDate::default() };
            let expected = expected.map(|(day, end)| (day.parse().unwrap(), end));
            assert_eq!(clock.hour(text), expected, "{text}");
            assert_eq!(clock.hour(text), expected, "{text} again");
        };
        check(Label::End, "2026-03-01T00:00", Some(("2026-02-28", 24)));
        check(Label::End, "2026-03-01T01:00", Some(("2026-03-01", 1)));
        check(Label::End, "2026-03-01T23:00:00", Some(("2026-03-01", 23)));
        check(Label::Start, "2026-03-01T00:00", Some(("2026-03-01", 1)));
        check(Label::Start, "2026-03-01T23:00", Some(("2026-03-01", 24)));
        for wrong in
            ["2026-03-01", "2026-03", "2026-03-01T08:30", "2026-03-01T08:00:01", "2026-03-01T24:00", "", "x"]
        {
            check(Label::End, wrong, None);
        }
        let mut clock = Clock { label: Label::End, date: String::new(), day: NaiveDate::default() };
        assert!(clock.hour("2026-03-01T01:00").is_some());
        for wrong in ["2026-03-01T99:00", "2026-03-01T1a:00", "2026-03-01X01:00", "2026-03-01T+1:00"] {
            assert_eq!(clock.hour(wrong), None, "{wrong}");
        }
    }
}
