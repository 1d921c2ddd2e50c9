//! Positions in the year and in the day as smooth numbers.

use std::f64::consts::TAU;

use chrono::{Datelike, NaiveDateTime, Timelike};

/// Days from 1 January to the middle of the coldest time, and of the driest and windiest.
const COLDEST: f64 = 18.0;
const SPRING: f64 = 105.0;

/// A moment's place in the year and in the day.
#[derive(Clone, Copy)]
pub(super) struct Season {
    /// +1 in mid January, -1 in mid July.
    pub(super) cold: f64,
    /// +1 in mid April, -1 in mid October.
    pub(super) spring: f64,
    /// Local hour of the day with its fraction, 0 to 24.
    pub(super) hour: f64,
}

impl Season {
    /// Of a local time.
    pub(super) fn of(local: NaiveDateTime) -> Self {
        let day = f64::from(local.ordinal());
        let year = |peak: f64| (TAU * (day - peak) / 365.25).cos();
        Self {
            cold: year(COLDEST),
            spring: year(SPRING),
            hour: f64::from(local.hour()) + f64::from(local.minute()) / 60.0,
        }
    }

    /// A daily wave with its maximum of +1 at `peak` o'clock.
    pub(super) fn daily(self, peak: f64) -> f64 {
        (TAU * (self.hour - peak) / 24.0).cos()
    }

    /// A bell of height 1 around `peak` o'clock, also across midnight.
    pub(super) fn bell(self, peak: f64, width: f64) -> f64 {
        let apart = (self.hour - peak + 36.0).rem_euclid(24.0) - 12.0;
        (-0.5 * (apart / width).powi(2)).exp()
    }

    /// Warm half of the year: 0 in winter, 1 in mid July.
    pub(super) fn warm(self) -> f64 {
        (1.0 - self.cold) / 2.0
    }
}
