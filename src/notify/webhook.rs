//! The webhook: one JSON object per alarm raised, cleared or withdrawn, POSTed with an `Idempotency-Key`.

use std::time::Duration;

use lanbi_model::Zone;
use lanbi_store::Notification;
use tokio::sync::watch;

use super::clues;
use crate::service::Parts;

/// Longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// Sends what waits in the outbox until `stop` turns true; failed messages are tried again with growing waits.
pub(crate) async fn run(parts: Parts, mut stop: watch::Receiver<bool>) {
    let settings = &parts.settings.webhook;
    if settings.url.is_empty() {
        return;
    }
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(settings.timeout_seconds)))
        .build()
        .into();
    let first_wait = Duration::from_secs(settings.retry_seconds.max(1));
    let mut wait = first_wait;
    loop {
        let pause = match send_waiting(&parts, &agent).await {
            Ok(all_sent) if all_sent => {
                wait = first_wait;
                Duration::from_secs(1)
            }
            Ok(_) => {
                let pause = wait;
                wait = (wait * 2).min(LONGEST_WAIT);
                pause
            }
            Err(error) => {
                tracing::warn!(%error, "the outbox cannot be read for the moment");
                first_wait
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => return,
        }
    }
}

/// Sends everything that waits, in order; stops at the first failure so that the order holds.
async fn send_waiting(parts: &Parts, agent: &ureq::Agent) -> Result<bool, lanbi_store::StoreError> {
    loop {
        let store = &parts.store;
        let waiting = store.outbox(100).await?;
        if waiting.is_empty() {
            return Ok(true);
        }
        for notification in waiting {
            let id = notification.id;
            let (agent, url) = (agent.clone(), parts.settings.webhook.url.clone());
            let clues = clues::of(parts, &notification).await;
            let outcome = tokio::task::spawn_blocking(move || post(&agent, &url, &notification, &clues))
                .await
                .unwrap_or_else(|error| Err(error.to_string()));
            let failed = outcome.is_err();
            if let Err(reason) = &outcome {
                tracing::warn!(id, reason, "the webhook did not take an alarm; it is tried again");
            }
            store.sent(id, outcome.map(|()| chrono::Utc::now())).await?;
            if failed {
                return Ok(false);
            }
        }
    }
}

fn post(agent: &ureq::Agent, url: &str, notification: &Notification, clues: &str) -> Result<(), String> {
    agent
        .post(url)
        .header("Idempotency-Key", &format!("lanbi-{}", notification.id))
        .send_json(body(notification, clues))
        .map(drop)
        .map_err(|error| error.to_string())
}

/// What the receiver gets; times carry the zone of the district's clock.
fn body(notification: &Notification, clues: &str) -> serde_json::Value {
    let alarm = &notification.alarm;
    let zone = Zone::shanghai();
    let time = |instant: lanbi_model::Instant| zone.at(instant).to_rfc3339();
    serde_json::json!({
        "id": notification.id,
        "event": notification.event,
        "station": alarm.station.as_str(),
        "rule": alarm.rule.to_string(),
        "parameter": alarm.parameter.map(lanbi_model::Parameter::key),
        "severity": alarm.severity.key(),
        "since": time(alarm.since),
        "raised_at": time(alarm.raised_at),
        "cleared_at": alarm.cleared_at.map(time),
        "worst": alarm.worst.map(|v| v.to_string()),
        "limit": alarm.limit.map(|v| v.to_string()),
        "text": alarm.text,
        "basis": alarm.basis,
        "clues": clues,
    })
}
