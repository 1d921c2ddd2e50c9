//! What a drain test tells, as JSON and for reading.

use std::fmt::Write as _;

use serde::Serialize;

use super::{Checked, Machine, figure::Rate, meter::CpuReport};

/// Everything measured in one run.
#[derive(Debug, Serialize)]
pub(crate) struct IngestReport {
    pub(crate) machine: Machine,
    pub(crate) broker: String,
    pub(crate) store: String,
    pub(crate) load: LoadReport,
    /// Publishing into the session, while nobody reads.
    pub(crate) fill: Rate,
    /// The session drained by a client that does nothing, from the first message to the last.
    pub(crate) broker_limit: Rate,
    /// The rows inserted with nothing else.
    pub(crate) store_limit: Rate,
    pub(crate) drain: DrainReport,
    pub(crate) latency: LatencyReport,
    pub(crate) check: Checked,
}

/// What was sent.
#[derive(Debug, Serialize)]
pub(crate) struct LoadReport {
    pub(crate) messages: u64,
    pub(crate) values: u64,
    pub(crate) bytes_per_message: u64,
    pub(crate) repeats: u64,
    pub(crate) late: u64,
    pub(crate) damaged: u64,
    pub(crate) seed: u64,
    pub(crate) receive_maximum: u16,
    pub(crate) batch_values: u32,
}

/// The drain by the worker.
#[derive(Debug, Serialize)]
pub(crate) struct DrainReport {
    /// From the first commit seen to the last.
    pub(crate) committed: Rate,
    /// From the start of the process to the last commit.
    pub(crate) with_start: Rate,
    /// From the last commit until no day was stale.
    pub(crate) derived_after_s: f64,
    /// `committed` over the lower of the two limits, and which one that is.
    pub(crate) ratio: f64,
    pub(crate) lower_limit: &'static str,
    /// Processor seconds from the start of the process to the last commit.
    pub(crate) cpu_s: CpuReport,
    /// Processor seconds from then until no day was stale.
    pub(crate) cpu_derive_s: CpuReport,
    pub(crate) peak_rss_mib: Option<f64>,
    pub(crate) broker_peak_rss_mib: Option<f64>,
}

/// The time from publish to commit, counted from when a message was due.
#[derive(Debug, Serialize)]
pub(crate) struct LatencyReport {
    pub(crate) messages_per_s: u32,
    pub(crate) messages: u64,
    pub(crate) p50_ms: f64,
    pub(crate) p95_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) max_ms: f64,
    /// The account is asked so often: no figure is finer.
    pub(crate) granularity_ms: f64,
    /// Peak of the worker's memory up to the end.
    pub(crate) peak_rss_mib: Option<f64>,
}

impl IngestReport {
    /// The report for reading.
    pub(crate) fn table(&self) -> String {
        let mut out = String::new();
        let mut line = |name: &str, text: String| {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{name:<26}{text}");
        };
        line("machine", self.machine.to_string());
        line("broker", self.broker.clone());
        line("store", self.store.clone());
        let load = &self.load;
        line(
            "load",
            format!(
                "{} messages, {} values, {} bytes each; {} repeats, {} late, {} damaged; seed {}",
                load.messages,
                load.values,
                load.bytes_per_message,
                load.repeats,
                load.late,
                load.damaged,
                load.seed
            ),
        );
        line(
            "settings",
            format!("receive_maximum {}, batch_values {}", load.receive_maximum, load.batch_values),
        );
        line("fill", self.fill.to_string());
        line("limit: broker alone", self.broker_limit.to_string());
        line("limit: store alone", self.store_limit.to_string());
        let drain = &self.drain;
        line("drain, committed", drain.committed.to_string());
        line("drain, start included", drain.with_start.to_string());
        line("derived", format!("{:.1} s after the last commit", drain.derived_after_s));
        line("ratio", format!("{:.2} of the lower limit ({})", drain.ratio, drain.lower_limit));
        line("processor, drain", drain.cpu_s.to_string());
        line("processor, deriving", drain.cpu_derive_s.to_string());
        line(
            "peak memory",
            format!("lanbi {}, broker {}", mib(drain.peak_rss_mib), mib(drain.broker_peak_rss_mib)),
        );
        let latency = &self.latency;
        line(
            "publish to commit",
            format!(
                "p50 {:.0} ms, p95 {:.0} ms, p99 {:.0} ms, longest {:.0} ms at {} messages/s ({} messages, read every {:.0} ms)",
                latency.p50_ms,
                latency.p95_ms,
                latency.p99_ms,
                latency.max_ms,
                latency.messages_per_s,
                latency.messages,
                latency.granularity_ms
            ),
        );
        line("peak memory at the end", format!("lanbi {}", mib(latency.peak_rss_mib)));
        line("account", self.check.to_string());
        out
    }
}

fn mib(size: Option<f64>) -> String {
    size.map_or_else(|| "n/a".to_owned(), |size| format!("{size:.0} MiB"))
}
