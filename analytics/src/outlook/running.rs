//! Figures of a year while its days are drawn, in binary numbers; the exact ones are those of [`super::target`].

use chrono::NaiveDate;
use lanbi_model::evaluation::PeriodStatistic;
use lanbi_model::standard::{AqiStandard, Editioned as _, Incomplete};
use lanbi_model::{Parameter, decimal};

use super::index_scale::IndexScale;
use super::number::{float, round_at, whole};
use super::series::Six;
use super::target::YearLaw;
use crate::air::{DayCounts, TermRounding};
use lanbi_model::target::TargetKind;

/// Decimals of ratios and changes, as in [`super::target`].
const PERCENT_DECIMALS: u32 = 1;

/// Concentrations that grade a day without its index: the index is above a bound where one item is above its own.
#[derive(Clone, Debug)]
pub(super) struct Grades {
    good: [f64; 6],
    heavy: [f64; 6],
    /// Above this an incomplete day counts; none where any day with an item does.
    incomplete: Option<[f64; 6]>,
    /// Items a day needs to be complete.
    needed: [bool; 6],
}

impl Grades {
    /// None where the edition lacks a level that `law` names.
    pub(super) fn of(law: &YearLaw<'_>, standard: &AqiStandard) -> Option<Self> {
        let scale = IndexScale::of(standard);
        let upto = |level: u8| standard.levels.iter().find(|other| other.level == level)?.upto;
        let at = |index: u32| std::array::from_fn(|item| scale.concentration(item, index));
        Some(Self {
            good: at(upto(law.evaluation.good_level)?),
            heavy: at(upto(law.evaluation.heavy_level.checked_sub(1)?)?),
            incomplete: match standard.incomplete {
                Incomplete::Publish => None,
                Incomplete::OnlyAbove(index) => Some(at(index)),
            },
            needed: Parameter::AQI.map(|item| !law.not_equipped.contains(&item)),
        })
    }

    /// The grades of each of some days; days of one edition share them. None where a day has no edition.
    pub(super) fn of_days(law: &YearLaw<'_>, days: &[NaiveDate]) -> Result<Vec<Self>, NaiveDate> {
        let mut all: Vec<Self> = Vec::with_capacity(days.len());
        let mut edition = None;
        for day in days {
            let standard = (law.aqi)(*day).ok_or(*day)?;
            let same = edition == Some(&standard.edition().id);
            let grades = if same { all.last().cloned() } else { Self::of(law, standard) };
            edition = Some(&standard.edition().id);
            all.push(grades.ok_or(*day)?);
        }
        Ok(all)
    }
}

/// The days of a year so far.
#[derive(Clone, Debug)]
pub(super) struct Running {
    sum: [f64; 6],
    count: [usize; 6],
    /// Values of the items whose statistic is a percentile.
    values: [Vec<f64>; 6],
    valid: usize,
    good: usize,
    heavy: usize,
}

impl Running {
    /// Before the first day.
    pub(super) fn new() -> Self {
        Self {
            sum: [0.0; 6],
            count: [0; 6],
            values: std::array::from_fn(|_| Vec::new()),
            valid: 0,
            good: 0,
            heavy: 0,
        }
    }

    /// Goes back to another state without giving its memory away.
    pub(super) fn reset(&mut self, to: &Self) {
        (self.sum, self.count) = (to.sum, to.count);
        (self.valid, self.good, self.heavy) = (to.valid, to.good, to.heavy);
        for (values, to) in self.values.iter_mut().zip(&to.values) {
            values.clear();
            values.extend_from_slice(to);
        }
    }

    /// Adds values that take part in means and percentiles.
    pub(super) fn add(&mut self, values: &Six, percentiles: &[bool; 6]) {
        for (item, value) in values.iter().enumerate() {
            let Some(value) = value else { continue };
            self.sum[item] += value;
            self.count[item] += 1;
            if percentiles[item] {
                self.values[item].push(*value);
            }
        }
    }

    /// Adds measured days that were counted.
    pub(super) fn add_counts(&mut self, counts: &DayCounts) {
        let number = |days: u32| usize::try_from(days).unwrap_or(usize::MAX);
        self.valid += number(counts.valid);
        self.good += number(counts.good);
        self.heavy += number(counts.heavy);
    }

    /// Grades a day and counts it.
    pub(super) fn count(&mut self, values: &Six, grades: &Grades) {
        let above = |bounds: &[f64; 6]| {
            values.iter().zip(bounds).any(|(value, bound)| value.is_some_and(|value| value > *bound))
        };
        let lacking = values.iter().zip(grades.needed).any(|(value, needed)| needed && value.is_none());
        let any = values.iter().any(Option::is_some);
        let valid = any && (!lacking || grades.incomplete.as_ref().is_none_or(above));
        if valid {
            self.valid += 1;
            self.good += usize::from(!above(&grades.good));
            self.heavy += usize::from(above(&grades.heavy));
        }
    }

    /// The figure so far; for a fall against `last_year`, the item's figure there.
    pub(super) fn figure(
        &self,
        law: &YearLaw<'_>,
        kind: TargetKind,
        last_year: Option<f64>,
        scratch: &mut Vec<f64>,
    ) -> Option<f64> {
        let ratio = |part: usize| {
            (self.valid > 0).then(|| round_at(100.0 * float(part) / float(self.valid), PERCENT_DECIMALS))
        };
        match kind {
            TargetKind::Item(item) => self.item(law, law.place(item)?, scratch),
            TargetKind::Fall(item) => {
                let now = self.item(law, law.place(item)?, scratch)?;
                let before = last_year.filter(|before| *before > 0.0)?;
                Some(round_at(100.0 * (now - before) / before, PERCENT_DECIMALS))
            }
            TargetKind::Index => self.index(law, scratch),
            TargetKind::GoodDays => Some(float(self.good)),
            TargetKind::HeavyDays => Some(float(self.heavy)),
            TargetKind::GoodRatio => ratio(self.good),
            TargetKind::HeavyRatio => ratio(self.heavy),
        }
    }

    fn index(&self, law: &YearLaw<'_>, scratch: &mut Vec<f64>) -> Option<f64> {
        let decimals = law.evaluation.index_decimals;
        let mut sum = 0.0;
        for (place, item) in law.evaluation.items.iter().enumerate() {
            let [_, limit] = law.limits.limits.get(&(item.parameter, item.limit))?;
            let term = self.item(law, place, scratch)? / decimal::to_f64(*limit);
            sum += match law.rounding {
                TermRounding::Terms => round_at(term, decimals),
                TermRounding::Sum => term,
            };
        }
        Some(round_at(sum, decimals))
    }

    fn item(&self, law: &YearLaw<'_>, place: usize, scratch: &mut Vec<f64>) -> Option<f64> {
        let rule = law.evaluation.items.get(place)?;
        let exact = match rule.statistic {
            PeriodStatistic::Mean => {
                (self.count[place] > 0).then(|| self.sum[place] / float(self.count[place]))?
            }
            PeriodStatistic::Percentile(p) => {
                scratch.clear();
                scratch.extend_from_slice(&self.values[place]);
                percentile(scratch, f64::from(p) / 100.0)?
            }
        };
        Some(round_at(exact, rule.decimals))
    }
}

/// The items whose statistic is a percentile.
pub(super) fn percentile_items(law: &YearLaw<'_>) -> [bool; 6] {
    law.evaluation.items.map(|item| matches!(item.statistic, PeriodStatistic::Percentile(_)))
}

/// A percentile of values in any order, linear between neighbours (HJ 663, Annex A); none for no values.
fn percentile(values: &mut [f64], share: f64) -> Option<f64> {
    let place = float(values.len().checked_sub(1)?) * share;
    let (_, low, above) = values.select_nth_unstable_by(whole(place), f64::total_cmp);
    let high = above.iter().copied().min_by(f64::total_cmp).unwrap_or(*low);
    Some(*low + (high - *low) * place.fract())
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use lanbi_model::Decimal;

    use super::super::series::Series;
    use super::super::test_air::{Law, days_of_years};
    use super::*;
    use crate::air::AirDay;

    /// The same figures by the way of drawn days and by the law's own way.
    #[test]
    fn figures_of_drawn_days_are_those_of_measured_ones() {
        let small = Law::new();
        let aqi = |_| Some(&small.aqi);
        let law = small.of_year(&aqi, &[]);
        let mut days: Vec<AirDay> = days_of_years(2019, 2);
        for place in (370..700).step_by(17) {
            days[place].values.0[place % 6] = None;
        }
        let year = "2020".parse().unwrap();
        let upto: NaiveDate = "2020-11-20".parse().unwrap();
        let series =
            Series::of(&days, |day| "2020-01-01".parse::<NaiveDate>().unwrap() <= day && day <= upto);
        let mut running = Running::new();
        let grades = Grades::of(&law, &small.aqi).unwrap();
        for day in &series.days {
            running.add(day, &percentile_items(&law));
            running.count(day, &grades);
        }
        for kind in [
            TargetKind::Item(Parameter::Pm25),
            TargetKind::Item(Parameter::Co),
            TargetKind::Item(Parameter::O3),
            TargetKind::Fall(Parameter::Pm25),
            TargetKind::Index,
            TargetKind::GoodDays,
            TargetKind::GoodRatio,
            TargetKind::HeavyDays,
            TargetKind::HeavyRatio,
        ] {
            let exact = law.figure(&days, year, upto, kind).map(decimal::to_f64).unwrap();
            let before = law.figure(
                &days,
                year.year_before(),
                "2019-11-20".parse().unwrap(),
                TargetKind::Item(Parameter::Pm25),
            );
            let got = running.figure(&law, kind, before.map(decimal::to_f64), &mut Vec::new()).unwrap();
            assert!((got - exact).abs() < 1e-9, "{kind:?}: {got}, not {exact}");
        }
        let counted = law.figure(&days, year, upto, TargetKind::GoodDays);
        assert!(counted.is_some_and(|days| days > Decimal::TEN), "{counted:?}");
    }
}
