//! Keeps the store in bounds: old values by the settings, dead letters by age and size, and never without a warning that
//! has stood for some days.

use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use lanbi_config::settings::DeadLetters;
use lanbi_model::Instant;
use lanbi_store::{LetterStock, LettersToGo, Store, StoreError, Upkeep};
use tokio::sync::watch;

use crate::{metrics::SharedMetrics, service::Parts};

/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_secs(600);

/// Since when the warning about dead letters has stood.
const WARNED: &str = "dead-letters-warned";

/// Share of the bytes allowed at which the warning begins, in percent.
const WARN_PERCENT: u64 = 80;

/// Looks after the store until `stop`.
pub(crate) async fn run(parts: Parts, metrics: SharedMetrics, mut stop: watch::Receiver<bool>) {
    loop {
        if let Err(error) = once(&parts, &metrics).await {
            tracing::warn!("upkeep of the store failed and is tried again: {error:#}");
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

async fn once(parts: &Parts, metrics: &SharedMetrics) -> anyhow::Result<()> {
    let now = (parts.clock)();
    let settings = &parts.settings;
    let days = |days: u32| (days > 0).then(|| TimeDelta::days(days.into()));
    let upkeep =
        Upkeep { keep_values: settings.store.keep(), compress_after: days(settings.store.compress_days) };
    let kept = parts.store.tend(&upkeep, now).await?;
    if kept.values_gone > 0 || kept.compressed > 0 {
        tracing::info!(values_gone = kept.values_gone, compressed = kept.compressed, "upkeep");
    }
    let warned = letters(&*parts.store, &settings.dead_letters, now).await?;
    metrics.set_letter_warning(warned);
    Ok(())
}

/// Warns of dead letters close to their bounds, and lets go what is over them after the warning has stood; tells
/// whether it stands.
async fn letters(store: &dyn Store, settings: &DeadLetters, now: Instant) -> anyhow::Result<bool> {
    let stock = store.letter_stock().await?;
    let since = warned_since(store).await?;
    let verdict = judge(settings, stock, since, now);
    match (&verdict.warning, since) {
        (Some(warning), None) => {
            tracing::warn!("{warning}");
            store.set_memo(WARNED, Some(&now.to_rfc3339())).await?;
        }
        (None, Some(_)) => store.set_memo(WARNED, None).await?,
        _ => {}
    }
    if let Some(which) = verdict.go {
        let gone = store.let_letters_go(&which).await?;
        if gone.count > 0 {
            tracing::warn!(
                letters = gone.count,
                bytes = gone.bytes,
                "dead letters over their bounds were let go"
            );
        }
    }
    Ok(verdict.warning.is_some())
}

/// Since when the warning about dead letters has stood, if it stands.
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn warned_since(store: &dyn Store) -> Result<Option<Instant>, StoreError> {
    Ok(store.memo(WARNED).await?.and_then(|text| text.parse::<DateTime<chrono::Utc>>().ok()))
}

/// What is to be done about dead letters.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// What an operator must know.
    pub warning: Option<String>,
    /// What may go now.
    pub go: Option<LettersToGo>,
}

/// Holds a stock of dead letters against its bounds; `since` is when the warning began.
pub(crate) fn judge(
    settings: &DeadLetters,
    stock: LetterStock,
    since: Option<Instant>,
    now: Instant,
) -> Verdict {
    let warning_time = TimeDelta::days(settings.warning_days.into());
    let keep = (settings.keep_days > 0).then(|| TimeDelta::days(settings.keep_days.into()));
    let bytes = (settings.keep_mb > 0).then(|| u64::from(settings.keep_mb) * 1_000_000);
    let old = keep.is_some_and(|keep| stock.oldest.is_some_and(|t| now - t > keep - warning_time));
    let large = bytes.is_some_and(|bytes| stock.bytes > bytes / 100 * WARN_PERCENT);
    let mut reasons = Vec::new();
    if old {
        reasons.push(format!("the oldest reach {} days", settings.keep_days));
    }
    if large {
        reasons.push(format!("they hold {} MB of {}", stock.bytes / 1_000_000, settings.keep_mb));
    }
    if reasons.is_empty() {
        return Verdict::default();
    }
    let warning = format!(
        "dead letters will be let go from the oldest on, because {}: replay or export them (lanbi dead-letters replay, \
         export), or raise dead_letters.keep_days and keep_mb",
        reasons.join(" and ")
    );
    let stood = since.is_some_and(|since| now - since >= warning_time);
    // A flood must not fill the disk while the warning stands.
    let flood = bytes.is_some_and(|bytes| stock.bytes > 2 * bytes);
    let go = match (stood, flood) {
        (true, _) => Some(LettersToGo { until: keep.map(|keep| now - keep), down_to_bytes: bytes }),
        (false, true) => Some(LettersToGo { until: None, down_to_bytes: bytes.map(|bytes| 2 * bytes) }),
        (false, false) => None,
    };
    Verdict { warning: Some(warning), go }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_goes_before_the_warning_has_stood() {
        let settings = DeadLetters { keep_days: 100, keep_mb: 10, warning_days: 7 };
        let now: Instant = "2026-11-01T00:00:00Z".parse().unwrap();
        let days = |n: i64| now - TimeDelta::days(n);
        let both = LettersToGo { until: Some(days(100)), down_to_bytes: Some(10_000_000) };
        let flood = LettersToGo { until: None, down_to_bytes: Some(20_000_000) };
        // Age of the oldest in days, megabytes, days the warning has stood; warned, what goes.
        let cases = [
            (0, 0, None, false, None),
            (92, 7, None, false, None),
            (94, 7, None, true, None),
            (101, 7, Some(6), true, None),
            (101, 7, Some(7), true, Some(both)),
            (1, 9, None, true, None),
            (1, 15, Some(1), true, None),
            (1, 21, Some(1), true, Some(flood)),
            (1, 21, Some(8), true, Some(both)),
        ];
        for (age, megabytes, stood, warned, go) in cases {
            let stock =
                LetterStock { count: 1, open: 1, bytes: megabytes * 1_000_000, oldest: Some(days(age)) };
            let verdict = judge(&settings, stock, stood.map(days), now);
            assert_eq!(
                (verdict.warning.is_some(), verdict.go),
                (warned, go),
                "{age} d, {megabytes} MB, {stood:?}"
            );
        }
        let unbounded = DeadLetters { keep_days: 0, keep_mb: 0, warning_days: 7 };
        let stock = LetterStock { count: 1, open: 1, bytes: u64::MAX, oldest: Some(days(9000)) };
        assert_eq!(judge(&unbounded, stock, Some(days(99)), now), Verdict::default());
    }
}
