//! The edition a frame says it follows: bits 2 to 7 of `Flag` (HJ 212-2017, Table 3; HJ 212-2025).
//!
//! It goes into answers and counts, and never chooses how a frame is read: surface-water stations sent the version of 2025
//! in 2020, and loggers of 2005 send no `Flag` or 3.

/// An edition of HJ 212.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Edition {
    /// HJ/T 212-2005: version 0, or no `Flag`.
    V2005,
    /// HJ 212-2017: version 1.
    V2017,
    /// HJ 212-2025: version 2.
    V2025,
}

impl Edition {
    /// The edition of a `Flag` as written; none for a version that no edition has, or no number.
    #[must_use]
    pub fn of_flag(flag: &str) -> Option<Self> {
        if flag.is_empty() {
            return Some(Self::V2005);
        }
        match flag.parse::<u8>().ok()? >> 2 {
            0 => Some(Self::V2005),
            1 => Some(Self::V2017),
            2 => Some(Self::V2025),
            _ => None,
        }
    }

    /// The version in the bits where `Flag` has it.
    #[must_use]
    pub const fn bits(self) -> u8 {
        match self {
            Self::V2005 => 0,
            Self::V2017 => 4,
            Self::V2025 => 8,
        }
    }

    /// The year.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::V2005 => "2005",
            Self::V2017 => "2017",
            Self::V2025 => "2025",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_in_the_bits_above_the_lowest_two() {
        let check = |flags: &[&str], expected: Option<&str>| {
            for flag in flags {
                assert_eq!(Edition::of_flag(flag).map(Edition::key), expected, "{flag}");
            }
        };
        check(&["", "0", "1", "2", "3"], Some("2005"));
        check(&["4", "5", "6", "7", "05"], Some("2017"));
        check(&["8", "9", "10", "11"], Some("2025"));
        check(&["12", "255", "256", "-1", "x"], None);
        for edition in [Edition::V2005, Edition::V2017, Edition::V2025] {
            assert_eq!(Edition::of_flag(&edition.bits().to_string()), Some(edition));
        }
    }
}
