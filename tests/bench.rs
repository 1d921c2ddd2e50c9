//! `lanbi bench ingest` measures what it says, and fails where the store does not hold what was sent. No figure of speed
//! is a test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss,
    clippy::cast_lossless,
    reason = "a test may stop at the first surprise"
)]

mod common;

use common::{lanbi, output};
use serde_json::Value;

/// Numbers that must be there and above 0.
const FIGURES: [&str; 20] = [
    "/machine/cores",
    "/machine/memory_mib",
    "/load/values",
    "/load/bytes_per_message",
    "/load/repeats",
    "/load/late",
    "/load/damaged",
    "/fill/messages_per_s",
    "/broker_limit/messages_per_s",
    "/store_limit/messages_per_s",
    "/drain/committed/messages_per_s",
    "/drain/committed/values_per_s",
    "/drain/with_start/messages_per_s",
    "/drain/ratio",
    "/drain/cpu_s/lanbi",
    "/drain/peak_rss_mib",
    "/latency/p50_ms",
    "/latency/p95_ms",
    "/latency/p99_ms",
    "/latency/peak_rss_mib",
];

#[test]
fn a_small_drain_is_measured_whole_and_comes_out_as_sent() {
    let mut bench = lanbi();
    // A setting of the user's own must not reach the worker.
    bench.env("LANBI_STORE__URI", "sqlite:/nonexistent/bureau.sqlite");
    bench.args(["bench", "ingest", "--messages", "3000", "--rate", "200", "--seconds", "2"]);
    let report: Value = serde_json::from_str(&output(bench.args(["--output", "json"]))).unwrap();
    for figure in FIGURES {
        let value = report.pointer(figure).and_then(Value::as_f64);
        assert!(value.is_some_and(|value| value > 0.0), "{figure}: {value:?} in {report:#}");
    }
    let check = &report["check"];
    assert_eq!(check["matched"], true, "{check:#}");
    assert_eq!(check["messages"], 3400);
    assert_eq!(check["rows"], check["stored"]);
    assert!(["broker", "store"].iter().any(|limit| report["drain"]["lower_limit"] == *limit));
}

#[test]
fn growth_is_measured_at_each_size() {
    let mut bench = lanbi();
    bench.args(["bench", "grow", "--rows", "2000,6000", "--batch-values", "500", "--output", "json"]);
    let report: Value = serde_json::from_str(&output(&mut bench)).unwrap();
    let sizes = report["sizes"].as_array().unwrap();
    assert_eq!(sizes.len(), 2);
    for size in sizes {
        for figure in ["values", "frames_per_s", "values_per_s", "query_ms", "rate_ratio"] {
            assert!(size[figure].as_f64().is_some_and(|value| value > 0.0), "{figure}: {size:#}");
        }
    }
    let wrong = lanbi().args(["bench", "grow", "--rows", "5000,1000"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("must ascend"));
}

#[test]
fn loggers_are_answered_beside_those_that_misbehave() {
    let mut bench = lanbi();
    bench.args(["bench", "stations", "--stations", "50", "--misbehaving", "4", "--seconds", "3"]);
    let report: Value = serde_json::from_str(&output(bench.args(["--output", "json"]))).unwrap();
    for figure in ["p50_ms", "p99_ms", "answered_per_s", "peak_rss_mib", "cpu_s"] {
        assert!(report[figure].as_f64().is_some_and(|value| value > 0.0), "{figure}: {report:#}");
    }
    assert_eq!((&report["frames"], &report["answered"]), (&Value::from(150), &Value::from(150)));
    assert_eq!((&report["values"], &report["stored"]), (&Value::from(900), &Value::from(900)));
}
