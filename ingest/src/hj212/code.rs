//! Factor codes of HJ 212: which parameter and which unit.
//!
//! Codes of 2017 and 2025 (a letter for the medium, five digits) are those of HJ 212-2017, Appendix B, those of 2005 the
//! old codes named there beside them. Units are the ones that Appendix B prints, with one exception:
//!
//! - Particles (`a34...`) stand in ng/m³ in the table, with room for 999.999 at most, which no ambient air fits. Devices
//!   send μg/m³, and so they are read: a device that follows the print is then a thousand times too high, which every
//!   range check finds, where the other reading would make dirty air look clean.
//!
//! Not in the table of 2017 but in general use: `a05024` ozone (HJ 524), read in mg/m³ like the other gases of the
//! table, and `w01003` turbidity in NTU. Rain, transparency, chlorophyll a, algae density, oxidation-reduction potential
//! and depth have no code of known meaning and unit there; their values are refused until HJ 1404-2024 has been read.
//! Old codes of metals are left out where the editions do not have the same unit.

use lanbi_model::{Parameter, Unit};

use Parameter as P;
use Unit as U;

/// Sorted by code.
const CODES: &[(&str, Parameter, Unit)] = &[
    ("001", P::Ph, U::PhUnit),
    ("003", P::SuspendedSolids, U::MilligramPerLitre),
    ("010", P::Bod5, U::MilligramPerLitre),
    ("011", P::Cod, U::MilligramPerLitre),
    ("02", P::So2, U::MilligramPerCubicMetre),
    ("029", P::Copper, U::MilligramPerLitre),
    ("030", P::Zinc, U::MilligramPerLitre),
    ("04", P::Co, U::MilligramPerCubicMetre),
    ("060", P::Nh3n, U::MilligramPerLitre),
    ("065", P::Tn, U::MilligramPerLitre),
    ("070", P::Cyanide, U::MilligramPerLitre),
    ("071", P::Sulfide, U::MilligramPerLitre),
    ("072", P::Fluoride, U::MilligramPerLitre),
    ("080", P::Oil, U::MilligramPerLitre),
    ("101", P::Tp, U::MilligramPerLitre),
    ("110", P::VolatilePhenol, U::MilligramPerLitre),
    ("520", P::Surfactant, U::MilligramPerLitre),
    ("B01", P::Flow, U::LitrePerSecond),
    ("a01001", P::AirTemperature, U::Celsius),
    ("a01002", P::Humidity, U::Percent),
    ("a01006", P::AirPressure, U::Kilopascal),
    ("a01007", P::WindSpeed, U::MetrePerSecond),
    ("a01008", P::WindDirection, U::Degree),
    ("a05024", P::O3, U::MilligramPerCubicMetre),
    ("a21004", P::No2, U::MilligramPerCubicMetre),
    ("a21005", P::Co, U::MilligramPerCubicMetre),
    ("a21026", P::So2, U::MilligramPerCubicMetre),
    ("a34002", P::Pm10, U::MicrogramPerCubicMetre),
    ("a34004", P::Pm25, U::MicrogramPerCubicMetre),
    ("w00000", P::Flow, U::LitrePerSecond),
    ("w01001", P::Ph, U::PhUnit),
    ("w01003", P::Turbidity, U::Ntu),
    ("w01009", P::DissolvedOxygen, U::MilligramPerLitre),
    ("w01010", P::WaterTemperature, U::Celsius),
    ("w01012", P::SuspendedSolids, U::MilligramPerLitre),
    ("w01014", P::Conductivity, U::MicrosiemensPerCentimetre),
    ("w01017", P::Bod5, U::MilligramPerLitre),
    ("w01018", P::Cod, U::MilligramPerLitre),
    ("w01019", P::CodMn, U::MilligramPerLitre),
    ("w19002", P::Surfactant, U::MilligramPerLitre),
    ("w20111", P::Mercury, U::MicrogramPerLitre),
    ("w20115", P::Cadmium, U::MicrogramPerLitre),
    ("w20117", P::ChromiumSix, U::MicrogramPerLitre),
    ("w20119", P::Arsenic, U::MicrogramPerLitre),
    ("w20120", P::Lead, U::MicrogramPerLitre),
    ("w20122", P::Copper, U::MilligramPerLitre),
    ("w20123", P::Zinc, U::MilligramPerLitre),
    ("w20128", P::Selenium, U::MicrogramPerLitre),
    ("w21001", P::Tn, U::MilligramPerLitre),
    ("w21003", P::Nh3n, U::MilligramPerLitre),
    ("w21011", P::Tp, U::MilligramPerLitre),
    ("w21016", P::Cyanide, U::MilligramPerLitre),
    ("w21017", P::Fluoride, U::MilligramPerLitre),
    ("w21019", P::Sulfide, U::MilligramPerLitre),
    ("w22001", P::Oil, U::MilligramPerLitre),
    ("w23002", P::VolatilePhenol, U::MilligramPerLitre),
];

/// The parameter and the unit of a factor code; none where the code or its unit is not known. Devices also write the
/// letter of the medium as a capital.
#[must_use]
pub fn factor(code: &str) -> Option<(Parameter, Unit)> {
    find(code).or_else(|| code.starts_with(['A', 'W']).then(|| find(&code.to_ascii_lowercase())).flatten())
}

fn find(code: &str) -> Option<(Parameter, Unit)> {
    let at = CODES.binary_search_by(|(known, _, _)| (*known).cmp(code)).ok()?;
    CODES.get(at).map(|&(_, parameter, unit)| (parameter, unit))
}

#[cfg(test)]
mod tests {
    use lanbi_model::Decimal;

    use super::*;

    #[test]
    fn every_code_is_found_and_its_unit_fits_the_parameter() {
        assert!(CODES.is_sorted_by(|(a, _, _), (b, _, _)| a < b), "sorted, each once");
        for (code, parameter, unit) in CODES {
            assert_eq!(factor(code), Some((*parameter, *unit)));
            assert!(unit.convert(Decimal::ONE, parameter.unit()).is_some(), "{code} in {}", unit.key());
        }
    }

    #[test]
    fn spellings_and_strangers() {
        assert_eq!(factor("W01018"), Some((P::Cod, U::MilligramPerLitre)));
        assert_eq!(factor("A34004"), factor("a34004"));
        for code in ["", "01018", "w0101", "w010188", "LA", "b01", "PM25", "a34013", "w01016", "站"] {
            assert_eq!(factor(code), None, "{code}");
        }
    }
}
