//! The constants of the forecast and of the outlook. They are fitted, not given by any standard.

/// How days to come are estimated. Fitted on Tianjin 2014-2021.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ForecastSettings {
    /// Days to give, counted from the day after the last one. HJ 633-2026, 5.2.3, asks for at least 3.
    pub horizon: u32,
    /// Trailing days whose mean is the present level.
    pub level_days: u32,
    /// Values of an item that make such a mean.
    pub level_values: u32,
    /// Values of an item from which its course through the year is fitted; with fewer it is taken as flat.
    pub climate_values: u32,
    /// Past errors are taken from this many days of the calendar before and after the day forecast.
    pub season_days: u32,
    /// Past errors that make an interval; where the season has fewer, all seasons are taken.
    pub members: u32,
    /// Days that the last measured day may lie back.
    pub stale_days: u32,
    /// The back-test fits anew after this many days.
    pub refit_days: u32,
    /// The back-test beside a forecast covers this many last days.
    pub scored_days: u32,
}

impl Default for ForecastSettings {
    fn default() -> Self {
        Self {
            horizon: 3,
            level_days: 60,
            level_values: 20,
            climate_values: 700,
            season_days: 45,
            members: 60,
            stale_days: 3,
            refit_days: 30,
            scored_days: 730,
        }
    }
}

/// How the level of the rest of a year is estimated for a group of items, and how wrong that is before the place's own past
/// errors are known: `sd² = drift² + weather² / (days left + memory)`, of the logarithm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupSpread {
    /// Part of the present change against the same days of the last year that the rest of the year is taken to keep.
    pub carry: f64,
    /// Part of the mean yearly change of past years that is taken to go on, once many changes are known.
    pub trend: f64,
    /// Years without a change that are added to those measured, because the mean of few changes is chance.
    pub trend_prior: f64,
    /// Error that no number of days averages out.
    pub drift: f64,
    /// Error of a mean of days, times the square root of their number.
    pub weather: f64,
    /// Days over which weather hangs together.
    pub memory: f64,
    /// Share of the error's variance that the items of the group have in common.
    pub shared: f64,
}

/// How probable it is that a year keeps its target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OutlookSettings {
    /// Particles and combustion gases. Fitted on Tianjin 2014-2021.
    pub combustion: GroupSpread,
    /// Ozone. Fitted on Tianjin 2014-2021.
    pub ozone: GroupSpread,
    /// Trailing days whose mean is compared with the same days of the last year.
    pub recent_days: u32,
    /// Past years that the spreads above count for, beside the place's own past errors.
    pub prior_years: f64,
    /// Consecutive days that are taken from one past year.
    pub block_days: u32,
    /// Days by which a block may be moved in the calendar.
    pub jitter_days: u32,
    /// Full past years without which there is no probability.
    pub years_needed: u32,
    /// Share of its days that makes a past year full.
    pub full_share: f64,
    /// Courses of the rest of the year that are drawn.
    pub draws: u32,
    /// Values of what is not known well (spread and bias of the level) among them, each with as many courses.
    pub parameter_draws: u32,
    /// Days between two points of the fan; 0 gives the year's end only.
    pub fan_days: u32,
    /// Seed of the draws.
    pub seed: u64,
}

impl Default for OutlookSettings {
    fn default() -> Self {
        Self {
            combustion: GroupSpread {
                carry: 0.4,
                trend: 1.0,
                trend_prior: 1.0,
                drift: 0.08,
                weather: 2.0,
                memory: 20.0,
                shared: 0.7,
            },
            ozone: GroupSpread {
                carry: 0.45,
                trend: 0.0,
                trend_prior: 1.0,
                drift: 0.07,
                weather: 1.2,
                memory: 20.0,
                shared: 1.0,
            },
            recent_days: 90,
            prior_years: 5.0,
            block_days: 20,
            jitter_days: 7,
            years_needed: 2,
            full_share: 0.75,
            draws: 2_000,
            parameter_draws: 25,
            fan_days: 10,
            seed: 1,
        }
    }
}
