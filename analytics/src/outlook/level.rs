//! The level of the rest of a year: the logarithm of an item's mean over the days left.
//!
//! It is taken to be that of the same days of the last year, plus a part (`carry`) of the present change, which is the mean
//! of the trailing days against the same days of the last year; what is not carried is taken to go on changing by a part
//! (`trend`) of the mean yearly change of the same rest over the past years, less where only few changes are known.
//!
//! How wrong that is: the spread of [`GroupSpread`], times a factor that is known from few years. Its square has a scaled
//! inverse chi-square distribution, with the past errors of the place itself (the same formula in past years) added to the
//! prior as so many years; all items of a group share it. A group may also be wrong to one side by an unknown bias. Both are
//! drawn anew for each set of draws, which makes probabilities honest about what a few years can tell.

use chrono::NaiveDate;
use lanbi_model::{Parameter, ReportPeriod};

use super::number::{float, mean};
use super::series::{Series, Six, moved, span, years_before};
use super::settings::{GroupSpread, OutlookSettings};

/// Share of the days of a stretch that must have a value for its mean to count.
const HALF: f64 = 0.5;

/// Place of ozone in [`Parameter::AQI`].
const OZONE: usize = 5;

/// What is expected of the days after `on` in a year.
pub(super) struct Level {
    /// Expected logarithm of the mean by item; none where the same days of the last year have no values.
    pub(super) expected: Six,
    /// Its spread before the factor.
    pub(super) spread: [f64; 6],
    /// Years behind the factor by group, prior included.
    pub(super) years: [f64; 2],
    /// Mean square of errors over spreads by group, prior included.
    pub(super) factor_square: [f64; 2],
}

/// The group of an item: 0 for particles and combustion gases, 1 for ozone.
pub(super) const fn group(item: usize) -> usize {
    if item == OZONE { 1 } else { 0 }
}

/// The spread of the group of an item.
pub(super) const fn spread_of(settings: &OutlookSettings, item: usize) -> &GroupSpread {
    if item == OZONE { &settings.ozone } else { &settings.combustion }
}

/// Means of stretches of the year and of the same days of other years, counted back from the year.
pub(super) struct Stretches<'a> {
    pub(super) known: &'a Series,
    pub(super) year: ReportPeriod,
    pub(super) on: NaiveDate,
    /// Other full years with values, in years back; less than zero is later.
    pub(super) years: &'a [i32],
    pub(super) recent_days: u32,
}

impl Stretches<'_> {
    /// Logarithm of the mean of the rest of another year.
    pub(super) fn rest(&self, back: i32, item: usize) -> Option<f64> {
        if !self.years.contains(&back) {
            return None;
        }
        self.log_mean(moved(self.on, 1), self.year.last(), back, item)
    }

    fn recent(&self, back: i32, item: usize) -> Option<f64> {
        self.log_mean(moved(self.on, 1 - i64::from(self.recent_days)), self.on, back, item)
    }

    fn log_mean(&self, from: NaiveDate, to: NaiveDate, back: i32, item: usize) -> Option<f64> {
        let stretch = || span(years_before(from, back), years_before(to, back));
        let values = || stretch().filter_map(|day| self.known.get(day)[item]);
        let enough = float(values().count()) >= HALF * float(stretch().count());
        mean(values()).filter(|mean| enough && *mean > 0.0).map(f64::ln)
    }

    /// What the formula gives for the rest of the year `back` years back, from what other years show.
    fn expected(&self, back: i32, item: usize, spread: &GroupSpread) -> Option<f64> {
        let last = self.rest(back + 1, item)?;
        let change = self.recent(back, item).zip(self.recent(back + 1, item)).map(|(now, then)| now - then);
        // Changes of the years before; in a test that leaves a year out, of all pairs of other years.
        let pairs = self.years.iter().filter(|year| if back == 0 { **year != 0 } else { **year > back });
        let changes = pairs.filter_map(|year| Some(self.rest(*year, item)? - self.rest(year + 1, item)?));
        let (sum, count) = changes.fold((0.0, 0.0), |(sum, count), change| (sum + change, count + 1.0));
        let trend = if count > 0.0 { sum / (count + spread.trend_prior) } else { 0.0 };
        let carried = spread.carry * change.unwrap_or(0.0);
        Some(last + carried + (1.0 - spread.carry) * spread.trend * trend)
    }

    /// The level of the rest of the year.
    pub(super) fn level(&self, settings: &OutlookSettings) -> Level {
        let left = span(self.on, self.year.last()).skip(1).count();
        let items = 0..Parameter::AQI.len();
        let spread = std::array::from_fn(|item| {
            let group = spread_of(settings, item);
            (group.drift.powi(2) + group.weather.powi(2) / (float(left) + group.memory)).sqrt()
        });
        let mut years = [settings.prior_years; 2];
        let mut sums = [settings.prior_years; 2];
        for back in self.years {
            for group in [0, 1] {
                let errors = items.clone().filter(|item| self::group(*item) == group).filter_map(|item| {
                    let expected = self.expected(*back, item, spread_of(settings, item))?;
                    Some(((self.rest(*back, item)? - expected) / spread[item]).powi(2))
                });
                if let Some(square) = mean(errors) {
                    years[group] += 1.0;
                    sums[group] += square;
                }
            }
        }
        Level {
            expected: std::array::from_fn(|item| self.expected(0, item, spread_of(settings, item))),
            spread,
            years,
            factor_square: [sums[0] / years[0], sums[1] / years[1]],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_air::days_of_years;
    use super::*;

    fn level(change: impl Fn(NaiveDate) -> f64, years: &[i32]) -> Level {
        let mut known = Series::of(&days_of_years(2016, 5), |day| day <= "2020-06-30".parse().unwrap());
        let first = known.first;
        for (place, day) in known.days.iter_mut().enumerate() {
            let date = moved(first, i64::try_from(place).unwrap());
            *day = [Some(change(date)); 6];
        }
        let year = "2020".parse().unwrap();
        let on = "2020-06-30".parse().unwrap();
        let settings = OutlookSettings::default();
        Stretches { known: &known, year, on, years, recent_days: 90 }.level(&settings)
    }

    fn check(what: &str, level: &Level, item: usize, expected: f64) {
        let got = level.expected[item].unwrap().exp();
        assert!((got - expected).abs() < 1e-9, "{what}: {got}, not {expected}");
    }

    #[test]
    fn the_last_year_the_present_change_and_the_trend_make_the_level() {
        use chrono::Datelike;
        let even = level(|_| 50.0, &[1, 2, 3, 4]);
        check("no change", &even, 0, 50.0);
        // Half as much this spring: 0.4 of the change is carried for particles, 0.45 for ozone.
        let spring = level(|day| if day.year() == 2020 { 25.0 } else { 50.0 }, &[1, 2, 3, 4]);
        check("carried", &spring, 0, 50.0 * 0.5_f64.powf(0.4));
        check("carried", &spring, 5, 50.0 * 0.5_f64.powf(0.45));
        // A tenth less each year: 0.4 of it is carried, and of the rest 3 parts of 4, as 3 changes are known.
        let falling = level(|day| 50.0 * 0.9_f64.powi(day.year() - 2016), &[1, 2, 3, 4]);
        check("trend", &falling, 0, 50.0 * 0.9_f64.powf(3.0 + 0.4 + 0.6 * 0.75));
        assert!(level(|_| 50.0, &[2, 3]).expected[0].is_none(), "the last year is not there");
    }

    #[test]
    fn past_errors_widen_or_narrow_the_spread() {
        use chrono::Datelike;
        let even = level(|_| 50.0, &[1, 2, 3, 4]);
        // Errors of 3 of the 4 years are known and nil; the prior counts for 5.
        assert_eq!(even.years, [8.0; 2]);
        assert!((even.factor_square[0] - 5.0 / 8.0).abs() < 1e-9);
        let wild = level(|day| if day.year() % 2 == 0 { 25.0 } else { 50.0 }, &[1, 2, 3, 4]);
        assert!(wild.factor_square[0] > 1.0, "{}", wild.factor_square[0]);
    }
}
