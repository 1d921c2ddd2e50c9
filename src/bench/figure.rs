//! Counts over times.

use std::time::Duration;

use serde::Serialize;

/// How fast something went.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Rate {
    pub(crate) seconds: f64,
    pub(crate) messages_per_s: f64,
    pub(crate) values_per_s: f64,
}

impl Rate {
    pub(crate) fn of(messages: u64, values: u64, time: Duration) -> Self {
        Self {
            seconds: seconds(time),
            messages_per_s: per_second(messages, time).round(),
            values_per_s: per_second(values, time).round(),
        }
    }
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:.0} messages/s, {:.0} values/s ({:.2} s)",
            self.messages_per_s, self.values_per_s, self.seconds
        )
    }
}

/// A count as a number to divide.
#[expect(clippy::cast_precision_loss, reason = "counts of a measurement stay far below 2^52")]
pub(crate) const fn float(count: u64) -> f64 {
    count as f64
}

/// Things a second.
pub(crate) fn per_second(count: u64, time: Duration) -> f64 {
    float(count) / time.as_secs_f64().max(1e-9)
}

/// Seconds to the millisecond.
pub(crate) fn seconds(time: Duration) -> f64 {
    rounded(time.as_secs_f64())
}

/// Three decimals are more than any measurement here is worth.
pub(crate) fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// KiB as MiB.
pub(crate) fn mib(kib: u64) -> f64 {
    rounded(float(kib) / 1024.0)
}

/// The value that a share of the values does not exceed (nearest rank), in milliseconds; `sorted` ascending.
pub(crate) fn percentile_ms(sorted: &[Duration], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).map_or(0.0, |time| rounded(time.as_secs_f64() * 1000.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_occurred() {
        let times: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!(percentile_ms(&times, 50), 100.0);
        assert_eq!(percentile_ms(&times, 95), 190.0);
        assert_eq!(percentile_ms(&times, 99), 198.0);
        assert_eq!(percentile_ms(&times[..1], 99), 1.0);
        assert_eq!(percentile_ms(&[], 50), 0.0);
    }
}
