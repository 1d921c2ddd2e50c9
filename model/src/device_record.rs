//! What a data logger says besides values: logs, states of its devices, samples kept, numbers of instruments
//! (HJ 212-2017, 6.6 and Appendix C: 2021, 2041, 2081, 3015, 3019, 3020).

use std::borrow::Cow;

use crate::{Instant, StationId};

/// One record of a device. It is no value: no check looks at it, and the account of values does not count it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeviceRecord {
    /// Station whose logger sent it.
    pub station: StationId,
    /// Command it came with, such as `3020` (HJ 212: CN).
    pub command: String,
    /// The time it speaks of; the time of arrival where it names none.
    pub instant: Instant,
    /// Clock time of its arrival.
    pub received_at: Instant,
    /// Of a record sent in parts: the number of this part and of all (HJ 212: PNO and PNUM).
    pub part: Option<(u16, u16)>,
    /// What it says, as written (HJ 212: CP).
    pub text: String,
}

impl DeviceRecord {
    /// Longest text that is kept, in bytes of UTF-8.
    pub const LONGEST_TEXT: usize = 64 * 1024;

    /// A text as it is kept: one that is too long is cut, and says so at its end. What is kept is not cut again.
    #[must_use]
    pub fn fit(text: &str) -> Cow<'_, str> {
        if text.len() <= Self::LONGEST_TEXT {
            return Cow::Borrowed(text);
        }
        let mark = format!("……〔已截断，原文{}字节〕", text.len());
        let mut end = Self::LONGEST_TEXT.saturating_sub(mark.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        Cow::Owned(text.get(..end).unwrap_or_default().to_owned() + &mark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_once_and_says_so() {
        let check = |text: &str, cut: bool| {
            let fitting = DeviceRecord::fit(text);
            assert!(fitting.len() <= DeviceRecord::LONGEST_TEXT, "{}", fitting.len());
            let marked = fitting.ends_with(&format!("……〔已截断，原文{}字节〕", text.len()));
            assert_eq!(marked, cut, "{} bytes", text.len());
            assert!(cut || fitting == text);
            assert_eq!(DeviceRecord::fit(&fitting), fitting, "not cut again");
        };
        check("", false);
        check(&"x".repeat(DeviceRecord::LONGEST_TEXT), false);
        check(&"x".repeat(DeviceRecord::LONGEST_TEXT + 1), true);
        for blanks in 0..3 {
            check(&(" ".repeat(blanks) + &"志".repeat(DeviceRecord::LONGEST_TEXT)), true);
        }
    }
}
