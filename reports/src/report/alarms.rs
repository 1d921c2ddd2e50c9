//! Alarms of a period: those raised in it and those still standing at its end.

use lanbi_model::decimal::round_half_even;
use lanbi_model::{Alarm, Instant, Severity};
use serde::Serialize;

use super::figure::Figure;
use super::head::HeadFacts;
use super::words;

/// An alarm with the words for its place and rule.
#[derive(Clone, Debug)]
pub struct AlarmFacts {
    /// The alarm.
    pub alarm: Alarm,
    /// Name of the station.
    pub station: String,
    /// Its river or area; empty where there is none.
    pub place: String,
    /// Chinese name of the rule.
    pub rule: String,
}

/// An alarm as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AlarmRow {
    /// When it was raised, local.
    pub raised: String,
    /// Station.
    pub station: String,
    /// River or area.
    pub place: String,
    /// Name of the rule.
    pub rule: String,
    /// 提示 to 紧急.
    pub severity: &'static str,
    /// Key of the severity, for the layout.
    pub severity_key: &'static str,
    /// Text.
    pub text: String,
    /// Worst value.
    pub worst: Figure,
    /// Limit.
    pub limit: Figure,
    /// Basis of the limit.
    pub basis: String,
    /// 未解除; 已解除 with its time; 期末未解除 with its time where it cleared after the period, before the report.
    pub state: String,
    /// Whether it stands at the end of the period.
    pub standing: bool,
}

/// Alarms of one rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleCount {
    /// Name of the rule.
    pub rule: String,
    /// Raised in the period.
    pub raised: u64,
    /// Cleared in the period.
    pub cleared: u64,
    /// Standing at its end.
    pub standing: u64,
}

/// The alarms of a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alarms {
    /// Rows: standing first, then by urgency, then newest first.
    pub rows: Vec<AlarmRow>,
    /// Raised in the period.
    pub raised: u64,
    /// Cleared in the period.
    pub cleared: u64,
    /// Standing at its end.
    pub standing: u64,
    /// By rule, most frequent first.
    pub rules: Vec<RuleCount>,
}

/// The end of a period as far as it was known when the report was made.
fn end(head: &HeadFacts) -> Instant {
    head.zone.end_of(head.period.last()).min(head.generated_at)
}

/// Whether the alarm stands at an instant.
fn stands(alarm: &Alarm, at: Instant) -> bool {
    alarm.raised_at <= at && alarm.cleared_at.is_none_or(|cleared| cleared > at)
}

/// Builds the list from any superset of the period's alarms; others are left out.
#[must_use]
pub fn build(facts: &[AlarmFacts], head: &HeadFacts) -> Alarms {
    let (start, end) = (head.zone.start_of(head.period.first()), end(head));
    let within = |instant: Instant| start < instant && instant <= end;
    let raised = |a: &Alarm| within(a.raised_at);
    let cleared = |a: &Alarm| a.cleared_at.is_some_and(within);

    let mut seen: Vec<&AlarmFacts> =
        facts.iter().filter(|f| raised(&f.alarm) || stands(&f.alarm, end)).collect();
    seen.sort_by(|a, b| {
        let key = |f: &AlarmFacts| (stands(&f.alarm, end), f.alarm.severity, f.alarm.raised_at);
        key(b).cmp(&key(a)).then_with(|| a.alarm.station.cmp(&b.alarm.station))
    });

    let mut rules: Vec<RuleCount> = Vec::new();
    for fact in facts {
        let counts = [raised(&fact.alarm), cleared(&fact.alarm), stands(&fact.alarm, end)].map(u64::from);
        if counts == [0, 0, 0] {
            continue;
        }
        let entry = match rules.iter().position(|r| r.rule == fact.rule) {
            Some(at) => &mut rules[at],
            None => {
                rules.push(RuleCount { rule: fact.rule.clone(), raised: 0, cleared: 0, standing: 0 });
                let last = rules.len() - 1;
                &mut rules[last]
            }
        };
        entry.raised += counts[0];
        entry.cleared += counts[1];
        entry.standing += counts[2];
    }
    rules.sort_by(|a, b| b.raised.cmp(&a.raised).then_with(|| a.rule.cmp(&b.rule)));

    Alarms {
        rows: seen.into_iter().map(|f| row(f, head)).collect(),
        raised: rules.iter().map(|r| r.raised).sum(),
        cleared: rules.iter().map(|r| r.cleared).sum(),
        standing: rules.iter().map(|r| r.standing).sum(),
        rules,
    }
}

/// One alarm as printed.
#[must_use]
pub fn row(facts: &AlarmFacts, head: &HeadFacts) -> AlarmRow {
    let alarm = &facts.alarm;
    let standing = stands(alarm, end(head));
    let unit = alarm.parameter.map_or("", |p| p.unit().symbol());
    let number = |value: Option<lanbi_model::Decimal>| match value {
        // A computed mean with one decimal more than a single value, as in the alarm's text.
        Some(value) => {
            let decimals = alarm.parameter.map_or(0, |p| p.decimals() + 1);
            Figure::plain(Some(round_half_even(value, decimals).normalize()), unit)
        }
        None => Figure::dash(),
    };
    AlarmRow {
        raised: head.short_time(alarm.raised_at),
        station: facts.station.clone(),
        place: facts.place.clone(),
        rule: facts.rule.clone(),
        severity: alarm.severity.zh(),
        severity_key: alarm.severity.key(),
        text: alarm.text.clone(),
        worst: number(alarm.worst),
        limit: number(alarm.limit),
        basis: alarm.basis.clone(),
        state: match alarm.cleared_at {
            Some(cleared) if !standing => format!("已解除 {}", head.short_time(cleared)),
            Some(cleared) if cleared <= head.generated_at => {
                format!("期末未解除（{}解除）", head.short_time(cleared))
            }
            _ => "未解除".to_owned(),
        },
        standing,
    }
}

/// The paragraph.
#[must_use]
pub fn paragraph(alarms: &Alarms) -> String {
    if alarms.raised == 0 && alarms.standing == 0 {
        return "本期无报警。".to_owned();
    }
    let rules: Vec<String> =
        alarms.rules.iter().filter(|r| r.raised > 0).map(|r| format!("{}{}起", r.rule, r.raised)).collect();
    let mut text = format!("本期发生报警{}起", alarms.raised);
    if !rules.is_empty() {
        text.push_str(&format!("〔{}〕", words::list(&rules)));
    }
    text.push_str(&format!("，解除{}起，期末未解除{}起", alarms.cleared, alarms.standing));
    let urgent = alarms.rows.iter().filter(|r| r.standing && r.severity == Severity::Urgent.zh()).count();
    if urgent > 0 {
        text.push_str(&format!("，其中紧急{urgent}起"));
    }
    text.push('。');
    text
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use lanbi_model::{ReportPeriod, RuleId, StationId, Zone};

    use super::*;

    #[test]
    fn the_state_is_the_one_at_the_end_of_the_period() {
        let day = "2026-10-05".parse().unwrap();
        let zone = Zone::shanghai();
        let head = HeadFacts {
            district: String::new(),
            demo: false,
            period: ReportPeriod::Day(day),
            generated_at: zone.end_of(day) + TimeDelta::hours(8),
            zone,
            cited: Vec::new(),
        };
        let check = |raised: i64, cleared: Option<i64>, expected: Option<&str>| {
            let at = |hour| zone.start_of(day) + TimeDelta::hours(hour);
            let fact = AlarmFacts {
                alarm: Alarm {
                    station: StationId::new("S1"),
                    rule: RuleId("silent".to_owned()),
                    parameter: None,
                    severity: Severity::Warning,
                    raised_at: at(raised),
                    since: at(raised),
                    cleared_at: cleared.map(at),
                    withdrawn_at: None,
                    worst: None,
                    limit: None,
                    text: String::new(),
                    basis: String::new(),
                },
                station: String::new(),
                place: String::new(),
                rule: "站点失联".to_owned(),
            };
            let rows = build(&[fact], &head).rows;
            assert_eq!(rows.first().map(|r| r.state.as_str()), expected, "{raised} to {cleared:?}");
        };
        check(3, None, Some("未解除"));
        check(3, Some(9), Some("已解除 10-05 09:00"));
        check(3, Some(26), Some("期末未解除（10-06 02:00解除）"));
        check(3, Some(40), Some("未解除"));
        check(-30, None, Some("未解除"));
        // Midnight closes the day before.
        check(0, Some(0), None);
        check(-30, Some(-20), None);
        check(25, None, None);
    }
}
