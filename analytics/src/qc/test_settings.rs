//! Thresholds for the tests of this folder.

use chrono::TimeDelta;
use lanbi_model::{Decimal, Parameter};

use super::settings::{FrozenThreshold, NeighbourThresholds, QcSettings, StepThreshold, StuckThreshold};

/// Noise down to -5 (CO: -0.5); frozen after 12 hours, water after 48; stuck after 6; steps of 100, twice as much; and
/// neighbours 100 apart, twice as much, for 3 hours.
pub(super) fn settings() -> QcSettings {
    use Parameter::{Co, Ph, Pm10, Pm25};
    let frozen = |hours, not_up_to| FrozenThreshold { at_least: TimeDelta::hours(hours), not_up_to };
    let far = StepThreshold { distance: Decimal::from(100), ratio: Decimal::from(2) };
    QcSettings {
        zero_noise: [(Pm25, Decimal::from(-5)), (Pm10, Decimal::from(-5)), (Co, Decimal::new(-5, 1))].into(),
        frozen: [
            (Pm25, frozen(12, Some(Decimal::from(5)))),
            (Pm10, frozen(12, None)),
            (Ph, frozen(48, None)),
        ]
        .into(),
        stuck: StuckThreshold { at_least: TimeDelta::hours(6), parameters: 3 },
        step: [(Pm25, far), (Pm10, far)].into(),
        neighbours: NeighbourThresholds {
            far: [(Pm25, far)].into(),
            stations: 3,
            at_least: TimeDelta::hours(3),
        },
        gap_cadences: 3,
    }
}
