//! What lies upstream of a section whose alarm is sent: candidates that fit in time, so that whoever is told knows where to look.

use chrono::TimeDelta;
use lanbi_model::{Alarm, ReportPeriod};
use lanbi_reports::report::clues;
use lanbi_store::Notification;

use crate::service::Parts;
use crate::watch;

/// A worsening that began within this time before an alarm, or after it, is what the alarm is about.
const AROUND: TimeDelta = TimeDelta::days(1);

/// The clues for an alarm that was raised on a section, in words; empty for every other message and where none is known. What
/// goes wrong here is logged and never keeps an alarm back.
pub(super) async fn of(parts: &Parts, notification: &Notification) -> String {
    let alarm = &notification.alarm;
    let is_asked = notification.event == "raised" && alarm.rule.0 == watch::SECTION_TARGET;
    if !is_asked || parts.settings.network_file().is_none() {
        return String::new();
    }
    match found(parts, alarm).await {
        Ok(words) => words,
        Err(error) => {
            tracing::warn!("an alarm is sent without clues from upstream: {error:#}");
            String::new()
        }
    }
}

async fn found(parts: &Parts, alarm: &Alarm) -> anyhow::Result<String> {
    let Some(station) = parts.registry.get(&alarm.station) else { return Ok(String::new()) };
    let sources = parts.sources(None, alarm.raised_at)?;
    let mut own = Vec::new();
    let (first, last) = (station.zone.day_of(alarm.since - AROUND), station.zone.day_of(alarm.raised_at));
    for day in first.iter_days().take_while(|day| *day <= last) {
        let worsenings = sources.clues_at(station, ReportPeriod::Day(day)).await?;
        own.extend(worsenings.into_iter().filter(|worsening| {
            alarm.parameter == Some(worsening.parameter) && worsening.from >= alarm.since - AROUND
        }));
    }
    if own.is_empty() {
        return Ok(String::new());
    }
    Ok(clues::sentence(&own, &sources.head(ReportPeriod::Day(last), Vec::new())))
}
