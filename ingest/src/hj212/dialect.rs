//! What the letters beside a value mean, by edition and kind of network.
//!
//! The same letter means different things in different places (`B`: instrument and logger did not talk; or the instrument
//! is broken; or the station is offline), so a logger that does not speak the letters of 2017 is set down in the file of
//! sources. A letter that its table does not have makes the value unusable until somebody knows what it means.

use lanbi_model::Flags;

/// A table of letters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// HJ/T 212-2005, and the digits of its air stations.
    V2005,
    /// HJ 212-2017, Table 8.
    #[default]
    V2017,
    /// HJ 212-2025. Its own table has not been seen.
    V2025,
    /// Air stations from before HJ 212-2017.
    Air,
    /// Stations of the surface-water network.
    SurfaceWater,
}

/// How well a table is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Confidence {
    /// Read in the standard.
    Standard,
    /// Found in two independent implementations.
    Implementations,
    /// From one weak source, or by inference.
    Weak,
}

/// HJ 212-2017, Table 8.
const V2017: &[(&str, Flags)] = &[
    ("N", Flags::empty()),
    ("F", Flags::STOPPED),
    ("M", Flags::MAINTENANCE),
    ("S", Flags::MANUAL),
    ("D", Flags::FAULT),
    ("C", Flags::CALIBRATION),
    ("T", Flags::DEVICE_RANGE),
    ("B", Flags::COMMUNICATION),
];

/// HJ/T 212-2005: no power, stopped, calibrating, maintenance, over range, fault, set by hand, normal. Air stations sent
/// digits: 0 calibrating, 2 abnormal, 3 normal; what 1 (weather) says of a value is not known.
const V2005: &[(&str, Flags)] = &[
    ("N", Flags::empty()),
    ("P", Flags::STOPPED),
    ("F", Flags::STOPPED),
    ("C", Flags::CALIBRATION),
    ("M", Flags::MAINTENANCE),
    ("T", Flags::DEVICE_RANGE),
    ("D", Flags::FAULT),
    ("S", Flags::MANUAL),
    ("0", Flags::CALIBRATION),
    ("2", Flags::FAULT),
    ("3", Flags::empty()),
];

/// No power, instrument fault, channel switched off, calibrating, above and below the measuring range. A bracket says that
/// the value is beyond a limit which a user has set for his own alarms, and nothing against the value.
const AIR: &[(&str, Flags)] = &[
    ("N", Flags::empty()),
    ("P", Flags::STOPPED),
    ("B", Flags::FAULT),
    ("D", Flags::STOPPED),
    ("C", Flags::CALIBRATION),
    ("H", Flags::DEVICE_RANGE),
    ("L", Flags::DEVICE_RANGE),
    ("]", Flags::empty()),
    (")", Flags::empty()),
    ("[", Flags::empty()),
    ("(", Flags::empty()),
];

/// Above and below the range, no power, fault, no communication, offline, no water to sample, entered by hand,
/// maintenance. `hd` (started on site) is in no text that says whether such a value counts.
const SURFACE_WATER: &[(&str, Flags)] = &[
    ("N", Flags::empty()),
    ("T", Flags::DEVICE_RANGE),
    ("L", Flags::DEVICE_RANGE),
    ("P", Flags::STOPPED),
    ("D", Flags::FAULT),
    ("F", Flags::COMMUNICATION),
    ("B", Flags::COMMUNICATION),
    ("Z", Flags::STOPPED),
    ("S", Flags::MANUAL),
    ("M", Flags::MAINTENANCE),
];

impl Dialect {
    /// Finds a dialect by its key in the file of sources.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        match key {
            "2005" => Some(Self::V2005),
            "2017" => Some(Self::V2017),
            "2025" => Some(Self::V2025),
            "air" => Some(Self::Air),
            "surface-water" => Some(Self::SurfaceWater),
            _ => None,
        }
    }

    /// How well its table is known.
    #[must_use]
    pub const fn confidence(self) -> Confidence {
        match self {
            Self::V2017 => Confidence::Standard,
            Self::Air => Confidence::Implementations,
            Self::V2005 | Self::V2025 | Self::SurfaceWater => Confidence::Weak,
        }
    }

    /// What a letter says of the value beside it, in either case; no letter means normal.
    #[must_use]
    pub fn flags(self, letter: &str) -> Flags {
        let letter = letter.trim_ascii();
        if letter.is_empty() {
            return Flags::empty();
        }
        let known = self.table().iter().find(|(known, _)| known.eq_ignore_ascii_case(letter));
        known.map_or(Flags::UNKNOWN, |(_, flags)| *flags)
    }

    const fn table(self) -> &'static [(&'static str, Flags)] {
        match self {
            Self::V2005 => V2005,
            Self::V2017 | Self::V2025 => V2017,
            Self::Air => AIR,
            Self::SurfaceWater => SURFACE_WATER,
        }
    }
}

/// One word for what is known of a value by its flags: `valid`, or the first that holds of `calibrating`, `maintenance`,
/// `over-range`, `comms`, `unknown`, `invalid`, `manual`.
#[must_use]
pub fn quality(flags: Flags) -> &'static str {
    let words = [
        (Flags::CALIBRATION, "calibrating"),
        (Flags::MAINTENANCE, "maintenance"),
        (Flags::DEVICE_RANGE, "over-range"),
        (Flags::COMMUNICATION, "comms"),
        (Flags::UNKNOWN, "unknown"),
        (Flags::INVALID, "invalid"),
        (Flags::MANUAL, "manual"),
    ];
    words.iter().find(|(flag, _)| flags.intersects(*flag)).map_or("valid", |(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [&str; 5] = ["2005", "2017", "2025", "air", "surface-water"];

    #[test]
    fn a_letter_means_what_its_table_says() {
        let check = |letter: &str, expected: [&str; 5]| {
            let words = ALL.map(|key| quality(Dialect::from_key(key).unwrap().flags(letter)));
            assert_eq!(words, expected, "{letter}");
        };
        check("N", ["valid"; 5]);
        check("n", ["valid"; 5]);
        check("", ["valid"; 5]);
        check("B", ["unknown", "comms", "comms", "invalid", "comms"]);
        check("D", ["invalid"; 5]);
        check("C", ["calibrating", "calibrating", "calibrating", "calibrating", "unknown"]);
        check("M", ["maintenance", "maintenance", "maintenance", "unknown", "maintenance"]);
        check("T", ["over-range", "over-range", "over-range", "unknown", "over-range"]);
        check("S", ["manual", "manual", "manual", "unknown", "manual"]);
        check("H", ["unknown", "unknown", "unknown", "over-range", "unknown"]);
        check("3", ["valid", "unknown", "unknown", "unknown", "unknown"]);
        check("]", ["unknown", "unknown", "unknown", "valid", "unknown"]);
        check("Z", ["unknown", "unknown", "unknown", "unknown", "invalid"]);
    }

    #[test]
    fn a_letter_that_no_table_has_is_never_valid() {
        for dialect in ALL.map(|key| Dialect::from_key(key).unwrap()) {
            for letter in ["X", "hd", "NN", "1", "正常", "-"] {
                assert!(!dialect.flags(letter).is_valid(), "{letter} {dialect:?}");
            }
        }
        assert_eq!(Dialect::from_key("2011"), None);
        assert_eq!(Dialect::default().confidence(), Confidence::Standard);
    }
}
