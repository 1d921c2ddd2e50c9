//! PM2.5 above PM10 in the same interval (`INVERTED`, 倒挂). Fine particles are a part of the coarse ones, so one of
//! the two is wrong; with heated inlets at low levels it happens at sound stations too, hence flag and keep.

use std::collections::HashMap;

use lanbi_model::{AveragingPeriod, Flags, Instant, Parameter, Sample};

/// The positions in `samples` of both values of every inverted pair. Samples are of one station, in any order; equal
/// values are not inverted.
#[must_use]
pub fn flag_inverted(samples: &[&Sample]) -> Vec<(usize, Flags)> {
    let coarse: HashMap<(AveragingPeriod, Instant), usize> =
        positions(samples, Parameter::Pm10).map(|i| (pair_of(samples[i]), i)).collect();
    positions(samples, Parameter::Pm25)
        .filter_map(|fine| Some((fine, *coarse.get(&pair_of(samples[fine]))?)))
        .filter(|&(fine, coarse)| samples[fine].value > samples[coarse].value)
        .flat_map(|(fine, coarse)| [(fine, Flags::INVERTED), (coarse, Flags::INVERTED)])
        .collect()
}

fn positions(samples: &[&Sample], parameter: Parameter) -> impl Iterator<Item = usize> {
    samples.iter().enumerate().filter(move |(_, s)| s.key.parameter == parameter).map(|(i, _)| i)
}

fn pair_of(sample: &Sample) -> (AveragingPeriod, Instant) {
    (sample.key.period, sample.key.instant)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qc::check::tests::series;

    fn check(name: &str, fine: &[(i64, &str)], coarse: &[(i64, &str)], expected: &[usize]) {
        let mut samples = series(Parameter::Pm25, "1h", fine);
        samples.extend(series(Parameter::Pm10, "1h", coarse));
        let refs: Vec<&Sample> = samples.iter().collect();
        let flagged: Vec<usize> = flag_inverted(&refs).into_iter().map(|(i, _)| i).collect();
        assert_eq!(flagged, expected, "{name}");
    }

    #[test]
    fn both_values_of_an_inverted_hour_are_flagged() {
        check("inverted", &[(1, "40"), (2, "50")], &[(1, "60"), (2, "49")], &[1, 3]);
        check("equal", &[(1, "40")], &[(1, "40")], &[]);
        check("different hours", &[(1, "40")], &[(2, "10")], &[]);
        check("no coarse value", &[(1, "40")], &[], &[]);
    }
}
