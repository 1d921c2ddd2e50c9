//! Warnings as alarms: each level from its entry to its end is one, raised under the district's name.

use lanbi_analytics::heavy::{Response, WarningEvent};
use lanbi_model::{
    Alarm, AlarmChange, Decimal, Instant, RuleId, Severity, StationId, WarningLevel,
    standard::{Editioned as _, Standards},
};
use lanbi_reports::report::words;

/// Key of the rule in the settings.
pub(crate) const RULE: &str = "heavy-air";

/// The alarm of a level.
pub(crate) fn alarm(event: &WarningEvent, standards: &Standards) -> Alarm {
    let number = standards.warning.iter().map(|rules| rules.edition()).find(|e| e.id == event.edition);
    let primary: Vec<&str> = event.primary.iter().map(|item| words::pollutant(*item)).collect();
    let primary =
        if primary.is_empty() { String::new() } else { format!("，首要污染物{}", primary.join("、")) };
    let step = match event.before {
        None => format!("进入{}", event.level.zh()),
        Some(before) if before < event.level => format!("由{}升为{}", before.zh(), event.level.zh()),
        Some(before) => format!("由{}降为{}", before.zh(), event.level.zh()),
    };
    Alarm {
        station: StationId::new(StationId::DISTRICT),
        rule: RuleId(RULE.to_owned()),
        parameter: None,
        severity: severity(event),
        raised_at: event.from,
        since: event.pollution_from.min(event.from),
        cleared_at: event.until,
        withdrawn_at: None,
        worst: Some(Decimal::from(event.peak)),
        limit: None,
        text: format!(
            "全区{step}（{}）：24小时滑动AQI最高{}{primary}；{}",
            event.basis.zh(),
            event.peak,
            event.response.zh()
        ),
        basis: format!("{} {}", number.map_or(event.edition.as_str(), |e| e.number.as_str()), event.rule),
    }
}

fn severity(event: &WarningEvent) -> Severity {
    match (event.response, event.level) {
        (Response::HealthNotice, _) => Severity::Notice,
        (Response::Full, WarningLevel::Yellow) => Severity::Warning,
        (Response::Full, WarningLevel::Orange | WarningLevel::Red) => Severity::Urgent,
    }
}

/// What makes the alarms that are known those that should be. Known ones that were withdrawn are not among `known`.
pub(crate) fn changes(known: &[Alarm], wanted: Vec<Alarm>, now: Instant) -> Vec<AlarmChange> {
    let gone = known.iter().filter(|old| !wanted.iter().any(|new| new.raised_at == old.raised_at));
    let mut changes: Vec<AlarmChange> =
        gone.map(|old| AlarmChange::Withdrawn(Alarm { withdrawn_at: Some(now), ..old.clone() })).collect();
    for new in wanted {
        match known.iter().find(|old| old.raised_at == new.raised_at) {
            Some(old) if *old == new => {}
            Some(old) if old.cleared_at.is_none() => changes.push(match new.cleared_at {
                Some(_) => AlarmChange::Cleared(new),
                None => AlarmChange::Updated(new),
            }),
            Some(_) => changes.push(AlarmChange::Amended(new)),
            None => {
                changes.push(AlarmChange::Raised(Alarm { cleared_at: None, ..new.clone() }));
                if new.cleared_at.is_some() {
                    changes.push(AlarmChange::Cleared(new));
                }
            }
        }
    }
    changes
}
