//! `lanbi assess trend`: whether series rise or fall, and how fast.

use std::collections::HashMap;
use std::io::{Read, Write};

use chrono::Datelike;
use lanbi_analytics::stats::{self, Point};

use super::cell::{self, Cell};
use super::error::AssessError;
use super::output::{Field, Output};
use super::table::{self, Column, Row, Table, TableArgs};
use super::timeline::{Moment, Per, Time, Timeline};

/// Options of `assess trend`.
#[derive(Debug, clap::Args)]
pub(crate) struct TrendArgs {
    /// Test: Mann-Kendall, seasonal Kendall, or Spearman (Daniel).
    #[arg(long, value_enum)]
    method: Method,
    /// Seasons in a cycle. Where times are dates, and 12 or a part of it is given, these are months, quarters and so on of
    /// the calendar; otherwise steps are counted.
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u16).range(2..))]
    season: u16,
    /// Probability at which a trend is called one, and the interval of the slope may miss.
    #[arg(long, default_value_t = 0.05, value_parser = parse_alpha)]
    alpha: f64,
    /// Unit of time of the slope; the seasonal slope is always per cycle.
    #[arg(long, value_enum, default_value_t = Per::Step)]
    per: Per,
    #[command(flatten)]
    pub(crate) table: TableArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Method {
    Mk,
    Seasonal,
    Spearman,
}

fn parse_alpha(text: &str) -> Result<f64, String> {
    let alpha = text.parse().ok().filter(|alpha| *alpha > 0.0 && *alpha < 1.0);
    alpha.ok_or_else(|| "not between 0 and 1; write 0.05".to_owned())
}

const OUT: [&str; 14] = [
    "series",
    "n",
    "s",
    "var_s",
    "z",
    "p",
    "tau_a",
    "tau_b",
    "rho",
    "slope",
    "slope_low",
    "slope_high",
    "verdict",
    "status",
];
const TIME: usize = 0;
const SERIES: usize = 1;
const VALUE: usize = 2;

/// Values below which `status` says `few`. Five periods are the customary least for Daniel's test (HJ 663, 环办〔2011〕22号;
/// 未核实).
const LEAST_VALUES: usize = 5;
/// Cycles below which `status` says `few` for the seasonal test (Hirsch, Slack and Smith 1982).
const LEAST_CYCLES: usize = 3;

/// A series as read.
#[derive(Default)]
struct Series {
    times: Vec<Time>,
    values: Vec<Option<f64>>,
    /// Times that are no dates, and their lines.
    others: Vec<(usize, u64, Box<str>)>,
    is_censored: bool,
    is_invalid: bool,
}

/// What is printed for a series.
#[derive(Default)]
struct Trend {
    n: usize,
    kendall: Option<stats::Kendall>,
    spearman: Option<stats::Spearman>,
    sen: Option<stats::SenSlope>,
    /// Whether any two values can be compared.
    is_tested: bool,
    is_few: bool,
    has_no_dates: bool,
}

/// Tests every series of `input`.
pub(super) fn run(
    args: &TrendArgs,
    input: impl Read,
    output: impl Write,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    if args.table.edition != "auto" {
        return Err(AssessError::Usage("no edition grades a trend; leave --edition out".to_owned()));
    }
    if args.method == Method::Seasonal && matches!(args.per, Per::Day | Per::Month) {
        return Err(AssessError::Usage("the seasonal slope is per cycle; leave --per out".to_owned()));
    }
    let columns = [Column::required("time"), Column::required("series"), Column::required("value")];
    let mut table = Table::open(input, &columns, args.table.ignore_extra)?;
    let mut out = Output::new(args.table.output, &OUT, output)?;
    let mut all: Vec<(String, Series)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    while let Some(row) = table.next_row()? {
        let name = row.text(SERIES);
        let place = places.get(name).copied().unwrap_or_else(|| {
            all.push((name.to_owned(), Series::default()));
            places.insert(name.to_owned(), all.len() - 1);
            all.len() - 1
        });
        all[place].1.push(row, &args.table, messages)?;
    }
    for (name, series) in &all {
        let timeline = Timeline::of(&series.times, args.per);
        let unusable = series.complain_of_times(&timeline, messages)?;
        let trend = assess(args, &series.values, &timeline);
        write(&mut out, args, name, &trend, &series.status(&trend, unusable))?;
    }
    out.finish()
}

impl Series {
    fn push(&mut self, row: Row<'_>, args: &TableArgs, messages: &mut dyn Write) -> Result<(), AssessError> {
        let time = Time::parse(row.text(TIME), args.zone, args.label);
        if !matches!(time, Time::Dated { .. }) {
            self.others.push((self.times.len(), row.line(), row.text(TIME).into()));
        }
        self.times.push(time);
        let text = row.text(VALUE);
        self.values.push(match cell::read_real(text) {
            Cell::Missing => None,
            Cell::Value(value) => Some(value),
            Cell::Censored(half) => {
                self.is_censored = true;
                Some(half)
            }
            Cell::Invalid(reason) => {
                self.is_invalid = true;
                row.complain(messages, "value", text, &format!("{reason}; counted as missing"))?;
                None
            }
        });
        Ok(())
    }

    /// Names the times that stand among dates and are none; whether there are any.
    fn complain_of_times(&self, timeline: &Timeline, messages: &mut dyn Write) -> Result<bool, AssessError> {
        let mut found = false;
        for (_, line, text) in self.others.iter().filter(|(row, ..)| timeline.moments[*row].is_none()) {
            found = true;
            let reason = "is no date, but others of the series are; its value is not used";
            table::complain(messages, *line, "time", text, reason)?;
        }
        Ok(found)
    }

    fn status(&self, trend: &Trend, has_unusable_times: bool) -> String {
        let mut status = match trend.n {
            0 => "missing",
            _ if trend.is_few => "few",
            _ => "ok",
        }
        .to_owned();
        let notes = [
            (trend.has_no_dates, ";no-dates"),
            (has_unusable_times, ";invalid:time"),
            (self.is_invalid, ";invalid:value"),
            (self.is_censored, ";censored:value"),
        ];
        status.extend(notes.iter().filter(|(applies, _)| *applies).map(|(_, note)| *note));
        status
    }
}

/// The test asked for, and the slope, of the rows that have both a time and a value.
fn assess(args: &TrendArgs, values: &[Option<f64>], timeline: &Timeline) -> Trend {
    let known: Vec<(Moment, f64)> =
        timeline.moments.iter().zip(values).filter_map(|(moment, value)| moment.zip(*value)).collect();
    let is_seasonal = args.method == Method::Seasonal;
    let mut seasons = vec![Vec::new(); if is_seasonal { usize::from(args.season) } else { 1 }];
    for (moment, value) in &known {
        let (season, time) =
            if is_seasonal { season_and_cycle(moment, args.season) } else { (0, moment.time) };
        seasons[season].push(Point { time, value: *value });
    }
    let kendall = stats::seasonal_kendall(&seasons);
    let is_few = if is_seasonal {
        let mut cycles: Vec<i64> = seasons.iter().flatten().map(|point| point.time).collect();
        cycles.sort_unstable();
        cycles.dedup();
        cycles.len() < LEAST_CYCLES
    } else {
        known.len() < LEAST_VALUES
    };
    let spearman = match args.method {
        Method::Spearman => stats::spearman(&seasons[0]),
        Method::Mk | Method::Seasonal => None,
    };
    let sen = kendall.zip(timeline.units).and_then(|(kendall, units)| {
        let sen = stats::sen_slope(&seasons, kendall.var_s, args.alpha)?;
        let units = if is_seasonal { 1.0 } else { units };
        let interval = sen.interval.map(|(low, high)| (low * units, high * units));
        Some(stats::SenSlope { slope: sen.slope * units, interval })
    });
    Trend {
        n: known.len(),
        is_tested: kendall.is_some(),
        kendall: kendall.filter(|_| args.method != Method::Spearman),
        spearman,
        sen,
        is_few,
        has_no_dates: timeline.units.is_none(),
    }
}

/// Which season of which cycle: by the calendar where seasons are whole months, otherwise by steps.
fn season_and_cycle(moment: &Moment, seasons: u16) -> (usize, i64) {
    match moment.day {
        Some(day) if 12 % seasons == 0 => {
            let months = 12 / u32::from(seasons);
            ((day.month0() / months) as usize, day.year().into())
        }
        _ => {
            let seasons = i64::from(seasons);
            (usize::try_from(moment.step % seasons).unwrap_or(0), moment.step / seasons)
        }
    }
}

fn write(
    out: &mut Output<impl Write>,
    args: &TrendArgs,
    name: &str,
    trend: &Trend,
    status: &str,
) -> Result<(), AssessError> {
    let Trend { kendall, spearman, sen, .. } = trend;
    let (p, direction) = match (kendall, spearman) {
        (Some(kendall), _) => (Some(kendall.p), kendall.z),
        (None, Some(spearman)) => (Some(spearman.p), spearman.rho),
        (None, None) => (None, 0.0),
    };
    // Values that are all equal have no rank correlation, and no trend.
    let verdict = match p {
        Some(p) if p < args.alpha && direction > 0.0 => "rising",
        Some(p) if p < args.alpha && direction < 0.0 => "falling",
        _ if trend.is_tested => "none",
        _ => "",
    };
    let interval = sen.and_then(|sen| sen.interval);
    out.row(&[
        Field::Text(name),
        Field::Integer(u32::try_from(trend.n).ok()),
        Field::Signed(kendall.map(|k| k.s)),
        Field::Real(kendall.map(|k| k.var_s)),
        Field::Real(kendall.map(|k| k.z)),
        Field::Real(p),
        Field::Real(kendall.map(|k| k.tau_a)),
        Field::Real(kendall.and_then(|k| k.tau_b)),
        Field::Real(spearman.map(|s| s.rho)),
        Field::Real(sen.map(|sen| sen.slope)),
        Field::Real(interval.map(|(low, _)| low)),
        Field::Real(interval.map(|(_, high)| high)),
        Field::Text(verdict),
        Field::Text(status),
    ])
}

#[cfg(test)]
mod tests;
