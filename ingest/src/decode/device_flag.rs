//! The letters a device sets beside a value.

use lanbi_model::Flags;

/// Reads a letter of HJ 212-2017, Table 8; no letter means normal. A letter that the table does not have makes the
/// value unusable until somebody knows what it means.
pub(crate) fn device_flag(letter: &str) -> Flags {
    match letter.trim() {
        "" | "N" | "n" => Flags::empty(),
        "F" | "f" => Flags::STOPPED,
        "M" | "m" => Flags::MAINTENANCE,
        "S" | "s" => Flags::MANUAL,
        "D" | "d" => Flags::FAULT,
        "C" | "c" => Flags::CALIBRATION,
        "T" | "t" => Flags::DEVICE_RANGE,
        "B" | "b" => Flags::COMMUNICATION,
        _ => Flags::UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_table_8() {
        for (letter, valid) in
            [("N", true), ("S", true), ("", true), ("F", false), ("M", false), ("D", false), ("C", false)]
        {
            assert_eq!(device_flag(letter).is_valid(), valid, "{letter}");
        }
        assert_eq!(device_flag("T"), Flags::DEVICE_RANGE);
        assert_eq!(device_flag("B"), Flags::COMMUNICATION);
        for letter in ["X", "NM", "hd", "正常"] {
            assert_eq!(device_flag(letter), Flags::UNKNOWN, "{letter}");
        }
    }
}
