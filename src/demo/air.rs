//! Air over the district: a regional level for each pollutant and each hour, and eight sites that differ from it.
//!
//! Particles follow stagnation, season and rain; nitrogen dioxide has two rush hours; ozone is made by light and warmth
//! and eaten by fresh nitrogen oxides, so that the two run against each other. µg/m³, CO mg/m³.

use chrono::{Datelike, NaiveDateTime, Timelike};
use lanbi_model::Parameter;

use super::noise::{Drift, Noise, soften};
use super::payload::{DeviceFlag, Reading};
use super::season::Season;
use super::sites::AirSite;
use super::weather::{Forcing, Weather};

/// Regional concentrations of one hour.
#[derive(Clone, Copy)]
pub(super) struct Regional {
    fine: f64,
    coarse: f64,
    no2: f64,
    /// Ozone before fresh nitrogen oxides take their part.
    oxidant: f64,
    so2: f64,
    traffic: f64,
}

/// What makes one day's sun better at making ozone than the next.
pub(super) struct Region {
    noise: Noise,
    photochemistry: Drift,
}

impl Region {
    pub(super) fn new(seed: u64) -> Self {
        Self { noise: Noise::new(seed, 2), photochemistry: Drift::new(40.0) }
    }

    /// The region's air in the hour.
    pub(super) fn hour(&mut self, season: Season, weather: &Weather, forcing: Forcing) -> Regional {
        let still = weather.stagnation;
        let ordinary = (31.0 + 15.0 * season.cold)
            * (0.63 * still).exp()
            * (1.0 + 0.13 * season.daily(1.0))
            * weather.unwashed;
        let haze = forcing.haze_pm25 * (1.0 + 0.05 * season.daily(2.0));
        let fine = ordinary * (1.0 - forcing.haze) + haze * forcing.haze + 75.0 * forcing.dust;

        let traffic = 0.55 + 0.50 * season.bell(8.0, 1.8) + 0.60 * season.bell(20.5, 3.2);
        let lifted = 1.0 + 0.16 * (weather.wind_speed - 2.8).max(0.0).powf(1.3);
        let coarse =
            (24.0 + 9.0 * season.spring) * lifted * (0.75 + 0.3 * traffic) * weather.unwashed.powi(2)
                + 0.18 * fine
                + 1100.0 * forcing.dust;

        let no2 = (36.0 + 11.0 * season.cold) * traffic * (0.34 * still).exp();

        let activity = (0.20 * soften(self.photochemistry.step(&mut self.noise))).exp();
        let light = season.bell(15.2, 3.3) * season.warm().powf(0.8);
        let clear = if weather.rain > 0.0 { 0.35 } else { 1.0 } * (0.6 + 0.4 * weather.unwashed);
        let warmth = (0.030 * (weather.temperature - 27.0)).clamp(-0.9, 0.2).exp();
        let oxidant = 48.0 + 14.0 * season.spring - 8.0 * season.cold
            + 143.0 * light * clear * warmth * activity * (1.0 + 0.10 * still).max(0.4);

        let so2 = (6.5 + 3.0 * season.cold) * (0.28 * still).exp();
        Regional { fine, coarse, no2, oxidant, so2, traffic }
    }
}

/// One station.
pub(super) struct AirStation {
    site: &'static AirSite,
    number: u32,
    noise: Noise,
    fine: Drift,
    coarse: Drift,
    gases: Drift,
}

impl AirStation {
    pub(super) fn new(seed: u64, number: u32, site: &'static AirSite) -> Self {
        Self {
            site,
            number,
            noise: Noise::new(seed, 100 + u64::from(number)),
            fine: Drift::new(7.0),
            coarse: Drift::new(5.0),
            gases: Drift::new(6.0),
        }
    }

    /// Its id.
    pub(super) const fn id(&self) -> &'static str {
        self.site.id
    }

    /// What it shows for the hour that ends at the local time `end`.
    pub(super) fn hour(
        &mut self,
        regional: &Regional,
        weather: &Weather,
        end: NaiveDateTime,
    ) -> Vec<Reading> {
        let site = self.site;
        let noise = &mut self.noise;
        let fine_here = site.fine * (0.09 * self.fine.step(noise) + 0.03 * noise.gauss()).exp();
        let coarse_here = site.coarse * (0.16 * self.coarse.step(noise) + 0.05 * noise.gauss()).exp();
        let gases_here = (0.12 * self.gases.step(noise) + 0.04 * noise.gauss()).exp();

        let pm25 = (regional.fine * fine_here).max(3.0);
        let pm10 = pm25 + (regional.coarse * coarse_here).max(3.0);
        let no2 = (regional.no2 * site.traffic * gases_here).max(4.0);
        // Fresh nitrogen monoxide, which comes with nitrogen dioxide, takes ozone (titration).
        let o3 = (regional.oxidant - 0.75 * no2 + 6.0 + 3.0 * noise.gauss()).max(3.0);
        let co =
            0.22 + 0.0088 * regional.fine.min(400.0) * gases_here + 0.16 * regional.traffic * site.traffic;
        let so2 = (regional.so2 * gases_here * site.fine).max(2.0);
        let rain = weather.rain * (0.25 * noise.gauss()).exp();

        let mut readings = vec![
            Reading::plain(Parameter::Pm25, pm25),
            Reading::plain(Parameter::Pm10, pm10),
            Reading::plain(Parameter::So2, so2),
            Reading::plain(Parameter::No2, no2),
            Reading::plain(Parameter::Co, co),
            Reading::plain(Parameter::O3, o3),
            Reading::plain(Parameter::AirTemperature, weather.temperature + 0.3 * noise.gauss()),
            Reading::plain(Parameter::Humidity, (weather.humidity + noise.gauss()).clamp(10.0, 100.0)),
            Reading::plain(Parameter::AirPressure, weather.pressure + 0.1 * noise.gauss()),
            Reading::plain(
                Parameter::WindSpeed,
                (weather.wind_speed * (0.12 * noise.gauss()).exp()).max(0.1),
            ),
            Reading::plain(
                Parameter::WindDirection,
                (weather.wind_direction + 8.0 * noise.gauss()).rem_euclid(360.0),
            ),
            Reading::plain(Parameter::Rain, rain),
        ];
        let fault = noise.chance(0.0003);
        self.upkeep(&mut readings, end, fault);
        readings
    }

    /// Weekly span check of the gases, monthly change of the filter tape, and a rare fault of one gas analyser. The
    /// values are what the instrument shows then: span gas, nothing, nothing.
    fn upkeep(&self, readings: &mut [Reading], end: NaiveDateTime, fault: bool) {
        let checked = end.hour() == 3 && end.weekday().num_days_from_monday() == self.number % 7;
        let taped = end.hour() == 11 && end.day() == 4 + self.number;
        for reading in readings {
            let (value, flag) = match reading.parameter {
                Parameter::So2 | Parameter::No2 | Parameter::O3 if checked => {
                    (400.0, DeviceFlag::Calibration)
                }
                Parameter::Co if checked => (40.0, DeviceFlag::Calibration),
                Parameter::Pm25 | Parameter::Pm10 if taped => (0.0, DeviceFlag::Maintenance),
                Parameter::So2 if fault => (0.0, DeviceFlag::Fault),
                _ => continue,
            };
            (reading.value, reading.flag) = (value, Some(flag));
        }
    }
}
