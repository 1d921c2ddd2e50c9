//! How a feed writes its times.

use chrono::DateTime;
use chrono::format::{Item, Numeric, StrftimeItems};
use lanbi_model::{Instant, Zone};

use crate::clock::{parse_stamp, parse_with};

/// The form of a feed's times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum TimeForm {
    /// Whatever [`parse_stamp`] reads.
    #[default]
    Auto,
    /// RFC 3339, with its zone.
    Rfc3339,
    /// Seconds, milliseconds or microseconds since 1970, by their number of digits.
    Epoch,
    /// A `strftime` pattern, local where it holds no zone.
    Pattern(String),
}

impl TimeForm {
    /// Reads `auto`, `rfc3339`, `epoch` or a pattern that holds the year.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "auto" => Some(Self::Auto),
            "rfc3339" => Some(Self::Rfc3339),
            "epoch" => Some(Self::Epoch),
            pattern => {
                let items: Vec<Item<'_>> = StrftimeItems::new(pattern).collect();
                let is_year = |item: &Item<'_>| {
                    matches!(item, Item::Numeric(Numeric::Year | Numeric::YearMod100 | Numeric::Timestamp, _))
                };
                let is_fine = !items.contains(&Item::Error) && items.iter().any(is_year);
                is_fine.then(|| Self::Pattern(pattern.to_owned()))
            }
        }
    }

    /// Reads a time; a local one is local to `zone`.
    pub(crate) fn read(&self, text: &str, zone: Zone) -> Option<Instant> {
        match self {
            Self::Auto => parse_stamp(text, zone),
            Self::Rfc3339 => {
                DateTime::parse_from_rfc3339(text.trim()).ok().and_then(|_| parse_stamp(text, zone))
            }
            Self::Epoch => read_epoch(text.trim()),
            Self::Pattern(pattern) => parse_with(text, pattern, None, zone),
        }
    }
}

/// Seconds have 9 or 10 digits from 1973 to 2286, milliseconds 13 and microseconds 16.
fn read_epoch(text: &str) -> Option<Instant> {
    if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    let whole = text.split('.').next().unwrap_or_default();
    match (whole.len(), whole.parse::<i64>().ok()?) {
        (9 | 10, seconds) if whole == text => DateTime::from_timestamp(seconds, 0),
        (13, millis) if whole == text => DateTime::from_timestamp_millis(millis),
        (9 | 10 | 13 | 16, _) => parse_stamp(text, Zone::utc()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_reads_its_own_times_only() {
        let check = |form: &str, text: &str, expected: Option<&str>| {
            let read = TimeForm::parse(form).unwrap().read(text, Zone::shanghai());
            assert_eq!(read, expected.map(|at| at.parse().unwrap()), "{form} {text}");
        };
        let eight = Some("2026-10-05T00:00:00Z");
        check("auto", "2026-10-05 08:00:00", eight);
        check("auto", "1791158400000", eight);
        check("rfc3339", "2026-10-05T08:00:00+08:00", eight);
        check("rfc3339", "2026-10-05T08:00:00", None);
        check("rfc3339", "1791158400", None);
        check("epoch", "1791158400", eight);
        check("epoch", "1791158400.5", Some("2026-10-05T00:00:00.5Z"));
        check("epoch", "1791158400000", eight);
        check("epoch", "1791158400000000", eight);
        check("epoch", "20261005080000", None);
        check("epoch", "202610050800", None);
        check("epoch", "2026-10-05", None);
        check("epoch", "-179115840", None);
        check("epoch", "+179115840", None);
        check("epoch", "179115840０", None);
        check("%d.%m.%Y %H:%M", "05.10.2026 08:00", eight);
        check("%d.%m.%Y %H:%M", "2026-10-05 08:00", None);
        for bad in ["", "now", "%H:%M", "%Q"] {
            assert_eq!(TimeForm::parse(bad), None, "{bad}");
        }
    }
}
