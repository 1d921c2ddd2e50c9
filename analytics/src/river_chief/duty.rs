//! When a chief must walk again, and how well he has kept to it in a period. Days are local; a patrol belongs to the day of its
//! end, and one below the minimums of its rule does not count.

use chrono::{Days, NaiveDate};
use lanbi_model::{Decimal, Patrol, PatrolRule, Zone, decimal};

/// Whether something is due on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Due {
    /// Its last day has passed.
    Overdue,
    /// The day is its last.
    Today,
    /// Later.
    Later,
}

/// A chief's duty on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PatrolDuty {
    /// Day of the last patrol that counts; none on record.
    pub last: Option<NaiveDate>,
    /// The last day for the next one; none where nothing is on record.
    pub until: Option<NaiveDate>,
    /// Whether it is due; without a record it is due today.
    pub due: Due,
    /// Days since `until`.
    pub overdue_days: u32,
    /// Patrols after `last` that do not count.
    pub short: u32,
}

/// A chief's duty on a day, from his patrols in any order; those after the day are passed over.
#[must_use]
pub fn patrol_duty(rule: &PatrolRule, patrols: &[Patrol], zone: Zone, today: NaiveDate) -> PatrolDuty {
    let known =
        || patrols.iter().map(|patrol| (zone.day_of(patrol.ended), patrol)).filter(|(day, _)| *day <= today);
    let last = known().filter(|(_, patrol)| rule.counts(patrol)).map(|(day, _)| day).max();
    let short = known().filter(|(day, patrol)| last.is_none_or(|last| last <= *day) && !rule.counts(patrol));
    let short = u32::try_from(short.count()).unwrap_or(u32::MAX);
    let until = last.and_then(|last| last.checked_add_days(Days::new(rule.every_days.into())));
    let due = match until {
        None => Due::Today,
        Some(until) if until < today => Due::Overdue,
        Some(until) if until == today => Due::Today,
        Some(_) => Due::Later,
    };
    let overdue_days = until.map_or(0, |until| days_after(until, today));
    PatrolDuty { last, until, due, overdue_days, short }
}

fn days_after(until: NaiveDate, day: NaiveDate) -> u32 {
    u32::try_from((day - until).num_days()).unwrap_or(0)
}

/// How a chief has kept his duty from a day to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PatrolPeriod {
    /// 应巡次数: days of the period over the days between two patrols, to the nearest whole; 0 where the period is much shorter.
    pub required: u32,
    /// 实巡次数: days with a patrol that counts.
    pub done: u32,
    /// Share of the required that was done in percent, at most 100, one decimal; none where nothing was required.
    pub percent: Option<Decimal>,
    /// Days on which the next patrol was overdue.
    pub overdue_days: u32,
    /// Patrols that do not count.
    pub short: u32,
    /// Metres of all patrols that count and have a length.
    pub length_m: Decimal,
}

impl PatrolPeriod {
    /// Whether fewer were done than required.
    #[must_use]
    pub const fn is_below(&self) -> bool {
        self.done < self.required
    }
}

/// Decimals of a rate in percent.
const RATE_DECIMALS: u32 = 1;

/// How a chief has kept his duty over the days from `first` to `last`. Give also what was walked before `first`; where nothing was,
/// his time runs from the day before it.
#[must_use]
pub fn patrol_period(
    rule: &PatrolRule,
    patrols: &[Patrol],
    zone: Zone,
    (first, last): (NaiveDate, NaiveDate),
) -> PatrolPeriod {
    let day = |patrol: &Patrol| zone.day_of(patrol.ended);
    let inside = || patrols.iter().filter(|patrol| first <= day(patrol) && day(patrol) <= last);
    let mut counted: Vec<NaiveDate> =
        patrols.iter().filter(|patrol| rule.counts(patrol)).map(day).filter(|day| *day <= last).collect();
    counted.sort_unstable();
    counted.dedup();
    let length = i64::try_from(first.iter_days().take_while(|day| *day <= last).count()).unwrap_or(0);
    let every = Decimal::from(rule.every_days.max(1));
    let required = decimal::round_half_even(Decimal::from(length) / every, 0).try_into().unwrap_or(0);
    let done = u32::try_from(counted.iter().filter(|day| first <= **day).count()).unwrap_or(u32::MAX);
    let rate = || Decimal::from(done) * Decimal::ONE_HUNDRED / Decimal::from(required);
    let percent =
        (required > 0).then(|| decimal::round_half_even(rate().min(Decimal::ONE_HUNDRED), RATE_DECIMALS));
    let before = first.pred_opt().unwrap_or(first);
    let is_overdue = |today: NaiveDate| {
        let walked = counted.iter().rev().find(|day| **day <= today).copied().unwrap_or(before);
        (today - walked).num_days() > i64::from(rule.every_days)
    };
    let overdue = first.iter_days().take_while(|day| *day <= last).filter(|day| is_overdue(*day)).count();
    PatrolPeriod {
        required,
        done,
        percent,
        overdue_days: u32::try_from(overdue).unwrap_or(u32::MAX),
        short: u32::try_from(inside().filter(|patrol| !rule.counts(patrol)).count()).unwrap_or(u32::MAX),
        length_m: inside().filter(|patrol| rule.counts(patrol)).filter_map(|patrol| patrol.length_m).sum(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// Patrols that end at the stamps, ten minutes and so many metres long.
    fn patrols(list: &[(&str, i64)]) -> Vec<Patrol> {
        let patrol = |(ended, length): &(&str, i64)| {
            let ended = Zone::shanghai().to_instant(ended.parse().unwrap());
            Patrol {
                id: ended.to_string(),
                chief: "c".to_owned(),
                water: String::new(),
                started: ended - TimeDelta::minutes(10),
                ended,
                length_m: Some(Decimal::from(*length)),
                source: String::new(),
                note: String::new(),
            }
        };
        list.iter().map(patrol).collect()
    }

    const fn rule(every_days: u16) -> PatrolRule {
        PatrolRule { every_days, min_length_m: 300, min_minutes: 5 }
    }

    #[test]
    fn the_next_patrol_is_due_so_many_days_after_the_last_that_counts() {
        let check = |list: &[(&str, i64)], every, due: Due, until: Option<&str>, overdue: u32, short: u32| {
            let duty = patrol_duty(&rule(every), &patrols(list), Zone::shanghai(), date("2026-10-05"));
            let got = (duty.due, duty.until, duty.overdue_days, duty.short);
            assert_eq!(got, (due, until.map(date), overdue, short), "{list:?}");
        };
        check(&[], 7, Due::Today, None, 0, 0);
        check(&[("2026-09-27T23:00:00", 300)], 7, Due::Overdue, Some("2026-10-04"), 1, 0);
        check(&[("2026-09-28T00:00:00", 300)], 7, Due::Today, Some("2026-10-05"), 0, 0);
        check(&[("2026-09-29T08:00:00", 300)], 7, Due::Later, Some("2026-10-06"), 0, 0);
        check(&[("2026-10-04T08:00:00", 300)], 1, Due::Today, Some("2026-10-05"), 0, 0);
        // A short one does not count, and neither does one of tomorrow.
        let mixed =
            [("2026-10-06T08:00:00", 900), ("2026-10-04T08:00:00", 299), ("2026-09-20T08:00:00", 300)];
        check(&mixed, 7, Due::Overdue, Some("2026-09-27"), 8, 1);
        check(&[("2026-10-04T08:00:00", 299)], 7, Due::Today, None, 0, 1);
    }

    #[test]
    fn a_period_asks_for_its_days_over_the_interval() {
        let october = (date("2026-10-01"), date("2026-10-31"));
        let february = (date("2026-02-01"), date("2026-02-28"));
        let check = |every, period, required: u32| {
            let made = patrol_period(&rule(every), &[], Zone::shanghai(), period);
            assert_eq!((made.required, made.done), (required, 0), "every {every} days");
            assert_eq!(made.percent, (required > 0).then_some(Decimal::ZERO));
        };
        check(1, october, 31);
        check(7, october, 4);
        check(30, october, 1);
        check(30, february, 1);
        check(182, october, 0);
    }

    #[test]
    fn done_are_days_with_a_patrol_and_days_without_are_counted() {
        let period = (date("2026-10-01"), date("2026-10-31"));
        let check =
            |list: &[(&str, i64)], done: u32, percent: &str, overdue: u32, short: u32, metres: i64| {
                let made = patrol_period(&rule(7), &patrols(list), Zone::shanghai(), period);
                let got = (made.done, made.percent, made.overdue_days, made.short, made.length_m);
                let expected = (done, Some(percent.parse().unwrap()), overdue, short, Decimal::from(metres));
                assert_eq!(got, expected, "{list:?}");
            };
        // Nobody knows of a patrol before: overdue from the 8th on.
        check(&[], 0, "0", 24, 0, 0);
        let weekly = [
            ("2026-09-30T08:00:00", 500),
            ("2026-10-07T08:00:00", 500),
            ("2026-10-14T08:00:00", 500),
            ("2026-10-21T08:00:00", 500),
            ("2026-10-28T08:00:00", 500),
        ];
        check(&weekly, 4, "100", 0, 0, 2000);
        // Two of one day are one; four days in a row do not keep the rest of the month in order.
        let row = [
            ("2026-10-01T08:00:00", 500),
            ("2026-10-01T15:00:00", 500),
            ("2026-10-02T08:00:00", 500),
            ("2026-10-03T08:00:00", 500),
            ("2026-10-04T08:00:00", 100),
        ];
        check(&row, 3, "75", 21, 1, 2000);
        check(&[("2026-10-31T23:59:59", 300), ("2026-11-01T00:00:00", 300)], 1, "25", 23, 0, 300);
    }
}
