//! What the port for data loggers counts, as metrics.

use std::sync::{Arc, Mutex, PoisonError, atomic::Ordering};

use lanbi_ingest::tcp::{Refusal, TcpCounts};
use prometheus_client::{
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

/// Figures of the port; zero where there is none.
pub(super) struct PortMetrics {
    counts: Mutex<Option<Arc<TcpCounts>>>,
    open: Gauge,
    accepted: Counter,
    frames: Counter,
    broken: Counter,
    noise: Counter,
    answers: Counter,
    unanswered: Counter,
    refused: Family<[(&'static str, &'static str); 1], Counter>,
}

impl PortMetrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let open = Gauge::default();
        registry.register("hj212_connections", "Connections of loggers that stand", open.clone());
        let mut counter = |name: &str, help: &str| {
            let counter = Counter::default();
            registry.register(name, help, counter.clone());
            counter
        };
        let accepted = counter("hj212_accepted", "Connections of loggers accepted");
        let frames = counter("hj212_frames", "Frames taken from loggers");
        let broken = counter("hj212_broken_frames", "Frames with a wrong length or CRC");
        let noise = counter("hj212_noise_bytes", "Bytes outside frames");
        let answers = counter("hj212_answers", "Answers sent to loggers");
        let unanswered = counter("hj212_unanswered", "Answers whose connection was gone");
        let refused = Family::default();
        registry.register(
            "hj212_refused",
            "Connections and frames of loggers not listened to, by reason",
            refused.clone(),
        );
        Self { counts: Mutex::default(), open, accepted, frames, broken, noise, answers, unanswered, refused }
    }

    /// Shows these counts from now on; they begin again at zero where the port was opened again.
    pub(super) fn watch(&self, counts: Arc<TcpCounts>) {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner) = Some(counts);
    }

    /// Takes over what has been counted.
    pub(super) fn refresh(&self) {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(counts) = &*counts else { return };
        self.open.set(i64::try_from(counts.open()).unwrap_or(i64::MAX));
        let set = |counter: &Counter, number: u64| counter.inner().store(number, Ordering::Relaxed);
        set(&self.accepted, counts.accepted());
        set(&self.frames, counts.frames());
        set(&self.broken, counts.broken());
        set(&self.noise, counts.noise_bytes());
        set(&self.answers, counts.answers());
        set(&self.unanswered, counts.unanswered());
        for refusal in Refusal::ALL {
            set(&self.refused.get_or_create(&[("reason", refusal.key())]), counts.refused(refusal));
        }
    }
}
