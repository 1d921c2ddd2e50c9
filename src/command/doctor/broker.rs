//! The broker: whether it is there, admits us, and grants what delivery needs.

use std::time::Duration;

use lanbi_config::Settings;
use lanbi_ingest::mqtt::{Granted, probe};

use super::check::Report;
use crate::service;

/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(8);

pub(super) async fn check(report: &mut Report, settings: &Settings) {
    if settings.mqtt.url.is_empty() {
        return match settings.hj212.listen.as_str() {
            "" => report.fail("broker", "nothing can come in", "set mqtt.url or hj212.listen"),
            _ => report.ok("broker", "none: stations come by hj212.listen alone"),
        };
    }
    let mut mqtt = service::mqtt_settings(settings);
    // Under the service's own id the broker would throw the service out.
    mqtt.client_id = format!("{}-doctor-{}", mqtt.client_id, std::process::id());
    match probe(&mqtt, PATIENCE).await {
        Ok(granted) => judge(report, settings, granted),
        Err(error) => {
            let otherwise = "mend the settings under [mqtt]; config/default.toml shows their form";
            report.fail_with("broker", &error.into(), otherwise);
        }
    }
}

fn judge(report: &mut Report, settings: &Settings, granted: Granted) {
    let mqtt = &settings.mqtt;
    let packet =
        granted.max_packet.map_or_else(|| "without limit".to_owned(), |bytes| format!("{bytes} bytes"));
    report.ok(
        "broker",
        format!(
            "answers and grants the topics; receive maximum {}, largest packet {packet}, session kept {} s",
            granted.receive_maximum, granted.session_expiry_s
        ),
    );
    if granted.max_qos == 0 {
        report.fail(
            "broker QoS",
            "the broker grants QoS 0 only, which loses messages",
            "let the broker grant QoS 1 (mosquitto: max_qos 2)",
        );
    }
    if granted.session_expiry_s < mqtt.session_expiry_seconds {
        report.warn(
            "broker session",
            format!("kept {} s, asked for {} s", granted.session_expiry_s, mqtt.session_expiry_seconds),
            "raise the broker's limit (mosquitto: persistent_client_expiration): what arrives while lanbi is away longer \
             than that is lost",
        );
    }
    let payload = u32::try_from(settings.ingest.max_payload_bytes).unwrap_or(u32::MAX);
    if granted.max_packet.is_some_and(|limit| limit < payload) {
        report.warn(
            "broker packets",
            format!("the broker takes {packet}, lanbi would take payloads of {payload} bytes"),
            "raise the broker's limit (mosquitto: max_packet_size) above ingest.max_payload_bytes",
        );
    }
    if !mqtt.share_group.is_empty() && !granted.shared_subscriptions {
        report.fail(
            "broker sharing",
            "the broker knows no shared subscriptions, and mqtt.share_group is set",
            "use a broker that does, or set mqtt.share_group to \"\" and run one worker",
        );
    }
}
