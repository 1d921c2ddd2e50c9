//! Rows as messages (lanbi JSON) to a broker.

use std::{path::Path, time::Duration};

use anyhow::Context as _;
use lanbi_ingest::{
    file::{Mapping, row_to_payload},
    mqtt::{MqttSettings, Publisher},
};

use super::rows::{each_row, progress};
use crate::cli::ReplayArgs;

/// Messages under way at a time.
const IN_FLIGHT: u16 = 200;

pub(super) async fn run(config: Option<&Path>, args: &ReplayArgs, mapping: &Mapping) -> anyhow::Result<()> {
    let own = crate::service::mqtt_settings(&crate::command::settings(config)?);
    let settings = MqttSettings {
        url: args.broker.clone().context("no broker; give --broker mqtt://host:port")?,
        client_id: format!("lanbi-replay-{}", std::process::id()),
        // Long enough to come back after a broken line, short enough to leave nothing behind.
        session_expiry_s: 3600,
        topics: Vec::new(),
        ..own
    };
    let publisher = Publisher::connect(&settings, IN_FLIGHT, Duration::from_secs(20)).await?;
    let bar = progress("messages")?;
    let mut sent = 0_u64;
    let rows = each_row(args, mapping, &bar, async |row| {
        if let Some((topic, payload)) = row_to_payload(row, &args.prefix) {
            publisher.publish(&topic, payload).await?;
            sent += 1;
            bar.inc(1);
        }
        Ok(())
    })
    .await?;
    let counts = publisher.finish().await?;
    bar.finish_and_clear();
    eprintln!("{sent} messages sent, {} acknowledged by the broker; {rows}", counts.acknowledged);
    anyhow::ensure!(
        counts.refused == 0,
        "the broker refused {} messages; check its limits and the rights of this user",
        counts.refused
    );
    Ok(())
}
