//! From the law and the settings to the rules that watch each station.

use lanbi_analytics::{
    alarm::{DatedTest, Delays, FrozenRule, LimitRule, SilentRule, Test, Watch},
    qc::QcSettings,
};
use lanbi_config::settings::{Alarms, LimitAlarm};
use lanbi_model::{
    AveragingPeriod, Instant, Parameter, Registry, RuleId, Severity, Station, StationKind, WaterBody,
    standard::{self, ClassLimits, Confidence, Direction, Standards, Winter},
};

/// Class that a section without a target is held against (环办〔2011〕22号).
const DEFAULT_TARGET: u8 = 3;

/// Rule on a section's target.
pub(crate) const SECTION_TARGET: &str = "section-target";

/// Chinese name of a rule for reports.
pub(crate) fn rule_name(rule: &RuleId) -> &'static str {
    match rule.0.as_str() {
        crate::heavy::RULE => "重污染天气预警",
        "air-iaqi" => "空气小时值",
        "outlet-hour" => "排污口小时值",
        "outlet-day" => "排污口日均值",
        SECTION_TARGET => "断面目标",
        "ditch-grade" => "黑臭指标",
        "silent" => "站点失联",
        "frozen" => "数据恒值",
        _ => "其他",
    }
}

/// All rules for all stations. A station that never sent anything is expected from `started` on.
pub(crate) fn build(
    settings: &Alarms,
    standards: &Standards,
    registry: &Registry,
    qc: &QcSettings,
    started: Instant,
) -> Vec<Watch> {
    let mut watches = Vec::new();
    for station in registry.stations() {
        let limits = match &station.kind {
            StationKind::Air => air(settings, standards, station),
            StationKind::Section { body, target } => section(settings, standards, station, *body, *target),
            StationKind::Outlet { limits } => outlet(settings, standards, station, limits),
            StationKind::Ditch { rural } => ditch(settings, standards, station, *rural),
        };
        watches.extend(limits.into_iter().map(Watch::Limit));
        if settings.frozen.enabled {
            watches.extend(station.parameters.iter().filter(|p| qc.frozen.contains_key(p)).map(
                |parameter| {
                    Watch::Frozen(FrozenRule {
                        id: RuleId("frozen".to_owned()),
                        station: station.id.clone(),
                        station_name: station.name.clone(),
                        parameter: *parameter,
                        period: station.period,
                        severity: settings.frozen.severity,
                        basis: "质控恒值检查（系统设定，未核实）".to_owned(),
                    })
                },
            ));
        }
        if settings.silent.enabled {
            let missed = u16::try_from(settings.silent.intervals).unwrap_or(u16::MAX);
            watches.push(Watch::Silent(SilentRule {
                id: RuleId("silent".to_owned()),
                station: station.id.clone(),
                station_name: station.name.clone(),
                zone: station.zone,
                cadence: station.cadence,
                missed,
                first_seen_by: started + station.cadence.span() * i32::from(missed),
                severity: settings.silent.severity,
                basis: "alarms.silent.intervals（系统设定）".to_owned(),
            }));
        }
    }
    watches
}

/// What the limit rules of one kind share.
struct Kind {
    id: &'static str,
    period: AveragingPeriod,
    severity: Severity,
    delays: Delays,
    what: &'static str,
}

impl Kind {
    fn new(
        id: &'static str,
        period: AveragingPeriod,
        what: &'static str,
        settings: &LimitAlarm,
        station: &Station,
    ) -> Self {
        let longest = if period > station.cadence { period } else { station.cadence };
        Self {
            id,
            period,
            severity: settings.severity,
            delays: Delays {
                on: chrono::TimeDelta::minutes(settings.on_delay_minutes.into()),
                off: chrono::TimeDelta::minutes(settings.off_delay_minutes.into()),
                deadband: settings.deadband,
                // Three values may be missing before a running delay starts anew.
                max_gap: longest.span() * 4,
            },
            what,
        }
    }

    fn rule(&self, station: &Station, parameter: Parameter, limits: Vec<DatedTest>) -> LimitRule {
        LimitRule {
            id: RuleId(self.id.to_owned()),
            station: station.id.clone(),
            station_name: station.name.clone(),
            zone: station.zone,
            parameter,
            period: self.period,
            limits,
            delays: self.delays,
            severity: self.severity,
            label: format!("{}{}", parameter.zh(), self.what),
        }
    }
}

/// The basis of a limit with its mark.
fn basis(number: &str, detail: &str, confidence: Confidence) -> String {
    match confidence.zh() {
        "" => format!("{number} {detail}"),
        mark => format!("{number} {detail}（{mark}）"),
    }
}

fn air(settings: &Alarms, standards: &Standards, station: &Station) -> Vec<LimitRule> {
    let rule = &settings.air_iaqi;
    if !rule.enabled {
        return Vec::new();
    }
    let shared = LimitAlarm {
        enabled: true,
        severity: rule.severity,
        on_delay_minutes: rule.on_delay_minutes,
        off_delay_minutes: rule.off_delay_minutes,
        deadband: rule.deadband,
    };
    let kind = Kind::new("air-iaqi", AveragingPeriod::HOUR, "小时值", &shared, station);
    let limits = |parameter: Parameter| -> Vec<DatedTest> {
        let dated = |edition: &standard::AqiStandard| {
            let node = edition.iaqi.iter().position(|node| *node == rule.iaqi)?;
            let limit = *edition.hour.get(&parameter)?.nodes.get(node)?;
            Some(DatedTest {
                from: Some(edition.edition.from),
                until: edition.edition.until,
                season: None,
                test: Test::Above(limit),
                basis: basis(
                    &edition.edition.number,
                    &format!("IAQI {}对应浓度，报警级别为系统设定", rule.iaqi),
                    edition.edition.confidence,
                ),
            })
        };
        standards.aqi.iter().filter_map(dated).collect()
    };
    let rules =
        Parameter::AQI.into_iter().filter(|p| station.measures(*p)).map(|p| kind.rule(station, p, limits(p)));
    rules.filter(|rule| !rule.limits.is_empty()).collect()
}

fn section(
    settings: &Alarms,
    standards: &Standards,
    station: &Station,
    body: WaterBody,
    target: Option<u8>,
) -> Vec<LimitRule> {
    if !settings.section_target.enabled {
        return Vec::new();
    }
    let kind = Kind::new(SECTION_TARGET, station.period, "", &settings.section_target, station);
    let class = target.unwrap_or(DEFAULT_TARGET);
    let limits = |parameter: Parameter| -> Vec<DatedTest> {
        let dated = |edition: &standard::WaterStandard| {
            let item = edition.item(parameter).filter(|item| item.decides)?;
            let test = match item.limits(body)? {
                ClassLimits::Band { low, high } => Test::Outside { low: *low, high: *high },
                ClassLimits::Steps { direction, limits } => {
                    let limit = *limits.get(usize::from(class).checked_sub(1)?)?;
                    match direction {
                        Direction::AtMost => Test::Above(limit),
                        Direction::AtLeast => Test::Below(limit),
                    }
                }
            };
            let name = edition.class(class).map_or("", |c| c.name.as_str());
            Some(DatedTest {
                from: Some(edition.edition.from),
                until: edition.edition.until,
                season: None,
                test,
                basis: basis(
                    &edition.edition.number,
                    &format!("表1 {name}类（断面目标）"),
                    edition.edition.confidence,
                ),
            })
        };
        standards.water.iter().filter_map(dated).collect()
    };
    let rules = station.parameters.iter().map(|p| kind.rule(station, *p, limits(*p)));
    rules.filter(|rule| !rule.limits.is_empty()).collect()
}

fn outlet(settings: &Alarms, standards: &Standards, station: &Station, spelling: &str) -> Vec<LimitRule> {
    let Some((standard, limits)) = standards.effluent_limits(spelling) else {
        return Vec::new();
    };
    let grade = spelling.split_once('/').map_or("", |(_, grade)| grade);
    let kinds = [
        settings.outlet_hour.enabled.then(|| {
            Kind::new("outlet-hour", AveragingPeriod::HOUR, "小时值", &settings.outlet_hour, station)
        }),
        settings
            .outlet_day
            .enabled
            .then(|| Kind::new("outlet-day", AveragingPeriod::DAY, "日均值", &settings.outlet_day, station)),
    ];
    let measured = limits.iter().filter(|limit| station.measures(limit.parameter));
    let rules = measured.flat_map(|limit| {
        let test = |high| match limit.low {
            Some(low) => Test::Outside { low, high },
            None => Test::Above(high),
        };
        // Where the winter value goes by water temperature an alarm keeps to the stricter one, as few outlets send their
        // temperature in time, and says so; reports judge by the temperature measured.
        let detail = match (limit.winter, standard.winter) {
            (Some(winter), Some(Winter::Temperature(edge))) => {
                format!("{grade}标准，水温不高于{edge}℃时限值为{winter}")
            }
            _ => format!("{grade}标准"),
        };
        let dated = |season, high| DatedTest {
            from: None,
            until: None,
            season,
            test: test(high),
            basis: basis(&standard.edition.number, &detail, limit.confidence),
        };
        let mut tests = Vec::new();
        if let (Some(winter), Some(Winter::Dates { from, to })) = (limit.winter, standard.winter) {
            tests.push(dated(Some((from, to)), winter));
        }
        tests.push(dated(None, limit.high));
        kinds
            .iter()
            .flatten()
            .map(|kind| kind.rule(station, limit.parameter, tests.clone()))
            .collect::<Vec<_>>()
    });
    rules.collect()
}

fn ditch(settings: &Alarms, standards: &Standards, station: &Station, rural: bool) -> Vec<LimitRule> {
    if !settings.ditch_grade.enabled {
        return Vec::new();
    }
    let kind = Kind::new("ditch-grade", station.period, "", &settings.ditch_grade, station);
    let limits = |parameter: Parameter| -> Vec<DatedTest> {
        let dated = |edition: &standard::BlackOdorStandard| {
            let table = if rural { &edition.rural } else { &edition.urban };
            let limit = table.iter().find(|limit| limit.parameter == parameter)?;
            Some(DatedTest {
                from: Some(edition.edition.from),
                until: edition.edition.until,
                season: None,
                test: match limit.direction {
                    Direction::AtMost => Test::Above(limit.light),
                    Direction::AtLeast => Test::Below(limit.light),
                },
                basis: basis(
                    &edition.edition.number,
                    if rural { "农村黑臭水体限值" } else { "轻度黑臭限值" },
                    edition.edition.confidence,
                ),
            })
        };
        standards.black_odor.iter().filter_map(dated).collect()
    };
    let rules = station.parameters.iter().map(|p| kind.rule(station, *p, limits(*p)));
    rules.filter(|rule| !rule.limits.is_empty()).collect()
}

/// Checks that every outlet's limits are known, so that a wrong spelling is not found at the first breach.
///
/// # Errors
/// Names the outlet and the spellings that are known.
pub(crate) fn check_outlets(registry: &Registry, standards: &Standards) -> anyhow::Result<()> {
    for station in registry.outlets() {
        let StationKind::Outlet { limits } = &station.kind else { continue };
        if standards.effluent_limits(limits).is_none() {
            let known: Vec<String> = standards
                .effluent
                .iter()
                .flat_map(|s| s.grades.keys().map(move |grade| format!("{}/{grade}", s.edition.id)))
                .collect();
            anyhow::bail!(
                "outlet `{}` has limits = \"{limits}\"; known are {}",
                station.id,
                known.join(", ")
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The limits of an outlet's hourly ammonia: first day of their season, test, what they rest on.
    fn ammonia(spelling: &str) -> Vec<String> {
        let text = format!(
            "[[station]]\nid = \"o\"\nname = \"o\"\nkind = \"outlet\"\nlimits = \"{spelling}\"\nperiod = \"1h\"\ncadence = \"1h\"\nparameters = [\"nh3n\"]\n"
        );
        let registry = lanbi_config::read_registry(&text).unwrap();
        let station = registry.outlets().next().unwrap();
        let settings = lanbi_config::Settings::load(None, &[]).unwrap();
        let standards = lanbi_config::standards::builtin().unwrap();
        let rules = outlet(&settings.alarms, &standards, station, spelling);
        let hourly = rules.iter().find(|rule| rule.period == AveragingPeriod::HOUR).unwrap();
        let season = |limit: &DatedTest| limit.season.map(|((month, day), _)| format!("from {month}-{day} "));
        let one = |limit: &DatedTest| {
            format!("{}{:?}, {}", season(limit).unwrap_or_default(), limit.test, limit.basis)
        };
        hourly.limits.iter().map(one).collect()
    }

    #[test]
    fn a_winter_value_holds_by_date_and_is_named_where_it_goes_by_temperature() {
        assert_eq!(
            ammonia("GB18918-2002/1A"),
            ["Above(5), GB 18918-2002 1A标准，水温不高于12℃时限值为8（未核实）"]
        );
        assert_eq!(
            ammonia("DB12-599-2015/A"),
            [
                "from 11-1 Above(3), DB12/599-2015 A标准（未核实）",
                "Above(1.5), DB12/599-2015 A标准（未核实）"
            ]
        );
    }
}
