//! `lanbi assess target`: where a year stands against its targets on one of its days, and how probable it is that they are kept.

use std::io::{Read, Write};
use std::path::PathBuf;

use chrono::{Datelike, NaiveDate};
use lanbi_analytics::air::TermRounding;
use lanbi_analytics::outlook::{self, Chance, Lacking, Outlook, OutlookSettings, Room, Verdict, YearLaw};
use lanbi_model::ReportPeriod;
use lanbi_model::standard::Standards;
use lanbi_model::target::{Target, TargetKind};

use super::composite;
use super::daily::{self, PeriodLaw, Site};
use super::error::AssessError;
use super::events::Events;
use super::output::{Field, Output};
use super::source::SourceArgs;

/// What `--help` says about columns and words.
pub(super) const HELP: &str = "\
One row for each target of a site. figure is the year's figure so far as published, last_year that of the whole last year. passed,
valid and left are days. verdict is made or missed where nothing that may come can change it, else open.
rest_mean is the largest mean the days left may have so that the year's published mean keeps the target, rest_mean_exact so that
its exact mean does; bad_days_left are the days that may still be bad (or heavily polluted), all days left being valid.
probability rests on past years of the same input: the rest of the year is drawn from them around the level that last year, this
year's change and the trend suggest; probability_low to probability_high is how far that is known (about 80 %). final_* are
quantiles of the year's final figure. All of it is an estimate, except figure, days, verdict and rest.
An edition of GB 3095 or HJ 633 named with --edition answers what the year would be under it: --edition GB3095-2026 are the
limits of 2031.
status: ok, or why there is no probability: years:N<M (full years before this one), last-year:ITEM (too few values of the same days
of the last year), no-edition:DAY, no-figure; over where the year has ended; and the words of assess composite about cells and days.";

/// Options of `assess target`.
#[derive(Debug, clap::Args)]
pub(crate) struct TargetArgs {
    /// The day at whose end it is asked; later days are not used.
    #[arg(long, value_name = "DAY")]
    on: NaiveDate,
    /// File of targets, see config/targets.example.toml; those of the day's year count, of a site those that name it as area or
    /// no area.
    #[arg(long, value_name = "FILE", required_unless_present = "target")]
    targets: Option<PathBuf>,
    /// One more target for every site: FIGURE=VALUE, for example pm25=35, good_days_ratio=72.6, heavy_days=4, index=4.5 or
    /// fall:pm25=3.
    #[arg(long, value_name = "FIGURE=VALUE", value_parser = parse_target)]
    target: Vec<Target>,
    /// CSV day,area,kind,source of dust days and exceptional events, as in assess composite.
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
    /// Count days without the dust days of the list, as targets do (how is unconfirmed).
    #[arg(long, requires = "events")]
    without_dust_days: bool,
    /// Courses of the rest of the year that are drawn.
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    draws: u32,
    /// Seed of the draws; the same seed gives the same answer.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
}

fn parse_target(text: &str) -> Result<Target, String> {
    let parsed = text.split_once('=').and_then(|(figure, value)| {
        Some(Target { kind: TargetKind::from_key(figure)?, value: value.parse().ok()? })
    });
    parsed.ok_or_else(|| {
        "not a target; write pm25=35, good_days_ratio=72.6, heavy_days=4, index=4.5 or fall:pm25=3".to_owned()
    })
}

const OUT: [&str; 25] = [
    "site",
    "year",
    "on",
    "edition",
    "target",
    "bound",
    "figure",
    "last_year",
    "passed",
    "valid",
    "left",
    "verdict",
    "rest_mean",
    "rest_mean_exact",
    "bad_days_left",
    "probability",
    "probability_low",
    "probability_high",
    "final_p5",
    "final_p25",
    "final_p50",
    "final_p75",
    "final_p95",
    "years",
    "status",
];

/// Rows a site, in the order of their first rows.
pub(super) fn run(
    args: &TargetArgs,
    law: &Standards,
    input: impl Read + Send,
    output: impl Write,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    let table = &args.source.place.table;
    let first = NaiveDate::from_ymd_opt(args.on.year(), 1, 1).unwrap_or(args.on);
    let year = ReportPeriod::Year(first);
    let rules = PeriodLaw::choose(law, &table.edition, year)?;
    let listed = match &args.targets {
        Some(path) => lanbi_config::targets::load(path)
            .map_err(|e| AssessError::Failed(format!("{:#}", anyhow::Error::from(e))))?,
        None => Vec::new(),
    };
    let list = args.events.as_deref().map(Events::read).transpose()?.unwrap_or_default();
    let sites = args.source.read(law, None, input, messages)?;
    list.complain(sites.iter().map(|site| site.name.as_str()), messages)?;
    for target in &listed {
        if !target.area.is_empty() && !sites.iter().any(|site| site.name == target.area) {
            writeln!(
                messages,
                "targets: area `{}` is no site of the input; its targets are not judged",
                target.area
            )?;
        }
    }
    let evaluation = composite::evaluation(rules.evaluation, args.without_dust_days);
    let settings =
        OutlookSettings { draws: args.draws, seed: args.seed, fan_days: 0, ..OutlookSettings::default() };
    let mut out = Output::new(table.output, &OUT, output)?;
    for site in &sites {
        let own = listed.iter().filter(|target| target.year == args.on.year());
        let own = own.filter(|target| target.area.is_empty() || target.area == site.name);
        let targets: Vec<Target> =
            own.map(|target| target.target).chain(args.target.iter().copied()).collect();
        let events = list.of(&[&site.name]);
        let aqi = |day| rules.aqi(day);
        let year_law = YearLaw {
            aqi: &aqi,
            evaluation: &evaluation,
            limits: rules.limits,
            rounding: TermRounding::Terms,
            not_equipped: &[],
            events: &events,
        };
        let outlooks = outlook::outlook(&site.days, &year_law, year, args.on, &targets, &settings);
        for one in outlooks.unwrap_or_default() {
            write_target(site, year, &rules, &one, &mut out)?;
        }
    }
    out.finish()
}

fn write_target<W: Write>(
    site: &Site,
    year: ReportPeriod,
    rules: &PeriodLaw<'_>,
    outlook: &Outlook,
    out: &mut Output<W>,
) -> Result<(), AssessError> {
    let standing = &outlook.standing;
    let kind = standing.target.kind;
    let decimals = rules.evaluation.decimals(kind);
    let (year, on, key) = (year.to_string(), standing.on.to_string(), kind.key());
    let bound = standing.target.value.normalize();
    let (published, exact, days) = match standing.room {
        Some(Room::Mean(rest)) => (Some(rest.published), Some(rest.exact), None),
        Some(Room::Days(days)) => (None, None, days),
        None => (None, None, None),
    };
    let chance = outlook.chance.as_ref().ok();
    let share = |pick: fn(&Chance) -> f64| Field::Real(chance.map(|chance| thousandth(pick(chance))));
    let quantile = |place: usize| {
        let figure = chance.and_then(|chance| chance.figure.0.get(place).copied());
        Field::Number(figure.and_then(lanbi_model::decimal::from_f64), decimals)
    };
    let status = match (&outlook.chance, standing.left) {
        (_, 0) => "over".to_owned(),
        (Ok(_), _) => "ok".to_owned(),
        (Err(lacking), _) => word(*lacking),
    };
    let status = format!("{}{status}{}", if rules.mixed { "mixed;" } else { "" }, daily::joined(&site.notes));
    let mut row = vec![
        Field::Text(&site.name),
        Field::Text(&year),
        Field::Text(&on),
        Field::Text(&rules.limits.edition.id),
        Field::Text(&key),
        Field::Number(Some(bound), bound.scale()),
        Field::Number(standing.figure, decimals),
        Field::Number(standing.last_year, rules.evaluation.decimals(kind.of_year())),
    ];
    row.extend([standing.passed, standing.valid, standing.left].map(|days| Field::Integer(Some(days))));
    row.push(Field::Text(match standing.verdict {
        Verdict::Open => "open",
        Verdict::Made => "made",
        Verdict::Missed => "missed",
    }));
    row.extend([Field::Number(published, 2), Field::Number(exact, 2), Field::Integer(days)]);
    row.extend([share(|c| c.probability), share(|c| c.low), share(|c| c.high)]);
    // 5, 25, 50, 75 and 95 %.
    row.extend([0, 2, 3, 4, 6].map(quantile));
    row.push(Field::Integer(chance.map(|chance| u32::try_from(chance.years).unwrap_or(u32::MAX))));
    row.push(Field::Text(&status));
    out.row(&row)
}

fn thousandth(share: f64) -> f64 {
    (share * 1000.0).round() / 1000.0
}

fn word(lacking: Lacking) -> String {
    match lacking {
        Lacking::Years { have, needed } => format!("years:{have}<{needed}"),
        Lacking::LastYear(item) => format!("last-year:{item}"),
        Lacking::Edition(day) => format!("no-edition:{day}"),
        Lacking::Figure => "no-figure".to_owned(),
    }
}
