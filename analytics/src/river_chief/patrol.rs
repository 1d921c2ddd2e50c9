//! When the next patrol is due.

use chrono::{Days, NaiveDate};
use lanbi_model::Chief;

use super::{item::Duty, settings::ChiefSettings};

/// The next patrol of a chief. Without a recorded patrol it is due today. A patrol today makes the next one due a
/// full term from today.
#[must_use]
pub fn next_patrol(
    chief: &Chief,
    last: Option<NaiveDate>,
    today: NaiveDate,
    settings: &ChiefSettings,
) -> Duty {
    // A term agreed with the chief is a fact of the registry; the level's term carries the mark of the settings.
    let (every_days, mark) = match chief.patrol_every_days {
        Some(days) => (days, ""),
        None => (settings.patrol_days(chief.level), settings.confidence.zh()),
    };
    let due = last.map_or(today, |last| after(last, every_days));
    Duty::Patrol { last, due, every_days, mark }
}

/// The day some days later; the same day at the end of the calendar.
pub(super) fn after(day: NaiveDate, days: u16) -> NaiveDate {
    day.checked_add_days(Days::new(days.into())).unwrap_or(day)
}
