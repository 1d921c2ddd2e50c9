//! The index of HJ 633 for many estimated days: the tables of an edition in binary numbers.
//!
//! Estimates lie nowhere exactly on a breakpoint, so the float is good enough here; measured days are assessed exactly.

use lanbi_model::standard::{AqiStandard, Beyond, Breakpoints};
use lanbi_model::{Parameter, decimal};

use super::number::{round_at, whole};
use super::series::Six;

/// The day tables of one edition.
pub(super) struct IndexScale {
    tables: [Option<Table>; 6],
}

struct Table {
    /// Concentration and index, ascending.
    nodes: Vec<(f64, f64)>,
    /// Index above the last node.
    cap: Option<f64>,
    /// Decimals of the concentration before the table.
    decimals: Option<u32>,
}

impl IndexScale {
    pub(super) fn of(standard: &AqiStandard) -> Self {
        let table = |item: Parameter| {
            let key = if item == Parameter::O3 { Parameter::O3EightHour } else { item };
            let Breakpoints { nodes, beyond } = standard.day.get(&key)?;
            let nodes = nodes.iter().zip(&standard.iaqi);
            Some(Table {
                nodes: nodes.map(|(node, index)| (decimal::to_f64(*node), f64::from(*index))).collect(),
                cap: match beyond {
                    Beyond::Cap(cap) => Some(f64::from(*cap)),
                    Beyond::Empty => None,
                },
                decimals: standard.input_decimals.get(&key).copied(),
            })
        };
        Self { tables: Parameter::AQI.map(table) }
    }

    /// Individual indices, rounded up.
    pub(super) fn indices(&self, values: &Six) -> Six {
        std::array::from_fn(|item| self.tables[item].as_ref()?.index(values[item]?))
    }

    /// The largest concentration of an item whose individual index is at most `index`; infinite where none is larger.
    pub(super) fn concentration(&self, item: usize, index: u32) -> f64 {
        let Some(table) = &self.tables[item] else { return f64::INFINITY };
        let index = f64::from(index);
        let Some(upper) = table.nodes.iter().position(|(_, node)| *node > index) else {
            return f64::INFINITY;
        };
        let ((low, from), (high, to)) = (table.nodes[upper.saturating_sub(1)], table.nodes[upper]);
        let exact = if to > from { low + (high - low) * (index - from) / (to - from) } else { low };
        // What rounds down to it has the same index.
        let half = table.decimals.map_or(0.0, |d| 0.5 * 0.1_f64.powi(i32::try_from(d).unwrap_or(0)));
        exact + half
    }
}

impl Table {
    fn index(&self, concentration: f64) -> Option<f64> {
        let value = self.decimals.map_or(concentration, |decimals| round_at(concentration, decimals));
        let Some(upper) = self.nodes.iter().position(|(node, _)| value <= *node) else { return self.cap };
        let ((low, from), (high, to)) = (self.nodes[upper.saturating_sub(1)], self.nodes[upper]);
        let exact = if high > low { from + (to - from) * (value - low) / (high - low) } else { from };
        Some((exact - 1e-9).ceil().max(0.0))
    }
}

/// An index of [`IndexScale::indices`] as the whole number it is.
pub(super) fn index_number(index: f64) -> u32 {
    u32::try_from(whole(index)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::test_air::aqi_standard;
    use super::*;
    use crate::air::{AqiTime, Concentrations, assess};

    #[test]
    fn estimated_days_get_the_index_that_measured_ones_get() {
        let standard = aqi_standard();
        let scale = IndexScale::of(&standard);
        for value in ["0", "1", "34.9", "35", "35.1", "75", "75.5", "149.9", "250", "499", "500", "501"] {
            let exact = Concentrations([value.parse().ok(), None, None, None, None, value.parse().ok()]);
            let got = scale.indices(&exact.0.map(|v| v.map(decimal::to_f64)));
            let expected = assess(&standard, AqiTime::Day, &exact, &[]).iaqi;
            assert_eq!(got.map(|index| index.map(index_number)), expected, "{value}");
        }
    }

    #[test]
    fn a_concentration_stands_for_its_index() {
        let scale = IndexScale::of(&aqi_standard());
        assert_eq!((scale.concentration(0, 100), scale.concentration(0, 200)), (75.0, 150.0));
        assert_eq!(scale.concentration(0, 75), 55.0);
        assert_eq!(scale.concentration(0, 500), f64::INFINITY);
    }
}
