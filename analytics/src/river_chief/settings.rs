//! How often a chief patrols and how soon a problem is to be dealt with.

use lanbi_model::{ChiefLevel, Severity, standard::Confidence};

/// Terms of a chief's duties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChiefSettings {
    /// Days between two patrols of a city chief.
    pub city_days: u16,
    /// Of a district chief.
    pub district_days: u16,
    /// Of a town chief.
    pub town_days: u16,
    /// Of a village chief.
    pub village_days: u16,
    /// Days to deal with a breach or an urgent alarm.
    pub breach_days: u16,
    /// Days to deal with any other alarm.
    pub other_days: u16,
    /// How well these terms are confirmed; the daily check says so behind each term.
    pub confidence: Confidence,
}

impl Default for ChiefSettings {
    /// Configured and unconfirmed: Tianjin's frequencies by level were not found, nor any time limit. Half-yearly,
    /// monthly, weekly and daily patrols follow the pattern of other cities; one day for what is to be done at once
    /// (即办) and seven for the rest (一般) are common practice.
    fn default() -> Self {
        Self {
            city_days: 182,
            district_days: 30,
            town_days: 7,
            village_days: 1,
            breach_days: 1,
            other_days: 7,
            confidence: Confidence::Unverified,
        }
    }
}

impl ChiefSettings {
    /// Days between two patrols of a level.
    #[must_use]
    pub const fn patrol_days(&self, level: ChiefLevel) -> u16 {
        match level {
            ChiefLevel::City => self.city_days,
            ChiefLevel::District => self.district_days,
            ChiefLevel::Town => self.town_days,
            ChiefLevel::Village => self.village_days,
        }
    }

    /// Days to deal with an alarm.
    #[must_use]
    pub const fn handling_days(&self, severity: Severity) -> u16 {
        match severity {
            Severity::Breach | Severity::Urgent => self.breach_days,
            Severity::Notice | Severity::Warning => self.other_days,
        }
    }
}
