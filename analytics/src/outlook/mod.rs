//! What the air will be: the days to come, and whether the year keeps its target.
//!
//! [`forecast`] gives the next days with an interval, [`standing`] what is certain about a target on a day of the year, and
//! [`outlook`] how probable it is that the year keeps it. [`forecast_score`] and [`target_trials`] do the same for days long
//! past and compare with what came; print what they find beside every number given here.
//!
//! All three know the measured concentrations and nothing else: no weather forecast, no plan of emissions, no holidays.
//! Standings are exact decimals by the rules of publication; forecasts and probabilities are estimates, made with binary
//! floating-point numbers from a fixed seed, so that the same days give the same answer.

mod chance;
mod forecast;
mod forecast_score;
mod index_scale;
mod level;
mod model;
mod number;
mod paths;
mod reliability;
mod running;
mod series;
mod settings;
mod simulate;
mod standing;
mod target;
mod target_score;
#[cfg(test)]
mod test_air;

pub use chance::{Chance, FanPoint, Lacking, Outlook, outlook};
pub use forecast::{Forecast, ForecastDay, ForecastLacking, forecast};
pub use forecast_score::{LeadScore, forecast_score};
pub use number::{QUANTILES, Quantiles};
pub use reliability::{Bin, Coverage, OriginError, Reliability, coverage, errors_by_origin, reliability};
pub use settings::{ForecastSettings, GroupSpread, OutlookSettings};
pub use standing::{RestMean, Room, Standing, Verdict, standing};
pub use target::YearLaw;
pub use target_score::{Protocol, ThresholdTrial, Trial, target_trials};
