//! Whether probabilities and intervals keep their word: of what was given 70 %, seven in ten should have come.
//!
//! Trials of one year share that year, so they are far from independent: some hundred of them from six years tell little more
//! than six years can.

use std::collections::BTreeMap;

use super::number::{float, mean, whole};
use super::target_score::{ThresholdTrial, Trial};

/// Bins of a reliability table.
const BINS: usize = 10;

/// Targets whose probability lies in a bin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// Least probability.
    pub from: f64,
    /// Largest probability; it belongs to the next bin but for the last one.
    pub to: f64,
    /// Targets.
    pub count: usize,
    /// Mean probability.
    pub predicted: f64,
    /// Share that was kept.
    pub observed: f64,
}

/// Probabilities against what came.
#[derive(Clone, Debug, PartialEq)]
pub struct Reliability {
    /// Bins of a tenth, those without a target left out.
    pub bins: Vec<Bin>,
    /// Targets.
    pub count: usize,
    /// Mean probability.
    pub predicted: f64,
    /// Share that was kept.
    pub observed: f64,
    /// Mean square of probability less outcome (Brier score).
    pub brier: f64,
    /// That of the constant probability that is best in hindsight: the share that was kept.
    pub brier_base: f64,
}

/// How often the final figure lay within what was seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coverage {
    /// Trials.
    pub count: usize,
    /// Share within the middle 50 %.
    pub middle_50: f64,
    /// Share within the middle 80 %.
    pub middle_80: f64,
    /// Share within the middle 90 %.
    pub middle_90: f64,
}

/// How far off the median was, seen from one month.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OriginError {
    /// Month of the year, from 1, at whose end it was seen.
    pub month: u32,
    /// Trials.
    pub count: usize,
    /// Mean absolute error of the median in percent of the last year's figure.
    pub mae_percent: f64,
    /// That of the last year's figure itself.
    pub mae_percent_last_year: f64,
    /// Mean error of the median in percent; above zero is too high.
    pub bias_percent: f64,
    /// Share within the middle 80 %.
    pub middle_80: f64,
}

/// The reliability of the open targets of some trials; none without one.
#[must_use]
pub fn reliability<'a>(trials: impl IntoIterator<Item = &'a Trial>) -> Option<Reliability> {
    let all: Vec<&ThresholdTrial> = trials.into_iter().flat_map(|trial| &trial.thresholds).collect();
    let outcome = |trial: &ThresholdTrial| f64::from(u8::from(trial.made));
    let predicted = mean(all.iter().map(|trial| trial.probability))?;
    let observed = mean(all.iter().map(|trial| outcome(trial)))?;
    let bin = |place: usize| {
        let of_bin = all.iter().filter(|trial| whole(trial.probability * float(BINS)).min(BINS - 1) == place);
        let of_bin: Vec<_> = of_bin.collect();
        Some(Bin {
            from: float(place) / float(BINS),
            to: float(place + 1) / float(BINS),
            count: of_bin.len(),
            predicted: mean(of_bin.iter().map(|trial| trial.probability))?,
            observed: mean(of_bin.iter().map(|trial| outcome(trial)))?,
        })
    };
    Some(Reliability {
        bins: (0..BINS).filter_map(bin).collect(),
        count: all.len(),
        predicted,
        observed,
        brier: mean(all.iter().map(|trial| (trial.probability - outcome(trial)).powi(2)))?,
        brier_base: observed * (1.0 - observed),
    })
}

/// The coverage of the intervals of some trials; none without one.
#[must_use]
pub fn coverage<'a>(trials: impl IntoIterator<Item = &'a Trial>) -> Option<Coverage> {
    let all: Vec<&Trial> = trials.into_iter().collect();
    let share = |low: usize, high: usize| mean(all.iter().map(|trial| within(trial, low, high)));
    Some(Coverage {
        count: all.len(),
        middle_50: share(2, 4)?,
        middle_80: share(1, 5)?,
        middle_90: share(0, 6)?,
    })
}

/// The errors of the median by month; trials whose last year's figure is zero are passed over.
#[must_use]
pub fn errors_by_origin<'a>(trials: impl IntoIterator<Item = &'a Trial>) -> Vec<OriginError> {
    let mut months: BTreeMap<u32, Vec<&Trial>> = BTreeMap::new();
    for trial in trials.into_iter().filter(|trial| trial.last_year > 0.0) {
        months.entry(trial.month).or_default().push(trial);
    }
    let percent = |trial: &Trial, seen: f64| 100.0 * (seen - trial.came) / trial.last_year;
    let of_month = |(month, trials): (u32, Vec<&Trial>)| {
        let errors = || trials.iter().map(|trial| percent(trial, trial.figure.median()));
        Some(OriginError {
            month,
            count: trials.len(),
            mae_percent: mean(errors().map(f64::abs))?,
            mae_percent_last_year: mean(trials.iter().map(|trial| percent(trial, trial.last_year).abs()))?,
            bias_percent: mean(errors())?,
            middle_80: mean(trials.iter().map(|trial| within(trial, 1, 5)))?,
        })
    };
    months.into_iter().filter_map(of_month).collect()
}

/// 1 where the figure that came lies between two quantiles, both included.
fn within(trial: &Trial, low: usize, high: usize) -> f64 {
    let Trial { figure, came, .. } = trial;
    f64::from(u8::from(figure.0[low] <= *came && *came <= figure.0[high]))
}

#[cfg(test)]
mod tests {
    use super::super::number::Quantiles;
    use super::*;
    use lanbi_model::target::TargetKind;

    fn trial(came: f64, targets: &[(f64, bool)]) -> Trial {
        let day = "2020-01-31".parse().unwrap();
        let threshold = |(probability, made): &(f64, bool)| ThresholdTrial {
            value: 1.into(),
            probability: *probability,
            low: 0.0,
            high: 1.0,
            made: *made,
        };
        Trial {
            kind: TargetKind::Index,
            year: day,
            on: day,
            month: 1,
            figure: Quantiles([5.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0]),
            came,
            last_year: 40.0,
            thresholds: targets.iter().map(threshold).collect(),
        }
    }

    #[test]
    fn probabilities_are_held_against_what_came() {
        let trials = [trial(50.0, &[(0.2, false), (0.25, true)]), trial(50.0, &[(1.0, true), (0.8, false)])];
        let got = reliability(&trials).unwrap();
        assert_eq!((got.count, got.observed, got.brier_base), (4, 0.5, 0.25));
        assert!((got.brier - (0.04 + 0.5625 + 0.0 + 0.64) / 4.0).abs() < 1e-12);
        let bins: Vec<(f64, usize, f64)> = got.bins.iter().map(|b| (b.from, b.count, b.observed)).collect();
        assert_eq!(bins, [(0.2, 2, 0.5), (0.8, 1, 0.0), (0.9, 1, 1.0)]);
        assert_eq!(reliability(&[]), None);
    }

    #[test]
    fn intervals_and_medians_are_held_against_what_came() {
        let trials = [50.0, 80.0, 93.0, 100.0].map(|came| trial(came, &[]));
        let got = coverage(&trials).unwrap();
        assert_eq!((got.middle_50, got.middle_80, got.middle_90), (0.25, 0.5, 0.75));
        let [month] = errors_by_origin(&trials)[..] else { panic!("one month") };
        // Errors 0, 30, 43 and 50 of 40; last year's 10, 40, 53 and 60.
        assert_eq!(
            (month.mae_percent, month.bias_percent, month.mae_percent_last_year),
            (76.875, -76.875, 101.875)
        );
    }
}
