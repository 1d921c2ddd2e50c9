//! Stations that have come into the station file since figures were last derived.
//!
//! Values of a station can be in the store before whoever derives knows it: its letters were replayed beside a service that
//! goes on with the stations it began with. Their days were settled without figures then, so they are marked again when
//! somebody derives who knows the station.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use lanbi_model::Registry;
use lanbi_store::{Store, StoreError};

/// Key of the memo with the ids of the stations that figures were last derived for, one a line.
const DERIVED_FOR: &str = "derived-for";

/// Marks the days of stations that figures were not derived for before; gives the number of days. In a store of an earlier
/// version, which does not tell, none is.
pub(super) async fn mark(store: &dyn Store, registry: &Registry) -> Result<u64, StoreError> {
    let ids: BTreeSet<&str> = registry.stations().iter().map(|station| station.id.as_str()).collect();
    let now = ids.into_iter().collect::<Vec<_>>().join("\n");
    let before = store.memo(DERIVED_FOR).await?;
    if before.as_ref() == Some(&now) {
        return Ok(0);
    }
    let mut days = 0;
    if let Some(before) = before {
        let known: BTreeSet<&str> = before.lines().collect();
        let (first, last) = (year(1), year(9999));
        for station in registry.stations().iter().filter(|station| !known.contains(station.id.as_str())) {
            days += store.mark_stale(&station.id, first, last).await?;
        }
    }
    store.set_memo(DERIVED_FOR, Some(&now)).await?;
    Ok(days)
}

/// The first day of a year before or after every day that is ever stored.
fn year(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default()
}
