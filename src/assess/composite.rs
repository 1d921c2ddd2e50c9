//! `lanbi assess composite`: the figures and the composite index of a month, a quarter or a year (HJ 663, 环办〔2014〕64号).

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::path::PathBuf;

use lanbi_analytics::aggregate::{Minimum, Shortfall};
use lanbi_analytics::air::{self, AirEvent, ItemFigure, TermRounding};
use lanbi_model::evaluation::{AirEvaluation, EventKind};
use lanbi_model::standard::Standards;
use lanbi_model::{Parameter, ReportPeriod};

use super::daily::{self, PeriodLaw, Site};
use super::error::AssessError;
use super::events::Events;
use super::output::{Field, Output};
use super::source::SourceArgs;

/// What `--help` says about columns and words.
pub(super) const HELP: &str = "\
mean_*, p95_co and p90_o3 are rounded as they are published, and everything after them rests on the rounded figure.
term_* is a figure over its class 2 limit, those in force on the period's last day. With an item missing there is no index
and no max_item. exceed_* is (figure - limit) / limit, empty where the limit is kept. valid_days are days with a published
AQI. An edition of GB 3095 or HJ 633 named with --edition forces both laws as they stood on its first day.

Words in status:
  mixed               the period spans two editions; good and heavy days go by each day's own
  missing:ITEM        no value at all
  month_days<27:ITEM  too few days in a month (GB 3095, Table 4); so february_days<25 and year_days<324.
                      In a quarter its months are counted, which no text confirms: unverified
  duplicate:time      a day stood twice; its later row counts
  events:dust=N       days of the list
  invalid:ITEM, censored:ITEM  as in every command";

/// Options of `assess composite`.
#[derive(Debug, clap::Args)]
pub(crate) struct CompositeArgs {
    /// The period: 2022-09, 2022-Q3 or 2022. Days outside it are passed over.
    #[arg(long, value_name = "P", value_parser = daily::parse_period)]
    period: ReportPeriod,
    /// Round each single index and then add (as published reports do), or add and then round.
    #[arg(long, value_enum, default_value_t = Terms::Round)]
    terms: Terms,
    /// CSV day,area,kind,source of dust days and exceptional events: area is a site or empty for all, kind is dust or
    /// exceptional. Dust takes PM2.5 and PM10 of its day out of means and index and leaves the days counted;
    /// exceptional changes nothing until the text of HJ 663-2026 is known.
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
    /// Count good, heavy and valid days without the dust days of the list, as targets do (how is unconfirmed).
    #[arg(long, requires = "events")]
    without_dust_days: bool,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Terms {
    Round,
    Plain,
}

const OUT: [&str; 27] = [
    "site",
    "period",
    "edition",
    "mean_pm25",
    "mean_pm10",
    "mean_so2",
    "mean_no2",
    "p95_co",
    "p90_o3",
    "term_pm25",
    "term_pm10",
    "term_so2",
    "term_no2",
    "term_co",
    "term_o3",
    "index",
    "max_item",
    "good_days",
    "valid_days",
    "heavy_days",
    "exceed_pm25",
    "exceed_pm10",
    "exceed_so2",
    "exceed_no2",
    "exceed_co",
    "exceed_o3",
    "status",
];

/// One row a site, in the order of their first rows.
pub(super) fn run(
    args: &CompositeArgs,
    law: &Standards,
    input: impl Read + Send,
    output: impl Write,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    let table = &args.source.place.table;
    let rules = PeriodLaw::choose(law, &table.edition, args.period)?;
    let evaluation = evaluation(rules.evaluation, args.without_dust_days);
    let list = args.events.as_deref().map(Events::read).transpose()?.unwrap_or_default();
    let sites = args.source.read(law, Some(args.period), input, messages)?;
    list.complain(sites.iter().map(|site| site.name.as_str()), messages)?;
    let mut out = Output::new(table.output, &OUT, output)?;
    let rounding = match args.terms {
        Terms::Round => TermRounding::Terms,
        Terms::Plain => TermRounding::Sum,
    };
    let period = args.period.to_string();
    for site in &sites {
        let mut events = list.of(&[&site.name]);
        events.retain(|event| args.period.first() <= event.day && event.day <= args.period.last());
        let figures =
            air::period_statistics(&evaluation, &rules.limits.validity, args.period, &site.days, &events);
        let values = figures.clone().map(|figure| figure.value);
        let index = air::composite(&evaluation, rules.limits, &values, rounding);
        let days = air::count_days(&evaluation, |day| rules.aqi(day), &site.days, &[], &events);
        say_shortfalls(&site.name, &figures, messages)?;
        let largest: Vec<&str> = index.largest.iter().map(|item| item.key()).collect();
        let (largest, status) =
            (largest.join("+"), status(args.period, rules.mixed, site, &figures, &events));
        let mut row =
            vec![Field::Text(&site.name), Field::Text(&period), Field::Text(&rules.limits.edition.id)];
        let decimals = evaluation.index_decimals;
        row.extend(evaluation.items.iter().zip(values).map(|(item, v)| Field::Number(v, item.decimals)));
        row.extend(index.terms.map(|term| Field::Number(term, decimals)));
        row.push(Field::Number(index.index, decimals));
        row.push(Field::Text(&largest));
        row.extend([days.good, days.valid, days.heavy].map(|count| Field::Integer(Some(count))));
        row.extend(index.multiples.map(|multiple| Field::Number(multiple, air::MULTIPLE_DECIMALS)));
        row.push(Field::Text(&status));
        out.row(&row)?;
    }
    out.finish()
}

/// The rules of the edition, without dust days in the counts where that is asked for.
pub(super) fn evaluation(edition: &AirEvaluation, without_dust_days: bool) -> AirEvaluation {
    let mut evaluation = edition.clone();
    let dust = evaluation.events.iter_mut().filter(|effect| effect.kind == EventKind::Dust);
    for effect in dust.filter(|_| without_dust_days) {
        effect.counts_in_days = false;
    }
    evaluation
}

/// One line for each month or year that has too few days of an item; an item without any is named in the status alone.
fn say_shortfalls(
    site: &str,
    figures: &[ItemFigure; 6],
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    let mut said: Vec<(Shortfall, String)> = Vec::new();
    for (item, figure) in Parameter::AQI.into_iter().zip(figures).filter(|(_, f)| f.value.is_some()) {
        for short in &figure.shortfalls {
            let part = format!("{item} {}", short.days);
            match said.iter_mut().find(|(s, _)| s.within == short.within) {
                Some((_, parts)) => {
                    let _ = write!(parts, ", {part}");
                }
                None => said.push((*short, part)),
            }
        }
    }
    for (short, parts) in said {
        writeln!(messages, "{site}: {} needs {} valid days, has {parts}", short.within, short.needed)?;
    }
    Ok(())
}

/// The words of a row; `ok` stands where nothing is against its figures.
fn status(
    period: ReportPeriod,
    mixed: bool,
    site: &Site,
    figures: &[ItemFigure; 6],
    events: &[AirEvent],
) -> String {
    let mut words: Vec<String> = Vec::new();
    if mixed {
        words.push("mixed".to_owned());
    }
    let named = |wanted: &dyn Fn(&ItemFigure) -> bool| -> Option<String> {
        let items = Parameter::AQI.into_iter().zip(figures).filter(|(_, figure)| wanted(figure));
        let items: Vec<&str> = items.map(|(item, _)| item.key()).collect();
        (!items.is_empty()).then(|| items.join("+"))
    };
    match named(&|figure| figure.value.is_some()) {
        None => words.push("missing".to_owned()),
        Some(_) => words.extend(named(&|f| f.value.is_none()).map(|items| format!("missing:{items}"))),
    }
    for minimum in [Minimum::Month, Minimum::February, Minimum::Year] {
        let short = |figure: &ItemFigure| figure.shortfalls.iter().find(|s| s.minimum == minimum).copied();
        let thin = |figure: &ItemFigure| figure.value.is_some() && short(figure).is_some();
        if let (Some(items), Some(short)) = (named(&thin), figures.iter().find_map(short)) {
            let mark = if matches!(period, ReportPeriod::Quarter(_)) { ":unverified" } else { "" };
            words.push(format!("{}<{}:{items}{mark}", minimum.key(), short.needed));
        }
    }
    if words.is_empty() {
        words.push("ok".to_owned());
    }
    words.extend(site.notes.iter().cloned());
    let counts = EventKind::ALL.map(|kind| (kind, events.iter().filter(|e| e.kind == kind).count()));
    let counts: Vec<String> =
        counts.iter().filter(|(_, n)| *n > 0).map(|(kind, n)| format!("{}={n}", kind.key())).collect();
    if !counts.is_empty() {
        words.push(format!("events:{}", counts.join("+")));
    }
    words.join(";")
}
