//! 年度目标展望: how probable it is that a year keeps its targets, seen from one of its days.
//!
//! The days up to then are as measured. The rest is drawn many times from past years (see [`super::simulate`]) around the
//! level that the last year, the present change and the trend suggest (see [`super::level`]); each course gives the figure of
//! the year as it would be published, with every day graded by its own edition.
//!
//! What is assumed: the rest of the year is like that of the last one but for a part of the present change and of the trend;
//! its weather is weather that was, in any mixture; nothing is known of the days to come. The constants are fitted on Tianjin
//! 2014-2021 (see [`super::settings`]) and give way to the place's own errors as its history grows. A measure taken this year
//! is seen only when it shows in the trailing days: the autumn of 2017 in Tianjin came out far better than any past day could
//! tell.
//!
//! The interval of a probability says how far it would move if the spread and the bias of the level were known, which from
//! few years they are not. It does not cover what was never seen, such as a spring without traffic.

use chrono::NaiveDate;
use lanbi_model::{Parameter, ReportPeriod, decimal};

use super::number::{Quantiles, float, quantile};
use super::paths::{Drawn, Paths};
use super::settings::OutlookSettings;
use super::standing::{Standing, Verdict, standing};
use super::target::YearLaw;
use crate::air::AirDay;
use lanbi_model::target::{Target, TargetKind};

/// A target seen from a day.
#[derive(Clone, Debug, PartialEq)]
pub struct Outlook {
    /// What is certain.
    pub standing: Standing,
    /// What is probable, or why that cannot be said.
    pub chance: Result<Chance, Lacking>,
}

/// How probable it is that a target is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Chance {
    /// Probability; 0 or 1 only where it is certain.
    pub probability: f64,
    /// The probability is at least this, with a probability of about 90 %.
    pub low: f64,
    /// The probability is at most this, with a probability of about 90 %.
    pub high: f64,
    /// The year's final figure, as published; a fall is less than zero.
    pub figure: Quantiles,
    /// The figure so far on days to come, up to the year's end.
    pub fan: Vec<FanPoint>,
    /// Full past years it rests on.
    pub years: usize,
}

/// The figure so far on a day to come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FanPoint {
    /// Day.
    pub day: NaiveDate,
    /// The figure at its end; for a fall, the change against the same days of the last year.
    pub figure: Quantiles,
}

/// Why there is no probability.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lacking {
    /// Too few full years before this one.
    Years {
        /// Years there are.
        have: usize,
        /// Years needed.
        needed: u32,
    },
    /// The same days of the last year have too few values of an item that the figure needs.
    LastYear(Parameter),
    /// No edition of HJ 633 for a day to come.
    Edition(NaiveDate),
    /// The courses give no figure, for example a fall without a last year.
    Figure,
}

/// The outlook at the end of the day `on` for each of some targets, from days up to then and none later. None where `on` lies
/// outside the year.
#[must_use]
pub fn outlook(
    days: &[AirDay],
    law: &YearLaw<'_>,
    year: ReportPeriod,
    on: NaiveDate,
    targets: &[Target],
    settings: &OutlookSettings,
) -> Option<Vec<Outlook>> {
    outlook_from(days, law, year, on, targets, settings, |day| day <= on)
}

/// As [`outlook`], from the days that `known` lets through.
pub(super) fn outlook_from(
    days: &[AirDay],
    law: &YearLaw<'_>,
    year: ReportPeriod,
    on: NaiveDate,
    targets: &[Target],
    settings: &OutlookSettings,
    known: impl Fn(NaiveDate) -> bool,
) -> Option<Vec<Outlook>> {
    let stand = |target: &Target| standing(days, law, year, on, target);
    let standings: Vec<Standing> = targets.iter().map(stand).collect::<Option<_>>()?;
    let known: Vec<AirDay> = days.iter().copied().filter(|day| known(day.day)).collect();
    let paths = Paths::draw(&known, law, year, on, &kinds(targets), settings);
    let outlook = |standing: Standing| {
        let chance = match &paths {
            Ok(paths) => chance(paths, law, &standing),
            Err(lacking) => Err(*lacking),
        };
        Outlook { standing, chance }
    };
    Some(standings.into_iter().map(outlook).collect())
}

/// The kinds of some targets, each once.
fn kinds(targets: &[Target]) -> Vec<TargetKind> {
    let mut kinds: Vec<TargetKind> = Vec::new();
    for target in targets {
        if !kinds.contains(&target.kind) {
            kinds.push(target.kind);
        }
    }
    kinds
}

/// What the courses say about one target.
fn chance(paths: &Paths, law: &YearLaw<'_>, standing: &Standing) -> Result<Chance, Lacking> {
    let target = &standing.target;
    let needs = |item: usize| match target.kind {
        TargetKind::Item(parameter) | TargetKind::Fall(parameter) => law.place(parameter) == Some(item),
        TargetKind::Index => true,
        _ => true,
    };
    if let Some(item) = paths.unknown.iter().find(|item| needs(**item) && standing.left > 0) {
        return Err(Lacking::LastYear(Parameter::AQI[*item]));
    }
    let certain = match standing.verdict {
        Verdict::Open => None,
        Verdict::Made => Some(1.0),
        Verdict::Missed => Some(0.0),
    };
    let figures = paths.figures.iter().find(|figures| figures.kind == target.kind);
    let figures = figures.map(|figures| &figures.drawn).ok_or(Lacking::Figure)?;
    let quantiles = |figures: &Vec<Drawn>| Quantiles::of(figures.iter().map(|(_, figure)| *figure).collect());
    let fan = paths.points.iter().zip(figures);
    let fan: Vec<FanPoint> =
        fan.filter_map(|(day, figures)| Some(FanPoint { day: *day, figure: quantiles(figures)? })).collect();
    let (figure, spread) = match figures.last() {
        Some(last) => (quantiles(last).ok_or(Lacking::Figure)?, probability(last, target)),
        // The year is over.
        None => {
            let figure = standing.figure.map(decimal::to_f64).ok_or(Lacking::Figure)?;
            (Quantiles([figure; 7]), None)
        }
    };
    let (probability, low, high) = match (certain, spread) {
        (Some(certain), _) => (certain, certain, certain),
        (None, Some(spread)) => spread,
        (None, None) => return Err(Lacking::Figure),
    };
    Ok(Chance { probability, low, high, figure, fan, years: paths.years })
}

/// Probability of a target with its interval, from figures by set; none of no figures.
fn probability(figures: &[Drawn], target: &Target) -> Option<(f64, f64, f64)> {
    let sets = figures.iter().map(|(set, _)| set + 1).max()?;
    let mut shares = vec![(0_usize, 0_usize); sets];
    for (set, figure) in figures {
        let met = decimal::from_f64(*figure).is_some_and(|figure| target.is_met(figure));
        shares[*set].0 += usize::from(met);
        shares[*set].1 += 1;
    }
    let met: usize = shares.iter().map(|(met, _)| met).sum();
    // A half more on either side: draws make nothing certain.
    let probability = (float(met) + 0.5) / (float(figures.len()) + 1.0);
    let mut shares: Vec<f64> =
        shares.iter().filter(|(_, all)| *all > 0).map(|(met, all)| float(*met) / float(*all)).collect();
    shares.sort_unstable_by(f64::total_cmp);
    let (low, high) = (quantile(&shares, 0.1)?, quantile(&shares, 0.9)?);
    Some((probability, low.min(probability), high.max(probability)))
}

#[cfg(test)]
mod tests {
    use lanbi_model::Decimal;

    use super::super::test_air::{Law, days_of_years};
    use super::*;
    use crate::air::Concentrations;

    const PM25: TargetKind = TargetKind::Item(Parameter::Pm25);

    fn seen(days: &[AirDay], on: &str, targets: &[(TargetKind, &str)]) -> Vec<Outlook> {
        let target =
            |(kind, value): &(TargetKind, &str)| Target { kind: *kind, value: value.parse().unwrap() };
        let targets: Vec<Target> = targets.iter().map(target).collect();
        let settings = OutlookSettings { draws: 300, parameter_draws: 10, ..OutlookSettings::default() };
        let (year, on) = (on[..4].parse().unwrap(), on.parse().unwrap());
        let law = Law::new();
        outlook(days, &law.of_year(&|_| Some(&law.aqi), &[]), year, on, &targets, &settings).unwrap()
    }

    fn chance(outlook: &Outlook) -> &Chance {
        outlook.chance.as_ref().unwrap()
    }

    const TARGETS: [(TargetKind, &str); 7] = [
        (PM25, "50"),
        (TargetKind::Fall(Parameter::Pm25), "3"),
        (TargetKind::Index, "5.5"),
        (TargetKind::GoodDays, "265"),
        (TargetKind::GoodRatio, "72.6"),
        (TargetKind::HeavyDays, "20"),
        (TargetKind::HeavyRatio, "5"),
    ];

    #[test]
    fn nothing_after_the_day_is_seen_and_the_same_days_give_the_same_answer() {
        let mut days = days_of_years(2017, 4);
        let before = seen(&days, "2020-05-31", &TARGETS);
        assert_eq!(seen(&days, "2020-05-31", &TARGETS), before);
        for day in days.iter_mut().filter(|day| day.day > "2020-05-31".parse().unwrap()) {
            day.values = Concentrations([Some(Decimal::from(400)); 6]);
        }
        assert_eq!(seen(&days, "2020-05-31", &TARGETS), before);
        for outlook in &before {
            let chance = chance(outlook);
            assert_eq!(chance.years, 3);
            assert!(0.0 < chance.low || chance.probability < 1.0);
            assert!(chance.low <= chance.probability && chance.probability <= chance.high);
            assert!(chance.figure.0.is_sorted());
            let last = chance.fan.last().unwrap();
            assert_eq!((last.day.to_string(), last.figure), ("2020-12-31".to_owned(), chance.figure));
            assert_eq!(chance.fan[0].day.to_string(), "2020-06-10");
        }
    }

    #[test]
    fn a_stricter_target_is_less_probable() {
        let days = days_of_years(2017, 4);
        let seen = seen(&days, "2020-03-31", &[(PM25, "40"), (PM25, "47"), (PM25, "60")]);
        let p: Vec<f64> = seen.iter().map(|outlook| chance(outlook).probability).collect();
        assert!(p[0] < p[1] && p[1] < p[2], "{p:?}");
        assert!(p[0] > 0.0 && p[2] < 1.0, "nothing is certain in March: {p:?}");
    }

    #[test]
    fn what_is_certain_has_a_probability_of_one_or_none() {
        let mut days = days_of_years(2017, 4);
        for day in days.iter_mut().filter(|day| day.day >= "2020-01-01".parse().unwrap()) {
            day.values.0[0] = Some(Decimal::from(200));
        }
        let check = |on: &str, kind, value: &str, expected: f64| {
            let seen = seen(&days, on, &[(kind, value)]);
            let Chance { probability, low, high, .. } = *chance(&seen[0]);
            assert_eq!([probability, low, high], [expected; 3], "{kind:?} {value}");
        };
        // 182 days of 200 are 99 a day over the year.
        check("2020-06-30", PM25, "35", 0.0);
        check("2020-06-30", TargetKind::HeavyDays, "181", 0.0);
        check("2020-06-30", TargetKind::GoodDays, "0", 1.0);
        check("2020-06-30", TargetKind::HeavyDays, "366", 1.0);
        check("2020-12-31", PM25, "200", 1.0);
        check("2020-12-31", PM25, "199", 0.0);
    }

    #[test]
    fn too_few_years_are_refused_with_their_number() {
        let days = days_of_years(2019, 2);
        let seen = seen(&days, "2020-05-31", &[(PM25, "35")]);
        assert_eq!(seen[0].chance, Err(Lacking::Years { have: 1, needed: 2 }));
        assert_eq!((seen[0].standing.passed, seen[0].standing.left), (152, 214));
    }

    #[test]
    fn an_item_without_a_last_year_is_named() {
        let mut days = days_of_years(2017, 4);
        for day in days.iter_mut().filter(|day| day.day.to_string().starts_with("2019")) {
            day.values.0[3] = None;
        }
        let seen = seen(&days, "2020-05-31", &TARGETS);
        assert!(seen[0].chance.is_ok(), "PM2.5 does not need it");
        for index in [2, 3, 5] {
            assert_eq!(seen[index].chance, Err(Lacking::LastYear(Parameter::No2)));
        }
    }

    #[test]
    fn an_item_that_is_not_measured_keeps_no_days_from_being_counted() {
        let mut days = days_of_years(2017, 4);
        for day in &mut days {
            day.values.0[3] = None;
        }
        let seen = seen(&days, "2020-05-31", &TARGETS);
        assert!(seen[3].chance.is_ok() && seen[5].chance.is_ok());
        assert!(seen[2].chance.is_err(), "the composite index needs all six");
    }

    #[test]
    fn a_year_ends_where_its_courses_end() {
        let days = days_of_years(2017, 4);
        let targets = [(PM25, "47"), (TargetKind::GoodRatio, "72.6")];
        let (last, end) = (seen(&days, "2020-12-30", &targets), seen(&days, "2020-12-31", &targets));
        for (last, end) in last.iter().zip(&end) {
            let (last, end) = (chance(last), chance(end));
            assert!((last.figure.median() - end.figure.median()).abs() <= 0.5, "{last:?} {end:?}");
            assert!(end.fan.is_empty() && end.figure.0.iter().all(|figure| *figure == end.figure.0[0]));
        }
    }
}
