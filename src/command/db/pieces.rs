//! Cuts a store's values into pieces that fit in memory: station by station, week by week.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use lanbi_model::{Instant, StationId, Zone};
use lanbi_store::{Archive, ArchivePart, Store, StoreError};

/// Length of a piece: at one value a minute for each of ten parameters, a hundred thousand values.
const STEP: TimeDelta = TimeDelta::days(7);

/// Device records held in memory at a time; each may be as large as a message.
pub(super) const RECORDS_AT_ONCE: u32 = 200;

/// The values of one station in `(after, until]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub station: StationId,
    pub after: Instant,
    pub until: Instant,
}

impl Piece {
    pub(super) fn part(&self) -> ArchivePart {
        ArchivePart::Values { station: self.station.clone(), after: self.after, until: self.until }
    }
}

/// All stations that have values or had some, by id, each with the first and last day known of it. Every value's day is
/// marked stale or has been derived, so the books tell the days.
///
/// # Errors
/// The store cannot be read.
pub(super) async fn stations(
    store: &dyn Store,
    books: &Archive,
) -> Result<BTreeMap<StationId, (NaiveDate, NaiveDate)>, StoreError> {
    let newest = store.latest().await?;
    let newest = newest.into_iter().map(|(station, instant)| (station, Zone::utc().day_of(instant)));
    let derived = books.derived.iter().cloned();
    let stale = books.stale.iter().map(|mark| (mark.station.clone(), mark.day));
    let mut found: BTreeMap<StationId, (NaiveDate, NaiveDate)> = BTreeMap::new();
    for (station, day) in derived.chain(stale).chain(newest) {
        let span = found.entry(station).or_insert((day, day));
        *span = (span.0.min(day), span.1.max(day));
    }
    Ok(found)
}

/// Cuts `(after, until]` of one station. Days outside the span known, which should hold nothing, are two pieces more, so
/// that no value is left out in any case.
pub(super) fn cut(
    station: &StationId,
    (first, last): (NaiveDate, NaiveDate),
    (after, until): (Instant, Instant),
) -> Vec<Piece> {
    let start = Zone::utc().start_of(first) - TimeDelta::days(1);
    let end = Zone::utc().end_of(last) + TimeDelta::days(1);
    let mut ends = Vec::new();
    let mut at = start;
    while at < end {
        ends.push(at);
        at += STEP;
    }
    ends.push(at);
    ends.retain(|at| after < *at && *at < until);
    ends.push(until);
    let mut from = after;
    ends.into_iter()
        .map(|until| Piece { station: station.clone(), after: std::mem::replace(&mut from, until), until })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_cover_everything_once() {
        let check = |first: &str, last: &str, after: &str, until: &str, count: usize| {
            let bounds = (after.parse().unwrap(), until.parse().unwrap());
            let pieces = cut(&StationId::new("a"), (first.parse().unwrap(), last.parse().unwrap()), bounds);
            assert_eq!(pieces.first().unwrap().after, bounds.0);
            assert_eq!(pieces.last().unwrap().until, bounds.1);
            assert!(pieces.windows(2).all(|pair| pair[0].until == pair[1].after), "{pieces:?}");
            assert!(pieces.iter().all(|piece| piece.after < piece.until), "{pieces:?}");
            assert_eq!(pieces.len(), count, "{pieces:?}");
        };
        let (begin, end) = ("0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z");
        check("2026-03-01", "2026-03-01", begin, end, 3);
        check("2026-03-01", "2026-03-31", begin, end, 7);
        check("2026-03-01", "2026-03-31", "2026-03-05T00:00:00Z", "2026-03-05T01:00:00Z", 1);
        check("2026-03-01", "2026-03-31", "2020-03-05T00:00:00Z", "2020-03-06T00:00:00Z", 1);
    }
}
