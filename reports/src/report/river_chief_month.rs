//! 河长制工作月报: waters, patrols and problems of a month, places of towns, and what is to be done next. No published form is
//! binding; the sections are those of reports in use (整体情况, 水质情况, 管护情况, 排名, 下步要求).

use lanbi_analytics::river_chief::{LengthShare, PatrolPeriod};
use lanbi_model::{
    Chief, ChiefLevel, Decimal, Instant, PatrolRule, standard::Confidence, standard::WaterClass,
};
use serde::Serialize;

use super::figure::{Figure, fixed};
use super::head::{Head, HeadFacts};
use super::monthly::{Chapter, Numbered};
use super::problems::{self, ProblemFacts, ProblemRow, ProblemTally};
use super::river_chief_words as sentences;
use super::sections::{self, SectionFacts, Sections, SectionsFacts};

/// One chief over the month.
#[derive(Clone, Debug)]
pub struct ChiefMonthFacts {
    /// The chief.
    pub chief: Chief,
    /// How often he must walk.
    pub rule: PatrolRule,
    /// What he has done.
    pub patrol: PatrolPeriod,
}

/// A reach of a town over the month.
#[derive(Clone, Debug)]
pub struct ReachFacts {
    /// Name.
    pub name: String,
    /// Street or town.
    pub town: String,
    /// Kilometres.
    pub length_km: Decimal,
    /// Points out of 100, not rounded; none where it was not assessed or a value is missing.
    pub percent: Option<Decimal>,
    /// 优秀 … 不合格, 暂停, or none where a value is missing.
    pub grade: Option<String>,
    /// Why it has no score, such as `断流` or `缺总磷`; empty where it has one.
    pub why: String,
}

/// The reaches with the rule they are assessed by.
#[derive(Clone, Debug)]
pub struct ReachesFacts {
    /// Reaches in the order of the list.
    pub reaches: Vec<ReachFacts>,
    /// Shares of the grades by length.
    pub shares: Vec<LengthShare<String>>,
    /// Towns with their mean score as published, and the place that goes with it.
    pub towns: Vec<TownFacts>,
    /// Decimals of a score.
    pub decimals: u32,
    /// Decimals of a share in percent.
    pub share_decimals: u32,
    /// What no text confirms, as sentences.
    pub unverified: Vec<String>,
}

/// A town among others.
#[derive(Clone, Debug)]
pub struct TownFacts {
    /// Name.
    pub name: String,
    /// Mean of its reaches out of 100, rounded as published.
    pub score: Option<Decimal>,
    /// Place, equal scores share one.
    pub place: Option<u32>,
    /// Number of reaches.
    pub reaches: usize,
    /// Of these not assessed for a reason.
    pub suspended: usize,
}

/// What the report is built from.
#[derive(Clone, Debug)]
pub struct ChiefsMonthFacts {
    /// Head; the period is a month.
    pub head: HeadFacts,
    /// First instant, and the one up to which the month is told: its end, or the making of the report.
    pub told: (Instant, Instant),
    /// Classes Ⅰ to 劣Ⅴ.
    pub classes: Vec<WaterClass>,
    /// Sections on the chiefs' waters; `before` the month before.
    pub sections: Vec<SectionFacts>,
    /// Chiefs in the order of the registry.
    pub chiefs: Vec<ChiefMonthFacts>,
    /// Confidence in patrol rules and times for problems.
    pub confidence: Confidence,
    /// Problems known in the month.
    pub problems: Vec<ProblemFacts>,
    /// Reaches; none where no list is configured.
    pub reaches: Option<ReachesFacts>,
}

/// One chief as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChiefMonthRow {
    /// Name.
    pub name: String,
    /// Level.
    pub level: &'static str,
    /// Street or town; empty where there is none.
    pub town: String,
    /// `每7天1次`.
    pub frequency: String,
    /// 应巡次数.
    pub required: u32,
    /// 实巡次数.
    pub done: u32,
    /// 完成率.
    pub rate: Figure,
    /// Whether fewer were done than required.
    pub below: bool,
    /// Days on which the next patrol was overdue.
    pub overdue_days: u32,
    /// Patrols that do not count.
    pub short: u32,
    /// Kilometres.
    pub length: Figure,
}

/// A reach as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReachRow {
    /// Name.
    pub name: String,
    /// Street or town.
    pub town: String,
    /// Kilometres.
    pub length: Figure,
    /// Points out of 100.
    pub score: Figure,
    /// Grade; `NA` where a value is missing.
    pub grade: String,
    /// Why it has no score.
    pub why: String,
}

/// Shares by length as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShareRow {
    /// Grade.
    pub grade: String,
    /// Reaches.
    pub reaches: u32,
    /// Kilometres.
    pub length: Figure,
    /// Percent of the whole length.
    pub share: Figure,
}

/// A town as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TownRow {
    /// Place, or a dash.
    pub place: Figure,
    /// Name.
    pub name: String,
    /// Score.
    pub score: Figure,
    /// Reaches.
    pub reaches: usize,
    /// Of these not assessed.
    pub suspended: usize,
}

/// The report as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChiefsMonth {
    /// Head.
    pub head: Head,
    /// Paragraphs by chapter.
    pub chapters: Vec<Chapter>,
    /// Sections.
    pub sections: Sections,
    /// All problems together.
    pub all: ProblemTally,
    /// Problems by kind.
    pub kinds: Vec<ProblemTally>,
    /// Problems by town.
    pub towns: Vec<ProblemTally>,
    /// Open problems, overdue first.
    pub open: Vec<ProblemRow>,
    /// Chiefs.
    pub chiefs: Vec<ChiefMonthRow>,
    /// 未核实 or empty: patrol rules and times.
    pub mark: &'static str,
    /// Shares of grades by length; empty without a list of reaches.
    pub shares: Vec<ShareRow>,
    /// Reaches.
    pub reaches: Vec<ReachRow>,
    /// Places of towns.
    pub ranking: Vec<TownRow>,
    /// Notes at the foot.
    pub notes: Vec<String>,
}

/// Builds the report.
#[must_use]
pub fn build(facts: &ChiefsMonthFacts) -> ChiefsMonth {
    let waters = SectionsFacts { classes: facts.classes.clone(), sections: facts.sections.clone() };
    let all = problems::tally("合计", &facts.problems.iter().collect::<Vec<_>>(), facts.told);
    let kinds = problems::tallies(&facts.problems, |facts| facts.problem.kind.zh(), facts.told);
    let towns = problems::tallies(&facts.problems, |facts| &facts.town, facts.told);
    let open = problems::open_rows(&facts.problems, &facts.head, facts.told.1);
    let chiefs: Vec<ChiefMonthRow> = facts.chiefs.iter().map(chief_row).collect();
    let ranking = facts.reaches.as_ref().map_or_else(Vec::new, ranking);
    let shares = facts.reaches.as_ref().map_or_else(Vec::new, shares);

    let mut water = vec![sections::paragraph(&waters)];
    water.extend(facts.reaches.as_ref().map(sentences::lengths));
    let texts = [
        ("整体情况", vec![sentences::overview(facts, &chiefs, &all)]),
        ("水质情况", water),
        ("管护情况", vec![sentences::problems(&all, &kinds, &towns, &open), sentences::patrols(&chiefs)]),
        ("排名", vec![sentences::ranking(&ranking)]),
        ("下步要求", sentences::requirements(facts, &chiefs, &open)),
    ];
    let mut number = 0;
    let chapters = texts
        .into_iter()
        .zip(["一", "二", "三", "四", "五"])
        .map(|((heading, lines), ordinal)| Chapter {
            heading: format!("{ordinal}、{heading}"),
            paragraphs: lines
                .into_iter()
                .map(|text| {
                    number += 1;
                    Numbered { number, text }
                })
                .collect(),
        })
        .collect();
    ChiefsMonth {
        head: Head::build("河长制工作月报", &facts.head),
        chapters,
        sections: sections::build(&waters),
        all,
        kinds,
        towns,
        open,
        chiefs,
        mark: facts.confidence.zh(),
        shares,
        reaches: facts.reaches.as_ref().map_or_else(Vec::new, reach_rows),
        ranking,
        notes: notes(facts, &waters),
    }
}

fn chief_row(facts: &ChiefMonthFacts) -> ChiefMonthRow {
    let (chief, patrol) = (&facts.chief, &facts.patrol);
    let kilometres = patrol.length_m / Decimal::ONE_THOUSAND;
    ChiefMonthRow {
        name: chief.name.clone(),
        level: chief.level.zh(),
        town: chief.town.clone(),
        frequency: match facts.rule.every_days {
            1 => "每日1次".to_owned(),
            days => format!("每{days}天1次"),
        },
        required: patrol.required,
        done: patrol.done,
        rate: patrol
            .percent
            .map_or_else(Figure::dash, |percent| Figure::reading(Some(percent).into(), 1, "%")),
        below: patrol.is_below(),
        overdue_days: patrol.overdue_days,
        short: patrol.short,
        length: Figure::reading(Some(kilometres).into(), 1, "千米"),
    }
}

/// Numbers of chiefs by level, in the order of the levels.
pub(super) fn by_level(facts: &[ChiefMonthFacts]) -> Vec<(&'static str, usize)> {
    [ChiefLevel::City, ChiefLevel::District, ChiefLevel::Town, ChiefLevel::Village]
        .into_iter()
        .map(|level| (level.zh(), facts.iter().filter(|facts| facts.chief.level == level).count()))
        .filter(|(_, count)| *count > 0)
        .collect()
}

fn reach_rows(facts: &ReachesFacts) -> Vec<ReachRow> {
    let row = |reach: &ReachFacts| ReachRow {
        name: reach.name.clone(),
        town: reach.town.clone(),
        length: kilometres(reach.length_km),
        score: reach
            .percent
            .map_or_else(Figure::dash, |percent| Figure::reading(Some(percent).into(), facts.decimals, "")),
        grade: reach.grade.clone().unwrap_or_else(|| "NA".to_owned()),
        why: reach.why.clone(),
    };
    facts.reaches.iter().map(row).collect()
}

fn kilometres(length: Decimal) -> Figure {
    Figure { value: Some(fixed(length, length.scale().min(2))), unit: "千米", sign: "" }
}

fn shares(facts: &ReachesFacts) -> Vec<ShareRow> {
    let row = |share: &LengthShare<String>| ShareRow {
        grade: share.category.clone(),
        reaches: share.reaches,
        length: kilometres(share.length),
        share: share.percent.map_or_else(Figure::dash, |percent| {
            Figure::reading(Some(percent).into(), facts.share_decimals, "%")
        }),
    };
    facts.shares.iter().map(row).collect()
}

/// Towns by place; those without one last.
fn ranking(facts: &ReachesFacts) -> Vec<TownRow> {
    let mut towns: Vec<&TownFacts> = facts.towns.iter().collect();
    towns.sort_by_key(|town| (town.place.is_none(), town.place));
    let row = |town: &&TownFacts| TownRow {
        place: town.place.map_or_else(Figure::dash, Figure::count),
        name: town.name.clone(),
        score: town
            .score
            .map_or_else(Figure::dash, |score| Figure::reading(Some(score).into(), facts.decimals, "")),
        reaches: town.reaches,
        suspended: town.suspended,
    };
    towns.iter().map(row).collect()
}

fn notes(facts: &ChiefsMonthFacts, waters: &SectionsFacts) -> Vec<String> {
    let mut notes = vec![
        "水质为自动监测实况数据，未经人工审核；“NA”表示缺测或数据不足，缺测不按0参与统计。".to_owned(),
        "应巡次数＝已结束的天数÷巡查间隔天数，四舍六入取整；实巡次数同日只计1次，未达最低里程或时长的不计；超期天数为下次巡查已逾期的天数。"
            .to_owned(),
        "按期销号率＝本期按期销号数÷（本期销号数＋期末逾期未销号数）；办理时限自交办起算。".to_owned(),
    ];
    if facts.told.1 < facts.head.zone.end_of(facts.head.period.last()) {
        notes.push(format!("本期未结束，数据统计至{}。", facts.head.time(facts.told.1)));
    }
    if facts.confidence == Confidence::Unverified {
        notes.push("巡查频次、最低要求和办理时限为系统配置（未核实），以本地河长制文件为准。".to_owned());
    }
    if let Some(reaches) = &facts.reaches {
        notes.push(
            "排名只用河段水质得分（百分制），不含感官、口门、环境卫生、岸线管理、巡河扣分和社会监督等部分；比例按河段长度计算，暂停考核河段计入总长。"
                .to_owned(),
        );
        notes.extend(reaches.unverified.iter().cloned());
    }
    notes.extend(sections::note(waters));
    notes
}
