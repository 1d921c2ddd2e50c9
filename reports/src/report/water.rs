//! 水环境质量报告: sections, rivers, lakes and the district over a month, quarter or year, in the order of an official bulletin.

use lanbi_model::standard::WaterClass;
use serde::Serialize;

use super::basins::{self, BasinFacts, BasinRow, IndexFacts, TrophicFacts};
use super::clues::{self, ClueRow, WorseningFacts};
use super::head::{Head, HeadFacts, common_notes};
use super::monthly::{Chapter, Numbered};
use super::sections::{self, ClassCell, Sections, SectionsFacts};

/// What the report is built from.
#[derive(Clone, Debug)]
pub struct WaterFacts {
    /// Head; the period is a month, a quarter or a year.
    pub head: HeadFacts,
    /// Sections, with the period before and a year before.
    pub sections: SectionsFacts,
    /// The district, then its rivers and lakes.
    pub basins: Vec<BasinFacts>,
    /// 城市水质指数.
    pub index: Option<IndexFacts>,
    /// Lakes.
    pub lakes: Vec<TrophicFacts>,
    /// Classes month by month.
    pub course: CourseFacts,
    /// Where water may have come from; none where no network of rivers is known.
    pub clues: Option<Vec<WorseningFacts>>,
    /// The waters as a map; none where the network has no positions.
    pub map: Option<MapFacts>,
    /// Topics of the rules that are recalled or inferred, in words.
    pub unverified: Vec<&'static str>,
}

/// Classes of sections month by month.
#[derive(Clone, Debug, Default)]
pub struct CourseFacts {
    /// Months, such as `1月`.
    pub months: Vec<String>,
    /// Sections with a class a month; none where there is none.
    pub rows: Vec<(String, Vec<Option<u8>>)>,
}

/// Waters and places by longitude and latitude.
#[derive(Clone, Debug, Default)]
pub struct MapFacts {
    /// Lines of water.
    pub lines: Vec<Vec<[f64; 2]>>,
    /// Sections with their class.
    pub sections: Vec<MapPlace>,
    /// Outlets and ditches.
    pub sources: Vec<MapPlace>,
}

/// A place on the map.
#[derive(Clone, Debug)]
pub struct MapPlace {
    /// Name.
    pub name: String,
    /// Longitude and latitude.
    pub at: [f64; 2],
    /// Class of a section.
    pub class: Option<u8>,
}

/// A row of the course as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CourseRow {
    /// Section.
    pub name: String,
    /// Class a month.
    pub classes: Vec<Option<ClassCell>>,
}

/// The course as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Course {
    /// Heads of the months.
    pub months: Vec<String>,
    /// A row a section.
    pub rows: Vec<CourseRow>,
}

/// A place on the map as drawn.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MapMark {
    /// Name.
    pub name: String,
    /// Longitude and latitude.
    pub at: [f64; 2],
    /// Class of a section.
    pub class: Option<ClassCell>,
}

/// The map as drawn.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RiverMap {
    /// Lines of water.
    pub lines: Vec<Vec<[f64; 2]>>,
    /// Sections.
    pub sections: Vec<MapMark>,
    /// Outlets and ditches.
    pub sources: Vec<MapMark>,
}

/// The report as printed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Water {
    /// Head.
    pub head: Head,
    /// Paragraphs by chapter.
    pub chapters: Vec<Chapter>,
    /// The district, rivers and lakes.
    pub basins: Vec<BasinRow>,
    /// Sections.
    pub sections: Sections,
    /// Main pollutants by section, in the order of the sections.
    pub main: Vec<String>,
    /// Classes month by month.
    pub course: Course,
    /// Worsenings with their candidates; none where no network is known.
    pub clues: Option<Vec<ClueRow>>,
    /// Map.
    pub map: Option<RiverMap>,
    /// Notes at the foot.
    pub notes: Vec<String>,
}

/// Builds the report.
#[must_use]
pub fn build(facts: &WaterFacts) -> Water {
    let classes = &facts.sections.classes;
    let clues = facts.clues.as_ref().map(|clues| clues::build(clues, &facts.head));
    Water {
        head: Head::build("水环境质量报告", &facts.head),
        chapters: chapters(facts),
        basins: facts.basins.iter().map(|basin| basins::row(basin, classes)).collect(),
        sections: sections::build(&facts.sections),
        main: facts.sections.sections.iter().map(|s| sections::named(s, &s.main)).collect(),
        course: course(&facts.course, classes),
        clues,
        map: facts.map.as_ref().map(|map| river_map(map, classes)),
        notes: notes(facts),
    }
}

fn chapters(facts: &WaterFacts) -> Vec<Chapter> {
    let classes = &facts.sections.classes;
    let (district, waters) = facts.basins.split_at_checked(1).unwrap_or((&[], &[]));
    let mut state = vec![sections::paragraph(&facts.sections)];
    state.extend(district.iter().map(|basin| basins::sentence(basin, classes)));
    state.extend(facts.index.as_ref().map(basins::index_sentence));
    let mut texts = vec![("总体情况", state)];
    let own: Vec<String> = waters.iter().map(|basin| basins::sentence(basin, classes)).collect();
    texts.push(("各水体", own));
    let lakes = facts.lakes.iter().map(|lake| basins::trophic_sentence(lake, classes)).collect();
    texts.push(("湖库营养状态", lakes));
    let clues = facts.clues.as_ref().map(|clues| clues::sentence(clues, &facts.head));
    texts.push(("水质升高时段与上游线索", clues.into_iter().collect()));
    texts.retain(|(_, lines)| !lines.is_empty());
    let mut number = 0;
    texts
        .into_iter()
        .zip(["一", "二", "三", "四"])
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
        .collect()
}

fn course(facts: &CourseFacts, classes: &[WaterClass]) -> Course {
    let row = |(name, months): &(String, Vec<Option<u8>>)| CourseRow {
        name: name.clone(),
        classes: months.iter().map(|class| ClassCell::of(classes, *class)).collect(),
    };
    Course { months: facts.months.clone(), rows: facts.rows.iter().map(row).collect() }
}

fn river_map(facts: &MapFacts, classes: &[WaterClass]) -> RiverMap {
    let mark = |place: &MapPlace| MapMark {
        name: place.name.clone(),
        at: place.at,
        class: ClassCell::of(classes, place.class),
    };
    RiverMap {
        lines: facts.lines.clone(),
        sections: facts.sections.iter().map(mark).collect(),
        sources: facts.sources.iter().map(mark).collect(),
    }
}

fn notes(facts: &WaterFacts) -> Vec<String> {
    let mut notes = common_notes();
    notes.push(
        "评价先求均值（月为日均值的均值，季、年为月均值的均值，pH 按氢离子浓度），修约后按单因子法定类，不对类别求平均，\
         也不以单次最差类别代替。"
            .to_owned(),
    );
    if facts.sections.sections.iter().any(|section| section.by_hand) {
        notes.push("有自动监测数据的项目优先采用自动监测数据，其余采用手工监测数据。".to_owned());
    }
    if !facts.unverified.is_empty() {
        notes.push(format!("{}未与官方文本核对（未核实）。", facts.unverified.join("、")));
    }
    if facts.clues.is_some() {
        notes.push(
            "升高时段指连续两次以上监测值超出此前14天中位数5倍离散度的时段；线索按河段水流时间推算，未计面源、闸坝和混合，\
             方法为系统自定，非标准规定。"
                .to_owned(),
        );
    }
    notes.extend(sections::note(&facts.sections));
    notes
}
