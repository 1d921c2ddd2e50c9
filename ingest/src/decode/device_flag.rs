//! The letters a device sets beside a value, where nothing else is known of it.

use lanbi_model::Flags;

use crate::hj212::dialect::Dialect;

/// Reads a letter of HJ 212-2017, Table 8; no letter means normal.
pub(crate) fn device_flag(letter: &str) -> Flags {
    Dialect::V2017.flags(letter)
}
