//! Where a year stands on one of its days: the figure so far, what is left, and what is certain already.
//!
//! Exact, and free of any estimate: the days left are taken as all valid, and nothing is said of their air but that a
//! concentration is not below zero.

use chrono::NaiveDate;
use lanbi_model::evaluation::PeriodStatistic;
use lanbi_model::{Decimal, ReportPeriod, decimal::round_half_even};

use super::series::span;
use super::target::{YearLaw, ratio};
use crate::air::{AirDay, Concentrations, DayCounts, percent_change};
use lanbi_model::target::{Target, TargetKind};

/// Where a year stands against one target.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Target.
    pub target: Target,
    /// The day at whose end it stands so.
    pub on: NaiveDate,
    /// Days passed, `on` included.
    pub passed: u32,
    /// Days among them with a value of the item, or with a published AQI where days are counted (for the composite index too).
    pub valid: u32,
    /// Days left.
    pub left: u32,
    /// The figure so far as published; a fall is the change against the same days of the last year.
    pub figure: Option<Decimal>,
    /// The same figure of the whole last year (for a fall: of the item); none where it has no values.
    pub last_year: Option<Decimal>,
    /// What the days left may come to; none where the year is over or no simple number says it (percentiles, the composite
    /// index).
    pub room: Option<Room>,
    /// Whether it is certain.
    pub verdict: Verdict,
}

/// What the days left may come to so that the year keeps its target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Room {
    /// Their mean may be this.
    Mean(RestMean),
    /// As many of them may be bad (not good), or heavily polluted; none where even with none of them the target is missed.
    Days(Option<u32>),
}

/// The largest mean of the days left, ug/m³ (CO mg/m³), not rounded. Less than zero is out of reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RestMean {
    /// So that the year's mean as published keeps the target: 35 is kept by what is rounded to 35.
    pub published: Decimal,
    /// Whether `published` itself is still enough. A half is rounded to the even neighbour: with a target of 35 the year's
    /// mean must be below 35.5, with 34 it may be 34.5.
    pub inclusive: bool,
    /// So that the year's exact mean keeps the target.
    pub exact: Decimal,
}

/// Whether a target is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Not yet.
    Open,
    /// Kept, whatever comes.
    Made,
    /// Missed, whatever comes.
    Missed,
}

/// The standing at the end of the day `on`; later days are passed over, none may be given twice. None where `on` lies outside
/// the year. A year may begin on any day.
#[must_use]
pub fn standing(
    days: &[AirDay],
    law: &YearLaw<'_>,
    year: ReportPeriod,
    on: NaiveDate,
    target: &Target,
) -> Option<Standing> {
    if on < year.first() || year.last() < on {
        return None;
    }
    let within: Vec<AirDay> =
        days.iter().copied().filter(|day| year.first() <= day.day && day.day <= on).collect();
    let count = |from: NaiveDate, to: NaiveDate| u32::try_from(span(from, to).count()).unwrap_or(u32::MAX);
    let passed = count(year.first(), on);
    let left = count(year.first(), year.last()).saturating_sub(passed);
    let counts = law.counts(&within).unwrap_or_default();
    let used = used_values(law, &within, target.kind);
    let valid = match &used {
        Some(values) => u32::try_from(values.len()).unwrap_or(u32::MAX),
        None => counts.valid,
    };
    let last_year = law.figure(days, year.year_before(), year.year_before().last(), target.kind.of_year());
    let figure = law.figure(days, year, on, target.kind);
    let room = if left == 0 {
        None
    } else {
        match target.kind {
            TargetKind::Item(_) | TargetKind::Fall(_) => {
                used.and_then(|values| rest_mean(law, target, &values, last_year, left)).map(Room::Mean)
            }
            TargetKind::Index => None,
            _ => Some(Room::Days(days_left(target, &counts, left))),
        }
    };
    let verdict = verdict(days, law, year, on, target, &counts, left);
    Some(Standing { target: *target, on, passed, valid, left, figure, last_year, room, verdict })
}

/// Values of the item of a target that take part in its statistic; none for a target of no single item.
fn used_values(law: &YearLaw<'_>, days: &[AirDay], kind: TargetKind) -> Option<Vec<Decimal>> {
    let (TargetKind::Item(item) | TargetKind::Fall(item)) = kind else { return None };
    let place = law.place(item)?;
    let parameter = law.evaluation.items.get(place)?.parameter;
    let used =
        |day: &&AirDay| !law.events.iter().any(|event| event.takes_out(law.evaluation, day.day, parameter));
    Some(days.iter().filter(used).filter_map(|day| day.values.0[place]).collect())
}

fn rest_mean(
    law: &YearLaw<'_>,
    target: &Target,
    values: &[Decimal],
    last_year: Option<Decimal>,
    left: u32,
) -> Option<RestMean> {
    let (TargetKind::Item(item) | TargetKind::Fall(item)) = target.kind else { return None };
    let rule = law.evaluation.items.get(law.place(item)?)?;
    if rule.statistic != PeriodStatistic::Mean {
        return None;
    }
    let step = Decimal::new(1, rule.decimals);
    let (printed, exact) = match target.kind {
        TargetKind::Fall(_) => {
            let before = last_year?;
            let exact = before * (Decimal::ONE - target.value / Decimal::ONE_HUNDRED);
            (
                largest_printed(exact, step, rule.decimals, |now| {
                    percent_change(now, before).is_some_and(|change| target.is_met(change))
                })?,
                exact,
            )
        }
        _ => {
            let met = |now: Decimal| target.is_met(now);
            (largest_printed(target.value, step, rule.decimals, met)?, target.value)
        }
    };
    let sum: Decimal = values.iter().sum();
    let all = Decimal::from(values.len()) + Decimal::from(left);
    let rest = |mean: Decimal| (mean * all - sum) / Decimal::from(left);
    let half = step / Decimal::TWO;
    Some(RestMean {
        published: rest(printed + half),
        inclusive: round_half_even(printed + half, rule.decimals) == printed,
        exact: rest(exact),
    })
}

/// The largest printed figure that keeps a target, near a bound; none where none does.
fn largest_printed(
    bound: Decimal,
    step: Decimal,
    decimals: u32,
    met: impl Fn(Decimal) -> bool,
) -> Option<Decimal> {
    // The change is rounded to 0.1 %, so that figures some steps above the exact bound may still keep it.
    let mut figure = round_half_even(bound * Decimal::new(1002, 3), decimals) + step;
    while figure >= Decimal::ZERO {
        if met(figure) {
            return Some(figure);
        }
        figure -= step;
    }
    None
}

/// The most bad or heavy days among the days left; none where the target is missed with none.
fn days_left(target: &Target, counts: &DayCounts, left: u32) -> Option<u32> {
    let kept = |bad: u32| {
        let (good, heavy) = (counts.good + left - bad, counts.heavy + bad);
        let valid = counts.valid + left;
        let figure = match target.kind {
            TargetKind::GoodDays => Some(good.into()),
            TargetKind::GoodRatio => ratio(good, valid),
            TargetKind::HeavyDays => Some(heavy.into()),
            _ => ratio(heavy, valid),
        };
        figure.is_some_and(|figure| target.is_met(figure))
    };
    (0..=left).rev().find(|bad| kept(*bad))
}

fn verdict(
    days: &[AirDay],
    law: &YearLaw<'_>,
    year: ReportPeriod,
    on: NaiveDate,
    target: &Target,
    counts: &DayCounts,
    left: u32,
) -> Verdict {
    // The cleanest air there can be.
    let clean = span(on, year.last())
        .skip(1)
        .map(|day| AirDay { day, values: Concentrations([Some(Decimal::ZERO); 6]) });
    let best: Vec<AirDay> = days.iter().copied().filter(|day| day.day <= on).chain(clean).collect();
    let met = law.figure(&best, year, year.last(), target.kind).map(|figure| target.is_met(figure));
    let worst_kept = match target.kind {
        TargetKind::Item(_) | TargetKind::Fall(_) | TargetKind::Index => left == 0,
        _ => days_left(target, counts, left) == Some(left),
    };
    match met {
        Some(false) => Verdict::Missed,
        Some(true) if worst_kept => Verdict::Made,
        _ => Verdict::Open,
    }
}

#[cfg(test)]
mod tests {
    use lanbi_model::Parameter;
    use lanbi_model::evaluation::EventKind;

    use super::super::test_air::Law;
    use super::*;
    use crate::air::AirEvent;

    /// Days from the first of a year on with PM2.5 alone; an empty word is a missing day.
    fn days(first: &str, values: &[(&str, usize)]) -> Vec<AirDay> {
        let values = values.iter().flat_map(|(value, times)| std::iter::repeat_n(*value, *times));
        let first: NaiveDate = first.parse().unwrap();
        let day = |(day, value): (NaiveDate, &str)| {
            let mut six = [None; 6];
            six[0] = value.parse().ok();
            AirDay { day, values: Concentrations(six) }
        };
        first.iter_days().zip(values).map(day).collect()
    }

    fn stands(days: &[AirDay], events: &[AirEvent], on: &str, kind: TargetKind, value: &str) -> Standing {
        let target = Target { kind, value: value.parse().unwrap() };
        let on: NaiveDate = on.parse().unwrap();
        let year = on.to_string()[..4].parse().unwrap();
        let law = Law::new();
        standing(days, &law.of_year(&|_| Some(&law.aqi), events), year, on, &target).unwrap()
    }

    const PM25: TargetKind = TargetKind::Item(Parameter::Pm25);

    fn mean(standing: &Standing) -> (String, bool, String) {
        let Some(Room::Mean(rest)) = standing.room else { panic!("{standing:?}") };
        let text = |value: Decimal| round_half_even(value, 4).normalize().to_string();
        (text(rest.published), rest.inclusive, text(rest.exact))
    }

    #[test]
    fn the_mean_left_is_what_the_published_one_leaves() {
        // 181 days of 40 in 2022; 184 left. (35.5·365 - 7240) / 184 = 31.0734, (35·365 - 7240) / 184 = 30.0815.
        let half = days("2022-01-01", &[("40", 181)]);
        let got = stands(&half, &[], "2022-06-30", PM25, "35");
        assert_eq!((got.passed, got.valid, got.left), (181, 181, 184));
        assert_eq!((got.figure, got.verdict), (Some(40.into()), Verdict::Open));
        assert_eq!(mean(&got), ("31.0734".to_owned(), false, "30.0815".to_owned()));
        // 34.5 is rounded to 34: (34.5·365 - 7240) / 184.
        assert!(mean(&stands(&half, &[], "2022-06-30", PM25, "34")).1);
        // A target between two printed figures is that of the lower one: what is printed as 34.
        assert_eq!(mean(&stands(&half, &[], "2022-06-30", PM25, "34.9")).0, "29.0897");
        // A leap year has a day more, and a day without a value is none of the divisor: (35.5·365 - 7240) / 184.
        let leap = days("2024-01-01", &[("40", 180), ("", 1), ("40", 1)]);
        let got = stands(&leap, &[], "2024-06-30", PM25, "35");
        assert_eq!((got.passed, got.valid, got.left), (182, 181, 184));
        assert_eq!(mean(&got).0, "31.0734");
    }

    #[test]
    fn dust_takes_its_day_out_of_the_mean_and_leaves_it_in_the_counts() {
        let some = days("2022-01-01", &[("40", 9), ("900", 1)]);
        let dust = [AirEvent { day: "2022-01-10".parse().unwrap(), kind: EventKind::Dust }];
        let got = stands(&some, &dust, "2022-01-10", PM25, "35");
        assert_eq!((got.figure, got.valid), (Some(40.into()), 9));
        assert_eq!(stands(&some, &dust, "2022-01-10", TargetKind::HeavyDays, "4").figure, Some(1.into()));
    }

    #[test]
    fn a_fall_is_one_of_printed_figures() {
        let mut two = days("2021-01-01", &[("39", 365)]);
        two.extend(days("2022-01-01", &[("38", 31)]));
        let got = stands(&two, &[], "2022-01-31", TargetKind::Fall(Parameter::Pm25), "3");
        assert_eq!((got.figure, got.last_year), (Some("-2.6".parse().unwrap()), Some(39.into())));
        // From 39 to 37 is -5.1 %, to 38 only -2.6 %: the year must be printed as 37, (37.5·365 - 1178) / 334.
        assert_eq!(mean(&got), ("37.4536".to_owned(), false, "37.8142".to_owned()));
        let alone = days("2022-01-01", &[("38", 31)]);
        let got = stands(&alone, &[], "2022-01-31", TargetKind::Fall(Parameter::Pm25), "3");
        assert_eq!((got.figure, got.room, got.verdict), (None, None, Verdict::Open));
    }

    #[test]
    fn days_that_may_still_be_bad_are_counted() {
        // 60 of 90 days good, 5 heavy; 275 left.
        let some = days("2022-01-01", &[("30", 60), ("100", 25), ("160", 5)]);
        let check = |kind, value: &str, figure: &str, room: Option<u32>, verdict| {
            let got = stands(&some, &[], "2022-03-31", kind, value);
            assert_eq!(got.figure, figure.parse().ok(), "{kind:?}");
            assert_eq!((got.room, got.verdict), (Some(Room::Days(room)), verdict), "{kind:?} {value}");
        };
        check(TargetKind::GoodDays, "265", "60", Some(70), Verdict::Open);
        check(TargetKind::GoodDays, "335", "60", Some(0), Verdict::Open);
        check(TargetKind::GoodDays, "336", "60", None, Verdict::Missed);
        check(TargetKind::GoodDays, "60", "60", Some(275), Verdict::Made);
        // 72.6 % of 365: 265 days are 72.60, 264 are 72.33.
        check(TargetKind::GoodRatio, "72.6", "66.7", Some(70), Verdict::Open);
        check(TargetKind::GoodRatio, "91.9", "66.7", None, Verdict::Missed);
        check(TargetKind::GoodRatio, "16.4", "66.7", Some(275), Verdict::Made);
        check(TargetKind::HeavyDays, "8", "5", Some(3), Verdict::Open);
        check(TargetKind::HeavyDays, "5", "5", Some(0), Verdict::Open);
        check(TargetKind::HeavyDays, "4", "5", None, Verdict::Missed);
        check(TargetKind::HeavyDays, "280", "5", Some(275), Verdict::Made);
        // 4 of 365 are 1.1 %, and so is nothing with 5.
        check(TargetKind::HeavyRatio, "1.1", "5.6", None, Verdict::Missed);
        check(TargetKind::HeavyRatio, "1.4", "5.6", Some(0), Verdict::Open);
    }

    #[test]
    fn a_mean_is_missed_when_clean_air_cannot_mend_it_and_made_at_the_end() {
        let check = |values: &[(&str, usize)], on: &str, expected| {
            assert_eq!(stands(&days("2022-01-01", values), &[], on, PM25, "35").verdict, expected, "{on}");
        };
        // 300 days of 43.2 are 12960 = 35.5·365 + 2.5; of 43.19 they are 12957, just below.
        check(&[("43.2", 300)], "2022-10-27", Verdict::Missed);
        check(&[("43.19", 300)], "2022-10-27", Verdict::Open);
        check(&[("10", 364)], "2022-12-30", Verdict::Open);
        check(&[("35.4", 365)], "2022-12-31", Verdict::Made);
        check(&[("35.5", 365)], "2022-12-31", Verdict::Missed);
        check(&[], "2022-01-01", Verdict::Open);
    }

    #[test]
    fn later_days_change_nothing() {
        let year = days("2022-01-01", &[("40", 181), ("400", 184)]);
        let half = days("2022-01-01", &[("40", 181)]);
        for kind in [PM25, TargetKind::GoodDays, TargetKind::HeavyRatio, TargetKind::Index] {
            let of = |days: &[AirDay]| stands(days, &[], "2022-06-30", kind, "35");
            assert_eq!(of(&year), of(&half));
        }
    }
}
