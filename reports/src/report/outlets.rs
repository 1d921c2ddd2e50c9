//! Outlets: items over their limit on the effective daily mean, hourly warnings, loads. mg/L, loads in kg, flow in m³.
//!
//! One hour over the daily limit is a warning (预警), not a violation; the daily mean decides (HJ 356-2019).

use lanbi_model::{Decimal, Parameter, standard::Confidence};
use serde::Serialize;

use super::figure::{Figure, Measured, fixed};
use super::words;

/// One item of an outlet.
#[derive(Clone, Copy, Debug)]
pub struct OutletItem {
    /// Effective daily mean (day) or the worst one (month).
    pub mean: Measured,
    /// Lower limit (pH).
    pub low: Option<Decimal>,
    /// Upper limit in force on the day.
    pub limit: Option<Decimal>,
    /// Whether the mean is over the limit (day), or was on any day (month).
    pub over: bool,
    /// `(C - S) / S`; none for pH and where nothing is over.
    pub multiple: Option<Decimal>,
    /// Hours over the limit.
    pub hours_over: u32,
    /// Days over the limit, for monthly reports.
    pub days_over: u32,
    /// Load discharged in the period, kg; none where flow is missing.
    pub load_kg: Option<Decimal>,
    /// Confidence in the limit.
    pub confidence: Confidence,
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
    /// Items.
    pub items: Vec<OutletItem>,
    /// Water discharged, m³.
    pub flow_m3: Option<Decimal>,
    /// Days with a valid daily mean, for monthly reports.
    pub valid_days: u32,
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
    /// Limit: `1.5`, `6～9`, or a dash.
    pub limit: String,
    /// 达标, 超标0.6倍, 超标, NA.
    pub verdict: String,
    /// Whether it is over.
    pub over: bool,
    /// Hours over the limit.
    pub hours_over: u32,
    /// Days over the limit.
    pub days_over: u32,
    /// Load, kg.
    pub load: Figure,
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
}

/// Builds one row.
#[must_use]
pub fn row(facts: &OutletFacts) -> OutletRow {
    OutletRow {
        name: facts.name.clone(),
        water: facts.water.clone(),
        standard: facts.standard.clone(),
        mark: facts.confidence.zh(),
        items: facts.items.iter().map(cell).collect(),
        over: over(facts),
        hours_over: facts.items.iter().map(|i| i.hours_over).sum(),
        days_over: facts.items.iter().map(|i| i.days_over).max().unwrap_or(0),
        valid_days: facts.valid_days,
        flow: quantity(facts.flow_m3, "m³", 0),
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

fn cell(item: &OutletItem) -> OutletCell {
    let parameter = item.mean.parameter;
    let limit = |value: Decimal| value.normalize().to_string();
    OutletCell {
        parameter: parameter.key(),
        name: parameter.zh(),
        mean: item.mean.figure(),
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
        days_over: item.days_over,
        load: quantity(item.load_kg, "kg", if parameter == Parameter::Cod { 0 } else { 1 }),
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

/// The paragraph of a month: days over and loads by item.
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
        text.push_str("，本月无日均值超标");
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
            items,
            flow_m3: None,
            valid_days: 1,
        }
    }

    fn item(parameter: Parameter, mean: Option<&str>, multiple: Option<&str>, hours_over: u32) -> OutletItem {
        OutletItem {
            mean: Measured::new(parameter, mean.map(|m| m.parse::<Decimal>().unwrap())),
            low: None,
            limit: Some(Decimal::new(15, 1)),
            over: multiple.is_some(),
            multiple: multiple.map(|m| m.parse().unwrap()),
            hours_over,
            days_over: 0,
            load_kg: None,
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
    fn an_unconfirmed_limit_carries_its_mark() {
        let row = row(&outlet(vec![item(Parameter::Nh3n, None, None, 0)]));
        assert_eq!((row.mark, row.items[0].mark, row.items[0].verdict.as_str()), ("未核实", "未核实", "NA"));
    }
}
