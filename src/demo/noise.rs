//! Repeatable randomness. Each part of the district draws from its own stream of one seeded generator, so that a change
//! in one part does not move the others.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A stream of random numbers.
pub(super) struct Noise(ChaCha8Rng);

impl Noise {
    /// Stream `stream` of the seed.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self(rng)
    }

    /// Even between 0 (included) and 1.
    pub(super) fn uniform(&mut self) -> f64 {
        self.0.random()
    }

    /// Whole number from 0 to `below - 1`.
    pub(super) fn whole(&mut self, below: u32) -> u32 {
        self.0.random_range(0..below.max(1))
    }

    /// True with the given probability.
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// Standard normal (Box and Muller), cut at three deviations so that a rare draw cannot break a promised range.
    pub(super) fn gauss(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        (radius * (std::f64::consts::TAU * self.uniform()).cos()).clamp(-3.0, 3.0)
    }
}

/// Bends large deviations back, so that chance alone makes no record-breaking hour: stays within ±2.3.
pub(super) fn soften(deviation: f64) -> f64 {
    2.3 * (deviation / 2.3).tanh()
}

/// First-order autoregression with mean 0 and deviation 1: a quantity that remembers its last value.
pub(super) struct Drift {
    keep: f64,
    push: f64,
    value: f64,
}

impl Drift {
    /// A drift that forgets over `memory` steps.
    pub(super) fn new(memory: f64) -> Self {
        let keep = (-1.0 / memory).exp();
        Self { keep, push: (1.0 - keep * keep).sqrt(), value: 0.0 }
    }

    /// One step on; the new value.
    pub(super) fn step(&mut self, noise: &mut Noise) -> f64 {
        self.value = self.keep * self.value + self.push * noise.gauss();
        self.value
    }
}
