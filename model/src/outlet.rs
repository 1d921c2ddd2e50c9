//! The register of outlets (入河排污口台账): what an outlet is, who answers for it, and where its rectification stands.
//!
//! Classes are those of HJ 1312-2023, seen in one source whose copy ends in the middle of the last group; what follows there is
//! recalled (未核实). The steps 查、测、溯、治、管 are words of practice, not of one document (未核实).

use chrono::NaiveDate;

use crate::standard::Confidence;
use crate::{Decimal, StationId};

macro_rules! classes {
    ($($variant:ident $key:literal $group:literal $zh:literal $confidence:ident)+) => {
        /// A class of HJ 1312-2023 at its lowest level.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum OutletClass { $(#[doc = $zh] $variant),+ }

        impl OutletClass {
            /// Every class, in the order of the standard.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Word in files and on the command line.
            #[must_use]
            pub const fn key(self) -> &'static str { match self { $(Self::$variant => $key),+ } }

            /// Name of the class.
            #[must_use]
            pub const fn zh(self) -> &'static str { match self { $(Self::$variant => $zh),+ } }

            /// Name of the group it belongs to.
            #[must_use]
            pub const fn group(self) -> &'static str { match self { $(Self::$variant => $group),+ } }

            /// How well the class is confirmed.
            #[must_use]
            pub const fn confidence(self) -> Confidence { match self { $(Self::$variant => Confidence::$confidence),+ } }
        }
    };
}

classes! {
    Factory          "factory"           "工业排污口"             "工业企业排污口"           OneSource
    Mine             "mine"              "工业排污口"             "矿山排污口"               OneSource
    Tailings         "tailings"          "工业排污口"             "尾矿库排污口"             OneSource
    FactoryStorm     "factory-storm"     "工业排污口"             "工业企业雨洪排口"         OneSource
    MineStorm        "mine-storm"        "工业排污口"             "矿山雨洪排口"             OneSource
    TailingsStorm    "tailings-storm"    "工业排污口"             "尾矿库雨洪排口"           OneSource
    Park             "park"              "工业排污口"             "园区污水处理厂排污口"     OneSource
    ParkStorm        "park-storm"        "工业排污口"             "园区污水处理厂雨洪排口"   OneSource
    UrbanPlant       "urban-plant"       "城镇污水处理厂排污口"   "城镇污水处理厂排污口"     OneSource
    Livestock        "livestock"         "农业排口"               "规模化畜禽养殖排污口"     OneSource
    Aquaculture      "aquaculture"       "农业排口"               "规模化水产养殖排污口"     OneSource
    Irrigation       "irrigation"        "其他排口"               "大中型灌区排口"           OneSource
    Port             "port"              "其他排口"               "港口码头排口"             OneSource
    LivestockSmall   "livestock-small"   "其他排口"               "规模以下畜禽养殖排污口"   OneSource
    AquacultureSmall "aquaculture-small" "其他排口"               "规模以下水产养殖排污口"   Unverified
    UrbanScattered   "urban-scattered"   "其他排口"               "城镇生活污水散排口"       Unverified
    RuralPlant       "rural-plant"       "其他排口"               "农村污水处理设施排污口"   Unverified
    RuralScattered   "rural-scattered"   "其他排口"               "农村生活污水散排口"       Unverified
    Other            "other"             "其他排口"               "其他排污口"               Unverified
}

impl OutletClass {
    /// Finds a class by its key or its name.
    #[must_use]
    pub fn find(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|class| class.key() == word || class.zh() == word)
    }

    /// What it needs before it is set.
    #[must_use]
    pub const fn permit(self) -> Permit {
        match self {
            Self::Factory | Self::Mine | Self::Tailings | Self::Park | Self::UrbanPlant => Permit::Approval,
            _ => Permit::Registration,
        }
    }
}

/// What an outlet needs before it is set (生态环境部令第35号, in force from 2025-01-01): sewage of industry, of parks and of urban
/// plants an approval, all others a registration form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permit {
    /// 设置审批.
    Approval,
    /// 登记表.
    Registration,
}

impl Permit {
    /// Word in reports.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Approval => "审批",
            Self::Registration => "登记",
        }
    }
}

/// Where an outlet stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OutletState {
    /// 待排查.
    ToSurvey,
    /// 已排查.
    Surveyed,
    /// 已监测.
    Monitored,
    /// 已溯源: who answers for it is known.
    Traced,
    /// 整治中.
    InRectification,
    /// 待验收.
    ToAccept,
    /// 已销号.
    Settled,
    /// 长效监管.
    Supervised,
    /// 已取缔; stays on the register.
    Abolished,
    /// 已封堵; stays on the register.
    Sealed,
    /// 已合并 into another; stays on the register.
    Merged,
}

impl OutletState {
    /// Every state, in the order of the work.
    pub const ALL: [Self; 11] = [
        Self::ToSurvey,
        Self::Surveyed,
        Self::Monitored,
        Self::Traced,
        Self::InRectification,
        Self::ToAccept,
        Self::Settled,
        Self::Supervised,
        Self::Abolished,
        Self::Sealed,
        Self::Merged,
    ];

    /// Word in files and on the command line.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::ToSurvey => "to-survey",
            Self::Surveyed => "surveyed",
            Self::Monitored => "monitored",
            Self::Traced => "traced",
            Self::InRectification => "in-rectification",
            Self::ToAccept => "to-accept",
            Self::Settled => "settled",
            Self::Supervised => "supervised",
            Self::Abolished => "abolished",
            Self::Sealed => "sealed",
            Self::Merged => "merged",
        }
    }

    /// Word in reports.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::ToSurvey => "待排查",
            Self::Surveyed => "已排查",
            Self::Monitored => "已监测",
            Self::Traced => "已溯源",
            Self::InRectification => "整治中",
            Self::ToAccept => "待验收",
            Self::Settled => "已销号",
            Self::Supervised => "长效监管",
            Self::Abolished => "已取缔",
            Self::Sealed => "已封堵",
            Self::Merged => "已合并",
        }
    }

    /// Finds a state by its key or its word.
    #[must_use]
    pub fn find(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == word || state.zh() == word)
    }

    /// Whether nothing may flow there any more.
    #[must_use]
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Abolished | Self::Sealed | Self::Merged)
    }

    /// Whether its rectification is over.
    #[must_use]
    pub const fn is_done(self) -> bool {
        self.is_closed() || matches!(self, Self::Settled | Self::Supervised)
    }

    /// Whether the work has come as far as knowing who answers for it.
    #[must_use]
    pub fn is_traced(self) -> bool {
        self >= Self::Traced
    }

    /// The states that may come next. It may be closed at any time; what was done or closed may come back (复发), and what is
    /// not accepted goes back, to the rectification both.
    #[must_use]
    pub fn next(self) -> Vec<Self> {
        let onward: &[Self] = match self {
            Self::ToSurvey => &[Self::Surveyed],
            Self::Surveyed => &[Self::Monitored],
            Self::Monitored => &[Self::Traced],
            Self::Traced => &[Self::InRectification],
            Self::InRectification => &[Self::ToAccept],
            Self::ToAccept => &[Self::Settled, Self::InRectification],
            Self::Settled => &[Self::Supervised, Self::InRectification],
            Self::Supervised => &[Self::InRectification],
            Self::Abolished | Self::Sealed | Self::Merged => return vec![Self::InRectification],
        };
        onward.iter().copied().chain([Self::Abolished, Self::Sealed, Self::Merged]).collect()
    }
}

/// How an outlet is dealt with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutletMeasure {
    /// 依法取缔.
    Abolish,
    /// 清理合并.
    Merge,
    /// 规范整治.
    Regulate,
}

impl OutletMeasure {
    /// Every measure.
    pub const ALL: [Self; 3] = [Self::Abolish, Self::Merge, Self::Regulate];

    /// Word in files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Abolish => "abolish",
            Self::Merge => "merge",
            Self::Regulate => "regulate",
        }
    }

    /// Word in reports.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Abolish => "依法取缔",
            Self::Merge => "清理合并",
            Self::Regulate => "规范整治",
        }
    }

    /// Finds a measure by its key or its word.
    #[must_use]
    pub fn find(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.key() == word || measure.zh() == word)
    }
}

/// What the register says of an outlet from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutletEntry {
    /// Id of the register, the same in all entries of an outlet.
    pub id: String,
    /// Name.
    pub name: String,
    /// Official code (HJ 1235) as text; empty where none is given. Its digits are not checked.
    pub code: String,
    /// Class.
    pub class: OutletClass,
    /// Receiving water.
    pub water: String,
    /// Street or town; empty where none is named.
    pub area: String,
    /// The next section below; none where none is named.
    pub section: Option<StationId>,
    /// The station that monitors it; none where none does.
    pub station: Option<StationId>,
    /// Who answers for it; empty where not known.
    pub responsible: String,
    /// Number of the approval or registration; empty where there is none.
    pub permit: String,
    /// Whether a sign board stands there.
    pub sign: bool,
    /// Longitude and latitude in degrees.
    pub place: Option<(Decimal, Decimal)>,
    /// State.
    pub state: OutletState,
    /// The day from which this holds.
    pub since: NaiveDate,
    /// How it is dealt with; none while that is open.
    pub measure: Option<OutletMeasure>,
    /// Anything else.
    pub remark: String,
}

/// What is amiss with an outlet on the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OutletFinding {
    /// 复发: under rectification again.
    Relapsed,
    /// 缺手续.
    NoPermit(OutletClass),
    /// 未溯源.
    NotTraced,
    /// 责任主体不明.
    NobodyResponsible,
    /// 无标志牌.
    NoSign,
}

impl OutletFinding {
    /// Words in reports.
    #[must_use]
    pub fn zh(self) -> String {
        match self {
            Self::Relapsed => "复发".to_owned(),
            Self::NoPermit(class) => format!("缺{}手续", class.permit().zh()),
            Self::NotTraced => "未溯源".to_owned(),
            Self::NobodyResponsible => "责任主体不明".to_owned(),
            Self::NoSign => "无标志牌".to_owned(),
        }
    }
}

/// An outlet with its history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredOutlet {
    /// Entries by day, the first one first; never empty.
    pub entries: Vec<OutletEntry>,
}

impl RegisteredOutlet {
    /// The entry that holds on a day; none before the first.
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> Option<&OutletEntry> {
        self.entries.iter().rev().find(|entry| entry.since <= day)
    }

    /// Since when the state of a day has lasted.
    #[must_use]
    pub fn state_since(&self, day: NaiveDate) -> Option<NaiveDate> {
        let state = self.on(day)?.state;
        let before = self.entries.iter().rev().filter(|entry| entry.since <= day);
        before.take_while(|entry| entry.state == state).last().map(|entry| entry.since)
    }

    /// What is amiss on a day. Nothing is asked of an outlet that is closed.
    #[must_use]
    pub fn findings(&self, day: NaiveDate) -> Vec<OutletFinding> {
        let Some(entry) = self.on(day).filter(|entry| !entry.state.is_closed()) else { return Vec::new() };
        let was_done = self.entries.iter().any(|before| before.since < entry.since && before.state.is_done());
        let findings = [
            (OutletFinding::Relapsed, was_done && !entry.state.is_done()),
            (OutletFinding::NoPermit(entry.class), entry.permit.is_empty()),
            (OutletFinding::NotTraced, !entry.state.is_traced()),
            (OutletFinding::NobodyResponsible, entry.responsible.is_empty()),
            (OutletFinding::NoSign, !entry.sign),
        ];
        findings.into_iter().filter(|(_, is)| *is).map(|(finding, _)| finding).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn outlet(history: &[(&str, OutletState)]) -> RegisteredOutlet {
        let entry = |(since, state): &(&str, OutletState)| OutletEntry {
            id: "p1".to_owned(),
            name: "示例排口".to_owned(),
            code: String::new(),
            class: OutletClass::Factory,
            water: "示例河".to_owned(),
            area: String::new(),
            section: None,
            station: None,
            responsible: String::new(),
            permit: String::new(),
            sign: false,
            place: None,
            state: *state,
            since: day(since),
            measure: None,
            remark: String::new(),
        };
        RegisteredOutlet { entries: history.iter().map(entry).collect() }
    }

    #[test]
    fn words_are_read_back_and_name_one_thing() {
        for class in OutletClass::ALL {
            assert_eq!([class.key(), class.zh()].map(OutletClass::find), [Some(*class); 2]);
        }
        for state in OutletState::ALL {
            assert_eq!([state.key(), state.zh()].map(OutletState::find), [Some(state); 2]);
        }
        for measure in OutletMeasure::ALL {
            assert_eq!([measure.key(), measure.zh()].map(OutletMeasure::find), [Some(measure); 2]);
        }
        assert_eq!(OutletClass::find("工业排污口"), None, "a group is no class");
    }

    #[test]
    fn sewage_of_industry_parks_and_plants_needs_an_approval() {
        for (key, permit) in [
            ("factory", Permit::Approval),
            ("tailings", Permit::Approval),
            ("park", Permit::Approval),
            ("urban-plant", Permit::Approval),
            ("factory-storm", Permit::Registration),
            ("livestock", Permit::Registration),
            ("rural-plant", Permit::Registration),
        ] {
            assert_eq!(OutletClass::find(key).unwrap().permit(), permit, "{key}");
        }
    }

    #[test]
    fn an_outlet_is_what_its_last_entry_before_a_day_says() {
        use OutletState::{InRectification, Sealed, Settled, Supervised, Surveyed};
        let check =
            |history: &[(&str, OutletState)], on: &str, state: Option<(OutletState, &str)>, amiss: &str| {
                let outlet = outlet(history);
                let on = day(on);
                let found = outlet.on(on).map(|entry| entry.state).zip(outlet.state_since(on));
                assert_eq!(found, state.map(|(state, since)| (state, day(since))), "{on}");
                let words: Vec<String> = outlet.findings(on).into_iter().map(OutletFinding::zh).collect();
                assert_eq!(words.join("、"), amiss, "{on}");
            };
        let all = "缺审批手续、未溯源、责任主体不明、无标志牌";
        check(&[("2025-03-01", Surveyed)], "2025-02-28", None, "");
        check(&[("2025-03-01", Surveyed)], "2025-03-01", Some((Surveyed, "2025-03-01")), all);
        let back = [
            ("2025-03-01", Settled),
            ("2025-05-01", Supervised),
            ("2025-06-01", Supervised),
            ("2026-02-01", InRectification),
            ("2026-04-01", Sealed),
        ];
        let papers = "缺审批手续、责任主体不明、无标志牌";
        check(&back, "2025-07-01", Some((Supervised, "2025-05-01")), papers);
        check(&back, "2026-02-01", Some((InRectification, "2026-02-01")), &format!("复发、{papers}"));
        check(&back, "2026-05-01", Some((Sealed, "2026-04-01")), "");
    }
}
