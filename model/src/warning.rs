//! When a heavy-pollution warning (重污染天气预警) is entered and how it ends, as data: the editions of the ministry's
//! guidance, from `config/standards/warning`.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::standard::{Confidence, Edition, Editioned};

/// The level of a warning, mildest first. Blue was abolished in 2018.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WarningLevel {
    /// 黄色预警 (Ⅲ级响应).
    Yellow,
    /// 橙色预警 (Ⅱ级响应).
    Orange,
    /// 红色预警 (Ⅰ级响应).
    Red,
}

impl WarningLevel {
    /// Every level, mildest first.
    pub const ALL: [Self; 3] = [Self::Yellow, Self::Orange, Self::Red];

    /// Word in files and lists.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Yellow => "yellow",
            Self::Orange => "orange",
            Self::Red => "red",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.key() == key)
    }

    /// Word in notices and reports.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Yellow => "黄色预警",
            Self::Orange => "橙色预警",
            Self::Red => "红色预警",
        }
    }
}

/// A running-day AQI above a number for some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Spell {
    /// The AQI is larger than this.
    pub above: u32,
    /// Shortest time of pollution; a single running day stands for 24 hours.
    pub lasting: TimeDelta,
}

/// One way into a level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WarningRule {
    /// The level.
    pub level: WarningLevel,
    /// The longest and mildest spell, by ascending `above`; the others must lie within it. Never empty.
    pub spells: Vec<Spell>,
    /// Confidence in the numbers.
    pub confidence: Confidence,
}

impl WarningRule {
    /// As a notice cites it: `AQI>200持续72小时且AQI>300持续24小时`, with the confidence where it is weak.
    #[must_use]
    pub fn zh(&self) -> String {
        let spells: Vec<String> = self
            .spells
            .iter()
            .map(|spell| format!("AQI>{}持续{}小时", spell.above, spell.lasting.num_hours()))
            .collect();
        let text = spells.join("且");
        match self.confidence.zh() {
            "" => text,
            weak => format!("{text}（{weak}）"),
        }
    }
}

/// One edition of the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WarningStandard {
    /// Edition.
    pub edition: Edition,
    /// Ways into the levels, mildest level first; every level has one at least.
    pub rules: Vec<WarningRule>,
    /// How long the index must not exceed the smallest number of a level's rules, by measurement or forecast, before the
    /// level ends. Episodes nearer to each other are one, and so far ahead a forecast is listened to.
    pub clear: TimeDelta,
    /// Clauses by topic: `levels`, `day`, `duration`, `release`, `response`.
    pub clauses: BTreeMap<String, String>,
}

impl Editioned for WarningStandard {
    fn edition(&self) -> &Edition {
        &self.edition
    }
}
