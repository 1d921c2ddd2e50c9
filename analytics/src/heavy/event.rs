//! A stretch of time in which one level of warning stood.

use lanbi_model::{Instant, Parameter, WarningLevel};

/// What a level rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Basis {
    /// 实测: measurement alone met the condition.
    Observed,
    /// 预测: it was met with the forecast's help only; measurement has not confirmed it.
    Forecast,
    /// 预测并经实测证实: foreseen first or between, and met by measurement alone as well.
    Both,
}

impl Basis {
    /// Word for lists and files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Forecast => "forecast",
            Self::Both => "both",
        }
    }

    /// Word for reports.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Observed => "实测",
            Self::Forecast => "预测",
            Self::Both => "预测并经实测证实",
        }
    }
}

/// What a warning asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Response {
    /// 应急响应 with all measures of the level.
    Full,
    /// 健康提示 only: all of the pollution is ozone, or particles on dust days (环大气〔2024〕6号).
    HealthNotice,
}

impl Response {
    /// Word for lists and files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::HealthNotice => "health_notice",
        }
    }

    /// Word for reports.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Full => "应急响应",
            Self::HealthNotice => "健康提示",
        }
    }
}

/// A level from its entry to its end. A step up or down ends one event and begins the next at the same instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WarningEvent {
    /// Level.
    pub level: WarningLevel,
    /// The level that stood until then; none where a warning begins.
    pub before: Option<WarningLevel>,
    /// Entry: the hour at which the condition was met by what was known then, foreseen or measured; after a higher level
    /// the hour at which that one ended.
    pub from: Instant,
    /// Release, or the entry of another level; none while it stands.
    pub until: Option<Instant>,
    /// Beginning of the pollution behind it, before the entry where the level was measured, after it where it was foreseen.
    pub pollution_from: Instant,
    /// The last hour at which the condition of the level was met; the level ends only when it has been clear for the time
    /// the rules name.
    pub last_met: Instant,
    /// Largest running-day AQI of that pollution, and of what the level stood through after it, as measured; as foreseen
    /// where the basis is the forecast.
    pub peak: u32,
    /// Its primary pollutants, in the order of [`Parameter::AQI`], measured or foreseen as `peak` is.
    pub primary: Vec<Parameter>,
    /// What the level rests on.
    pub basis: Basis,
    /// What the primary pollutants ask for.
    pub response: Response,
    /// The condition that was met, with its confidence where that is weak.
    pub rule: String,
    /// Id of the edition of the rules in force at the entry.
    pub edition: String,
}
