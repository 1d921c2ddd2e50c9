//! The four phases of an alarm and the steps between them, free of what is measured.
//!
//! ```text
//! Normal ──breach──► Pending ──on-delay──► Active ──back──► Clearing ──off-delay──► Normal
//!    ▲──not in breach──┘                      ▲──not back──────┘
//! ```

use lanbi_model::{AlarmPhase, Decimal, Instant};

use super::{delays::Delays, test::Test};

/// Where a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// Beyond the limit.
    Breach,
    /// Within the limit, but not by the deadband: it ends an on-delay and does not begin an off-delay.
    Between,
    /// Within the limit by the deadband.
    Back,
}

/// What a step did to an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// Raised.
    Raised,
    /// The worst value got worse.
    Worse,
    /// Cleared.
    Cleared,
}

/// An alarm that a step touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Touched {
    pub(super) event: Event,
    pub(super) since: Instant,
    pub(super) raised_at: Instant,
    pub(super) worst: Decimal,
}

/// A value as the machine sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub(super) at: Instant,
    pub(super) value: Decimal,
    pub(super) reading: Reading,
    /// The test in force; it tells which of two values is worse.
    pub(super) test: Option<Test>,
}

/// One step. `last` is the instant of the sample before.
pub(super) fn step(
    phase: AlarmPhase,
    last: Option<Instant>,
    seen: Seen,
    delays: &Delays,
) -> (AlarmPhase, Option<Touched>) {
    let gap = last.is_some_and(|last| seen.at - last > delays.max_gap);
    let phase = if gap { without_running_delay(phase) } else { phase };
    match (phase, seen.reading) {
        (AlarmPhase::Normal, Reading::Breach) => pend(seen.at, seen.value, seen.at, delays),
        (AlarmPhase::Pending { since, worst }, Reading::Breach) => {
            let worst = if is_worse(seen, worst) { seen.value } else { worst };
            pend(since, worst, seen.at, delays)
        }
        (AlarmPhase::Normal | AlarmPhase::Pending { .. }, _) => (AlarmPhase::Normal, None),
        (
            AlarmPhase::Active { since, raised_at, worst }
            | AlarmPhase::Clearing { since, raised_at, worst, .. },
            Reading::Breach,
        ) => {
            let worse = is_worse(seen, worst);
            let worst = if worse { seen.value } else { worst };
            let touched = worse.then_some(Touched { event: Event::Worse, since, raised_at, worst });
            (AlarmPhase::Active { since, raised_at, worst }, touched)
        }
        (
            AlarmPhase::Active { since, raised_at, worst }
            | AlarmPhase::Clearing { since, raised_at, worst, .. },
            Reading::Between,
        ) => (AlarmPhase::Active { since, raised_at, worst }, None),
        (AlarmPhase::Active { since, raised_at, worst }, Reading::Back) => {
            clear(Touched { event: Event::Cleared, since, raised_at, worst }, seen.at, seen.at, delays)
        }
        (AlarmPhase::Clearing { since, raised_at, worst, clear_since }, Reading::Back) => {
            clear(Touched { event: Event::Cleared, since, raised_at, worst }, clear_since, seen.at, delays)
        }
    }
}

fn is_worse(seen: Seen, than: Decimal) -> bool {
    seen.test.is_some_and(|test| test.is_worse(seen.value, than))
}

/// The phase after a gap: a delay that was running starts anew, a standing alarm stands.
fn without_running_delay(phase: AlarmPhase) -> AlarmPhase {
    match phase {
        AlarmPhase::Normal | AlarmPhase::Pending { .. } => AlarmPhase::Normal,
        AlarmPhase::Active { since, raised_at, worst }
        | AlarmPhase::Clearing { since, raised_at, worst, .. } => {
            AlarmPhase::Active { since, raised_at, worst }
        }
    }
}

fn pend(since: Instant, worst: Decimal, at: Instant, delays: &Delays) -> (AlarmPhase, Option<Touched>) {
    if at - since >= delays.on {
        let touched = Touched { event: Event::Raised, since, raised_at: at, worst };
        (AlarmPhase::Active { since, raised_at: at, worst }, Some(touched))
    } else {
        (AlarmPhase::Pending { since, worst }, None)
    }
}

fn clear(
    cleared: Touched,
    clear_since: Instant,
    at: Instant,
    delays: &Delays,
) -> (AlarmPhase, Option<Touched>) {
    if at - clear_since >= delays.off {
        (AlarmPhase::Normal, Some(cleared))
    } else {
        let Touched { since, raised_at, worst, .. } = cleared;
        (AlarmPhase::Clearing { since, raised_at, worst, clear_since }, None)
    }
}
