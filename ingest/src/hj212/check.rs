//! What a check sum that was sent agrees with, and which sums are taken from a logger.
//!
//! In the field loggers also send CRC-16/MODBUS, either sum with its low byte first, a constant, or none. What is taken
//! is a setting of the logger, never guessed: a sum of one kind fits by accident once in 256 frames or more seldom.

use super::crc::{crc, modbus};

/// What a check sum that was sent agrees with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CrcKind {
    /// The sum of the standard.
    Ok,
    /// CRC-16/MODBUS.
    Modbus,
    /// Either of the two with its low byte first.
    Swapped,
    /// None of them.
    Bad,
    /// No sum was sent.
    Missing,
}

impl CrcKind {
    /// Classifies a sum; of several that it agrees with the first counts.
    #[must_use]
    pub fn of(data: &[u8], sent: Option<u16>) -> Self {
        let Some(sent) = sent else { return Self::Missing };
        let standard = crc(data);
        if sent == standard {
            return Self::Ok;
        }
        let other = modbus(data);
        if sent == other {
            Self::Modbus
        } else if sent.swap_bytes() == standard || sent.swap_bytes() == other {
            Self::Swapped
        } else {
            Self::Bad
        }
    }

    /// Whether the sum proves that the bytes between head and sum are those that were sent.
    #[must_use]
    pub const fn proves(self) -> bool {
        matches!(self, Self::Ok | Self::Modbus | Self::Swapped)
    }

    /// Key in the output of the command line.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Modbus => "modbus",
            Self::Swapped => "swapped",
            Self::Bad => "bad",
            Self::Missing => "missing",
        }
    }
}

/// Which check sums are taken from a logger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CrcPolicy {
    /// The standard's.
    #[default]
    Standard,
    /// CRC-16/MODBUS.
    Modbus,
    /// Either of the two with its low byte first.
    Swapped,
    /// Any of these.
    Any,
    /// Whatever is sent, and nothing: an error of the line is not found.
    Off,
}

impl CrcPolicy {
    /// Finds a policy by its key in the settings.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        match key {
            "standard" => Some(Self::Standard),
            "modbus" => Some(Self::Modbus),
            "swapped" => Some(Self::Swapped),
            "any" => Some(Self::Any),
            "off" => Some(Self::Off),
            _ => None,
        }
    }

    /// Whether a sum is taken. One that reads the same in either order of its bytes is of several kinds.
    #[must_use]
    pub fn takes(self, data: &[u8], sent: Option<u16>) -> bool {
        let Some(sent) = sent else { return self == Self::Off };
        match self {
            Self::Standard => sent == crc(data),
            Self::Modbus => sent == modbus(data),
            Self::Swapped => sent.swap_bytes() == crc(data) || sent.swap_bytes() == modbus(data),
            Self::Any => CrcKind::of(data, Some(sent)).proves(),
            Self::Off => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_classified_and_taken_by_its_kind() {
        // The sums of this text: 2F80 by the standard, 4B37 by MODBUS.
        let check = |sent: Option<u16>, kind: CrcKind, taken_by: &[&str]| {
            assert_eq!(CrcKind::of(b"123456789", sent), kind, "{sent:04X?}");
            for key in ["standard", "modbus", "swapped", "any", "off"] {
                let policy = CrcPolicy::from_key(key).unwrap();
                assert_eq!(policy.takes(b"123456789", sent), taken_by.contains(&key), "{sent:04X?} by {key}");
            }
        };
        check(Some(0x2F80), CrcKind::Ok, &["standard", "any", "off"]);
        check(Some(0x4B37), CrcKind::Modbus, &["modbus", "any", "off"]);
        check(Some(0x802F), CrcKind::Swapped, &["swapped", "any", "off"]);
        check(Some(0x374B), CrcKind::Swapped, &["swapped", "any", "off"]);
        check(Some(0x0000), CrcKind::Bad, &["off"]);
        check(None, CrcKind::Missing, &["off"]);
        assert_eq!(CrcPolicy::from_key("none"), None);
    }

    #[test]
    fn a_sum_of_two_equal_bytes_is_right_in_either_order() {
        let data =
            (0_u32..).map(|i| i.to_string()).find(|data| crc(data.as_bytes()) == 0).unwrap_or_default();
        assert!(CrcPolicy::Standard.takes(data.as_bytes(), Some(0)));
        assert!(CrcPolicy::Swapped.takes(data.as_bytes(), Some(0)));
        assert_eq!(CrcKind::of(data.as_bytes(), Some(0)), CrcKind::Ok);
    }
}
