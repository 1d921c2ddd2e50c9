//! `lanbi assess warnings`: the heavy-pollution warnings of a place, from its hours and from forecasts (环大气〔2024〕6号).

use std::io::{Read, Write};
use std::path::PathBuf;

use chrono::NaiveDateTime;
use lanbi_analytics::heavy::{self, AirHour, DayLaw, ForecastDay, ForecastEnd, HeavyAir, WarningEvent};
use lanbi_model::evaluation::EventKind;
use lanbi_model::standard::{Standards, on_day};
use lanbi_model::{Instant, Zone};

use super::daily;
use super::error::AssessError;
use super::events::Events;
use super::forecasts::read_forecasts;
use super::hourly;
use super::output::{Field, Output};
use super::source::PlaceArgs;
use super::stamp::Stamp;

/// What `--help` says about columns and words.
pub(super) const HELP: &str = "\
One row for each level that stood; a step up or down ends one row and begins the next (before names the level left). The index is
that of the 24 hours ending at each hour, by the daily table of HJ 633 in force. from is the entry, until the release or the entry
of another level, empty while it stands; pollution_from begins the pollution behind it, last_met is the last hour at which the
condition was met, peak the largest running-day AQI. basis: observed, forecast (not confirmed by measurement) or both.
response: full, or health_notice where all of the pollution is ozone, or particles on dust days.
When a level ends was not found in any text: 36 hours clear, as two episodes nearer than that are one (unverified; see
lanbi standards show warning-2024).
status: ok, and the words of assess composite about cells.";

/// Options of `assess warnings`.
#[derive(Debug, clap::Args)]
pub(crate) struct WarningsArgs {
    /// CSV issued,site,day,low,high,primary of forecasts of the daily AQI; site may be empty for all, low empty for one number,
    /// primary names items joined by +.
    #[arg(long, value_name = "FILE")]
    forecast: Option<PathBuf>,
    /// Up to when levels are told, for example 2026-12-20T08:00; the last hour measured unless given.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    now: Option<NaiveDateTime>,
    /// Act on the lower end of a forecast range; on the upper one unless given.
    #[arg(long)]
    low_end: bool,
    /// CSV day,area,kind,source of dust days, as in assess composite.
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

fn parse_time(text: &str) -> Result<NaiveDateTime, String> {
    match Stamp::parse(text) {
        Some(Stamp::Moment(time)) => Ok(time),
        _ => Err("not a time; write 2026-12-20T08:00".to_owned()),
    }
}

const OUT: [&str; 13] = [
    "site",
    "level",
    "before",
    "from",
    "until",
    "pollution_from",
    "last_met",
    "peak",
    "primary",
    "basis",
    "response",
    "edition",
    "status",
];

/// Rows a site, in the order of their first rows.
pub(super) fn run(
    args: &WarningsArgs,
    law: &Standards,
    input: impl Read + Send,
    output: impl Write,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    let table = &args.place.table;
    let zone = table.zone;
    let forecasts = args.forecast.as_deref().map(|path| read_forecasts(path, zone)).transpose()?;
    let forecasts = forecasts.unwrap_or_default();
    let list = args.events.as_deref().map(Events::read).transpose()?.unwrap_or_default();
    let limits = daily::limits(law, &table.edition)?;
    let aqi = daily::indices(law, &table.edition)?;
    let sites = hourly::read_hours(table, law, None, input, messages)?;
    let sites = args.place.settle_hours(sites, law, &|day| limits.of(day), messages)?;
    list.complain(sites.iter().map(|site| site.name.as_str()), messages)?;
    let day_law = |day| Some(DayLaw { aqi: aqi.of(day)?, validity: &limits.of(day)?.validity });
    let mut out = Output::new(table.output, &OUT, output)?;
    for site in &sites {
        let hours: Vec<AirHour> =
            site.values.iter().map(|(end, values)| AirHour { end: *end, values: *values }).collect();
        let observed = heavy::running_days(&hours, zone, day_law, &[]);
        let own: Vec<ForecastDay> = forecasts
            .iter()
            .filter(|(of, _)| of.is_empty() || *of == site.name)
            .map(|(_, day)| day.clone())
            .collect();
        let last = observed.last().map(|day| day.end);
        let Some(now) = args.now.map(|now| zone.to_instant(now)).or(last) else { continue };
        let dust = list.of(&[&site.name]).into_iter().filter(|event| event.kind == EventKind::Dust);
        let dust: Vec<_> = dust.map(|event| event.day).collect();
        let air = HeavyAir {
            zone,
            now,
            observed: &observed,
            forecast: &own,
            forecast_end: if args.low_end { ForecastEnd::Low } else { ForecastEnd::High },
            dust: &dust,
        };
        let notes = daily::joined(&site.notes);
        for event in heavy::warnings(&air, |day| on_day(&law.warning, day)) {
            write_event(&site.name, &event, zone, &notes, &mut out)?;
        }
    }
    out.finish()
}

fn write_event<W: Write>(
    site: &str,
    event: &WarningEvent,
    zone: Zone,
    notes: &str,
    out: &mut Output<W>,
) -> Result<(), AssessError> {
    let time = |at: Instant| zone.local(at).format("%Y-%m-%dT%H:%M").to_string();
    let (from, until) = (time(event.from), event.until.map(time).unwrap_or_default());
    let (pollution_from, last_met) = (time(event.pollution_from), time(event.last_met));
    let primary: Vec<&str> = event.primary.iter().map(|item| item.key()).collect();
    let (primary, status) = (primary.join("+"), format!("ok{notes}"));
    out.row(&[
        Field::Text(site),
        Field::Text(event.level.key()),
        Field::Text(event.before.map_or("", |level| level.key())),
        Field::Text(&from),
        Field::Text(&until),
        Field::Text(&pollution_from),
        Field::Text(&last_met),
        Field::Integer(Some(event.peak)),
        Field::Text(&primary),
        Field::Text(event.basis.key()),
        Field::Text(event.response.key()),
        Field::Text(&event.edition),
        Field::Text(&status),
    ])
}
