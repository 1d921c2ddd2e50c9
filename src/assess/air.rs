//! `lanbi assess air`: the AQI of hours or days (HJ 633).

use std::fmt::Write as _;
use std::io::{Read, Write};

use lanbi_analytics::air::{self, AqiTime, Concentrations};
use lanbi_model::Parameter;
use lanbi_model::standard::Standards;

use super::error::AssessError;
use super::output::{Field, Output};
use super::stamp::Stamp;
use super::table::{Choice, Column, Reader, Table, TableArgs};

/// Options of `assess air`.
#[derive(Debug, clap::Args)]
pub(crate) struct AirArgs {
    /// What a row is: an hour (ozone in o3) or a day (ozone in o3_8h).
    #[arg(long, value_enum)]
    period: Period,
    #[command(flatten)]
    pub(crate) table: TableArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Period {
    Hour,
    Day,
}

const OUT: [&str; 14] = [
    "time",
    "site",
    "edition",
    "aqi",
    "level",
    "category",
    "primary",
    "iaqi_pm25",
    "iaqi_pm10",
    "iaqi_so2",
    "iaqi_no2",
    "iaqi_co",
    "iaqi_o3",
    "status",
];
const TIME: usize = 0;
const SITE: usize = 1;
const FIRST_ITEM: usize = 2;

/// Columns in: time, site, then the six items with the ozone of the period, then the other ozone, which is not used.
pub(super) fn columns(period: Period) -> [Column; 9] {
    let (used, other) = match period {
        Period::Hour => ("o3", "o3_8h"),
        Period::Day => ("o3_8h", "o3"),
    };
    [
        Column::required("time"),
        Column::required("site"),
        Column::required("pm25"),
        Column::required("pm10"),
        Column::required("so2"),
        Column::required("no2"),
        Column::required("co"),
        Column::required(used),
        Column::optional(other),
    ]
}

/// Grades every row of `input`.
pub(super) fn run(
    args: &AirArgs,
    law: &Standards,
    input: impl Read,
    output: impl Write,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    let TableArgs { zone, label, .. } = args.table;
    let choice = Choice::parse(&law.aqi, &args.table.edition)?;
    let mut table = Table::open(input, &columns(args.period), args.table.ignore_extra)?;
    let mut out = Output::new(args.table.output, &OUT, output)?;
    let mut reader = Reader { law, messages };
    let (time, ozone) = match args.period {
        Period::Hour => (AqiTime::Hour, Parameter::O3),
        Period::Day => (AqiTime::Day, Parameter::O3EightHour),
    };
    let items = Parameter::AQI.map(|item| if item == Parameter::O3 { ozone } else { item });
    let (mut notes, mut status, mut primary) = (String::new(), String::new(), String::new());
    while let Some(row) = table.next_row()? {
        notes.clear();
        let stamp = Stamp::parse(row.text(TIME));
        let day = stamp.and_then(|stamp| match args.period {
            Period::Hour => stamp.day_of_hour(zone, label),
            Period::Day => stamp.day(),
        });
        let standard = choice.on(day, &mut notes);
        if day.is_none() {
            let reason = match args.period {
                Period::Hour => "is not an hour; write 2026-03-01T08:00",
                Period::Day => "is not a day; write 2026-03-01",
            };
            row.complain(reader.messages, "time", row.text(TIME), reason)?;
        }
        let mut concentrations = Concentrations::default();
        for (i, (value, item)) in concentrations.0.iter_mut().zip(items).enumerate() {
            *value = reader.value(row, FIRST_ITEM + i, item, &mut notes)?;
        }
        let assessed = standard.map(|standard| air::assess(standard, time, &concentrations, &[]));
        status.clear();
        status.push_str(assessed.as_ref().map_or(air::AirStatus::Missing, |a| a.status).key());
        status.push_str(&notes);
        primary.clear();
        for item in assessed.iter().flat_map(|a| &a.primary) {
            // Writing to a string cannot fail.
            let _ = write!(primary, "{}{item}", if primary.is_empty() { "" } else { "+" });
        }
        let level = assessed.as_ref().and_then(|a| a.level);
        let iaqi = assessed.as_ref().map_or([None; 6], |a| a.iaqi).map(Field::Integer);
        out.row(&[
            Field::Text(row.text(TIME)),
            Field::Text(row.text(SITE)),
            Field::Text(assessed.as_ref().map_or("", |a| a.edition.id.as_str())),
            Field::Integer(assessed.as_ref().and_then(|a| a.aqi)),
            Field::Integer(level.map(|level| level.level.into())),
            Field::Text(level.map_or("", |level| level.category.as_str())),
            Field::Text(&primary),
            iaqi[0],
            iaqi[1],
            iaqi[2],
            iaqi[3],
            iaqi[4],
            iaqi[5],
            Field::Text(&status),
        ])?;
    }
    out.finish()
}
