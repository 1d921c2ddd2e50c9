//! Whether a way into a level is met.
//!
//! The reading chosen (the texts say only "持续48小时"): time is counted from the beginning of the first running day above
//! the number. That one day stands for 24 hours already, so 48 hours are 24 further hourly steps above it, the 25th running
//! day in a row. Forecast days stand for their 24 hours. An hour of which nothing is known ends the time, because pollution
//! is not assumed.

use chrono::TimeDelta;
use lanbi_model::Instant;
use lanbi_model::warning::WarningRule;

use super::timeline::Point;

/// A stretch of hours above a number, each known.
pub(super) type Run<'p, 'a> = &'p [Option<Point<'a>>];

/// The pollution that meets a rule and is not over at `at`, nor begins later than `ahead` after it.
pub(super) fn met<'p, 'a>(
    rule: &WarningRule,
    points: Run<'p, 'a>,
    at: Instant,
    ahead: TimeDelta,
) -> Option<Run<'p, 'a>> {
    let (longest, within) = rule.spells.split_first()?;
    runs(points, longest.above).find(|run| {
        let stands = ends(run).is_some_and(|(first, last)| at <= last.end && first.end <= at + ahead);
        stands
            && lasts(run) >= longest.lasting
            && within.iter().all(|spell| runs(run, spell.above).any(|part| lasts(part) >= spell.lasting))
    })
}

/// The stretches above a number.
fn runs<'p, 'a>(points: Run<'p, 'a>, above: u32) -> impl Iterator<Item = Run<'p, 'a>> {
    points.split(move |point| point.is_none_or(|point| point.aqi <= above)).filter(|run| !run.is_empty())
}

fn ends<'a>(run: Run<'_, 'a>) -> Option<(Point<'a>, Point<'a>)> {
    Some(((*run.first()?)?, (*run.last()?)?))
}

fn lasts(run: Run<'_, '_>) -> TimeDelta {
    ends(run).map(|(first, last)| last.end - first.start).unwrap_or_default()
}
