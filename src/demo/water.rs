//! Rivers and the lake: four-hourly readings of nine items. mg/L, temperature ℃, conductivity µS/cm, turbidity NTU.
//!
//! Oxygen follows saturation (468 / (31.6 + T), HJ 2.3-2018), algae and organic load; nutrients rise with runoff; a
//! section follows the one above it eight hours later and the outlets between them.

use std::collections::VecDeque;

use chrono::{Datelike, NaiveDateTime, Timelike};
use lanbi_model::Parameter;

use super::noise::{Drift, Noise};
use super::outlet::{Effluent, Outlet};
use super::payload::{DeviceFlag, Reading};
use super::season::Season;
use super::sites::SectionSite;
use super::weather::Weather;

/// Hours that the water needs from an outlet to the section below.
const TRAVEL_HOURS: usize = 8;

/// Readings that the water needs from one section to the next.
const TRAVEL_READINGS: usize = 2;

/// Part of the plume that is renewed each hour; spreads a pulse over about half a day.
const RENEWAL: f64 = 0.13;

/// Oxygen at saturation in fresh water, mg/L (HJ 2.3-2018: DOf = 468 / (31.6 + T)).
pub(super) fn saturation(temperature: f64) -> f64 {
    468.0 / (31.6 + temperature)
}

/// Departure of the water from its usual quality, mg/L.
#[derive(Clone, Copy, Default)]
pub(super) struct Departure {
    codmn: f64,
    nh3n: f64,
    tn: f64,
    tp: f64,
}

impl Departure {
    fn map2(self, other: Self, f: impl Fn(f64, f64) -> f64) -> Self {
        Self {
            codmn: f(self.codmn, other.codmn),
            nh3n: f(self.nh3n, other.nh3n),
            tn: f(self.tn, other.tn),
            tp: f(self.tp, other.tp),
        }
    }
}

/// One section or lake point.
pub(super) struct Section {
    site: &'static SectionSite,
    number: u32,
    noise: Noise,
    organic: Drift,
    nutrient: Drift,
    bloom: Drift,
    on_the_way: VecDeque<Departure>,
    plume: Departure,
    past: VecDeque<Departure>,
}

impl Section {
    pub(super) fn new(seed: u64, number: u32, site: &'static SectionSite) -> Self {
        Self {
            site,
            number,
            noise: Noise::new(seed, 500 + u64::from(number)),
            organic: Drift::new(18.0),
            nutrient: Drift::new(18.0),
            bloom: Drift::new(24.0),
            on_the_way: VecDeque::from([Departure::default(); TRAVEL_HOURS]),
            plume: Departure::default(),
            past: VecDeque::from([Departure::default(); TRAVEL_READINGS]),
        }
    }

    /// Its id.
    pub(super) const fn id(&self) -> &'static str {
        self.site.id
    }

    /// Takes in an hour's effluent of the outlets above; it arrives later.
    pub(super) fn receive<'a>(&mut self, outlets: impl Iterator<Item = (&'a Outlet, Effluent)>) {
        let mut arriving = Departure::default();
        for (outlet, effluent) in outlets.filter(|(o, _)| o.site.below == self.site.id) {
            let share = effluent.flow / (self.site.flow + effluent.flow);
            let usual = outlet.site;
            // One part of COD by dichromate shows as about a quarter of permanganate index.
            arriving.codmn += 0.25 * (effluent.cod - usual.cod) * share;
            arriving.nh3n += (effluent.nh3n - usual.nh3n) * share;
            arriving.tn += (effluent.tn - usual.tn) * share;
            arriving.tp += (effluent.tp - usual.tp) * share;
        }
        self.on_the_way.push_back(arriving);
        let now = self.on_the_way.pop_front().unwrap_or_default();
        self.plume = self.plume.map2(now, |old, new| old + RENEWAL * (new - old));
    }

    /// How the water that left the section above eight hours ago differed from usual.
    pub(super) fn inflow(&self, sections: &[Self]) -> Departure {
        let above = sections.iter().find(|s| self.site.above == Some(s.id()));
        above.and_then(|s| s.past.front().copied()).unwrap_or_default()
    }

    /// What the station shows at the local time `at`.
    pub(super) fn reading(
        &mut self,
        season: Season,
        weather: &Weather,
        inflow: Departure,
        at: NaiveDateTime,
    ) -> Vec<Reading> {
        let site = self.site;
        let noise = &mut self.noise;
        let arrived = inflow.map2(self.plume, |river, outlet| 0.6 * river + outlet);

        let storm = 1.0 - (-weather.runoff / 25.0).exp();
        let organic = (0.09 * self.organic.step(noise)).exp();
        let nutrient = (0.13 * self.nutrient.step(noise)).exp();
        let warm = season.warm();
        let winter = season.cold.max(0.0);
        let usual = Departure {
            codmn: site.codmn * organic * (1.0 + 0.22 * storm + 0.10 * warm),
            nh3n: site.nh3n * nutrient * (1.0 + 0.55 * storm + 0.40 * winter - 0.15 * warm),
            tn: site.tn * (0.5 + 0.5 * nutrient) * (1.0 + 0.25 * storm + 0.22 * winter),
            tp: site.tp * nutrient * (1.0 + 0.60 * storm + 0.15 * warm),
        };
        let now = usual.map2(arrived, |here, more| (here + more).max(0.02 * here));
        let base = Departure { codmn: site.codmn, nh3n: site.nh3n, tn: site.tn, tp: site.tp };
        self.past.push_back(now.map2(base, |c, b| c - b));
        self.past.pop_front();

        let temperature =
            (weather.slow_temperature + 0.8 * season.daily(16.0) + 0.1 * noise.gauss()).max(0.3);
        let bloom = site.algae * warm * (0.35 * self.bloom.step(noise)).exp() * (1.0 - 0.6 * storm);
        let light = season.daily(15.5);
        let share = site.oxygen - 0.10 * storm + bloom * (0.25 + light)
            - 0.04 * arrived.codmn.max(0.0)
            - 0.07 * arrived.nh3n.max(0.0);
        let oxygen = saturation(temperature) * share.clamp(0.08, 1.55) + 0.08 * noise.gauss();

        let mut readings = vec![
            Reading::plain(Parameter::WaterTemperature, temperature),
            Reading::plain(
                Parameter::Ph,
                7.85 + 1.1 * bloom * (0.4 + light) - 0.15 * storm + 0.04 * noise.gauss(),
            ),
            Reading::plain(Parameter::DissolvedOxygen, oxygen.max(0.3)),
            Reading::plain(
                Parameter::Conductivity,
                site.conductivity * organic.sqrt() * (1.0 - 0.22 * storm + 0.10 * winter),
            ),
            Reading::plain(
                Parameter::Turbidity,
                site.turbidity * (0.15 * noise.gauss()).exp() * (1.0 + 2.2 * storm + 0.4 * bloom),
            ),
            Reading::plain(Parameter::CodMn, now.codmn * (0.03 * noise.gauss()).exp()),
            Reading::plain(Parameter::Nh3n, now.nh3n * (0.04 * noise.gauss()).exp()),
            Reading::plain(Parameter::Tp, now.tp * (0.04 * noise.gauss()).exp()),
            // Total nitrogen holds the ammonia, so it is never below it.
            Reading::plain(Parameter::Tn, now.tn.max(1.15 * now.nh3n) * (0.02 * noise.gauss()).exp()),
        ];
        self.upkeep(&mut readings, at);
        readings
    }

    /// Weekly check of the wet-chemical analysers with standard solutions.
    fn upkeep(&self, readings: &mut [Reading], at: NaiveDateTime) {
        if at.hour() != 0 || at.weekday().num_days_from_monday() != self.number % 7 {
            return;
        }
        for reading in readings {
            reading.value = match reading.parameter {
                Parameter::CodMn => 10.0,
                Parameter::Nh3n => 2.0,
                Parameter::Tp => 0.4,
                Parameter::Tn => 5.0,
                _ => continue,
            };
            reading.flag = Some(DeviceFlag::Calibration);
        }
    }
}
