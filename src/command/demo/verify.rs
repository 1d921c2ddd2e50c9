//! Whether every planted event shows where it must: asked of the store and of the report facts, after the run.

use std::sync::Arc;

use lanbi_model::{
    Account, Alarm, AveragingPeriod, Flags, Instant, Parameter, ReportPeriod, StationId, Zone,
};
use lanbi_reports::report::ditches::DitchGrade;
use lanbi_store::{AlarmFilter, DeadLetterFilter, SampleQuery, Store};

use crate::demo::event::{Malformed, Planted, PlantedKind};
use crate::facts::Sources;

/// AQI above which a day counts as heavily polluted (HJ 633, level 五级 begins above 200); what the demo planted.
const HEAVY: u32 = 200;

/// What was found of one planted event.
pub(crate) struct Finding {
    pub planted: Planted,
    /// Whether it shows everywhere it must.
    pub seen: bool,
    /// What was looked at and found, in Chinese.
    pub evidence: String,
}

/// Looks for every planted event.
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn verify(sources: &Sources, planted: Vec<Planted>) -> anyhow::Result<Vec<Finding>> {
    let look = Look {
        store: Arc::clone(&sources.store),
        alarms: sources.store.alarms(&AlarmFilter::default()).await?,
        account: sources.store.account().await?,
        sources,
    };
    let mut findings = Vec::new();
    for planted in planted {
        let (seen, evidence) = look.at(&planted).await?;
        findings.push(Finding { planted, seen, evidence });
    }
    Ok(findings)
}

/// Stable name of a planted event.
pub(crate) fn key(kind: PlantedKind) -> String {
    match kind {
        PlantedKind::HeavyPollution => "heavy-pollution".to_owned(),
        PlantedKind::Dust => "dust".to_owned(),
        PlantedKind::OutletBreach => "outlet-breach".to_owned(),
        PlantedKind::DitchTreated => "ditch-treated".to_owned(),
        PlantedKind::BlackOdorReturn => "black-odor-return".to_owned(),
        PlantedKind::Silence => "silence".to_owned(),
        PlantedKind::FrozenSensor => "frozen-sensor".to_owned(),
        PlantedKind::GatewayResend => "gateway-resend".to_owned(),
        PlantedKind::LateBatch => "late-batch".to_owned(),
        PlantedKind::RandomRepeats => "random-repeats".to_owned(),
        PlantedKind::DeviceFlags => "device-flags".to_owned(),
        PlantedKind::Malformed(way) => format!("malformed-{}", malformed_key(way)),
    }
}

const fn malformed_key(way: Malformed) -> &'static str {
    match way {
        Malformed::BrokenJson => "broken-json",
        Malformed::UnknownStation => "unknown-station",
        Malformed::TextNan => "text-nan",
        Malformed::BareNan => "bare-nan",
        Malformed::FutureStamp => "future-stamp",
        Malformed::Oversized => "oversized",
        Malformed::Empty => "empty",
        Malformed::UnknownParameter => "unknown-parameter",
        Malformed::NumberAsText => "number-as-text",
        Malformed::NullValue => "null-value",
    }
}

struct Look<'a> {
    store: Arc<dyn Store>,
    alarms: Vec<Alarm>,
    account: Account,
    sources: &'a Sources,
}

impl Look<'_> {
    async fn at(&self, planted: &Planted) -> anyhow::Result<(bool, String)> {
        let zone = Zone::shanghai();
        let (from, to) = (planted.from, planted.to);
        let days = chrono::TimeDelta::days;
        match planted.kind {
            PlantedKind::HeavyPollution => {
                let alarms = self.raised("air-iaqi", None, from, to + days(1));
                let mut heavy = 0;
                for day in zone.day_of(from).iter_days().take_while(|d| *d < zone.day_of_end(to) + days(1)) {
                    let aqi = self.sources.daily(day).await?.air.and_then(|air| air.district.aqi);
                    heavy += u32::from(aqi.is_some_and(|aqi| aqi > HEAVY));
                }
                let cleared = alarms.iter().all(|a| a.cleared_at.is_some());
                Ok((
                    alarms.len() > 1 && cleared && heavy >= 3,
                    format!(
                        "空气小时值报警{}起，均已解除：{}；日报中全区 AQI>{HEAVY} 共{heavy}天",
                        alarms.len(),
                        yes(cleared)
                    ),
                ))
            }
            PlantedKind::Dust => {
                let alarms = self.raised("air-iaqi", None, from, to + days(1));
                let dust = alarms.iter().filter(|a| a.parameter == Some(Parameter::Pm10)).count();
                let air = self.sources.daily(zone.day_of_end(to)).await?.air;
                let primary = air.is_some_and(|air| air.district.primary.contains(&Parameter::Pm10));
                Ok((
                    dust > 0 && primary,
                    format!("PM10 报警{dust}起；日报首要污染物为 PM10：{}", yes(primary)),
                ))
            }
            PlantedKind::OutletBreach => {
                let Some((outlet, below)) = planted.stations.split_first() else {
                    return Ok((false, String::new()));
                };
                let hour = self.raised("outlet-hour", Some(outlet), from, to);
                let day = self.raised("outlet-day", Some(outlet), from, to + days(2));
                let section: usize = below
                    .iter()
                    .map(|section| {
                        self.raised(crate::watch::SECTION_TARGET, Some(section), from, to + days(2)).len()
                    })
                    .sum();
                let facts = self.sources.daily(zone.day_of(from)).await?;
                let name = self.name(outlet);
                let reported =
                    facts.outlets.iter().any(|o| o.name == name && o.items.iter().any(|i| i.hours_over > 0));
                let mut traced = 0;
                for day in zone.day_of(from).iter_days().take_while(|day| *day <= zone.day_of(to + days(1))) {
                    let clues = self.sources.clues(ReportPeriod::Day(day)).await?.unwrap_or_default();
                    traced += clues.iter().filter(|clue| clue.leads_to(&name)).count();
                }
                Ok((
                    !hour.is_empty() && !day.is_empty() && section > 0 && reported && traced > 0,
                    format!(
                        "小时预警{}起、日均值超标{}起，下游断面超目标{section}起，首位上游线索{traced}次；日报列出：{}",
                        hour.len(),
                        day.len(),
                        yes(reported)
                    ),
                ))
            }
            PlantedKind::DitchTreated => {
                let Some(ditch) = planted.stations.first() else { return Ok((false, String::new())) };
                let before = self.ditch_grade(ditch, from).await?;
                let after = self.ditch_grade(ditch, to).await?;
                Ok((
                    before.is_some_and(|g| g > DitchGrade::Clear) && after == Some(DitchGrade::Clear),
                    format!("治理前{}，治理后{}", grade(before), grade(after)),
                ))
            }
            PlantedKind::BlackOdorReturn => {
                let Some(ditch) = planted.stations.first() else { return Ok((false, String::new())) };
                let alarms = self.raised("ditch-grade", Some(ditch), from, to);
                let end = self.ditch_grade(ditch, to).await?;
                Ok((
                    !alarms.is_empty() && end.is_some_and(|g| g > DitchGrade::Clear),
                    format!("黑臭指标报警{}起；期末评价{}", alarms.len(), grade(end)),
                ))
            }
            PlantedKind::Silence => {
                let station = planted.stations.first();
                let alarms = self.raised("silent", station, from, to);
                let cleared = alarms.iter().any(|a| a.cleared_at.is_some());
                Ok((cleared, format!("失联报警{}起，恢复后解除：{}", alarms.len(), yes(cleared))))
            }
            PlantedKind::FrozenSensor => {
                let Some(station) = planted.stations.first() else { return Ok((false, String::new())) };
                let values = self.values(station, Some(Parameter::Pm25), from, to).await?;
                let frozen = values.iter().filter(|s| s.flags.contains(Flags::FROZEN)).count();
                let alarms = self.raised("frozen", Some(station), from, to + days(1));
                let cleared = alarms.iter().any(|a| a.cleared_at.is_some());
                Ok((
                    frozen > 24 && cleared,
                    format!("恒值标记{frozen}个；恒值报警{}起，恢复后解除：{}", alarms.len(), yes(cleared)),
                ))
            }
            PlantedKind::GatewayResend => {
                // A day of hourly messages of at least the six pollutants from each station.
                let least = u64::try_from(planted.stations.len()).unwrap_or(0) * 24 * 6;
                Ok((self.account.repeated >= least, format!("重复共{}个值", self.account.repeated)))
            }
            PlantedKind::RandomRepeats => {
                Ok((self.account.repeated > 0, format!("重复共{}个值", self.account.repeated)))
            }
            PlantedKind::LateBatch => {
                let Some(station) = planted.stations.first() else { return Ok((false, String::new())) };
                let values = self.values(station, Some(Parameter::Pm10), from, to).await?;
                let late = self.store.late(station, from, to, chrono::TimeDelta::hours(3)).await?;
                let hours = usize::try_from((to - from).num_hours()).unwrap_or(0);
                Ok((
                    values.len() + 6 >= hours && late > 0 && self.account.recomputed.days > 0,
                    format!(
                        "迟到{late}个值，{hours}小时中入库{}小时；重算{}站日",
                        values.len(),
                        self.account.recomputed.days
                    ),
                ))
            }
            PlantedKind::DeviceFlags => {
                let mut flagged = 0;
                for station in &planted.stations {
                    let values = self.values(station, None, from, to).await?;
                    flagged += values
                        .iter()
                        .filter(|s| {
                            s.flags.intersects(Flags::CALIBRATION | Flags::MAINTENANCE | Flags::FAULT)
                        })
                        .count();
                }
                Ok((flagged > 0, format!("带仪器标记的数值{flagged}个，不参与均值")))
            }
            PlantedKind::Malformed(way) => self.malformed(planted, way).await,
        }
    }

    async fn malformed(&self, planted: &Planted, way: Malformed) -> anyhow::Result<(bool, String)> {
        let Some(station) = planted.stations.first() else { return Ok((false, String::new())) };
        let neighbours =
            self.values(station, None, planted.from - chrono::TimeDelta::seconds(1), planted.from).await?;
        let Some(reason) = way.reason() else {
            let (parameter, wanted) = match way {
                Malformed::NumberAsText => (Parameter::No2, true),
                _ => (Parameter::Nh3n, false),
            };
            let there = neighbours.iter().any(|s| s.key.parameter == parameter);
            return Ok((
                there == wanted && !neighbours.is_empty(),
                format!("同一时刻入库{}个值，{}：{}", neighbours.len(), parameter.zh(), yes(there)),
            ));
        };
        let letters = self
            .store
            .dead_letters(&DeadLetterFilter { reason: Some(reason), ..DeadLetterFilter::default() })
            .await?;
        let near = letters
            .iter()
            .filter(|l| (l.letter.received_at - planted.from).abs() < chrono::TimeDelta::hours(1))
            .count();
        let alone = matches!(way, Malformed::UnknownStation) || !neighbours.is_empty();
        Ok((
            near > 0 && alone,
            format!("死信{near}封（{}）；同一时刻入库{}个值", reason.zh(), neighbours.len()),
        ))
    }

    /// Alarms of a rule raised in a stretch of time.
    fn raised(&self, rule: &str, station: Option<&StationId>, from: Instant, to: Instant) -> Vec<&Alarm> {
        self.alarms
            .iter()
            .filter(|a| a.rule.0 == rule && from <= a.raised_at && a.raised_at <= to)
            .filter(|a| station.is_none_or(|s| a.station == *s))
            .collect()
    }

    async fn values(
        &self,
        station: &StationId,
        parameter: Option<Parameter>,
        after: Instant,
        until: Instant,
    ) -> anyhow::Result<Vec<lanbi_model::Sample>> {
        let query = SampleQuery {
            station: station.clone(),
            parameters: parameter.into_iter().collect(),
            period: None::<AveragingPeriod>,
            after,
            until,
        };
        Ok(self.store.samples(&query).await?)
    }

    async fn ditch_grade(&self, ditch: &StationId, at: Instant) -> anyhow::Result<Option<DitchGrade>> {
        let name = self.name(ditch);
        let facts = self.sources.daily(Zone::shanghai().day_of(at)).await?;
        Ok(facts.ditches.iter().find(|d| d.name == name).and_then(|d| d.grade))
    }

    fn name(&self, station: &StationId) -> String {
        self.sources.registry.get(station).map(|s| s.name.clone()).unwrap_or_default()
    }
}

const fn yes(there: bool) -> &'static str {
    if there { "是" } else { "否" }
}

fn grade(grade: Option<DitchGrade>) -> &'static str {
    grade.map_or("无数据", DitchGrade::zh)
}
