//! What every report begins and ends with: where, when, under which editions, and who signs.

use lanbi_model::{Instant, ReportPeriod, Zone, standard::Confidence};
use serde::Serialize;

/// Facts for the head of a report.
#[derive(Clone, Debug)]
pub struct HeadFacts {
    /// Name of the district, for example `东丽区`.
    pub district: String,
    /// Whether the data are made up; the report is then marked 示例.
    pub demo: bool,
    /// Period.
    pub period: ReportPeriod,
    /// When the report was made.
    pub generated_at: Instant,
    /// Zone of all printed times.
    pub zone: Zone,
    /// Editions used, in the order of the report.
    pub cited: Vec<Cited>,
}

impl HeadFacts {
    /// A local time as printed, to the minute.
    #[must_use]
    pub fn time(&self, instant: Instant) -> String {
        self.zone.local(instant).format("%Y-%m-%d %H:%M").to_string()
    }

    /// A local time without the year, for tables.
    #[must_use]
    pub fn short_time(&self, instant: Instant) -> String {
        self.zone.local(instant).format("%m-%d %H:%M").to_string()
    }
}

/// One standard or rule a report rests on.
#[derive(Clone, Debug)]
pub struct Cited {
    /// Number, for example `HJ 633-2026`.
    pub number: String,
    /// Title.
    pub title: String,
    /// Clauses used, for example `4.2.2`.
    pub clauses: Vec<String>,
    /// Confidence in the numbers used.
    pub confidence: Confidence,
}

/// A cited standard as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CitedLine {
    /// Number.
    pub number: String,
    /// Title.
    pub title: String,
    /// Clauses, joined.
    pub clauses: String,
    /// 未核实, 单一来源, or empty.
    pub mark: &'static str,
}

/// Head of a report as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Head {
    /// Kind of report, for example `环境质量日报`.
    pub kind: &'static str,
    /// District.
    pub district: String,
    /// Whether the report is marked 示例.
    pub demo: bool,
    /// Period in words, for example `2026年10月5日`.
    pub period: String,
    /// Period as a key, for example `2026-10-05`.
    pub period_key: String,
    /// Local time of making.
    pub generated_at: String,
    /// Offset of the printed times, for example `+08:00`.
    pub zone: String,
    /// Editions used.
    pub cited: Vec<CitedLine>,
}

impl Head {
    /// Builds the head of a report of a kind.
    #[must_use]
    pub fn build(kind: &'static str, facts: &HeadFacts) -> Self {
        Self {
            kind,
            district: facts.district.clone(),
            demo: facts.demo,
            period: facts.period.zh(),
            period_key: facts.period.to_string(),
            generated_at: facts.time(facts.generated_at),
            zone: facts.zone.to_string(),
            cited: facts
                .cited
                .iter()
                .map(|cited| CitedLine {
                    number: cited.number.clone(),
                    title: cited.title.clone(),
                    clauses: cited.clauses.join("；"),
                    mark: cited.confidence.zh(),
                })
                .collect(),
        }
    }

    /// Title of the document.
    #[must_use]
    pub fn title(&self) -> String {
        format!("{}{}", self.district, self.kind)
    }
}

/// A generated paragraph under a lead word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Paragraph {
    /// Lead word, for example `空气质量`.
    pub lead: &'static str,
    /// Text.
    pub text: String,
}

/// The notes at the foot of every report.
#[must_use]
pub fn common_notes() -> Vec<String> {
    [
        "数据为自动监测实况数据，未经人工审核；最终以审核后的数据为准。",
        "“NA”表示应测而缺测或数据无效，“/”表示监测方案未开展该项监测（HJ 633-2026 表4注），“—”表示无此内容；缺测不按0参与统计。",
        "数值修约按 GB/T 8170“四舍六入五成双”；AQI、IAQI 向上进位取整数，条款见评价依据。",
        "标“未核实”“单一来源”的限值或规则尚未与官方文本核对，引用前请核实。",
    ]
    .map(str::to_owned)
    .to_vec()
}
