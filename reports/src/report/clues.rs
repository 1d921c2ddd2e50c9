//! Where a worsened section's water may come from: candidates upstream that fit in time, with what speaks for them. They are clues
//! for whoever goes and looks, never a verdict.

use chrono::TimeDelta;
use lanbi_model::{Decimal, Instant, Parameter};
use serde::Serialize;

use super::figure::fixed;
use super::head::HeadFacts;

/// Candidates that are named in a sentence; the table has them all.
const NAMED: usize = 3;

/// What rises within this time at one section is taken for one event.
const TOGETHER: TimeDelta = TimeDelta::hours(24);

/// A worsening of a section.
#[derive(Clone, Debug)]
pub struct WorseningFacts {
    /// Section.
    pub section: String,
    /// Item.
    pub parameter: Parameter,
    /// First reading above what is usual.
    pub from: Instant,
    /// First reading that is usual again; none where it lasts.
    pub until: Option<Instant>,
    /// Largest value.
    pub worst: Decimal,
    /// What is usual: the median of the days before.
    pub usual: Decimal,
    /// Whether the largest value is beyond the limit of the section's target; none for an item without a limit there.
    pub over: Option<bool>,
    /// Outlets and ditches above it, likeliest first.
    pub candidates: Vec<CandidateFacts>,
}

impl WorseningFacts {
    /// Whether a place is the likeliest of its candidates.
    #[must_use]
    pub fn leads_to(&self, name: &str) -> bool {
        self.candidates.first().is_some_and(|candidate| candidate.name == name)
    }
}

/// An outlet or ditch that fits.
#[derive(Clone, Debug)]
pub struct CandidateFacts {
    /// Name.
    pub name: String,
    /// When its water can have left it.
    pub earliest: Instant,
    /// Latest moment of that.
    pub latest: Instant,
    /// Exceedance multiple of its limit in that time.
    pub breach: Option<Decimal>,
    /// Times what is usual for it, in concentration or in load.
    pub times_usual: Option<Decimal>,
    /// Load above the usual one, kg/h.
    pub excess_kg_h: Option<Decimal>,
    /// Whether its change began in that time.
    pub begins: bool,
    /// What was measured there, where it is another item than at the section.
    pub measured: Option<Parameter>,
}

/// A worsening as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClueRow {
    /// Section.
    pub section: String,
    /// Item.
    pub item: &'static str,
    /// `10-12 08:00 起`, with its end where there is one.
    pub time: String,
    /// `2.31（平常0.62）mg/L`.
    pub value: String,
    /// 超目标限值, 未超目标限值, or a dash for an item without a limit.
    pub target: &'static str,
    /// Candidates.
    pub candidates: Vec<CandidateRow>,
}

/// A candidate as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CandidateRow {
    /// Name.
    pub name: String,
    /// When its water left it.
    pub time: String,
    /// What speaks for it.
    pub evidence: String,
}

/// The worsenings as printed.
#[must_use]
pub fn build(facts: &[WorseningFacts], head: &HeadFacts) -> Vec<ClueRow> {
    facts.iter().map(|worsening| row(worsening, head)).collect()
}

fn row(facts: &WorseningFacts, head: &HeadFacts) -> ClueRow {
    let decimals = facts.parameter.decimals();
    let until = facts.until.map_or_else(String::new, |until| format!("至{}", head.short_time(until)));
    ClueRow {
        section: facts.section.clone(),
        item: facts.parameter.zh(),
        time: format!("{}起{until}", head.short_time(facts.from)),
        value: format!(
            "{}（平常{}）{}",
            fixed(facts.worst, decimals),
            fixed(facts.usual, decimals),
            facts.parameter.unit().symbol()
        ),
        target: match facts.over {
            Some(true) => "超目标限值",
            Some(false) => "未超目标限值",
            None => "—",
        },
        candidates: facts.candidates.iter().map(|candidate| candidate_row(candidate, head)).collect(),
    }
}

fn candidate_row(facts: &CandidateFacts, head: &HeadFacts) -> CandidateRow {
    let mut evidence = Vec::new();
    if let Some(measured) = facts.measured {
        evidence.push(format!("以{}计", measured.zh()));
    }
    if let Some(breach) = facts.breach {
        evidence.push(format!("超标{}倍", fixed(breach, 2)));
    }
    if let Some(times) = facts.times_usual {
        evidence.push(format!("为平常的{}倍", fixed(times, 1)));
    }
    if let Some(excess) = facts.excess_kg_h {
        evidence.push(format!("多排{}kg/h", fixed(excess, 2)));
    }
    evidence.push(if facts.begins { "变化起于该时段" } else { "变化早于该时段" }.to_owned());
    CandidateRow {
        name: facts.name.clone(),
        time: format!("{}至{}", head.short_time(facts.earliest), head.short_time(facts.latest)),
        evidence: evidence.join("，"),
    }
}

/// The sentences on the worsenings of a period, in order of time: what rose at one section within a day is told together.
#[must_use]
pub fn sentence(facts: &[WorseningFacts], head: &HeadFacts) -> String {
    if facts.is_empty() {
        return "未发现断面浓度明显高于平常的时段。".to_owned();
    }
    let mut groups: Vec<Vec<&WorseningFacts>> = Vec::new();
    for worsening in facts {
        let own = groups.iter_mut().find(|group| {
            group.first().is_some_and(|first| {
                first.section == worsening.section && worsening.from - first.from <= TOGETHER
            })
        });
        match own {
            Some(group) => group.push(worsening),
            None => groups.push(vec![worsening]),
        }
    }
    let lines: Vec<String> = groups.iter().map(|group| told(group, head)).collect();
    format!("{}。以上为按水流时间推算的排查线索，不是责任认定。", lines.join("；"))
}

fn told(group: &[&WorseningFacts], head: &HeadFacts) -> String {
    let Some(first) = group.first() else { return String::new() };
    let items = group.iter().map(|worsening| {
        let over = if worsening.over == Some(true) { "，超目标" } else { "" };
        let decimals = worsening.parameter.decimals();
        let [worst, usual] = [worsening.worst, worsening.usual].map(|value| fixed(value, decimals));
        format!("{}{worst}（平常{usual}{over}）", worsening.parameter.zh())
    });
    let items: Vec<String> = items.collect();
    let mut names: Vec<&str> = Vec::new();
    for candidate in group.iter().flat_map(|worsening| &worsening.candidates) {
        if !names.contains(&candidate.name.as_str()) {
            names.push(&candidate.name);
        }
    }
    let more = if names.len() > NAMED { "等" } else { "" };
    names.truncate(NAMED);
    let clue = if names.is_empty() {
        "上游未见时间吻合的排口或沟渠".to_owned()
    } else {
        format!("上游线索：{}{more}", names.join("、"))
    };
    format!("{}{}起高于平常：{}，{clue}", first.section, head.short_time(first.from), items.join("、"))
}

#[cfg(test)]
mod tests {
    use lanbi_model::{ReportPeriod, Zone};

    use super::*;

    fn head() -> HeadFacts {
        HeadFacts {
            district: "本区".to_owned(),
            demo: false,
            period: ReportPeriod::Day("2026-09-26".parse().unwrap()),
            generated_at: "2026-09-27T00:00:00Z".parse().unwrap(),
            zone: Zone::shanghai(),
            cited: Vec::new(),
        }
    }

    fn worsening(section: &str, parameter: Parameter, hours: i64, names: &[&str]) -> WorseningFacts {
        let from: Instant = "2026-09-26T00:00:00Z".parse().unwrap();
        let candidate = |name: &&str| CandidateFacts {
            name: (*name).to_owned(),
            earliest: from - TimeDelta::hours(10),
            latest: from - TimeDelta::hours(6),
            breach: Some(Decimal::new(343, 2)),
            times_usual: None,
            excess_kg_h: None,
            begins: true,
            measured: (parameter == Parameter::CodMn).then_some(Parameter::Cod),
        };
        WorseningFacts {
            section: section.to_owned(),
            parameter,
            from: from + TimeDelta::hours(hours),
            until: None,
            worst: Decimal::new(24, 1),
            usual: Decimal::new(5, 1),
            over: (parameter == Parameter::Nh3n).then_some(true),
            candidates: names.iter().map(candidate).collect(),
        }
    }

    #[test]
    fn what_rose_together_is_told_together_and_named_once() {
        let facts = [
            worsening("甲", Parameter::Nh3n, 0, &["一口", "二口"]),
            worsening("乙", Parameter::Nh3n, 1, &[]),
            worsening("甲", Parameter::Tn, 4, &["一口", "三口", "四口"]),
            worsening("甲", Parameter::Tn, 48, &["一口"]),
        ];
        let text = sentence(&facts, &head());
        let expected = "甲09-26 08:00起高于平常：氨氮2.400（平常0.500，超目标）、总氮2.40（平常0.50），\
                        上游线索：一口、二口、三口等；乙09-26 09:00起";
        assert!(text.starts_with(expected), "{text}");
        assert!(text.contains("上游未见时间吻合的排口或沟渠；甲09-28 08:00起"), "{text}");
        assert!(text.ends_with("不是责任认定。"), "{text}");
        assert_eq!(sentence(&[], &head()), "未发现断面浓度明显高于平常的时段。");
    }

    #[test]
    fn the_evidence_says_what_was_measured() {
        let rows = build(&[worsening("甲", Parameter::CodMn, 0, &["一口"])], &head());
        assert_eq!(rows[0].candidates[0].evidence, "以化学需氧量计，超标3.43倍，变化起于该时段");
        assert_eq!(rows[0].candidates[0].time, "09-25 22:00至09-26 02:00");
        assert_eq!((rows[0].target, rows[0].time.as_str()), ("—", "09-26 08:00起"));
    }
}
