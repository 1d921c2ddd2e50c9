//! How often the watch list was right: it is drawn up week by week from what was known then, and compared with what came.

use chrono::{NaiveDate, TimeDelta};
use lanbi_model::standard::BlackOdorStandard;

use super::grade::{OdorLevel, grade};
use super::watch::{OdorDay, WatchSettings, WatchVerdict, watch};

/// Days between two lists.
const WEEK: TimeDelta = TimeDelta::days(7);

/// A clean point that became light.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slip {
    /// Day of the first light sample.
    pub light_on: NaiveDate,
    /// The first list within the horizon before it that named the point; none where no list did.
    pub listed_on: Option<NaiveDate>,
}

impl Slip {
    /// Days between the list and the light sample; 0 where no list named the point.
    #[must_use]
    pub fn days_ahead(&self) -> i64 {
        self.listed_on.map_or(0, |listed| (self.light_on - listed).num_days())
    }
}

/// The lists of one point.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WatchTrials {
    /// Lists on which the point was clean and had enough samples, and whose horizon is over or ended in light.
    pub weeks: u32,
    /// Of these, lists that named it.
    pub listed: u32,
    /// Of these, lists after which no sample reached light within the horizon.
    pub false_alarms: u32,
    /// Times at which it became light after a list could be drawn up, the first light sample after a clean stretch each.
    pub slips: Vec<Slip>,
}

/// Draws up the lists of a point.
#[must_use]
pub fn watch_trials(
    standard: &BlackOdorStandard,
    rural: bool,
    settings: &WatchSettings,
    samples: &[OdorDay],
) -> WatchTrials {
    let mut trials = WatchTrials::default();
    let days = || samples.iter().map(|sample| sample.day);
    let (Some(first), Some(last)) = (days().min(), days().max()) else { return trials };
    let mut light: Vec<NaiveDate> = samples
        .iter()
        .filter(|s| grade(standard, rural, &s.values, s.clear).is_some_and(|g| g.level > OdorLevel::None))
        .map(|sample| sample.day)
        .collect();
    light.sort_unstable();
    let horizon = TimeDelta::days(settings.horizon_days);
    let first_list = first + TimeDelta::days(settings.recent_days + settings.base_days - 1);
    let lists = std::iter::successors(Some(first_list), |on| on.checked_add_signed(WEEK));
    let mut named: Vec<NaiveDate> = Vec::new();
    let mut clean: Vec<NaiveDate> = Vec::new();
    for on in lists.take_while(|on| *on <= last) {
        let verdict = watch(standard, rural, settings, samples, on).verdict;
        if !matches!(verdict, WatchVerdict::Slipping | WatchVerdict::Steady) {
            continue;
        }
        clean.push(on);
        let becomes_light = light.iter().any(|day| on < *day && *day <= on + horizon);
        if verdict == WatchVerdict::Slipping {
            named.push(on);
        }
        // What comes after the last sample nobody knows.
        if becomes_light || on + horizon <= last {
            trials.weeks += 1;
            trials.listed += u32::from(verdict == WatchVerdict::Slipping);
            trials.false_alarms += u32::from(verdict == WatchVerdict::Slipping && !becomes_light);
        }
    }
    let recent = TimeDelta::days(settings.recent_days);
    for (place, light_on) in light.iter().enumerate() {
        let since = place.checked_sub(1).and_then(|before| light.get(before)).copied();
        let is_first = since.is_none_or(|before| *light_on - before > recent);
        let within = |on: &&NaiveDate| {
            **on < *light_on && *light_on - **on <= horizon && since.is_none_or(|before| **on > before)
        };
        if is_first && clean.iter().any(|on| within(&on)) {
            let listed_on = named.iter().find(within).copied();
            trials.slips.push(Slip { light_on: *light_on, listed_on });
        }
    }
    trials
}

#[cfg(test)]
mod tests;
