//! The dead letters that speak of devices.

use lanbi_ingest::{source::Sources, suggest::Survey};
use lanbi_model::{Instant, RejectReason};
use lanbi_store::{DeadLetterFilter, Store, StoreError};

/// Letters held in memory at a time.
const AT_ONCE: u32 = 200;

/// Gathers the open letters of unknown stations and parameters that arrived after a moment.
pub(super) async fn survey(
    store: &dyn Store,
    sources: &Sources,
    after: Option<Instant>,
) -> Result<Survey, StoreError> {
    let mut survey = Survey::default();
    for reason in [RejectReason::UnknownStation, RejectReason::UnknownParameter] {
        let mut filter = DeadLetterFilter {
            reason: Some(reason),
            after,
            open: true,
            below: Some(i64::MAX),
            limit: AT_ONCE,
            ..DeadLetterFilter::default()
        };
        loop {
            let letters = store.dead_letters(&filter).await?;
            let Some(lowest) = letters.iter().map(|stored| stored.id).min() else { break };
            filter.below = Some(lowest);
            for stored in &letters {
                survey.add(stored.id, &stored.letter, sources);
            }
        }
    }
    Ok(survey)
}
