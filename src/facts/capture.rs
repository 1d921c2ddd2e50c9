//! Data capture: values received over values due, flags, and what was rejected.

use lanbi_model::{Flags, ReportPeriod, Station};
use lanbi_reports::report::capture::{CaptureFacts, CapturesFacts};
use lanbi_store::{DeadLetterFilter, StoreError};

use super::Sources;

/// Seconds of a day.
const DAY: u64 = 86_400;

/// A value that arrives later than this many cadences after its instant is late (configured).
const LATE_CADENCES: u32 = 3;

impl Sources {
    pub(super) async fn capture(&self, period: ReportPeriod) -> Result<CapturesFacts, StoreError> {
        let mut stations = Vec::new();
        // Days that have begun: a month that is not over is measured by what could have come.
        let today = self.zone.day_of(self.now);
        let days = u64::try_from(period.days().filter(|day| *day <= today).count()).unwrap_or(0);
        for station in self.registry.stations().iter().filter(|s| self.covers(s)) {
            stations.push(self.capture_of(station, period, days).await?);
        }
        let filter = DeadLetterFilter {
            after: Some(self.zone.start_of(period.first())),
            until: Some(self.zone.end_of(period.last())),
            ..DeadLetterFilter::default()
        };
        let mut rejected: Vec<(lanbi_model::RejectReason, u64)> = Vec::new();
        for stored in self.store.dead_letters(&filter).await? {
            let letter = stored.letter;
            match rejected.iter_mut().find(|(reason, _)| *reason == letter.reason) {
                Some((_, n)) => *n += u64::from(letter.rejected),
                None => rejected.push((letter.reason, u64::from(letter.rejected))),
            }
        }
        rejected.sort_unstable();
        Ok(CapturesFacts { stations, rejected })
    }

    async fn capture_of(
        &self,
        station: &Station,
        period: ReportPeriod,
        days: u64,
    ) -> Result<CaptureFacts, StoreError> {
        let values = self.values(station, period.first(), period.last()).await?;
        let late = self
            .store
            .late(
                &station.id,
                station.zone.start_of(period.first()),
                station.zone.end_of(period.last()),
                station.cadence.span() * i32::try_from(LATE_CADENCES).unwrap_or(i32::MAX),
            )
            .await?;
        let cadence = u64::from(station.cadence.seconds()).max(1);
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let mut flags = Vec::new();
        for flag in Flags::all().iter() {
            let n = values.iter().filter(|s| s.flags.contains(flag)).count();
            if n > 0 {
                flags.push((flag, count(n)));
            }
        }
        Ok(CaptureFacts {
            station: station.name.clone(),
            kind: station.kind.zh(),
            expected: days * DAY / cadence * count(station.parameters.len()),
            received: count(values.len()),
            valid: count(values.iter().filter(|s| s.flags.is_valid()).count()),
            late,
            flags,
        })
    }
}
