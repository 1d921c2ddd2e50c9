//! Ditches on the black-odorous list, one reading a day. Transparency and depth cm, DO and NH3-N mg/L, ORP mV.
//!
//! One number, the foulness, moves the four indicators together: 0 is clear water, 1 lies at the edge of light
//! black-odorous (城市黑臭水体整治工作指南, table 2), 1.35 is plainly light black-odorous.

use lanbi_model::Parameter;

use super::noise::{Drift, Noise};
use super::payload::Reading;
use super::season::Season;
use super::sites::DitchSite;
use super::weather::Weather;

/// One ditch.
pub(super) struct Ditch {
    pub(super) site: &'static DitchSite,
    noise: Noise,
    slow: Drift,
    level: Drift,
}

impl Ditch {
    pub(super) fn new(seed: u64, number: u32, site: &'static DitchSite) -> Self {
        Self {
            site,
            noise: Noise::new(seed, 700 + u64::from(number)),
            slow: Drift::new(9.0),
            level: Drift::new(15.0),
        }
    }

    /// What is read at ten in the morning. `treated` runs from 0 to 1 over the works of the ditch, `relapse` is 0
    /// in order and 1 when the water is black again.
    pub(super) fn reading(
        &mut self,
        season: Season,
        weather: &Weather,
        treated: f64,
        relapse: f64,
    ) -> Vec<Reading> {
        let (before, after) = self.site.foul;
        let noise = &mut self.noise;
        let storm = 1.0 - (-weather.runoff / 25.0).exp();
        let set = before + (after - before) * treated;
        let foul =
            set + (1.35 - set) * relapse + 0.05 * self.slow.step(noise) + 0.10 * storm + 0.05 * season.warm();
        let clear = 1.0 - foul;
        let depth = self.site.depth * (0.05 * self.level.step(noise)).exp() * (1.0 + 0.12 * storm);
        // Each indicator meets its edge (25 cm, 2 mg/L, 50 mV, 8 mg/L) where the foulness is about 1.
        let transparency = 25.0 * (0.75 * clear + 0.04 * noise.gauss()).exp();
        let oxygen = 2.0 * (1.15 * clear + 0.05 * noise.gauss()).exp();
        let orp = 50.0 + 130.0 * clear + 8.0 * noise.gauss();
        let nh3n = 8.0 * (-1.25 * clear + 0.06 * noise.gauss()).exp();
        vec![
            Reading::plain(Parameter::Transparency, transparency.clamp(3.0, 0.9 * depth)),
            Reading::plain(Parameter::DissolvedOxygen, oxygen.clamp(0.05, 12.0)),
            Reading::plain(Parameter::Orp, orp),
            Reading::plain(Parameter::Nh3n, nh3n.max(0.05)),
            Reading::plain(Parameter::WaterDepth, depth),
        ]
    }
}
