//! Outlets: items over their limit on the effective daily mean, hourly warnings, loads. mg/L, loads in kg, flow in m³.
//!
//! One hour over the daily limit is a warning (预警), not a violation; the daily mean decides (HJ 356-2019).

use chrono::NaiveDate;
use lanbi_model::{Decimal, Parameter, standard::Confidence};
use serde::Serialize;

use super::figure::{Figure, Measured, Reading, fixed};
use super::words;

/// One item of an outlet.
#[derive(Clone, Copy, Debug)]
pub struct OutletItem {
    /// Effective daily mean (day) or the worst one (month).
    pub mean: Measured,
    /// The day of that mean.
    pub worst_day: Option<NaiveDate>,
    /// Lower limit (pH).
    pub low: Option<Decimal>,
    /// Upper limit in force on the day.
    pub limit: Option<Decimal>,
    /// Whether that limit is the winter value.
    pub winter: bool,
    /// Whether the mean is over the limit (day), or was on any day (month).
    pub over: bool,
    /// `(C - S) / S`; none for pH and where nothing is over.
    pub multiple: Option<Decimal>,
    /// Hours over the limit.
    pub hours_over: u32,
    /// Days with an effective mean.
    pub days: u32,
    /// Days over the limit, for monthly reports.
    pub days_over: u32,
    /// Σ C·Q / Σ Q over the hours with both, mg/L; none for pH and where no water ran.
    pub flow_weighted: Option<Decimal>,
    /// Load discharged in the hours with both concentration and flow, kg; none where there are none.
    pub load_kg: Option<Decimal>,
    /// Share of the period that these hours cover, 0 to 1.
    pub coverage: Decimal,
    /// What stands for days without an effective mean; none where nothing does.
    pub substituted: Option<Substituted>,
    /// Confidence in the limit.
    pub confidence: Confidence,
}

/// Loads of other days that stand for days without an effective mean (HJ 356-2019 clause 8, 未核实). They are no part of the
/// measured load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Substituted {
    /// Days.
    pub days: u32,
    /// Their loads together, kg.
    pub kg: Decimal,
}

/// One outlet.
#[derive(Clone, Debug)]
pub struct OutletFacts {
    /// Name.
    pub name: String,
    /// Receiving water.
    pub water: String,
    /// Standard and grade, for example `DB12/599-2015 A`.
    pub standard: String,
    /// Confidence in the standard.
    pub confidence: Confidence,
    /// First day of the period.
    pub first: NaiveDate,
    /// Items.
    pub items: Vec<OutletItem>,
    /// Water discharged in the hours with flow, m³.
    pub flow_m3: Option<Decimal>,
    /// Share of the period's hours that have flow, 0 to 1.
    pub flow_coverage: Decimal,
    /// Days with an effective mean of any item, for monthly reports.
    pub valid_days: u32,
    /// Whether the periods between checks of the instruments are known; without them no load is substituted.
    pub checks_known: bool,
    /// Whether winter values go by the water temperature, which is not measured here: the stricter ones are used.
    pub without_temperature: bool,
    /// The clause of limits for single values whose numbers are not at hand, where such hold on the last day.
    pub unjudged: Option<String>,
}

/// One item as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutletCell {
    /// Key of the parameter.
    pub parameter: &'static str,
    /// Name.
    pub name: &'static str,
    /// Mean.
    pub mean: Figure,
    /// Day of the mean, `10-05`, or a dash.
    pub worst_day: String,
    /// Limit: `1.5`, `6～9`, or a dash.
    pub limit: String,
    /// Whether the limit is the winter value.
    pub winter: bool,
    /// 达标, 超标0.6倍, 超标, NA.
    pub verdict: String,
    /// Whether it is over.
    pub over: bool,
    /// Hours over the limit.
    pub hours_over: u32,
    /// Days with an effective mean.
    pub days: u32,
    /// Days over the limit.
    pub days_over: u32,
    /// Flow-weighted mean of the period.
    pub flow_weighted: Figure,
    /// Load, kg.
    pub load: Figure,
    /// Share of the period that the load rests on, in percent.
    pub coverage: Figure,
    /// `2天 36.1 kg`, 未替代, or a dash.
    pub substituted: String,
    /// 未核实 or empty.
    pub mark: &'static str,
}

/// One outlet as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutletRow {
    /// Name.
    pub name: String,
    /// Receiving water.
    pub water: String,
    /// Standard and grade.
    pub standard: String,
    /// Mark of the standard.
    pub mark: &'static str,
    /// Items.
    pub items: Vec<OutletCell>,
    /// Items over, such as `氨氮(0.63)`; a dash where there are none, `NA` without a valid mean.
    pub over: String,
    /// Hours over the limit, all items.
    pub hours_over: u32,
    /// Days over, all items together counted once is not known here, so the largest of the items.
    pub days_over: u32,
    /// Days with a valid mean.
    pub valid_days: u32,
    /// Water discharged, m³.
    pub flow: Figure,
    /// Share of the period's hours with flow, in percent.
    pub flow_coverage: Figure,
}

/// Builds one row.
#[must_use]
pub fn row(facts: &OutletFacts) -> OutletRow {
    OutletRow {
        name: facts.name.clone(),
        water: facts.water.clone(),
        standard: facts.standard.clone(),
        mark: facts.confidence.zh(),
        items: facts.items.iter().map(|item| cell(facts, item)).collect(),
        over: over(facts),
        hours_over: facts.items.iter().map(|i| i.hours_over).sum(),
        days_over: facts.items.iter().map(|i| i.days_over).max().unwrap_or(0),
        valid_days: facts.valid_days,
        flow: quantity(facts.flow_m3, "m³", 0),
        flow_coverage: coverage(facts.flow_m3, facts.flow_coverage),
    }
}

/// How much of the period a sum rests on; a dash where there is no sum.
fn coverage(sum: Option<Decimal>, share: Decimal) -> Figure {
    match sum {
        Some(_) => Figure::reading(Reading::Value(share * Decimal::ONE_HUNDRED), 1, "%"),
        None => Figure::dash(),
    }
}

/// Builds the table.
#[must_use]
pub fn build(facts: &[OutletFacts]) -> Vec<OutletRow> {
    facts.iter().map(row).collect()
}

fn quantity(value: Option<Decimal>, unit: &'static str, decimals: u32) -> Figure {
    Figure::reading(value.into(), decimals, unit)
}

/// Decimals of a load in kg.
pub(super) const fn load_decimals(parameter: Parameter) -> u32 {
    if matches!(parameter, Parameter::Cod) { 0 } else { 1 }
}

fn substituted(facts: &OutletFacts, item: &OutletItem) -> String {
    let parameter = item.mean.parameter;
    match item.substituted {
        _ if parameter == Parameter::Ph => "—".to_owned(),
        Some(Substituted { days, kg }) => {
            let load = quantity(Some(kg), "kg", load_decimals(parameter)).with_unit();
            format!("{days}天 {load}")
        }
        None if facts.checks_known => "—".to_owned(),
        None => "未替代".to_owned(),
    }
}

fn cell(facts: &OutletFacts, item: &OutletItem) -> OutletCell {
    let parameter = item.mean.parameter;
    let limit = |value: Decimal| value.normalize().to_string();
    OutletCell {
        parameter: parameter.key(),
        name: parameter.zh(),
        mean: item.mean.figure(),
        worst_day: item.worst_day.map_or_else(|| "—".to_owned(), |day| day.format("%m-%d").to_string()),
        winter: item.winter,
        limit: match (item.low, item.limit) {
            (Some(low), Some(high)) => format!("{}～{}", limit(low), limit(high)),
            (None, Some(high)) => limit(high),
            _ => "—".to_owned(),
        },
        verdict: match (item.mean.reading.value(), item.limit, item.over, item.multiple) {
            (None, ..) => item.mean.figure().to_string(),
            (_, None, ..) => "—".to_owned(),
            (_, _, false, _) => "达标".to_owned(),
            (_, _, true, Some(multiple)) => format!("超标{}倍", fixed(multiple, 2)),
            (_, _, true, None) => "超标".to_owned(),
        },
        over: item.over,
        hours_over: item.hours_over,
        days: item.days,
        days_over: item.days_over,
        flow_weighted: match item.flow_weighted {
            Some(mean) => {
                Figure::reading(Reading::Value(mean), item.mean.decimals, parameter.unit().symbol())
            }
            None => Figure::dash(),
        },
        load: match parameter {
            Parameter::Ph => Figure::dash(),
            _ => quantity(item.load_kg, "kg", load_decimals(parameter)),
        },
        coverage: coverage(item.load_kg, item.coverage),
        substituted: substituted(facts, item),
        mark: item.confidence.zh(),
    }
}

/// Whether no item has a valid mean: then nothing can be said, least of all that all is well.
fn silent(facts: &OutletFacts) -> bool {
    facts.items.iter().all(|i| i.mean.reading.value().is_none())
}

fn over(facts: &OutletFacts) -> String {
    let over: Vec<String> = facts
        .items
        .iter()
        .filter(|i| i.over)
        .map(|i| words::exceeded(i.mean.parameter, i.multiple, 2))
        .collect();
    match over.is_empty() {
        false => words::list(&over),
        true if silent(facts) => "NA".to_owned(),
        true => "—".to_owned(),
    }
}

/// The paragraph of a day.
#[must_use]
pub fn paragraph(facts: &[OutletFacts]) -> String {
    if facts.is_empty() {
        return "本期无入河排污口在线监测数据。".to_owned();
    }
    let over: Vec<String> = facts
        .iter()
        .filter(|f| f.items.iter().any(|i| i.over))
        .map(|f| format!("{}〔{}〕", f.name, self::over(f)))
        .collect();
    let mut text = format!("{}个入河排污口在线监测", facts.len());
    let judged = facts.iter().filter(|f| !silent(f)).count();
    if judged == 0 {
        text.push_str("，均无有效日均值，未作超标判定");
    } else if over.is_empty() {
        text.push_str("，有效日均值均未超过排放限值");
    } else {
        text.push_str(&format!("，{}个有效日均值超标：{}", over.len(), words::list(&over)));
    }
    let hours: u32 = facts.iter().flat_map(|f| &f.items).map(|i| i.hours_over).sum();
    text.push_str(&match hours {
        0 => "；无小时预警。".to_owned(),
        n => format!("；小时值预警{n}次（小时值超限为预警，以有效日均值判定超标）。"),
    });
    let silent: Vec<String> = facts.iter().filter(|f| silent(f)).map(|f| f.name.clone()).collect();
    if !silent.is_empty() {
        text.push_str(&format!("{}无有效日均值。", words::list(&silent)));
    }
    text
}

/// The paragraph of a month or a longer period: days over and loads by item.
#[must_use]
pub fn month_paragraph(facts: &[OutletFacts]) -> String {
    if facts.is_empty() {
        return "本期无入河排污口在线监测数据。".to_owned();
    }
    let over: Vec<String> = facts
        .iter()
        .filter(|f| f.items.iter().any(|i| i.days_over > 0))
        .map(|f| {
            let items: Vec<String> = f
                .items
                .iter()
                .filter(|i| i.days_over > 0)
                .map(|i| format!("{}{}天", i.mean.parameter.zh(), i.days_over))
                .collect();
            format!("{}〔{}〕", f.name, words::list(&items))
        })
        .collect();
    let mut text = format!("{}个入河排污口在线监测", facts.len());
    if over.is_empty() {
        text.push_str("，本期无日均值超标");
    } else {
        text.push_str(&format!("，{}个出现日均值超标：{}", over.len(), words::list(&over)));
    }
    let mut loads: Vec<(Parameter, Decimal)> = Vec::new();
    for item in facts.iter().flat_map(|f| &f.items) {
        if let Some(load) = item.load_kg {
            match loads.iter_mut().find(|(parameter, _)| *parameter == item.mean.parameter) {
                Some((_, sum)) => *sum += load,
                None => loads.push((item.mean.parameter, load)),
            }
        }
    }
    if !loads.is_empty() {
        let loads: Vec<String> = loads
            .iter()
            .map(|(p, kg)| format!("{}{}吨", p.zh(), fixed(*kg / Decimal::ONE_THOUSAND, 2)))
            .collect();
        text.push_str(&format!("；有流量数据时段排放量合计{}", words::list(&loads)));
    }
    text.push('。');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outlet(items: Vec<OutletItem>) -> OutletFacts {
        OutletFacts {
            name: "某厂总排口".to_owned(),
            water: "西减河".to_owned(),
            standard: "DB12/599-2015 A".to_owned(),
            confidence: Confidence::Unverified,
            first: "2026-10-05".parse().unwrap(),
            items,
            flow_m3: None,
            flow_coverage: Decimal::ZERO,
            valid_days: 1,
            checks_known: false,
            without_temperature: false,
            unjudged: None,
        }
    }

    fn item(parameter: Parameter, mean: Option<&str>, multiple: Option<&str>, hours_over: u32) -> OutletItem {
        OutletItem {
            mean: Measured::new(parameter, mean.map(|m| m.parse::<Decimal>().unwrap())),
            worst_day: None,
            low: None,
            limit: Some(Decimal::new(15, 1)),
            winter: false,
            over: multiple.is_some(),
            multiple: multiple.map(|m| m.parse().unwrap()),
            hours_over,
            days: 1,
            days_over: 0,
            flow_weighted: None,
            load_kg: None,
            coverage: Decimal::ZERO,
            substituted: None,
            confidence: Confidence::Unverified,
        }
    }

    #[test]
    fn an_hour_over_the_limit_is_a_warning_and_a_day_over_is_a_breach() {
        let check = |items, expected: &str| assert_eq!(paragraph(&[outlet(items)]), expected);
        check(
            vec![item(Parameter::Nh3n, Some("2.445"), Some("0.63"), 14)],
            "1个入河排污口在线监测，1个有效日均值超标：某厂总排口〔氨氮(0.63)〕；小时值预警14次（小时值超限为预警，以有效日均值判定超标）。",
        );
        check(
            vec![item(Parameter::Nh3n, Some("1.2"), None, 0)],
            "1个入河排污口在线监测，有效日均值均未超过排放限值；无小时预警。",
        );
        check(
            vec![item(Parameter::Nh3n, None, None, 0)],
            "1个入河排污口在线监测，均无有效日均值，未作超标判定；无小时预警。某厂总排口无有效日均值。",
        );
    }

    #[test]
    fn a_load_stands_beside_its_coverage_and_a_stand_in_beside_both() {
        let nh3n = || OutletItem {
            load_kg: Some(Decimal::new(1470, 1)),
            coverage: Decimal::new(875, 3),
            ..item(Parameter::Nh3n, Some("1.2"), None, 0)
        };
        let check = |item: OutletItem, checks_known: bool, expected: [&str; 3]| {
            let row = row(&OutletFacts { checks_known, ..outlet(vec![item]) });
            let cell = &row.items[0];
            let printed = [cell.load.with_unit(), cell.coverage.with_unit(), cell.substituted.clone()];
            assert_eq!(printed, expected);
        };
        check(nh3n(), false, ["147.0 kg", "87.5%", "未替代"]);
        check(nh3n(), true, ["147.0 kg", "87.5%", "—"]);
        let stand_in = Some(Substituted { days: 2, kg: Decimal::new(361, 1) });
        check(OutletItem { substituted: stand_in, ..nh3n() }, true, ["147.0 kg", "87.5%", "2天 36.1 kg"]);
        check(item(Parameter::Nh3n, None, None, 0), false, ["NA", "—", "未替代"]);
        check(item(Parameter::Ph, Some("7.2"), None, 0), false, ["—", "—", "—"]);
    }

    #[test]
    fn an_unconfirmed_limit_carries_its_mark() {
        let row = row(&outlet(vec![item(Parameter::Nh3n, None, None, 0)]));
        assert_eq!((row.mark, row.items[0].mark, row.items[0].verdict.as_str()), ("未核实", "未核实", "NA"));
    }
}
