//! How wrong forecasts were: each day of the past is forecast from the days before its origin and compared with what came.
//!
//! Strictly causal: a model is fitted on days up to its fit and used for origins after it, so nothing is scored that was
//! fitted on.

use chrono::NaiveDate;
use lanbi_model::standard::AqiStandard;

use super::forecast::Ensemble;
use super::index_scale::IndexScale;
use super::model::{Model, logarithms};
use super::number::float;
use super::series::Series;
use super::settings::ForecastSettings;
use crate::air::{AirDay, AqiTime, assess};

/// Forecasts of one lead against what came. Errors are in units of the index.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeadScore {
    /// Days ahead.
    pub lead: u32,
    /// Days compared.
    pub days: usize,
    /// Mean absolute error.
    pub mae: f64,
    /// That of persistence: the index of the origin.
    pub mae_persistence: f64,
    /// Mean error; above zero is forecast too high.
    pub bias: f64,
    /// Root of the mean square error.
    pub rmse: f64,
    /// Share of days within the 80 % interval, both ends included.
    pub coverage: f64,
    /// Share of days whose level was forecast.
    pub level_hits: f64,
    /// That of persistence.
    pub level_hits_persistence: f64,
}

/// Sums of one lead.
#[derive(Clone, Copy, Default)]
struct Tally {
    days: usize,
    absolute: f64,
    persistence: f64,
    error: f64,
    square: f64,
    within: usize,
    hits: usize,
    persistence_hits: usize,
}

/// Scores the forecasts for the days from `since` on, for 1 to `leads` days ahead, in this order; ends before the first lead
/// without a day to compare. A day takes part where its origin and itself have a published index.
#[must_use]
pub fn forecast_score<'a>(
    days: &[AirDay],
    since: NaiveDate,
    edition: &dyn Fn(NaiveDate) -> Option<&'a AqiStandard>,
    leads: usize,
    settings: &ForecastSettings,
) -> Vec<LeadScore> {
    let logs = logarithms(&Series::of(days, |_| true));
    let mut measured: Vec<Option<(u32, Option<u8>)>> = vec![None; logs.days.len()];
    for AirDay { day, values } in days {
        let Some(standard) = edition(*day) else { continue };
        let day_of = assess(standard, AqiTime::Day, values, &[]);
        if let (Some(aqi), Some(place)) = (day_of.aqi, logs.place(*day)) {
            measured[place] = Some((aqi, day_of.level.map(|level| level.level)));
        }
    }
    let refit = usize::try_from(settings.refit_days).unwrap_or(1).max(1);
    let members = usize::try_from(settings.members).unwrap_or(usize::MAX);
    let mut tallies = vec![Tally::default(); leads];
    let mut model: Option<(usize, Model)> = None;
    let first = logs.place(since).unwrap_or(0).saturating_sub(leads);
    for origin in first..logs.days.len() {
        let Some((today, today_level)) = measured[origin] else { continue };
        if model.as_ref().is_none_or(|(fitted, _)| origin >= fitted + refit) {
            model = Some((origin, Model::fit(&logs, origin + 1, leads, settings)));
        }
        let Some((_, model)) = &model else { continue };
        for (lead, tally) in (1..=leads).zip(&mut tallies) {
            let day = logs.day(origin + lead);
            let Some(&Some((came, came_level))) = measured.get(origin + lead) else { continue };
            let Some(standard) = edition(day).filter(|_| day >= since) else { continue };
            let expected = model.expected(&logs, origin, lead, settings);
            let errors = model.errors(day, lead, &expected, settings);
            if errors.len() < members {
                continue;
            }
            let Some(forecast) = Ensemble::of(&IndexScale::of(standard), &expected, &errors) else {
                continue;
            };
            let level = |aqi: u32| standard.level(aqi).map(|level| level.level);
            let error = f64::from(forecast.aqi) - f64::from(came);
            tally.days += 1;
            tally.absolute += error.abs();
            tally.persistence += f64::from(today.abs_diff(came));
            tally.error += error;
            tally.square += error * error;
            tally.within += usize::from(forecast.low <= came && came <= forecast.high);
            tally.hits += usize::from(level(forecast.aqi) == came_level);
            tally.persistence_hits += usize::from(today_level == came_level);
        }
    }
    (1..).zip(tallies).map_while(|(lead, tally)| tally.score(lead)).collect()
}

impl Tally {
    fn score(&self, lead: u32) -> Option<LeadScore> {
        let n = float(self.days);
        (self.days > 0).then(|| LeadScore {
            lead,
            days: self.days,
            mae: self.absolute / n,
            mae_persistence: self.persistence / n,
            bias: self.error / n,
            rmse: (self.square / n).sqrt(),
            coverage: float(self.within) / n,
            level_hits: float(self.hits) / n,
            level_hits_persistence: float(self.persistence_hits) / n,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_air::{aqi_standard, days_of_years};
    use super::*;

    /// Were a later day seen, changing it would change the errors of the days before it.
    #[test]
    fn errors_of_some_days_do_not_depend_on_later_ones() {
        let standard = aqi_standard();
        let law = |_| Some(&standard);
        let settings = ForecastSettings { refit_days: 1, ..ForecastSettings::default() };
        let days = days_of_years(2018, 1);
        let (since, middle) = ("2018-12-10".parse().unwrap(), "2018-12-21".parse().unwrap());
        let errors = |days: &[AirDay], since: NaiveDate| {
            let score = forecast_score(days, since, &law, 2, &settings)[1];
            (score.days, score.mae * float(score.days))
        };
        let first: Vec<AirDay> = days.iter().copied().filter(|day| day.day < middle).collect();
        for pm25 in [30, 300] {
            let mut changed = days.clone();
            for day in changed.iter_mut().filter(|day| day.day >= middle) {
                day.values.0[0] = Some(pm25.into());
            }
            let (all, second) = (errors(&changed, since), errors(&changed, middle));
            let (n, sum) = errors(&first, since);
            assert_eq!((all.0, n, second.0), (22, 11, 11));
            assert!((all.1 - sum - second.1).abs() < 1e-6, "{all:?} {sum} {second:?}");
        }
    }

    #[test]
    fn a_day_like_the_last_one_is_no_error_of_persistence() {
        let standard = aqi_standard();
        let law = |_| Some(&standard);
        let mut days = days_of_years(2018, 1);
        for day in &mut days {
            day.values.0 = [Some(75.into()), None, None, None, None, None];
        }
        let since = "2018-12-01".parse().unwrap();
        let [score] = forecast_score(&days, since, &law, 1, &ForecastSettings::default())[..] else {
            panic!("one lead")
        };
        assert_eq!((score.days, score.mae_persistence, score.level_hits_persistence), (31, 0.0, 1.0));
        assert_eq!((score.mae, score.coverage, score.level_hits), (0.0, 1.0, 1.0));
    }
}
