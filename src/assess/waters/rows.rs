//! Rows of sections in: readings, days or months of automatic stations and samplings, and why there was none.

use std::collections::{BTreeSet, HashMap};
use std::io::{Read, Write};

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime};
use lanbi_analytics::FixedValue;
use lanbi_analytics::water::{Hindrance, Readings, RowTime, SectionData, Sources};
use lanbi_model::standard::Standards;
use lanbi_model::{Decimal, Parameter, ReportPeriod, WaterBody};

use super::super::cell;
use super::super::error::AssessError;
use super::super::stamp::Stamp;
use super::super::table::{Column, Reader, Row, Table, TableArgs};

/// What `--help` says about the input of these commands.
macro_rules! input_help {
    () => {
        "\
In: time,section,body (river or lake) and any of temp,ph,do,codmn,cod,bod5,nh3n,tp,tn,cu,zn,f,se,as,hg,cd,cr6,pb,cn,phenol,oil,las,s
(mg/L), in rows of any order. A row is a reading (--rows reading: a day needs 4 of an item, configured), a day mean (day) or a
month mean (month). A month of a station needs 60 % of its days (configured); quarter and year are means of their months, pH by
its hydrogen ions. A reading at 00:00 opens its day.
  source  auto or manual. With this column a month of ph, do, codmn, nh3n, tp and tn is that of the station where it has enough
          days, otherwise the mean of the samplings; all other items are taken from samplings. A manual row is one sampling, dated
          to its day or month. Without the column every row is taken as the station's, for every item.
  state   suspended, dry or frozen: the section was not sampled then. Such a row has no values."
    };
}
pub(super) use input_help;

/// Options of commands on sections.
#[derive(Debug, clap::Args)]
pub(in crate::assess) struct SectionsArgs {
    /// The period: 2022-09-05, 2022-09, 2022-Q3 or 2022. Rows outside it are passed over.
    #[arg(long, value_name = "P")]
    pub(super) period: ReportPeriod,
    /// Period to compare with, from the same input.
    #[arg(long, value_name = "P2")]
    pub(super) against: Option<ReportPeriod>,
    /// What a row of a station is.
    #[arg(long, value_enum, default_value_t = Rows::Reading)]
    rows: Rows,
    #[command(flatten)]
    pub(in crate::assess) table: TableArgs,
}

impl SectionsArgs {
    /// What is read.
    pub(super) const fn input(&self) -> Input {
        Input { rows: self.rows, unnamed: Origin::Station, ignore_extra: self.table.ignore_extra }
    }
}

/// How an input is read.
#[derive(Clone, Copy)]
pub(super) struct Input {
    /// What a row of a station is.
    pub(super) rows: Rows,
    /// Where rows come from that do not say it.
    pub(super) unnamed: Origin,
    /// Whether unknown columns pass.
    pub(super) ignore_extra: bool,
}

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(in crate::assess) enum Rows {
    /// A reading.
    Reading,
    /// A day mean.
    Day,
    /// A month mean.
    Month,
}

impl From<Rows> for RowTime {
    fn from(rows: Rows) -> Self {
        match rows {
            Rows::Reading => Self::Reading,
            Rows::Day => Self::Day,
            Rows::Month => Self::Month,
        }
    }
}

/// Items a class or an index is made of.
pub(super) const ITEMS: [Parameter; 23] = super::super::water::ITEMS;

const TIME: usize = 0;
const SECTION: usize = 1;
const BODY: usize = 2;
const SOURCE: usize = 3;
const STATE: usize = 4;
const FIRST_ITEM: usize = 5;

/// One section.
pub(super) struct Section {
    pub(super) name: String,
    pub(super) body: WaterBody,
    pub(super) data: SectionData,
    /// What was wrong with its rows, each once, such as `invalid:nh3n`.
    pub(super) notes: BTreeSet<String>,
}

/// Where a row comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// 自动监测.
    Station,
    /// 手工监测.
    Sampling,
}

/// Reads the rows of some periods (none for all), sections in the order of their first row. Of two rows for one time the later counts. Without
/// a column `body` every section is of `body`, where that is given.
pub(super) fn read(
    args: Input,
    law: &Standards,
    periods: &[ReportPeriod],
    (known, body): (&[(&'static str, Parameter)], Option<WaterBody>),
    input: impl Read + Send,
    messages: &mut dyn Write,
) -> Result<Vec<Section>, AssessError> {
    let body_column = if body.is_some() { Column::optional("body") } else { Column::required("body") };
    let mut columns = vec![Column::required("time"), Column::required("section"), body_column];
    columns.extend(["source", "state"].map(Column::optional));
    columns.extend(known.iter().map(|(name, _)| Column::optional(name)));
    let table = Table::open(input, &columns, args.ignore_extra)?;
    let items: Vec<(usize, Parameter)> = known
        .iter()
        .enumerate()
        .map(|(i, (_, item))| (FIRST_ITEM + i, *item))
        .filter(|(column, _)| table.has(*column))
        .collect();
    let ranges: Vec<Range> = items.iter().map(|(_, item)| Range::of(law, *item)).collect();
    let (has_source, has_body) = (table.has(SOURCE), table.has(BODY));
    let is_named = has_source || args.unnamed == Origin::Sampling;
    let mut reader = Reader { law, messages };
    let mut sections: Vec<Section> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut values: Vec<Option<FixedValue>> = Vec::with_capacity(items.len());
    let mut notes = String::new();
    let mut last = None;
    table.for_each_row(|row| {
        let of_row = if has_body { WaterBody::from_key(row.text(BODY)) } else { body };
        let Some(body) = of_row else {
            row.complain(
                reader.messages,
                "body",
                row.text(BODY),
                "is neither river nor lake; the row is left out",
            )?;
            return Ok(());
        };
        let name = row.text(SECTION);
        // Mostly the rows of a section follow one another.
        let place =
            last.filter(|place| sections.get(*place).is_some_and(|section: &Section| section.name == name));
        let place = place.or_else(|| places.get(name).copied()).unwrap_or_else(|| {
            places.insert(name.to_owned(), sections.len());
            sections.push(Section::new(name, body, args.rows.into(), &items, is_named));
            sections.len() - 1
        });
        last = Some(place);
        let section = &mut sections[place];
        if section.body != body {
            return section.refuse(
                reader.messages,
                row,
                (BODY, "body"),
                "is not that of the section's first row",
            );
        }
        let origin = match row.text(SOURCE) {
            "manual" if has_source => Origin::Sampling,
            "auto" => Origin::Station,
            "" if !has_source => args.unnamed,
            _ => {
                return section.refuse(
                    reader.messages,
                    row,
                    (SOURCE, "source"),
                    "is neither auto nor manual",
                );
            }
        };
        let Some(time) = moment(args.rows, origin, row.text(TIME)) else {
            let reason = match args.rows {
                Rows::Reading => "is no time of a reading; write 2026-03-01T08:00",
                Rows::Day => "is no day; write 2026-03-01",
                Rows::Month => "is no month; write 2026-03",
            };
            return section.refuse(reader.messages, row, (TIME, "time"), reason);
        };
        if !periods.is_empty()
            && !periods.iter().any(|period| period.first() <= time.date() && time.date() <= period.last())
        {
            return Ok(());
        }
        match row.text(STATE) {
            "" => {}
            state => {
                let Some(hindrance) = Hindrance::from_key(state) else {
                    return section.refuse(
                        reader.messages,
                        row,
                        (STATE, "state"),
                        "is none of suspended, dry, frozen",
                    );
                };
                if items.iter().any(|(column, _)| !row.text(*column).is_empty()) {
                    return section.refuse(reader.messages, row, (STATE, "state"), "stands beside values");
                }
                section.data.hindered.insert((time.date(), hindrance));
                return Ok(());
            }
        }
        notes.clear();
        values.clear();
        for ((column, item), range) in items.iter().zip(&ranges) {
            let value = match range.plain(row.text(*column)) {
                Some(value) => Some(value),
                None => carefully(&mut reader, row, (*column, *item), &mut notes)?,
            };
            values.push(value);
        }
        if !notes.is_empty() {
            section.notes.extend(notes.split(';').filter(|note| !note.is_empty()).map(str::to_owned));
        }
        section.push(origin, time, &values);
        Ok(())
    })?;
    for section in &mut sections {
        section.settle(reader.messages)?;
    }
    Ok(sections)
}

impl Section {
    fn new(name: &str, body: WaterBody, rows: RowTime, items: &[(usize, Parameter)], is_named: bool) -> Self {
        let readings = || Readings::new(items.iter().map(|(_, item)| *item).collect());
        let sources = if is_named {
            Sources::Named { automatic: readings(), manual: readings() }
        } else {
            Sources::Unnamed(readings())
        };
        let data = SectionData { rows, sources, hindered: BTreeSet::new() };
        Self { name: name.to_owned(), body, data, notes: BTreeSet::new() }
    }

    fn push(&mut self, origin: Origin, time: NaiveDateTime, values: &[Option<FixedValue>]) {
        match (&mut self.data.sources, origin) {
            (Sources::Named { manual, .. }, Origin::Sampling) => manual.push(time, values),
            (Sources::Unnamed(readings) | Sources::Named { automatic: readings, .. }, _) => {
                readings.push(time, values);
            }
        }
    }

    /// Leaves a row out, says why and notes it.
    fn refuse(
        &mut self,
        messages: &mut dyn Write,
        row: Row<'_>,
        (column, name): (usize, &str),
        reason: &str,
    ) -> Result<(), AssessError> {
        self.notes.insert(format!("invalid:{name}"));
        row.complain(messages, name, row.text(column), &format!("{reason}; the row is left out"))
    }

    fn settle(&mut self, messages: &mut dyn Write) -> Result<(), AssessError> {
        let twice: Vec<NaiveDateTime> = match &mut self.data.sources {
            Sources::Unnamed(readings) => readings.settle(),
            Sources::Named { automatic, manual } => [automatic.settle(), manual.settle()].concat(),
        };
        for time in twice {
            self.notes.insert("duplicate:time".to_owned());
            writeln!(messages, "section `{}`: {time} stands twice; the later row counts", self.name)?;
        }
        Ok(())
    }
}

/// The moment a row stands for: days and months by their first.
fn moment(rows: Rows, origin: Origin, text: &str) -> Option<NaiveDateTime> {
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN);
    match (Stamp::parse(text)?, rows, origin) {
        (Stamp::Month(first), _, Origin::Sampling) | (Stamp::Month(first), Rows::Month, _) => {
            Some(midnight(first))
        }
        (Stamp::Month(_), Rows::Reading | Rows::Day, Origin::Station) => None,
        (Stamp::Moment(time), Rows::Reading, _) | (Stamp::Moment(time), _, Origin::Sampling) => Some(time),
        (stamp, Rows::Month, Origin::Station) => stamp.first_day().with_day(1).map(midnight),
        (stamp, _, _) => Some(midnight(stamp.first_day())),
    }
}

/// A cell that is not a plain number within its range: empty, censored, invalid, or unusually written.
fn carefully(
    reader: &mut Reader<'_>,
    row: Row<'_>,
    (column, item): (usize, Parameter),
    notes: &mut String,
) -> Result<Option<FixedValue>, AssessError> {
    let Some(value) = reader.value(row, column, item, notes)? else { return Ok(None) };
    let fitting = FixedValue::from_decimal(value);
    if fitting.is_none() {
        // Law of one's own may name no plausible range.
        notes.push_str(&format!(";invalid:{item}"));
        row.complain(
            reader.messages,
            item.key(),
            row.text(column),
            "is beyond a million; counted as missing",
        )?;
    }
    Ok(fitting)
}

/// What a plainly written cell may say.
struct Range {
    low: Option<FixedValue>,
    high: Option<FixedValue>,
}

impl Range {
    /// Nothing where the range does not fit a value; every cell is then read carefully.
    fn of(law: &Standards, item: Parameter) -> Self {
        let range = law.plausible.get(&item);
        let zero = FixedValue::from_decimal(Decimal::ZERO);
        Self {
            // What is below zero is looked at by the careful way.
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
