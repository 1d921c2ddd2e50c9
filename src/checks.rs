//! From the settings to the thresholds of the quality checks.

use std::collections::BTreeMap;

use lanbi_analytics::qc::{FrozenThreshold, NeighbourThresholds, QcSettings, StepThreshold, StuckThreshold};
use lanbi_config::qc::{FarCheck, Qc};
use lanbi_model::Parameter;

/// What the checks go by.
pub(crate) fn thresholds(qc: &Qc) -> QcSettings {
    let frozen = qc.frozen.iter().filter(|(_, check)| check.enabled).map(|(parameter, check)| {
        (*parameter, FrozenThreshold { at_least: check.at_least, not_up_to: check.not_up_to })
    });
    QcSettings {
        zero_noise: qc.zero_noise.clone(),
        frozen: frozen.collect(),
        stuck: StuckThreshold { at_least: qc.stuck.at_least, parameters: qc.stuck.parameters.get() },
        step: far(&qc.step),
        neighbours: NeighbourThresholds {
            far: far(&qc.neighbours.far),
            stations: qc.neighbours.stations.get(),
            at_least: qc.neighbours.at_least,
        },
        gap_cadences: qc.gap_cadences.get(),
    }
}

fn far(checks: &BTreeMap<Parameter, FarCheck>) -> BTreeMap<Parameter, StepThreshold> {
    let on = checks.iter().filter(|(_, check)| check.enabled);
    on.map(|(parameter, check)| (*parameter, StepThreshold { distance: check.distance, ratio: check.ratio }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanbi_config::Settings;

    #[test]
    fn a_parameter_is_taken_out_of_one_test_and_stays_in_the_others() {
        let mut settings = Settings::load(None, &[]).unwrap();
        let (o3, no2) = (Parameter::O3, Parameter::No2);
        settings.qc.step.get_mut(&o3).unwrap().enabled = false;
        settings.qc.frozen.get_mut(&no2).unwrap().enabled = false;
        settings.qc.neighbours.far.get_mut(&no2).unwrap().enabled = false;
        let checks = thresholds(&settings.qc);
        let tests = |parameter: Parameter| {
            let far = &checks.neighbours.far;
            let step = checks.step.contains_key(&parameter);
            (checks.frozen.contains_key(&parameter), step, far.contains_key(&parameter))
        };
        assert_eq!((tests(o3), tests(no2)), ((true, false, true), (false, true, false)));
    }
}
