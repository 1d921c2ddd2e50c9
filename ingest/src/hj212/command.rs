//! The commands that carry measured values (HJ 212-2017, Table 9 and Appendix C.14 to C.18).

use lanbi_model::AveragingPeriod;

use crate::clock::Label;

/// An upload of measured values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upload {
    /// 2011: readings at the moment of `DataTime`.
    RealTime,
    /// 2051: means over some minutes.
    Minutes,
    /// 2061: means over an hour.
    Hour,
    /// 2031: means over a day.
    Day,
}

impl Upload {
    /// The upload of a command number; none for any other command.
    #[must_use]
    pub fn of(cn: &str) -> Option<Self> {
        match cn {
            "2011" => Some(Self::RealTime),
            "2051" => Some(Self::Minutes),
            "2061" => Some(Self::Hour),
            "2031" => Some(Self::Day),
            _ => None,
        }
    }

    /// The command number.
    #[must_use]
    pub const fn cn(self) -> &'static str {
        match self {
            Self::RealTime => "2011",
            Self::Minutes => "2051",
            Self::Hour => "2061",
            Self::Day => "2031",
        }
    }

    /// The field of a factor that is its value; least, largest and summed amount are not kept.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::RealTime => "Rtd",
            Self::Minutes | Self::Hour | Self::Day => "Avg",
        }
    }

    /// What the values are means over. A frame does not say how many minutes 2051 covers: the station's own period
    /// where that is shorter than an hour, else 10 minutes, the standard's usual value (HJ 212-2017, C.16).
    #[must_use]
    pub fn period(self, station: AveragingPeriod) -> AveragingPeriod {
        match self {
            Self::RealTime => AveragingPeriod::MOMENT,
            Self::Minutes if station > AveragingPeriod::MOMENT && station < AveragingPeriod::HOUR => station,
            Self::Minutes => AveragingPeriod::from_seconds(600),
            Self::Hour => AveragingPeriod::HOUR,
            Self::Day => AveragingPeriod::DAY,
        }
    }

    /// `DataTime` is the start of the period (HJ 212-2017, C.16: sent at 08:50 with `DataTime` 08:40).
    #[must_use]
    pub const fn label(self) -> Label {
        match self {
            Self::RealTime => Label::End,
            Self::Minutes | Self::Hour | Self::Day => Label::Start,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_back() {
        for cn in ["2011", "2051", "2061", "2031"] {
            assert_eq!(Upload::of(cn).map(Upload::cn), Some(cn));
        }
        assert_eq!(Upload::of("2021"), None);
    }

    #[test]
    fn minutes_are_the_stations_or_ten() {
        let check = |station: &str, expected: &str| {
            let station = AveragingPeriod::parse(station).unwrap();
            assert_eq!(Upload::Minutes.period(station).to_string(), expected, "{station}");
        };
        check("5m", "5m");
        check("1m", "1m");
        check("1h", "10m");
        check("moment", "10m");
    }
}
