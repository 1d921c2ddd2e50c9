//! `lanbi assess watch`: which clean points of ditches slip back towards light, and how often such lists were right.

use std::io::{Read, Write};

use chrono::NaiveDate;
use lanbi_analytics::black_odor::{
    DaysLeft, IndicatorWatch, OdorDay, WatchSettings, WatchVerdict, watch, watch_trials,
};
use lanbi_model::Parameter;
use lanbi_model::standard::{BlackOdorStandard, Standards};

use super::black_odor_rows::{self, OdorRowsArgs, PointRows};
use super::error::AssessError;
use super::output::{Field, Output};
use super::table::Choice;

/// What `--help` says about columns and words.
pub(super) const HELP: &str = "\
Columns as black-odor, sampled daily to weekly for 14 weeks or more. The median of the last 14 days is compared with that of the
84 days before, by the distance from the light limit (logarithms; ORP as it is); what the same weeks of the last year lost is
taken off where they are there. verdict of a point: slipping (two indicators have lost 3 usual spreads of a weekly median and 20 %
of their distance, or one 5 spreads and 50 %, and the slope of the last 28 days reaches the limit within 90 days), steady, light
(a sample of the last 14 days is light already: no early warning), few (too few samples).
One row an indicator: base and recent level in its unit, lost (share of the distance; below zero a gain), spreads, and the days
until the limit by that slope with its 80 % interval; an empty days_high says that it might as well not fall. One row with an
empty indicator for a point with too few samples. status: ok, then season (a last year was there), no-edition, invalid:COLUMN,
censored:COLUMN.
--backtest draws up the list of every week of the file from what was known then: lists, listed, false_alarms (no light sample
within 90 days), and a row for each time that a clean point became light: light_on, listed_on, days_ahead (0: not foreseen).
The method is lanbi's own and no guide's. A ditch that collapses within four weeks is faster than the list.";

/// Options of `assess watch`.
#[derive(Debug, clap::Args)]
pub(crate) struct WatchArgs {
    /// The day of the list; that of the last row unless given. Later rows are not looked at.
    #[arg(long, value_name = "DATE", conflicts_with = "backtest")]
    on: Option<NaiveDate>,
    /// How often lists of the past were right.
    #[arg(long)]
    backtest: bool,
    #[command(flatten)]
    pub(crate) rows: OdorRowsArgs,
}

const OUT: [&str; 13] = [
    "body",
    "point",
    "on",
    "verdict",
    "indicator",
    "base",
    "recent",
    "lost",
    "spreads",
    "days",
    "days_low",
    "days_high",
    "status",
];
const OUT_BACKTEST: [&str; 9] =
    ["body", "point", "lists", "listed", "false_alarms", "light_on", "listed_on", "days_ahead", "status"];

/// Draws up the list, or the lists of the past.
pub(super) fn run(
    args: &WatchArgs,
    law: &Standards,
    input: impl Read,
    output: impl Write,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    let choice = Choice::parse(&law.black_odor, &args.rows.table.edition)?;
    let bodies = black_odor_rows::read(&args.rows, law, input, messages)?;
    let columns: &'static [&'static str] = if args.backtest { &OUT_BACKTEST } else { &OUT };
    let mut out = Output::new(args.rows.table.output, columns, output)?;
    let days = bodies.iter().flat_map(|body| &body.points).flat_map(|point| &point.samples);
    let Some(on) = args.on.or_else(|| days.filter_map(|sample| sample.day).max()) else {
        return out.finish();
    };
    for body in &bodies {
        for rows in &body.points {
            let point = Point { body: &body.name, rows, guide: choice.of(on), rural: args.rows.rural };
            if args.backtest {
                point.write_backtest(&mut out)?;
            } else {
                point.write(on, &mut out)?;
            }
        }
    }
    out.finish()
}

struct Point<'a> {
    body: &'a str,
    rows: &'a PointRows,
    guide: Option<&'a BlackOdorStandard>,
    rural: bool,
}

impl Point<'_> {
    fn samples(&self) -> Vec<OdorDay> {
        let of_day = |sample: &black_odor_rows::OdorSample| {
            Some(OdorDay { day: sample.day?, values: sample.values.clone(), clear: sample.clear })
        };
        self.rows.samples.iter().filter_map(of_day).collect()
    }

    fn status(&self, is_seasonal: bool) -> String {
        let mut status = "ok".to_owned();
        if is_seasonal {
            status.push_str(";season");
        }
        if self.guide.is_none() {
            status.push_str(";no-edition");
        }
        status.extend(self.rows.notes.iter().map(|note| format!(";{note}")));
        status
    }

    fn write(&self, on: NaiveDate, out: &mut Output<impl Write>) -> Result<(), AssessError> {
        let settings = WatchSettings::default();
        let found = self.guide.map(|guide| watch(guide, self.rural, &settings, &self.samples(), on));
        let verdict = found.as_ref().map_or(WatchVerdict::Few, |found| found.verdict);
        let indicators = found.map(|found| found.indicators).unwrap_or_default();
        if indicators.is_empty() {
            return self.write_row(on, verdict, None, out);
        }
        indicators.iter().try_for_each(|indicator| self.write_row(on, verdict, Some(indicator), out))
    }

    fn write_row(
        &self,
        on: NaiveDate,
        verdict: WatchVerdict,
        indicator: Option<&IndicatorWatch>,
        out: &mut Output<impl Write>,
    ) -> Result<(), AssessError> {
        let status = self.status(indicator.is_some_and(|i| i.is_seasonal));
        let left: Option<DaysLeft> = indicator.and_then(|i| i.left);
        let (low, high) = (left.and_then(|left| left.earliest), left.and_then(|left| left.latest));
        out.row(&[
            Field::Text(self.body),
            Field::Text(&self.rows.name),
            Field::Text(&on.to_string()),
            Field::Text(verdict.key()),
            Field::Text(indicator.map_or("", |i| name(i.parameter))),
            real(indicator.map(|i| i.base)),
            real(indicator.map(|i| i.recent)),
            real(indicator.map(|i| i.loss.share)),
            real(indicator.map(|i| i.loss.spreads)),
            real(left.map(|left| left.expected)),
            real(low),
            real(high),
            Field::Text(&status),
        ])
    }

    fn write_backtest(&self, out: &mut Output<impl Write>) -> Result<(), AssessError> {
        let settings = WatchSettings::default();
        let trials = self.guide.map(|guide| watch_trials(guide, self.rural, &settings, &self.samples()));
        let trials = trials.unwrap_or_default();
        let status = self.status(false);
        let slips = trials.slips.iter().map(Some).chain(trials.slips.is_empty().then_some(None));
        for slip in slips {
            let light_on = slip.map(|slip| slip.light_on.to_string()).unwrap_or_default();
            let listed_on = slip.and_then(|slip| slip.listed_on).map(|day| day.to_string());
            out.row(&[
                Field::Text(self.body),
                Field::Text(&self.rows.name),
                Field::Integer(Some(trials.weeks)),
                Field::Integer(Some(trials.listed)),
                Field::Integer(Some(trials.false_alarms)),
                Field::Text(&light_on),
                Field::Text(&listed_on.unwrap_or_default()),
                Field::Signed(slip.map(lanbi_analytics::black_odor::Slip::days_ahead)),
                Field::Text(&status),
            ])?;
        }
        Ok(())
    }
}

fn name(parameter: Parameter) -> &'static str {
    black_odor_rows::column_of(parameter)
}

/// Estimates are printed with three decimals.
fn real(value: Option<f64>) -> Field<'static> {
    Field::Real(value.map(|value| (value * 1000.0).round() / 1000.0))
}
