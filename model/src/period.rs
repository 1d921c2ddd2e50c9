//! The stretch of local days a report covers.

use chrono::{Datelike, Days, Months, NaiveDate};

/// A day, a month, a quarter or a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReportPeriod {
    /// One natural day.
    Day(NaiveDate),
    /// A calendar month, by its first day.
    Month(NaiveDate),
    /// A quarter, by its first day.
    Quarter(NaiveDate),
    /// A year, by its first day.
    Year(NaiveDate),
}

/// A period that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a period; write 2026-10-05, 2026-10, 2026-Q3 or 2026")]
pub struct ParsePeriodError(String);

impl ReportPeriod {
    /// First day.
    #[must_use]
    pub const fn first(self) -> NaiveDate {
        match self {
            Self::Day(day) | Self::Month(day) | Self::Quarter(day) | Self::Year(day) => day,
        }
    }

    /// Last day.
    #[must_use]
    pub fn last(self) -> NaiveDate {
        let months = match self {
            Self::Day(day) => return day,
            Self::Month(_) => 1,
            Self::Quarter(_) => 3,
            Self::Year(_) => 12,
        };
        let first = self.first();
        first.checked_add_months(Months::new(months)).and_then(|d| d.pred_opt()).unwrap_or(first)
    }

    /// All days from first to last.
    pub fn days(self) -> impl Iterator<Item = NaiveDate> {
        let last = self.last();
        self.first().iter_days().take_while(move |day| *day <= last)
    }

    /// The period of the same length just before (环比).
    #[must_use]
    pub fn before(self) -> Self {
        let back = |n: u32| self.first().checked_sub_months(Months::new(n)).unwrap_or(self.first());
        match self {
            Self::Day(day) => Self::Day(day.checked_sub_days(Days::new(1)).unwrap_or(day)),
            Self::Month(_) => Self::Month(back(1)),
            Self::Quarter(_) => Self::Quarter(back(3)),
            Self::Year(_) => Self::Year(back(12)),
        }
    }

    /// The same period a year earlier (同比).
    #[must_use]
    pub fn year_before(self) -> Self {
        let back = self.first().checked_sub_months(Months::new(12)).unwrap_or(self.first());
        match self {
            Self::Day(_) => Self::Day(back),
            Self::Month(_) => Self::Month(back),
            Self::Quarter(_) => Self::Quarter(back),
            Self::Year(_) => Self::Year(back),
        }
    }

    /// As an official report writes it: 2026年10月5日, 2026年10月, 2026年第三季度, 2026年.
    #[must_use]
    pub fn zh(self) -> String {
        let first = self.first();
        let year = first.year();
        match self {
            Self::Day(day) => format!("{year}年{}月{}日", day.month(), day.day()),
            Self::Month(_) => format!("{year}年{}月", first.month()),
            Self::Quarter(_) => {
                let name = ["一", "二", "三", "四"].get(usize_quarter(first)).copied().unwrap_or("四");
                format!("{year}年第{name}季度")
            }
            Self::Year(_) => format!("{year}年"),
        }
    }
}

fn usize_quarter(day: NaiveDate) -> usize {
    usize::try_from(day.month0() / 3).unwrap_or(3)
}

impl std::fmt::Display for ReportPeriod {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let first = self.first();
        match self {
            Self::Day(day) => write!(f, "{day}"),
            Self::Month(_) => write!(f, "{}", first.format("%Y-%m")),
            Self::Quarter(_) => write!(f, "{}-Q{}", first.year(), usize_quarter(first) + 1),
            Self::Year(_) => write!(f, "{}", first.year()),
        }
    }
}

impl std::str::FromStr for ReportPeriod {
    type Err = ParsePeriodError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParsePeriodError(text.to_owned());
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let date = |year: &str, month: &str, day: &str| -> Option<NaiveDate> {
            if year.len() != 4
                || month.len() != 2
                || day.len() != 2
                || ![year, month, day].into_iter().all(digits)
            {
                return None;
            }
            NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
        };
        let parts: Vec<&str> = text.split('-').collect();
        match parts.as_slice() {
            [year] => date(year, "01", "01").map(Self::Year),
            [year, "Q1"] => date(year, "01", "01").map(Self::Quarter),
            [year, "Q2"] => date(year, "04", "01").map(Self::Quarter),
            [year, "Q3"] => date(year, "07", "01").map(Self::Quarter),
            [year, "Q4"] => date(year, "10", "01").map(Self::Quarter),
            [year, month] => date(year, month, "01").map(Self::Month),
            [year, month, day] => date(year, month, day).map(Self::Day),
            _ => None,
        }
        .ok_or_else(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_read_back_and_know_their_ends() {
        for (text, first, last, zh) in [
            ("2026-10-05", "2026-10-05", "2026-10-05", "2026年10月5日"),
            ("2024-02", "2024-02-01", "2024-02-29", "2024年2月"),
            ("2026-Q3", "2026-07-01", "2026-09-30", "2026年第三季度"),
            ("2026", "2026-01-01", "2026-12-31", "2026年"),
        ] {
            let period: ReportPeriod = text.parse().unwrap();
            assert_eq!(period.to_string(), text);
            assert_eq!(period.first().to_string(), first);
            assert_eq!(period.last().to_string(), last);
            assert_eq!(period.zh(), zh);
        }
        for text in ["", "2026-13", "2026-Q5", "26-01", "2026-1-1", "+026", "2026-10-05-1"] {
            assert!(text.parse::<ReportPeriod>().is_err(), "{text}");
        }
    }

    #[test]
    fn neighbours_in_time() {
        let month: ReportPeriod = "2026-03".parse().unwrap();
        assert_eq!(month.before().to_string(), "2026-02");
        assert_eq!(month.year_before().to_string(), "2025-03");
    }
}
