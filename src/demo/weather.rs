//! Weather over the district, hour by hour. One slow index, the stagnation of the air, drives wind, mixing and (in
//! `air`) particles together, as a passing high or a cold front does.

use super::noise::{Drift, Noise, soften};
use super::season::Season;

/// What planted events do to the weather and the air.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Forcing {
    /// How far the haze holds the air, 0 to 1, and the fine particles it brings, µg/m³.
    pub(super) haze: f64,
    /// Level of fine particles at full haze, µg/m³.
    pub(super) haze_pm25: f64,
    /// Strength of a dust storm, 0 to 1.
    pub(super) dust: f64,
}

/// Weather of one hour.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weather {
    /// Deviation of the stagnation index: positive is still air.
    pub(super) stagnation: f64,
    /// ℃.
    pub(super) temperature: f64,
    /// Per cent.
    pub(super) humidity: f64,
    /// hPa.
    pub(super) pressure: f64,
    /// m/s.
    pub(super) wind_speed: f64,
    /// Degrees the wind comes from.
    pub(super) wind_direction: f64,
    /// mm in the hour.
    pub(super) rain: f64,
    /// Share of the particles that rain has left in the air, 0 to 1.
    pub(super) unwashed: f64,
    /// Water running off the land, mm, falling by half in about a day.
    pub(super) runoff: f64,
    /// Mean air temperature of the last days, which waters follow, ℃.
    pub(super) slow_temperature: f64,
}

/// The sky: what the next hour depends on.
pub(super) struct Sky {
    noise: Noise,
    synoptic: Drift,
    gust: Drift,
    warmth: Drift,
    raining: bool,
    unwashed: f64,
    runoff: f64,
    slow_temperature: Option<f64>,
}

impl Sky {
    /// The sky of a seed.
    pub(super) fn new(seed: u64) -> Self {
        Self {
            noise: Noise::new(seed, 1),
            synoptic: Drift::new(46.0),
            gust: Drift::new(9.0),
            warmth: Drift::new(70.0),
            raining: false,
            unwashed: 1.0,
            runoff: 0.0,
            slow_temperature: None,
        }
    }

    /// The weather of the next hour.
    pub(super) fn hour(&mut self, season: Season, forcing: Forcing) -> Weather {
        let noise = &mut self.noise;
        let free = soften(0.94 * self.synoptic.step(noise) + 0.42 * self.gust.step(noise));
        let held = (1.0 - forcing.haze) * (1.0 - forcing.dust);
        let stagnation = held * free + 2.3 * forcing.haze - 2.0 * forcing.dust;

        let rain = self.rain(season, forcing, stagnation);
        let noise = &mut self.noise;
        self.unwashed = (1.0 - (1.0 - self.unwashed) * 0.92).max(0.0) * (-0.06 * rain).exp();
        self.unwashed = self.unwashed.max(0.3);
        self.runoff = self.runoff * 0.97 + rain;

        let anomaly = (2.6 + 0.8 * season.cold) * self.warmth.step(noise) + 0.9 * stagnation * season.cold;
        let swing = if rain > 0.0 { 1.2 } else { 4.2 };
        let temperature = 13.0 - 15.4 * season.cold + anomaly + swing * season.daily(15.0);
        let memory = self.slow_temperature.unwrap_or(13.0 - 15.4 * season.cold);
        let slow_temperature = memory + (temperature - memory) / 130.0;
        self.slow_temperature = Some(slow_temperature);

        let wet = if rain > 0.0 { 24.0 } else { 0.0 };
        let humidity = 57.0 - 9.0 * season.cold - 9.0 * season.spring + 7.0 * stagnation
            - 14.0 * season.daily(15.0)
            + wet
            + 3.0 * noise.gauss();
        let calm = (-0.40 * stagnation).exp();
        let wind_speed = (2.3 + 0.5 * season.spring)
            * calm
            * (1.0 + 0.35 * season.daily(15.0))
            * (0.18 * noise.gauss()).exp()
            + 5.0 * forcing.dust;
        // Still air comes with southerly wind on the plain, fronts with north-westerly.
        let from = 180.0 + 135.0 / (1.0 + (2.2 * stagnation).exp());
        Weather {
            stagnation,
            temperature,
            humidity: humidity.clamp(12.0, 99.0),
            pressure: 1016.3 + 10.5 * season.cold - 2.6 * stagnation - 0.35 * anomaly + 0.3 * noise.gauss(),
            wind_speed: wind_speed.clamp(0.2, 16.0),
            wind_direction: (from + 28.0 * noise.gauss()).rem_euclid(360.0),
            rain,
            unwashed: self.unwashed,
            runoff: self.runoff,
            slow_temperature,
        }
    }

    /// Spells of rain: rare and light in winter, frequent and heavy in July; about 550 mm a year.
    fn rain(&mut self, season: Season, forcing: Forcing, stagnation: f64) -> f64 {
        let warm = season.warm();
        let start = (0.0012 + 0.0135 * warm * warm) * if stagnation > 1.2 { 0.5 } else { 1.0 };
        let (draw, amount) = (self.noise.uniform(), self.noise.uniform());
        self.raining = if self.raining { draw > 0.25 } else { draw < start };
        if forcing.haze > 0.0 || forcing.dust > 0.0 {
            self.raining = false;
        }
        if !self.raining {
            return 0.0;
        }
        let mean = 0.4 + 3.2 * warm * warm;
        (-mean * (1.0 - amount).ln()).clamp(0.1, 45.0)
    }
}
