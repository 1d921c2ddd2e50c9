//! The program under measurement: `lanbi run --role ingest` in a process of its own, with settings written for it.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::Context as _;

use super::{Broker, Target, args::Place, child::Process, load::LoadPlan, site};

/// How long a start or a stop may take; a stop derives what is left.
const PATIENCE: Duration = Duration::from_secs(120);

/// What the worker is told.
#[derive(Clone, Debug)]
pub(crate) struct WorkerPlan {
    pub(crate) broker: String,
    pub(crate) store: String,
    pub(crate) client_id: String,
    pub(crate) topics: String,
    pub(crate) receive_maximum: u16,
    pub(crate) batch_values: u32,
}

impl WorkerPlan {
    /// The worker of a load.
    pub(crate) fn new(place: &Place, load: &LoadPlan, broker: &Broker, target: &Target) -> Self {
        Self {
            broker: broker.url.clone(),
            store: target.uri.clone(),
            client_id: format!("lanbi-bench-{}-worker", load.tag),
            topics: load.topics(),
            receive_maximum: place.receive_maximum,
            batch_values: place.batch_values,
        }
    }
}

/// The worker's folder with its settings and stations.
#[derive(Debug)]
pub(crate) struct Worker {
    folder: PathBuf,
    config: PathBuf,
}

impl Worker {
    /// Writes what the worker reads.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub(crate) fn prepare(folder: &Path, plan: &WorkerPlan, load: &LoadPlan) -> anyhow::Result<Self> {
        let stations = lanbi_config::write_registry(&site::registry(&load.tag)?)?;
        let settings = serde_json::json!({
            "data": { "dir": "data" },
            "store": { "uri": plan.store },
            "registry": { "stations": "stations.toml", "district": "试验区", "demo": true },
            "mqtt": {
                "url": plan.broker,
                "client_id": plan.client_id,
                "topics": [plan.topics],
                "receive_maximum": plan.receive_maximum,
                "session_expiry_seconds": 7200,
            },
            "ingest": { "batch_values": plan.batch_values },
            "web": { "listen": "" },
        });
        let config = folder.join("lanbi.toml");
        let written = std::fs::write(folder.join("stations.toml"), stations)
            .and_then(|()| std::fs::write(&config, toml::to_string(&settings).unwrap_or_default()));
        written.with_context(|| format!("cannot write to {}", folder.display()))?;
        Ok(Self { folder: folder.to_path_buf(), config })
    }

    /// Starts it and returns at once.
    ///
    /// # Errors
    /// It cannot be started.
    pub(crate) fn start(&self) -> anyhow::Result<Process> {
        let mut command = Process::own_program()?;
        command.arg("--config").arg(&self.config).args(["run", "--role", "ingest"]);
        command.env("RUST_LOG", "info");
        Process::start("the worker", &mut command, self.folder.join("worker.log"), Stdio::null())
    }

    /// Starts it, waits until the broker has granted its subscription, and stops it: the broker keeps the session.
    ///
    /// # Errors
    /// It does not start, subscribe or stop.
    pub(crate) async fn open_session(&self) -> anyhow::Result<()> {
        self.start_subscribed().await?.stop(PATIENCE).await
    }

    /// Starts it and waits until the broker has granted its subscription.
    ///
    /// # Errors
    /// It does not start or subscribe.
    pub(crate) async fn start_subscribed(&self) -> anyhow::Result<Process> {
        let mut process = self.start()?;
        process.says("subscribed", PATIENCE).await?;
        Ok(process)
    }

    /// Stops it in order.
    ///
    /// # Errors
    /// It does not end well.
    pub(crate) async fn stop(process: Process) -> anyhow::Result<()> {
        process.stop(PATIENCE).await
    }
}
