//! Treatment plants and their outlets: hourly flow and effluent. mg/L, flow m³/h.
//!
//! Ordinary effluent stays well under the limits of its grade in every season; only a planted breach goes over.

use chrono::{Datelike, NaiveDateTime, Timelike};
use lanbi_model::Parameter;

use super::noise::{Drift, Noise};
use super::payload::{DeviceFlag, Reading};
use super::season::Season;
use super::sites::OutletSite;
use super::weather::Weather;

/// What leaves the plant in an hour.
#[derive(Clone, Copy, Default)]
pub(super) struct Effluent {
    pub(super) flow: f64,
    pub(super) cod: f64,
    pub(super) nh3n: f64,
    pub(super) tn: f64,
    pub(super) tp: f64,
}

/// One outlet.
pub(super) struct Outlet {
    pub(super) site: &'static OutletSite,
    number: u32,
    noise: Noise,
    load: Drift,
    nitrification: Drift,
    phosphorus: Drift,
}

impl Outlet {
    pub(super) fn new(seed: u64, number: u32, site: &'static OutletSite) -> Self {
        Self {
            site,
            number,
            noise: Noise::new(seed, 300 + u64::from(number)),
            load: Drift::new(14.0),
            nitrification: Drift::new(20.0),
            phosphorus: Drift::new(16.0),
        }
    }

    /// What leaves the plant and what its instruments show. `breach` is 0 in order and 1 at the height of a failure of
    /// the treatment, when ammonia and COD come through at about four times the usual limit.
    pub(super) fn hour(
        &mut self,
        season: Season,
        weather: &Weather,
        end: NaiveDateTime,
        breach: f64,
    ) -> (Effluent, Vec<Reading>) {
        let site = self.site;
        let noise = &mut self.noise;
        let day = 1.0 + 0.16 * season.bell(10.5, 2.6) + 0.20 * season.bell(21.0, 2.4)
            - 0.22 * season.bell(4.0, 2.8);
        let storm = 1.0 + 0.25 * (1.0 - (-weather.runoff / 30.0).exp());
        let flow = site.flow * day * storm * (0.04 * noise.gauss()).exp();
        let load = self.load.step(noise);
        // Nitrifying bacteria are slow in cold water; the grades of DB12/599-2015 allow for it from November to March.
        let cold = 1.0 + 0.7 * season.cold.max(0.0);
        let usual = Effluent {
            flow,
            cod: site.cod * (0.07 * load + 0.03 * noise.gauss()).exp(),
            nh3n: site.nh3n * cold * (0.20 * self.nitrification.step(noise) + 0.05 * noise.gauss()).exp(),
            tn: site.tn * (1.0 + 0.08 * season.cold) * (0.04 * load + 0.02 * noise.gauss()).exp(),
            tp: site.tp * (0.10 * self.phosphorus.step(noise) + 0.03 * noise.gauss()).exp(),
        };
        let raw = raw_sewage(end);
        let effluent = Effluent {
            cod: usual.cod + breach * raw.cod * (0.05 * noise.gauss()).exp(),
            nh3n: usual.nh3n + breach * raw.nh3n * (0.05 * noise.gauss()).exp(),
            tn: usual.tn + breach * raw.tn,
            tp: usual.tp + breach * raw.tp,
            ..usual
        };
        let mut readings = vec![
            Reading::plain(Parameter::Flow, effluent.flow),
            Reading::plain(Parameter::Ph, 7.25 + 0.08 * load + 0.04 * noise.gauss()),
            Reading::plain(Parameter::Cod, effluent.cod),
            Reading::plain(Parameter::Nh3n, effluent.nh3n),
            Reading::plain(Parameter::Tn, effluent.tn),
            Reading::plain(Parameter::Tp, effluent.tp),
        ];
        self.upkeep(&mut readings, end);
        (effluent, readings)
    }

    /// Weekly calibration of the analysers with their standard solutions; monthly upkeep of the pH probe.
    fn upkeep(&self, readings: &mut [Reading], end: NaiveDateTime) {
        let checked = end.hour() == 14 && end.weekday().num_days_from_monday() == self.number % 5;
        let serviced = end.hour() == 10 && end.day() == 12 + self.number;
        for reading in readings {
            let (value, flag) = match reading.parameter {
                Parameter::Cod if checked => (100.0, DeviceFlag::Calibration),
                Parameter::Nh3n if checked => (10.0, DeviceFlag::Calibration),
                Parameter::Tp if checked => (2.0, DeviceFlag::Calibration),
                Parameter::Tn if checked => (20.0, DeviceFlag::Calibration),
                Parameter::Ph if serviced => (6.86, DeviceFlag::Maintenance),
                _ => continue,
            };
            (reading.value, reading.flag) = (value, Some(flag));
        }
    }
}

/// What a failing plant adds to its effluent. In the cold months, when the grade allows twice the ammonia, more
/// comes through, so that the planted breach is three to five times the limit at any date.
fn raw_sewage(end: NaiveDateTime) -> Effluent {
    let cold_months = matches!(end.month(), 11 | 12 | 1..=3);
    Effluent {
        flow: 0.0,
        cod: 105.0,
        nh3n: if cold_months { 11.0 } else { 5.6 },
        tn: if cold_months { 14.0 } else { 8.5 },
        tp: 0.35,
    }
}
