//! Load of an outlet or a river: Σ C·Q over stretches of time that have both (permit accounting formula).
//!
//! mg/L × m³ = g. Nothing is filled: a stretch without flow or without concentration carries no load and lowers the coverage
//! printed beside it. All sums are exact.

use lanbi_model::Decimal;

/// Grams in a kilogram.
const GRAMS: Decimal = Decimal::ONE_THOUSAND;

/// What has been added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoadSum {
    grams: Decimal,
    water: Decimal,
    seconds: Decimal,
    stretches: u32,
}

impl LoadSum {
    /// Adds a stretch of `seconds` in which `water` m³ ran with `concentration` mg/L. None, and nothing added, where a sum does
    /// not fit a decimal.
    pub fn add(&mut self, concentration: Decimal, water: Decimal, seconds: Decimal) -> Option<()> {
        *self = Self {
            grams: self.grams.checked_add(concentration.checked_mul(water)?)?,
            water: self.water.checked_add(water)?,
            seconds: self.seconds.checked_add(seconds)?,
            stretches: self.stretches.checked_add(1)?,
        };
        Some(())
    }

    /// Adds what another sum holds. None, and nothing added, where a sum does not fit a decimal.
    pub fn join(&mut self, other: &Self) -> Option<()> {
        *self = Self {
            grams: self.grams.checked_add(other.grams)?,
            water: self.water.checked_add(other.water)?,
            seconds: self.seconds.checked_add(other.seconds)?,
            stretches: self.stretches.checked_add(other.stretches)?,
        };
        Some(())
    }

    /// Stretches added.
    #[must_use]
    pub const fn stretches(&self) -> u32 {
        self.stretches
    }

    /// Load in kg; none without a stretch.
    #[must_use]
    pub fn load_kg(&self) -> Option<Decimal> {
        (self.stretches > 0).then(|| self.grams / GRAMS)
    }

    /// Water of the stretches in m³; none without one.
    #[must_use]
    pub fn water_m3(&self) -> Option<Decimal> {
        (self.stretches > 0).then_some(self.water)
    }

    /// Σ C·Q / Σ Q in mg/L; none where no water ran, or as much back as forth.
    #[must_use]
    pub fn flow_weighted(&self) -> Option<Decimal> {
        self.grams.checked_div(self.water)
    }

    /// Share of a period of `seconds` that the stretches cover, 0 to 1.
    #[must_use]
    pub fn coverage(&self, seconds: Decimal) -> Decimal {
        self.seconds.checked_div(seconds).unwrap_or(Decimal::ZERO).clamp(Decimal::ZERO, Decimal::ONE)
    }
}

#[cfg(test)]
mod tests {
    use lanbi_model::decimal::round_half_even;

    use super::*;

    fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn sum(stretches: &[(&str, &str, &str)]) -> LoadSum {
        let mut sum = LoadSum::default();
        for (concentration, water, seconds) in stretches {
            sum.add(dec(concentration), dec(water), dec(seconds)).unwrap();
        }
        sum
    }

    #[test]
    fn water_weighs_and_time_covers() {
        let day = sum(&[
            ("28.5", "410", "3600"),
            ("31.2", "395", "3600"),
            ("26.0", "430", "3600"),
            ("35.4", "380", "3600"),
        ]);
        assert_eq!(day.load_kg(), Some(dec("48.641")));
        assert_eq!(day.water_m3(), Some(dec("1615")));
        assert_eq!(day.flow_weighted().map(|c| round_half_even(c, 4)), Some(dec("30.1183")));
        assert_eq!(day.coverage(dec("86400")), Decimal::from(4) / Decimal::from(24));
        assert_eq!(day.coverage(dec("3600")), Decimal::ONE);
    }

    #[test]
    fn sums_of_parts_are_the_sum_of_the_whole() {
        let parts = [("28.5", "410", "3600"), ("31.2", "395", "3600"), ("26.0", "430", "1800")];
        let mut joined = sum(&parts[..1]);
        joined.join(&sum(&parts[1..])).unwrap();
        assert_eq!(joined, sum(&parts));
        let mut full = sum(&[("1", "1", "1")]);
        let before = full;
        let other = LoadSum { grams: Decimal::MAX, ..before };
        assert_eq!(full.join(&other), None);
        assert_eq!(full, before, "what does not fit changes nothing");
    }

    #[test]
    fn nothing_measured_is_no_load_and_no_water_is_no_mean() {
        let none = LoadSum::default();
        let nothing = (none.load_kg(), none.water_m3(), none.flow_weighted(), none.coverage(dec("10")));
        assert_eq!(nothing, (None, None, None, Decimal::ZERO));
        let dry = sum(&[("30", "0", "3600")]);
        assert_eq!((dry.load_kg(), dry.flow_weighted()), (Some(Decimal::ZERO), None));
        let mut full = LoadSum::default();
        assert_eq!(full.add(Decimal::MAX, Decimal::TWO, Decimal::ONE), None);
        assert_eq!(full, LoadSum::default(), "what does not fit changes nothing");
    }
}
