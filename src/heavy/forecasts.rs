//! The forecasts that lanbi has read, remembered in the store: the list may hold the newest issue alone, and what an earlier
//! issue brought about must still be explained.

use std::path::Path;

use chrono::{DateTime, TimeDelta};
use lanbi_analytics::heavy::ForecastDay;
use lanbi_model::{Instant, Parameter, Zone};
use lanbi_store::{Store, StoreError};
use serde::{Deserialize, Serialize};

use crate::assess;

/// Key of the memo.
const MEMO: &str = "air-forecasts";

/// How long an issue is remembered.
const KEPT: TimeDelta = TimeDelta::days(400);

/// A forecast as it is remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    /// Unix time in seconds.
    issued: i64,
    /// As `2026-12-20`.
    day: String,
    low: u32,
    high: u32,
    primary: Vec<String>,
}

/// The forecasts remembered.
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn recall(store: &dyn Store) -> Result<Vec<ForecastDay>, StoreError> {
    Ok(lines(store).await?.iter().filter_map(Line::forecast).collect())
}

/// Reads the list, remembers what is new in it, and gives all that is remembered. Lines for another place than the district
/// are passed over.
///
/// # Errors
/// The list cannot be read or is refused, or the store fails.
pub(crate) async fn take_in(
    store: &dyn Store,
    list: &Path,
    district: &str,
    zone: Zone,
    now: Instant,
) -> anyhow::Result<Vec<ForecastDay>> {
    let before = lines(store).await?;
    let read = assess::read_forecasts(list, zone)?.into_iter();
    let own =
        read.filter(|(place, _)| place.is_empty() || place == district).map(|(_, day)| Line::from(&day));
    let oldest = (now - KEPT).timestamp();
    let mut all: Vec<Line> = own.chain(before.iter().cloned()).filter(|l| l.issued > oldest).collect();
    // Of two lines for one day of one issue the one just read counts.
    all.sort_by(|a, b| (a.issued, &a.day).cmp(&(b.issued, &b.day)));
    all.dedup_by(|a, b| (a.issued, &a.day) == (b.issued, &b.day));
    if all != before {
        store.set_memo(MEMO, Some(&serde_json::to_string(&all)?)).await?;
    }
    Ok(all.iter().filter_map(Line::forecast).collect())
}

async fn lines(store: &dyn Store) -> Result<Vec<Line>, StoreError> {
    let text = store.memo(MEMO).await?.unwrap_or_default();
    // What an older version wrote in another form is read from the list again.
    Ok(serde_json::from_str(&text).unwrap_or_default())
}

impl From<&ForecastDay> for Line {
    fn from(day: &ForecastDay) -> Self {
        let primary = day.primary.iter().map(|item| item.key().to_owned()).collect();
        Self {
            issued: day.issued.timestamp(),
            day: day.day.to_string(),
            low: day.low,
            high: day.high,
            primary,
        }
    }
}

impl Line {
    fn forecast(&self) -> Option<ForecastDay> {
        let primary = self.primary.iter().filter_map(|key| Parameter::from_key(key)).collect();
        let issued = DateTime::from_timestamp(self.issued, 0)?;
        Some(ForecastDay { issued, day: self.day.parse().ok()?, low: self.low, high: self.high, primary })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanbi_store::sqlite::SqliteStore;

    #[tokio::test]
    async fn an_issue_is_remembered_when_the_list_has_gone_on() {
        let store = SqliteStore::in_memory().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let list = folder.path().join("forecasts.csv");
        let now: Instant = "2026-12-20T10:00:00Z".parse().unwrap();
        let check = async |text: &str, now: Instant, expected: &[(u32, u32)]| {
            std::fs::write(&list, format!("issued,site,day,low,high,primary\n{text}")).unwrap();
            let got = take_in(&store, &list, "东丽区", Zone::shanghai(), now).await.unwrap();
            let highs: Vec<(u32, u32)> = got.iter().map(|f| (f.low, f.high)).collect();
            assert_eq!(highs, expected, "{text}");
            assert_eq!(recall(&store).await.unwrap(), got);
        };
        check("2026-12-19T17:00,,2026-12-20,150,180,pm25+pm10\n", now, &[(150, 180)]).await;
        let later = "2026-12-20T17:00,东丽区,2026-12-21,,230,pm25\n2026-12-20T17:00,别处,2026-12-21,,400,\n";
        check(later, now, &[(150, 180), (230, 230)]).await;
        // A line that was mended counts instead of the one it was.
        check("2026-12-19T17:00,,2026-12-20,150,190,pm25\n", now, &[(150, 190), (230, 230)]).await;
        check("", now + TimeDelta::days(400) - TimeDelta::hours(2), &[(230, 230)]).await;

        std::fs::write(&list, "issued,day,high\nyesterday,2026-12-20,200\n").unwrap();
        let error = take_in(&store, &list, "", Zone::shanghai(), now).await.unwrap_err().to_string();
        assert!(error.contains("forecasts.csv: line 2: issued needs a time"), "{error}");
    }
}
