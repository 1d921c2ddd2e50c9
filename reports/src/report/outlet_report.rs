//! 入河排污口监测报告: the register, each outlet against its limits, its load with coverage, its allowance, for a day, a month, a
//! quarter or a year.

use std::collections::BTreeSet;

use lanbi_model::ReportPeriod;
use serde::Serialize;

use super::allowances::{self, AllowanceFacts, AllowanceRow};
use super::head::{Head, HeadFacts, Paragraph, common_notes};
use super::outlet_register::{self, Register, RegisterFacts};
use super::outlets::{self, OutletFacts, OutletRow};

/// What the report is built from.
#[derive(Clone, Debug)]
pub struct OutletReportFacts {
    /// Head.
    pub head: HeadFacts,
    /// The register; none where none is kept here.
    pub register: Option<RegisterFacts>,
    /// Monitored outlets.
    pub outlets: Vec<OutletFacts>,
    /// Allowances of the year of the last day, on that day.
    pub allowances: Vec<AllowanceFacts>,
    /// Hours that make an effective day mean (configured).
    pub day_hours: u32,
}

/// The report as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutletReport {
    /// Head.
    pub head: Head,
    /// Whether it is for one day.
    pub is_day: bool,
    /// Summary.
    pub summary: Vec<Paragraph>,
    /// Monitored outlets.
    pub outlets: Vec<OutletRow>,
    /// Allowances.
    pub allowances: Vec<AllowanceRow>,
    /// The register.
    pub register: Option<Register>,
    /// Notes at the foot.
    pub notes: Vec<String>,
}

/// Builds the report.
#[must_use]
pub fn build(facts: &OutletReportFacts) -> OutletReport {
    let period = facts.head.period;
    let is_day = matches!(period, ReportPeriod::Day(_));
    let register = facts.register.as_ref().map(|register| outlet_register::build(register, period));
    let allowances: Vec<AllowanceRow> = facts.allowances.iter().map(allowances::row).collect();
    let text = if is_day { outlets::paragraph } else { outlets::month_paragraph }(&facts.outlets);
    let mut summary = vec![Paragraph { lead: "排放达标", text }];
    if !allowances.is_empty() {
        let text = allowances.iter().map(|row| row.sentence.as_str()).collect();
        summary.push(Paragraph { lead: "年度总量", text });
    }
    if let Some(register) = &register {
        summary.push(Paragraph { lead: "排污口台账", text: register.sentence.clone() });
    }
    OutletReport {
        head: Head::build("入河排污口监测报告", &facts.head),
        is_day,
        summary,
        outlets: outlets::build(&facts.outlets),
        allowances,
        notes: notes(facts),
        register,
    }
}

fn notes(facts: &OutletReportFacts) -> Vec<String> {
    let mut notes = common_notes();
    notes.push(format!(
        "有效日均值为流量加权均值ΣC·Q/ΣQ（pH为算术均值），须有{}小时以上浓度和流量同时有效的数据（HJ 356-2019，未核实；小时数为配置）；\
         小时值超限为预警，有效日均值超限为超标。",
        facts.day_hours
    ));
    notes.push(
        "排放量为浓度和流量同时有效各小时的ΣC·Q，缺测不按0计、不外推；覆盖率为这些小时占本期（至报告时刻）的比例。".to_owned(),
    );
    let known = facts.outlets.iter().filter(|outlet| outlet.checks_known).count();
    if known < facts.outlets.len() {
        notes.push(
            "“未替代”：未配置仪器校验周期，无有效日均值之日未按HJ 356-2019以上一合格周期最大日排放量替代（未核实）。".to_owned(),
        );
    }
    if known > 0 {
        notes.push(
            "替代排放量为无有效日均值之日以上一合格校验周期内最大有效日排放量代替（HJ 356-2019，未核实），单列，不并入实测排放量和年度总量。"
                .to_owned(),
        );
    }
    let cold: Vec<String> = facts
        .outlets
        .iter()
        .filter(|outlet| outlet.without_temperature)
        .map(|outlet| outlet.name.clone())
        .collect();
    if !cold.is_empty() {
        notes.push(format!(
            "{}未测水温，按水温取冬季限值的项目一律按非冬季（较严）限值判定。",
            cold.join("、")
        ));
    }
    let unjudged: BTreeSet<&str> =
        facts.outlets.iter().filter_map(|outlet| outlet.unjudged.as_deref()).collect();
    notes.extend(unjudged.into_iter().map(|clause| format!("{clause}，单次值未作判定。")));
    if !facts.allowances.is_empty() {
        notes.push(
            "年度总量的已用量为有效日实测排放量之和；全年预计值为推算：无数据日和剩余日按已测日均或上年同期比例估计，80%区间和概率为本系统方法，\
             非标准规定。"
                .to_owned(),
        );
    }
    if facts.register.is_some() {
        notes.push(
            "排污口类别按HJ 1312-2023（单一来源，标“未核实”者除外）；审批、登记按生态环境部令第35号（2025年1月1日起施行），此前设置的排污口按\
             当时规定核实手续；“查、测、溯、治、管”状态为工作口径（未核实）。"
                .to_owned(),
        );
    }
    notes
}
