//! Factor codes of HJ 212: which parameter and which unit, and back.
//!
//! Codes of 2017 and 2025 (a letter for the medium, five digits) are those of HJ 212-2017, Appendix B, those of 2005 the
//! old codes named there beside them. Units are the ones that Appendix B prints, with one exception:
//!
//! - Particles (`a34...`) stand in ng/m³ in the table, with room for 999.999 at most, which no ambient air fits. Devices
//!   send μg/m³, and so they are read: a device that follows the print is then a thousand times too high, which is
//!   marked as doubtful on arrival, where the other reading would make dirty air look clean.
//!
//! Not in the table of 2017 but in general use: `a05024` ozone (HJ 524), read in mg/m³ like the other gases of the
//! table, and `w01003` turbidity in NTU. Rain, transparency, chlorophyll a, algae density, oxidation-reduction potential
//! and depth have no code of known meaning and unit there; their values are refused until HJ 1404-2024 has been read.
//! Old codes of metals are left out where the editions do not have the same unit.

use lanbi_model::{Parameter, Unit};

use super::edition::Edition;

use Parameter as P;
use Unit as U;

/// Sorted by code.
const CODES: &[(u64, Parameter, Unit)] = &[
    (key("001"), P::Ph, U::PhUnit),
    (key("003"), P::SuspendedSolids, U::MilligramPerLitre),
    (key("010"), P::Bod5, U::MilligramPerLitre),
    (key("011"), P::Cod, U::MilligramPerLitre),
    (key("02"), P::So2, U::MilligramPerCubicMetre),
    (key("029"), P::Copper, U::MilligramPerLitre),
    (key("030"), P::Zinc, U::MilligramPerLitre),
    (key("04"), P::Co, U::MilligramPerCubicMetre),
    (key("060"), P::Nh3n, U::MilligramPerLitre),
    (key("065"), P::Tn, U::MilligramPerLitre),
    (key("070"), P::Cyanide, U::MilligramPerLitre),
    (key("071"), P::Sulfide, U::MilligramPerLitre),
    (key("072"), P::Fluoride, U::MilligramPerLitre),
    (key("080"), P::Oil, U::MilligramPerLitre),
    (key("101"), P::Tp, U::MilligramPerLitre),
    (key("110"), P::VolatilePhenol, U::MilligramPerLitre),
    (key("520"), P::Surfactant, U::MilligramPerLitre),
    (key("B01"), P::Flow, U::LitrePerSecond),
    (key("a01001"), P::AirTemperature, U::Celsius),
    (key("a01002"), P::Humidity, U::Percent),
    (key("a01006"), P::AirPressure, U::Kilopascal),
    (key("a01007"), P::WindSpeed, U::MetrePerSecond),
    (key("a01008"), P::WindDirection, U::Degree),
    (key("a05024"), P::O3, U::MilligramPerCubicMetre),
    (key("a21004"), P::No2, U::MilligramPerCubicMetre),
    (key("a21005"), P::Co, U::MilligramPerCubicMetre),
    (key("a21026"), P::So2, U::MilligramPerCubicMetre),
    (key("a34002"), P::Pm10, U::MicrogramPerCubicMetre),
    (key("a34004"), P::Pm25, U::MicrogramPerCubicMetre),
    (key("w00000"), P::Flow, U::LitrePerSecond),
    (key("w01001"), P::Ph, U::PhUnit),
    (key("w01003"), P::Turbidity, U::Ntu),
    (key("w01009"), P::DissolvedOxygen, U::MilligramPerLitre),
    (key("w01010"), P::WaterTemperature, U::Celsius),
    (key("w01012"), P::SuspendedSolids, U::MilligramPerLitre),
    (key("w01014"), P::Conductivity, U::MicrosiemensPerCentimetre),
    (key("w01017"), P::Bod5, U::MilligramPerLitre),
    (key("w01018"), P::Cod, U::MilligramPerLitre),
    (key("w01019"), P::CodMn, U::MilligramPerLitre),
    (key("w19002"), P::Surfactant, U::MilligramPerLitre),
    (key("w20111"), P::Mercury, U::MicrogramPerLitre),
    (key("w20115"), P::Cadmium, U::MicrogramPerLitre),
    (key("w20117"), P::ChromiumSix, U::MicrogramPerLitre),
    (key("w20119"), P::Arsenic, U::MicrogramPerLitre),
    (key("w20120"), P::Lead, U::MicrogramPerLitre),
    (key("w20122"), P::Copper, U::MilligramPerLitre),
    (key("w20123"), P::Zinc, U::MilligramPerLitre),
    (key("w20128"), P::Selenium, U::MicrogramPerLitre),
    (key("w21001"), P::Tn, U::MilligramPerLitre),
    (key("w21003"), P::Nh3n, U::MilligramPerLitre),
    (key("w21011"), P::Tp, U::MilligramPerLitre),
    (key("w21016"), P::Cyanide, U::MilligramPerLitre),
    (key("w21017"), P::Fluoride, U::MilligramPerLitre),
    (key("w21019"), P::Sulfide, U::MilligramPerLitre),
    (key("w22001"), P::Oil, U::MilligramPerLitre),
    (key("w23002"), P::VolatilePhenol, U::MilligramPerLitre),
];

/// The parameter and the unit of a factor code; none where the code or its unit is not known. Devices also write the
/// letter of the medium as a capital.
#[must_use]
pub fn factor(code: &str) -> Option<(Parameter, Unit)> {
    if code.len() > 6 {
        return None;
    }
    find(code).or_else(|| code.starts_with(['A', 'W']).then(|| find(&code.to_ascii_lowercase())).flatten())
}

/// The code under which a logger of an edition sends a parameter, and the unit it is sent in; none where the table has no
/// code. The table has few codes of 2005; where it has none for a parameter, that of 2017 stands for it.
#[must_use]
pub fn code_of(parameter: Parameter, edition: Edition) -> Option<(String, Unit)> {
    let written = |key: u64| -> String {
        key.to_be_bytes().into_iter().filter(|byte| *byte != 0).map(char::from).collect()
    };
    let known = || {
        let of_it = CODES.iter().filter(move |(_, known, _)| *known == parameter);
        of_it.map(|&(key, _, unit)| (written(key), unit))
    };
    // A code of 2017 begins with the letter of its medium.
    let is_old = |code: &str| !code.starts_with(|letter: char| letter.is_ascii_lowercase());
    let wants_old = edition == Edition::V2005;
    known().find(|(code, _)| is_old(code) == wants_old).or_else(|| known().next().filter(|_| wants_old))
}

fn find(code: &str) -> Option<(Parameter, Unit)> {
    let code = key(code);
    let at = CODES.binary_search_by_key(&code, |(known, _, _)| *known).ok()?;
    CODES.get(at).map(|&(_, parameter, unit)| (parameter, unit))
}

/// The first 8 bytes of a code as one number, in the same order.
const fn key(code: &str) -> u64 {
    let code = code.as_bytes();
    let mut bytes = [0; 8];
    let mut i = 0;
    while i < code.len() && i < 8 {
        bytes[i] = code[i];
        i += 1;
    }
    u64::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use lanbi_model::Decimal;

    use super::*;

    #[test]
    fn every_code_is_found_and_its_unit_fits_the_parameter() {
        assert!(CODES.is_sorted_by(|(a, _, _), (b, _, _)| a < b), "sorted, each once");
        for (code, parameter, unit) in CODES {
            let code = String::from_utf8(code.to_be_bytes().to_vec()).unwrap();
            let code = code.trim_end_matches('\0');
            assert_eq!(factor(code), Some((*parameter, *unit)));
            assert!(unit.convert(Decimal::ONE, parameter.unit()).is_some(), "{code} in {}", unit.key());
        }
    }

    #[test]
    fn each_parameter_is_sent_under_the_code_of_its_edition() {
        let check = |parameter: Parameter, expected: [Option<&str>; 3]| {
            let editions = [Edition::V2005, Edition::V2017, Edition::V2025];
            let codes = editions.map(|edition| code_of(parameter, edition));
            assert_eq!(codes.each_ref().map(|code| code.as_ref().map(|(code, _)| code.as_str())), expected);
            for (code, unit) in codes.into_iter().flatten() {
                assert_eq!(factor(&code), Some((parameter, unit)));
            }
        };
        check(P::Cod, [Some("011"), Some("w01018"), Some("w01018")]);
        check(P::So2, [Some("02"), Some("a21026"), Some("a21026")]);
        check(P::Pm25, [Some("a34004"); 3]);
        check(P::Flow, [Some("B01"), Some("w00000"), Some("w00000")]);
        check(P::Rain, [None; 3]);
    }

    #[test]
    fn spellings_and_strangers() {
        assert_eq!(factor("W01018"), Some((P::Cod, U::MilligramPerLitre)));
        assert_eq!(factor("A34004"), factor("a34004"));
        for code in
            ["", "01018", "w0101", "w010188", "w01018\0", "LA", "b01", "PM25", "a34013", "w01016", "站"]
        {
            assert_eq!(factor(code), None, "{code}");
        }
    }
}
