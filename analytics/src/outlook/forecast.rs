//! 空气质量预报: the index of the next days (HJ 633-2026, 5.2: at least 3 days).
//!
//! What [`super::model`] expects is not the whole story: the index is the largest of six, so the index of the expected
//! concentrations is too low. Therefore past errors of the same season and the same number of days ahead are added to the
//! expected logarithms, all six items of a day together; the index forecast is the median of the indices that result, and
//! its interval holds the middle 80 % of them.
//!
//! It knows no weather. What it adds to "tomorrow is like today" is measured by [`super::forecast_score`] and stands beside
//! each day.

use chrono::NaiveDate;
use lanbi_model::standard::{AqiLevel, AqiStandard};
use lanbi_model::{Parameter, decimal};

use super::forecast_score::{LeadScore, forecast_score};
use super::index_scale::{IndexScale, index_number};
use super::model::{Model, logarithms};
use super::number::{Quantiles, quantile};
use super::series::{Series, Six, moved};
use super::settings::ForecastSettings;
use crate::air::{AirDay, Concentrations};

/// Days to come.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast<'a> {
    /// The last measured day, which the forecast rests on.
    pub origin: NaiveDate,
    /// Day by day.
    pub days: Vec<ForecastDay<'a>>,
}

/// One day to come.
#[derive(Clone, Debug, PartialEq)]
pub struct ForecastDay<'a> {
    /// Day.
    pub day: NaiveDate,
    /// Days after the origin; more than its place in the list where the last days were not measured.
    pub lead: u32,
    /// Medians in the order of [`Parameter::AQI`], ug/m³ (CO mg/m³), at the decimals of a printed value; none for an item
    /// without enough values. The index is not that of these medians, see the module.
    pub values: Concentrations,
    /// Median of the index.
    pub aqi: u32,
    /// Below it the index lies with a probability of about 10 %.
    pub aqi_low: u32,
    /// Above it the index lies with a probability of about 10 %.
    pub aqi_high: u32,
    /// Level of `aqi`.
    pub level: Option<&'a AqiLevel>,
    /// Level of `aqi_low`.
    pub level_low: Option<&'a AqiLevel>,
    /// Level of `aqi_high`.
    pub level_high: Option<&'a AqiLevel>,
    /// The item that most often has the largest individual index; none at or below the edition's threshold.
    pub primary: Option<Parameter>,
    /// Past errors behind the interval.
    pub members: usize,
    /// How wrong forecasts of this lead were over the last days of the same history; none where that is too short.
    pub score: Option<LeadScore>,
}

/// Why there is no forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForecastLacking {
    /// No day was measured, or the last one lies too far back.
    Stale {
        /// The last measured day.
        last: Option<NaiveDate>,
        /// Days that it may lie back.
        allowed: u32,
    },
    /// Too few past days to know how wrong a forecast is.
    History {
        /// Past errors there are.
        members: usize,
        /// Past errors needed.
        needed: u32,
    },
    /// No edition of HJ 633 for the day.
    Edition(NaiveDate),
}

/// Forecasts the days after `last`, from the days up to it and none later; `edition` gives the AQI standard for a day.
///
/// # Errors
///
/// What is lacking.
pub fn forecast<'a>(
    days: &[AirDay],
    last: NaiveDate,
    edition: &dyn Fn(NaiveDate) -> Option<&'a AqiStandard>,
    settings: &ForecastSettings,
) -> Result<Forecast<'a>, ForecastLacking> {
    let logs = logarithms(&Series::of(days, |day| day <= last));
    let stale = |last| ForecastLacking::Stale { last, allowed: settings.stale_days };
    let origin = logs.days.iter().rposition(|day| day.iter().any(Option::is_some)).ok_or(stale(None))?;
    let age = logs.place(last).map_or(0, |place| place.saturating_sub(origin));
    if age > usize::try_from(settings.stale_days).unwrap_or(usize::MAX) {
        return Err(stale(Some(logs.day(origin))));
    }
    let leads = age + 1..=age + usize::try_from(settings.horizon).unwrap_or(0);
    let model = Model::fit(&logs, origin + 1, *leads.end(), settings);
    let since = moved(last, -i64::from(settings.scored_days));
    let known: Vec<AirDay> = days.iter().copied().filter(|day| day.day <= last).collect();
    let scores = forecast_score(&known, since, edition, *leads.end(), settings);
    let day = |lead: usize| {
        let day = logs.day(origin + lead);
        let standard = edition(day).ok_or(ForecastLacking::Edition(day))?;
        let expected = model.expected(&logs, origin, lead, settings);
        let errors = model.errors(day, lead, &expected, settings);
        let lacking = ForecastLacking::History { members: errors.len(), needed: settings.members };
        if errors.len() < usize::try_from(settings.members).unwrap_or(usize::MAX) {
            return Err(lacking);
        }
        let ensemble = Ensemble::of(&IndexScale::of(standard), &expected, &errors).ok_or(lacking)?;
        let score = lead.checked_sub(1).and_then(|place| scores.get(place)).copied();
        Ok(ensemble.day(standard, day, lead, &expected, &errors, score))
    };
    Ok(Forecast { origin: logs.day(origin), days: leads.map(day).collect::<Result<_, _>>()? })
}

/// Indices that result when past errors are added to what is expected.
pub(super) struct Ensemble {
    /// Share of the members in which each item has the largest index.
    largest: [usize; 6],
    pub(super) aqi: u32,
    pub(super) low: u32,
    pub(super) high: u32,
}

impl Ensemble {
    pub(super) fn of(scale: &IndexScale, expected: &Six, errors: &[Six]) -> Option<Self> {
        let mut largest = [0; 6];
        let mut all = Vec::with_capacity(errors.len());
        for error in errors {
            let values = std::array::from_fn(|item| Some((expected[item]? + error[item]?).exp()));
            let indices = scale.indices(&values);
            let Some(aqi) = indices.into_iter().flatten().max_by(f64::total_cmp) else { continue };
            for (count, index) in largest.iter_mut().zip(indices) {
                *count += usize::from(index.is_some_and(|index| index >= aqi));
            }
            all.push(aqi);
        }
        all.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| quantile(&all, share).map(|index| index_number(index.round()));
        Some(Self { largest, aqi: at(0.5)?, low: at(0.1)?, high: at(0.9)? })
    }

    fn day<'a>(
        &self,
        standard: &'a AqiStandard,
        day: NaiveDate,
        lead: usize,
        expected: &Six,
        errors: &[Six],
        score: Option<LeadScore>,
    ) -> ForecastDay<'a> {
        let median = |(item, parameter): (usize, Parameter)| {
            let values: Option<Vec<f64>> =
                errors.iter().map(|error| Some((expected[item]? + error[item]?).exp())).collect();
            let median = decimal::from_f64(Quantiles::of(values?)?.median())?;
            Some(decimal::round_half_even(median, parameter.decimals()))
        };
        let mut items = Parameter::AQI.into_iter().enumerate();
        let values = Concentrations(std::array::from_fn(|_| items.next().and_then(median)));
        let most = self.largest.iter().copied().max().unwrap_or(0);
        let primary = self.largest.iter().position(|count| *count == most).map(|item| Parameter::AQI[item]);
        ForecastDay {
            day,
            lead: u32::try_from(lead).unwrap_or(u32::MAX),
            values,
            aqi: self.aqi,
            aqi_low: self.low,
            aqi_high: self.high,
            level: standard.level(self.aqi),
            level_low: standard.level(self.low),
            level_high: standard.level(self.high),
            primary: primary.filter(|_| self.aqi > standard.primary_above),
            members: errors.len(),
            score,
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::Datelike;

    use super::super::test_air::{aqi_standard, days_of_years};
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn nothing_after_the_last_day_is_seen() {
        let standard = aqi_standard();
        let law = |_| Some(&standard);
        let settings = ForecastSettings { scored_days: 40, ..ForecastSettings::default() };
        let mut days = days_of_years(2017, 3);
        let last = day("2019-06-15");
        let before = forecast(&days, last, &law, &settings).unwrap();
        for later in days.iter_mut().filter(|day| day.day > last) {
            later.values = Concentrations([Some(999.into()); 6]);
        }
        assert_eq!(forecast(&days, last, &law, &settings).unwrap(), before);
        days.retain(|day| day.day <= last);
        assert_eq!(forecast(&days, last, &law, &settings).unwrap(), before);
        assert_eq!(before.days.iter().map(|day| day.day.day()).collect::<Vec<_>>(), [16, 17, 18]);
        for day in before.days {
            assert!(day.aqi_low <= day.aqi && day.aqi <= day.aqi_high, "{day:?}");
            assert!(day.score.is_some());
        }
    }

    #[test]
    fn a_day_that_is_missing_lengthens_the_lead_up_to_a_point() {
        let standard = aqi_standard();
        let law = |_| Some(&standard);
        let settings = ForecastSettings { scored_days: 40, ..ForecastSettings::default() };
        let mut days = days_of_years(2018, 1);
        days.retain(|d| d.day <= day("2018-12-29"));
        let got = forecast(&days, day("2018-12-31"), &law, &settings).unwrap();
        assert_eq!(got.origin, day("2018-12-29"));
        let leads: Vec<(u32, String)> = got.days.iter().map(|d| (d.lead, d.day.to_string())).collect();
        assert_eq!(leads, [3, 4, 5].map(|lead| (lead, format!("2019-01-0{}", lead - 2))));
        assert_eq!(
            forecast(&days, day("2019-01-02"), &law, &settings),
            Err(ForecastLacking::Stale { last: Some(day("2018-12-29")), allowed: 3 })
        );
    }

    #[test]
    fn too_short_a_history_is_refused_with_its_reason() {
        let standard = aqi_standard();
        let law = |_| Some(&standard);
        let settings = ForecastSettings::default();
        let mut days = days_of_years(2018, 1);
        days.truncate(50);
        let last = days[49].day;
        let lacking = forecast(&days, last, &law, &settings).unwrap_err();
        // A level needs 20 values, so that the first origin is the 20th day.
        assert_eq!(lacking, ForecastLacking::History { members: 30, needed: 60 });
        let none = ForecastLacking::Stale { last: None, allowed: 3 };
        assert_eq!(forecast(&[], last, &law, &settings), Err(none));
        let unlawful = forecast(&days_of_years(2018, 1), last, &|_| None, &settings);
        assert!(unlawful.is_err());
    }

    #[test]
    fn an_item_that_is_never_measured_is_left_out() {
        let standard = aqi_standard();
        let mut days = days_of_years(2018, 1);
        for day in &mut days {
            day.values.0[5] = None;
        }
        let got =
            forecast(&days, day("2018-12-31"), &|_| Some(&standard), &ForecastSettings::default()).unwrap();
        assert!(got.days.iter().all(|day| day.values.0[5].is_none() && day.values.0[0].is_some()));
        assert!(got.days.iter().all(|day| day.primary == Some(Parameter::Pm25)));
    }
}
