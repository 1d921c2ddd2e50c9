//! `lanbi demo --live`: the simulated district goes on in real time, until interrupted.

use std::sync::Arc;

use chrono::NaiveDate;
use lanbi_ingest::mqtt::{MqttSettings, Publisher, Subscriber};
use tokio::sync::{Notify, watch};

use super::{Arrivals, IN_FLIGHT, PATIENCE};
use crate::{
    demo::{Simulation, feed::Message},
    intake::Intake,
    keeper,
    metrics::Metrics,
    service::{self, Parts},
    vitals::Pulse,
};

/// Publishes each message when its time comes; what lies before now goes out at once.
pub(super) async fn run(
    parts: &Parts,
    simulation: &Simulation,
    last: NaiveDate,
    broker_url: &str,
    arrivals: &Arrivals,
    mut stop: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let committed = Arc::new(Notify::new());
    let (derive_stop, derive_stopped) = watch::channel(false);
    let metrics = Arc::new(Metrics::new());
    let lease = keeper::own_lease(&*parts.store, "demo").await?;
    // Figures go by the clock on the wall from now on; messages still carry the simulation's.
    let real = Parts { clock: Arc::new(chrono::Utc::now), ..parts.clone() };
    let derive = keeper::spawn(
        real,
        lease,
        Arc::clone(&committed),
        Arc::clone(&metrics),
        Arc::default(),
        derive_stopped,
    );
    let account = service::spawn_account(parts.clone(), stop.clone());
    let pulse = Pulse { store: Arc::clone(&parts.store), metrics: Arc::clone(&metrics), link: None };
    let pages = service::spawn_pages(parts, Some(Arc::new(pulse)), stop.clone()).await?;
    println!(
        "\n实时模式，按 Ctrl-C 结束。{}",
        match &pages {
            Some((address, _)) => format!("页面 http://{address}"),
            None => String::new(),
        }
    );
    let subscriber = Subscriber::start(&MqttSettings {
        url: broker_url.to_owned(),
        client_id: "lanbi-demo".to_owned(),
        topics: parts.settings.mqtt.topics.clone(),
        ..MqttSettings::default()
    })?;
    subscriber.ready(PATIENCE).await?;
    let mut ways = Intake { subscriber: Some(subscriber), listener: None };
    let (pipeline, _) = parts.pipeline(committed, metrics, Arc::default());
    let (drain, drained) = watch::channel(false);
    let ingest = tokio::spawn(async move {
        let outcome = pipeline.run(&mut ways, drained).await;
        ways.close().await;
        outcome
    });
    let gateway = MqttSettings {
        url: broker_url.to_owned(),
        client_id: "lanbi-demo-gateway".to_owned(),
        ..MqttSettings::default()
    };
    let publisher = Publisher::connect(&gateway, IN_FLIGHT, PATIENCE).await?;
    for Message { sent_at, topic, payload } in simulation.messages_from(last.succ_opt().unwrap_or(last)) {
        let wait = (sent_at - chrono::Utc::now()).to_std().unwrap_or_default();
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = stop.wait_for(|stop| *stop) => break,
        }
        arrivals.announce(sent_at);
        publisher.publish(&topic, payload).await?;
    }
    publisher.finish().await?;
    drain.send_replace(true);
    ingest.await??;
    derive_stop.send_replace(true);
    derive.await?;
    account.abort();
    parts.write_account().await?;
    if let Some((_, task)) = pages {
        task.await?;
    }
    Ok(())
}
