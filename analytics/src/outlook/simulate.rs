//! Courses that the rest of a year may take.
//!
//! Each course is put together from blocks of days of past years at the same place in the calendar, moved by some days at
//! most. A day is taken with all its items, so that what goes together stays together. Each item is scaled by one factor to
//! a level drawn around the expected one (see [`super::level`]): a normal deviate that particles and combustion gases have
//! mostly in common and ozone has for itself, times the spread. Draws come in sets; within a set the factor of the spread
//! and the bias are the same.

use rand::Rng;
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use statrs::distribution::{ChiSquared, ContinuousCDF, Normal};

use super::level::{Level, group, spread_of};
use super::number::float;
use super::series::{Series, Six, years_before};
use super::settings::OutlookSettings;

use chrono::NaiveDate;

/// What courses are drawn from.
pub(super) struct Source<'a> {
    /// All values known, for the grading of days.
    pub(super) known: &'a Series,
    /// The values among them that take part in means and percentiles.
    pub(super) used: &'a Series,
    /// Days of the rest of the year.
    pub(super) rest: &'a [NaiveDate],
    /// Past years to draw from.
    pub(super) years: &'a [PastYear],
    pub(super) level: &'a Level,
    pub(super) settings: &'a OutlookSettings,
}

/// A past year to draw from.
pub(super) struct PastYear {
    /// Places in the series of the same days of its calendar as those of the rest.
    places: Vec<Option<usize>>,
    /// One over the mean of its rest by item.
    scale: Six,
}

impl PastYear {
    /// The year `back` years back, with the logarithm of the mean of its rest.
    pub(super) fn of(known: &Series, rest: &[NaiveDate], back: i32, level: Six) -> Self {
        let place = |day: &NaiveDate| known.place(years_before(*day, back));
        let scale = level.map(|level| level.map(|level| (-level).exp()));
        Self { places: rest.iter().map(place).collect(), scale }
    }

    /// The values of the day beside one of the rest, moved by some days, relative to the mean of the year's rest.
    fn relative(&self, series: &Series, place: usize, shift: isize) -> Six {
        let place = self.places.get(place).copied().flatten().and_then(|at| at.checked_add_signed(shift));
        let Some(values) = place.and_then(|at| series.days.get(at)) else { return [None; 6] };
        std::array::from_fn(|item| Some(values[item]? * self.scale[item]?))
    }
}

/// One day of a course: all values, and those that take part in means.
pub(super) type DrawnDay = (Six, Six);

impl Source<'_> {
    /// Draws all courses and hands each to `take` with the number of its set.
    pub(super) fn draw(&self, mut take: impl FnMut(usize, &[DrawnDay])) {
        let mut rng = ChaCha8Rng::seed_from_u64(self.settings.seed);
        let number = |count: u32| usize::try_from(count).unwrap_or(1).max(1);
        let sets = number(self.settings.parameter_draws);
        let each = number(self.settings.draws).div_ceil(sets);
        let mut course = vec![([None; 6], [None; 6]); self.rest.len()];
        for set in 0..sets {
            let groups = [0, 1].map(|group| self.draw_group(group, &mut rng));
            let mut strata: Vec<usize> = (0..each).collect();
            for place in (1..each).rev() {
                strata.swap(place, rng.random_range(0..=place));
            }
            for stratum in strata {
                // The deviate in common is spread evenly over its distribution, so that few draws of a set do.
                let common = normal((float(stratum) + rng.random::<f64>()) / float(each));
                self.fill(&mut course, &mut rng);
                self.scale(&mut course, &groups, common, &mut rng);
                take(set, &course);
            }
        }
    }

    /// Factor of the spread and bias in spreads for a group.
    fn draw_group(&self, group: usize, rng: &mut ChaCha8Rng) -> (f64, f64) {
        let years = self.level.years[group];
        let chi = ChiSquared::new(years).map_or(years, |chi| chi.inverse_cdf(share(rng)));
        let factor = (self.level.factor_square[group] * years / chi.max(f64::MIN_POSITIVE)).sqrt();
        let bias = factor * normal(share(rng)) / years.sqrt();
        // What is bias within a set is not scatter within it.
        (factor * (1.0 - 1.0 / years).max(0.0).sqrt(), bias)
    }

    /// Puts a course together from past years, relative to the level of their rest.
    fn fill(&self, course: &mut [DrawnDay], rng: &mut ChaCha8Rng) {
        let block = usize::try_from(self.settings.block_days).unwrap_or(1).max(1);
        let jitter_days = i64::from(self.settings.jitter_days);
        let mut place = 0;
        while place < course.len() {
            // Blocks do not always begin on the same days.
            let length = if place == 0 { rng.random_range(1..=block) } else { block };
            let year = &self.years[rng.random_range(0..self.years.len())];
            let shift = isize::try_from(rng.random_range(-jitter_days..=jitter_days)).unwrap_or(0);
            let until = (place + length).min(course.len());
            for (at, drawn) in course.iter_mut().enumerate().take(until).skip(place) {
                *drawn = (year.relative(self.known, at, shift), year.relative(self.used, at, shift));
            }
            place = until;
        }
    }

    /// Scales each item of a course so that its mean is the drawn level.
    fn scale(&self, course: &mut [DrawnDay], groups: &[(f64, f64); 2], common: f64, rng: &mut ChaCha8Rng) {
        let ozone = normal(share(rng));
        let factors: Six = std::array::from_fn(|item| {
            let own = normal(share(rng));
            let (spread, bias) = groups[group(item)];
            let shared = spread_of(self.settings, item).shared;
            let of_group = if group(item) == 0 { common } else { ozone };
            let deviate = shared.sqrt() * of_group + (1.0 - shared).sqrt() * own;
            let target = self.level.expected[item]? + self.level.spread[item] * (bias + spread * deviate);
            let (sum, count) = course
                .iter()
                .filter_map(|(_, used)| used[item])
                .fold((0.0, 0_usize), |(sum, count), value| (sum + value, count + 1));
            (sum > 0.0).then(|| target.exp() * float(count) / sum)
        });
        for (all, used) in course {
            for item in 0..6 {
                let scaled = |value: Option<f64>| Some(value? * factors[item]?);
                (all[item], used[item]) = (scaled(all[item]), scaled(used[item]));
            }
        }
    }
}

/// A number between 0 and 1, neither included.
fn share(rng: &mut ChaCha8Rng) -> f64 {
    rng.random::<f64>().clamp(1e-12, 1.0 - 1e-12)
}

/// The standard normal deviate below which a share lies.
fn normal(share: f64) -> f64 {
    Normal::standard().inverse_cdf(share.clamp(1e-12, 1.0 - 1e-12))
}
