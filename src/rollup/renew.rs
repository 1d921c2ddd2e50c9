//! An alarm that was withdrawn and is raised again under its key.
//!
//! The store lets it count again as it was when it was withdrawn; an amendment behind it says what it is now. Few alarms
//! are raised, so each is looked up.

use chrono::TimeDelta;
use lanbi_model::{Alarm, AlarmChange};
use lanbi_store::{AlarmFilter, StoreError};

use super::settle::Rollup;

impl Rollup {
    /// Puts an amendment behind every raising of an alarm that was withdrawn.
    pub(super) async fn renew(&self, changes: Vec<AlarmChange>) -> Result<Vec<AlarmChange>, StoreError> {
        let mut all = Vec::with_capacity(changes.len());
        for change in changes {
            let amended = match &change {
                AlarmChange::Raised(alarm) if self.is_withdrawn(alarm).await? => {
                    Some(AlarmChange::Amended(alarm.clone()))
                }
                _ => None,
            };
            all.push(change);
            all.extend(amended);
        }
        Ok(all)
    }

    async fn is_withdrawn(&self, alarm: &Alarm) -> Result<bool, StoreError> {
        let filter = AlarmFilter {
            after: Some(alarm.raised_at - TimeDelta::microseconds(1)),
            until: Some(alarm.raised_at),
            station: Some(alarm.station.clone()),
            withdrawn: true,
            ..AlarmFilter::default()
        };
        let key = |a: &Alarm| (a.rule.clone(), a.parameter, a.raised_at);
        let known = self.deriver.store.alarms(&filter).await?;
        Ok(known.iter().any(|known| known.withdrawn_at.is_some() && key(known) == key(alarm)))
    }
}
