//! Units, and exact conversion between those that differ by a power of ten or a fixed factor.

use crate::Decimal;

macro_rules! units {
    ($($variant:ident $key:literal $symbol:literal)+) => {
        /// A unit of measurement.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Unit { $(#[doc = $symbol] $variant),+ }

        impl Unit {
            /// Key in mappings, ASCII only.
            #[must_use]
            pub const fn key(self) -> &'static str { match self { $(Self::$variant => $key),+ } }

            /// Symbol as printed.
            #[must_use]
            pub const fn symbol(self) -> &'static str { match self { $(Self::$variant => $symbol),+ } }

            /// Finds a unit by key or printed symbol.
            #[must_use]
            pub fn from_key(key: &str) -> Option<Self> {
                match key { $($key => Some(Self::$variant),)+ _ => [$(Self::$variant),+].into_iter().find(|u| u.symbol() == key) }
            }
        }
    };
}

units! {
    NanogramPerCubicMetre       "ng/m3"     "ng/m³"
    MicrogramPerCubicMetre      "ug/m3"     "μg/m³"
    MilligramPerCubicMetre      "mg/m3"     "mg/m³"
    MicrogramPerLitre           "ug/L"      "μg/L"
    MilligramPerLitre           "mg/L"      "mg/L"
    Celsius                     "degC"      "℃"
    Percent                     "%"         "％"
    Pascal                      "Pa"        "Pa"
    Hectopascal                 "hPa"       "hPa"
    Kilopascal                  "kPa"       "kPa"
    MetrePerSecond              "m/s"       "m/s"
    Degree                      "deg"       "°"
    Millimetre                  "mm"        "mm"
    Centimetre                  "cm"        "cm"
    Metre                       "m"         "m"
    PhUnit                      "pH"        "无量纲"
    MicrosiemensPerCentimetre   "uS/cm"     "μS/cm"
    MillisiemensPerCentimetre   "mS/cm"     "mS/cm"
    Ntu                         "NTU"       "NTU"
    Millivolt                   "mV"        "mV"
    CellsPerLitre               "cells/L"   "cells/L"
    CubicMetrePerHour           "m3/h"      "m³/h"
    CubicMetrePerSecond         "m3/s"      "m³/s"
    LitrePerSecond              "L/s"       "L/s"
}

impl Unit {
    /// Converts `value` from this unit; none where the two do not measure the same thing.
    #[must_use]
    pub fn convert(self, value: Decimal, to: Self) -> Option<Decimal> {
        if self == to {
            return Some(value);
        }
        let (family, from_factor) = self.family()?;
        let (to_family, to_factor) = to.family()?;
        (family == to_family).then(|| (value * from_factor / to_factor).normalize())
    }

    /// Family of units and the factor to its base unit.
    fn family(self) -> Option<(u8, Decimal)> {
        let power = |exponent: u32| Decimal::from(10_u64.pow(exponent));
        Some(match self {
            Self::NanogramPerCubicMetre => (0, Decimal::ONE),
            Self::MicrogramPerCubicMetre => (0, power(3)),
            Self::MilligramPerCubicMetre => (0, power(6)),
            Self::MicrogramPerLitre => (1, Decimal::ONE),
            Self::MilligramPerLitre => (1, power(3)),
            Self::Pascal => (2, Decimal::ONE),
            Self::Hectopascal => (2, power(2)),
            Self::Kilopascal => (2, power(3)),
            Self::Millimetre => (3, Decimal::ONE),
            Self::Centimetre => (3, power(1)),
            Self::Metre => (3, power(3)),
            Self::MicrosiemensPerCentimetre => (4, Decimal::ONE),
            Self::MillisiemensPerCentimetre => (4, power(3)),
            Self::CubicMetrePerHour => (5, Decimal::ONE),
            Self::CubicMetrePerSecond => (5, Decimal::from(3600)),
            Self::LitrePerSecond => (5, Decimal::new(36, 1)),
            Self::Celsius
            | Self::Percent
            | Self::MetrePerSecond
            | Self::Degree
            | Self::PhUnit
            | Self::Ntu
            | Self::Millivolt
            | Self::CellsPerLitre => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn converts_exactly_within_a_family_only() {
        let check = |value: &str, from: &str, to: &str, expected: Option<&str>| {
            let (from, to) = (Unit::from_key(from).unwrap(), Unit::from_key(to).unwrap());
            let expected: Option<Decimal> = expected.map(|e| e.parse().unwrap());
            assert_eq!(from.convert(value.parse().unwrap(), to), expected);
        };
        check("300", "ug/m3", "mg/m3", Some("0.3"));
        check("12000", "ng/m3", "ug/m3", Some("12"));
        check("101.02", "kPa", "hPa", Some("1010.2"));
        check("2.5", "L/s", "m3/h", Some("9"));
        check("1", "ug/m3", "mg/L", None);
        check("7", "pH", "pH", Some("7"));
        check("7", "pH", "mV", None);
    }
}
