//! What the running service can be watched by, in the text format of Prometheus (OpenMetrics 1.0).
//!
//! The pipeline counts as it works; figures of the store are asked for when somebody looks.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

mod port;

use crate::heard::Heard;
use lanbi_ingest::tcp::TcpCounts;
use lanbi_model::Instant;
use lanbi_store::{Batch, LetterStock, Receipt, StoreStatus};
use prometheus_client::{
    encoding::text::encode,
    metrics::{
        counter::Counter,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};

/// A gauge of fractions.
type Fraction = Gauge<f64, AtomicU64>;

/// The figures of one process.
pub(crate) struct Metrics {
    registry: Registry,
    messages: Counter,
    stored: Counter,
    repeated: Counter,
    revised: Counter,
    rejected: Counter,
    batches: Counter,
    retries: Counter,
    commit_seconds: Histogram,
    lag_seconds: Histogram,
    queue: Gauge,
    unacknowledged: Gauge,
    leading: Gauge,
    link_up: Gauge,
    letters: Gauge,
    letters_open: Gauge,
    letter_bytes: Gauge,
    letter_warning: Gauge,
    stale: Gauge,
    waiting: Gauge,
    store_bytes: Gauge,
    newest: Fraction,
    port: port::PortMetrics,
    /// What messages tell of devices besides values.
    pub(crate) heard: Heard,
    /// When a commit was done last, or begun after a quiet time, in Unix milliseconds.
    progress: AtomicU64,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("lanbi");
        let mut counter = |name: &str, help: &str| {
            let counter: Counter = Counter::default();
            registry.register(name, help, counter.clone());
            counter
        };
        let messages = counter("messages", "Messages committed, repeats included");
        let stored = counter("values_stored", "Values stored: new ones and revisions");
        let repeated = counter("values_repeated", "Values recognised as repeats");
        let revised = counter("values_revised", "Of the values stored: those that replaced another");
        let rejected = counter("values_rejected", "Values and messages put to the dead letters");
        let batches = counter("batches", "Batches committed");
        let retries = counter("commit_retries", "Commits tried again because the store was not available");
        let mut gauge = |name: &str, help: &str| {
            let gauge: Gauge = Gauge::default();
            registry.register(name, help, gauge.clone());
            gauge
        };
        let queue = gauge("queue_messages", "Messages taken from the broker and not yet decoded");
        let unacknowledged =
            gauge("unacknowledged_messages", "Messages of the batches that are being committed");
        let leading = gauge("leading", "1 where this process derives figures and sends alarms");
        let link_up = gauge("broker_up", "1 while the broker delivers");
        let letters = gauge("dead_letters", "Dead letters kept");
        let letters_open = gauge("dead_letters_open", "Dead letters with something still rejected");
        let letter_bytes = gauge("dead_letters_bytes", "Bytes kept of dead letters");
        let letter_warning = gauge("dead_letters_warning", "1 while dead letters are close to their bounds");
        let stale = gauge("stale_days", "Station days whose figures must be derived again");
        let waiting = gauge("notifications_waiting", "Notifications not yet sent");
        let store_bytes = gauge("store_bytes", "Space the store takes");
        let newest = Fraction::default();
        registry.register_with_unit(
            "newest_value_timestamp",
            "Instant of the newest value, as Unix time",
            Unit::Seconds,
            newest.clone(),
        );
        // 1 ms to 32 s.
        let commit_seconds = Histogram::new(exponential_buckets(0.001, 2.0, 16));
        registry.register_with_unit(
            "commit",
            "Time from a batch being ready to its commit, attempts included",
            Unit::Seconds,
            commit_seconds.clone(),
        );
        let lag_seconds = Histogram::new(exponential_buckets(0.001, 2.0, 18));
        registry.register_with_unit(
            "commit_lag",
            "Time from the arrival of a batch's first message to its commit",
            Unit::Seconds,
            lag_seconds.clone(),
        );
        let port = port::PortMetrics::new(&mut registry);
        let heard = Heard::default();
        heard.register(&mut registry);
        Self {
            registry,
            port,
            heard,
            messages,
            stored,
            repeated,
            revised,
            rejected,
            batches,
            retries,
            commit_seconds,
            lag_seconds,
            queue,
            unacknowledged,
            leading,
            link_up,
            letters,
            letters_open,
            letter_bytes,
            letter_warning,
            stale,
            waiting,
            store_bytes,
            newest,
            progress: AtomicU64::new(0),
        }
    }

    /// Notes a committed batch: how long the commit took and how long its first message had waited.
    pub(crate) fn committed(&self, batch: &Batch, receipt: Receipt, took: std::time::Duration, lag: f64) {
        self.messages.inc_by(batch.messages);
        self.stored.inc_by(receipt.stored);
        self.repeated.inc_by(receipt.repeated);
        self.revised.inc_by(receipt.revised);
        self.rejected.inc_by(receipt.rejected);
        self.batches.inc();
        self.commit_seconds.observe(took.as_secs_f64());
        self.lag_seconds.observe(lag);
        self.unacknowledged.dec_by(i64::try_from(batch.messages).unwrap_or(i64::MAX));
        self.progress.store(now_ms(), Ordering::Relaxed);
    }

    /// Shows what a port for loggers counts, too.
    pub(crate) fn watch_port(&self, counts: Arc<TcpCounts>) {
        self.port.watch(counts);
    }

    /// Notes a commit that the store could not take for the moment.
    pub(crate) fn retried(&self) {
        self.retries.inc();
    }

    /// Notes how many messages have come and are not decoded.
    pub(crate) fn queued(&self, messages: usize) {
        self.queue.set(i64::try_from(messages).unwrap_or(i64::MAX));
    }

    /// Notes that a batch of so many messages goes to the store.
    pub(crate) fn committing(&self, messages: u64) {
        if self.unacknowledged.inc_by(i64::try_from(messages).unwrap_or(i64::MAX)) == 0 {
            self.progress.store(now_ms(), Ordering::Relaxed);
        }
    }

    /// For how long commits have been under way without one being done.
    pub(crate) fn stuck_seconds(&self) -> u64 {
        match self.unacknowledged.get() {
            0 => 0,
            _ => now_ms().saturating_sub(self.progress.load(Ordering::Relaxed)) / 1000,
        }
    }

    /// Notes whether this process has the lease.
    pub(crate) fn set_leading(&self, leading: bool) {
        self.leading.set(i64::from(leading));
    }

    /// Notes whether the broker delivers.
    pub(crate) fn set_link(&self, up: bool) {
        self.link_up.set(i64::from(up));
    }

    /// Notes whether dead letters are close to their bounds.
    pub(crate) fn set_letter_warning(&self, warning: bool) {
        self.letter_warning.set(i64::from(warning));
    }

    /// Everything as text, with the figures of the store as they are now; without them where the store does not answer.
    ///
    /// # Errors
    /// None in practice: text goes to memory.
    pub(crate) fn text(&self, store: Option<(&StoreStatus, LetterStock)>) -> Result<String, std::fmt::Error> {
        let set = |gauge: &Gauge, number: u64| {
            gauge.set(i64::try_from(number).unwrap_or(i64::MAX));
        };
        if let Some((status, stock)) = store {
            set(&self.letters, stock.count);
            set(&self.letters_open, stock.open);
            set(&self.letter_bytes, stock.bytes);
            set(&self.stale, status.stale);
            set(&self.waiting, status.waiting);
            set(&self.store_bytes, status.bytes);
            if let Some(newest) = status.newest {
                self.newest.set(unix_seconds(newest));
            }
        }
        self.port.refresh();
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// Shared by the parts of the service.
pub(crate) type SharedMetrics = Arc<Metrics>;

#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds of our time fit in the 53 bits of a binary float"
)]
fn unix_seconds(instant: Instant) -> f64 {
    instant.timestamp_millis() as f64 / 1000.0
}

fn now_ms() -> u64 {
    u64::try_from(chrono::Utc::now().timestamp_millis()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_shown() {
        let metrics = Metrics::new();
        let batch = Batch { messages: 3, ..Batch::default() };
        metrics.committing(3);
        let receipt = Receipt { stored: 10, repeated: 2, revised: 1, rejected: 4 };
        metrics.committed(&batch, receipt, std::time::Duration::from_millis(5), 0.02);
        metrics.retried();
        metrics.queued(7);
        metrics.committing(9);
        let text = metrics.text(None).unwrap();
        for line in [
            "lanbi_messages_total 3",
            "lanbi_values_stored_total 10",
            "lanbi_values_repeated_total 2",
            "lanbi_values_revised_total 1",
            "lanbi_values_rejected_total 4",
            "lanbi_commit_retries_total 1",
            "lanbi_queue_messages 7",
            "lanbi_unacknowledged_messages 9",
            "lanbi_commit_seconds_count 1",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} is not in\n{text}");
        }
    }

    #[test]
    fn the_examples_for_monitoring_name_figures_that_exist() {
        let shown = Metrics::new().text(None).unwrap();
        let files = [
            include_str!("../config/examples/monitoring/lanbi-alerts.yml"),
            include_str!("../config/examples/monitoring/grafana-lanbi.json"),
        ];
        let mut names = 0;
        for text in files {
            for (at, _) in text.match_indices("lanbi_") {
                let rest = &text[at..];
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
                let name = &rest[..end];
                assert!(
                    shown.lines().any(|line| line.starts_with(name) && !line[name.len()..].starts_with('_')),
                    "{name} is not in\n{shown}"
                );
                names += 1;
            }
        }
        assert!(names > 20, "the examples hold {names} names only");
    }
}
