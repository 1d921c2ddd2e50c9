//! The parts of a running lanbi and how they are made from the settings: pipeline, roll-up, account, pages.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context as _;
use lanbi_config::Settings;
use lanbi_ingest::{
    clock::Window,
    decode::Limits,
    mqtt::{MqttSettings, Subscriber},
    tcp::{Listener, TcpSettings, TlsFiles},
};
use lanbi_model::{Registry, Zone, standard::Standards};
use lanbi_store::{Lease, Store};
use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
};

use crate::{
    account_file,
    ask_back::AskBack,
    checks,
    facts::{self, Sources},
    intake::Intake,
    load::Load,
    metrics::SharedMetrics,
    pipeline::{Clock, Pipeline},
    rollup::{HeavySources, Rollup},
    vitals::Pulse,
    watch as rules,
};

/// How often the account is written while the service runs.
const ACCOUNT_EVERY: Duration = Duration::from_secs(60);

/// What every part needs.
#[derive(Clone)]
pub(crate) struct Parts {
    pub settings: Settings,
    pub store: Arc<dyn Store>,
    pub registry: Arc<Registry>,
    pub senders: Arc<lanbi_ingest::source::Sources>,
    pub standards: Arc<Standards>,
    pub clock: Clock,
}

impl Parts {
    /// The roll-up with its rules. A station that never sent anything is expected from `started` on. With a lease,
    /// the store refuses what is derived after the lease has gone to another.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(crate) async fn rollup(
        &self,
        started: lanbi_model::Instant,
        lease: Option<Lease>,
    ) -> anyhow::Result<Rollup> {
        let qc = checks::thresholds(&self.settings.qc);
        let watches = rules::build(&self.settings.alarms, &self.standards, &self.registry, &qc, started);
        let outlet_hours = self.settings.outlet.day_hours;
        let store = Arc::clone(&self.store);
        let (registry, standards) = (Arc::clone(&self.registry), Arc::clone(&self.standards));
        let rollup = Rollup::new(store, registry, standards, qc, outlet_hours, watches, lease).await?;
        let rollup = rollup.keeping(self.settings.store.keep());
        if !self.settings.alarms.heavy_air.enabled {
            return Ok(rollup);
        }
        let sources = HeavySources {
            forecasts: self.settings.air_forecasts_file(),
            events: self.settings.air_events_file(),
            district: self.settings.registry.district.clone(),
            zone: Zone::shanghai(),
        };
        Ok(rollup.watching_heavy_air(sources).await?)
    }

    /// Where reports of an area, or of the whole district, take their facts from.
    ///
    /// # Errors
    /// A file that the settings name cannot be read, or is refused.
    pub(crate) fn sources(&self, area: Option<String>, now: lanbi_model::Instant) -> anyhow::Result<Sources> {
        Ok(Sources {
            store: Arc::clone(&self.store),
            registry: Arc::clone(&self.registry),
            standards: Arc::clone(&self.standards),
            targets: facts::load_targets(&self.settings)?,
            events: facts::load_events(&self.settings)?,
            lists: facts::load_lists(&self.settings, &self.registry, &self.standards)?,
            demo: self.settings.registry.demo,
            settings: self.settings.clone(),
            area,
            now,
            zone: Zone::shanghai(),
        })
    }

    /// Opens every way by which messages come.
    ///
    /// # Errors
    /// Settings that cannot work, a port that is taken, or no way at all.
    pub(crate) async fn intake(&self) -> anyhow::Result<Intake> {
        let has_broker = !self.settings.mqtt.url.is_empty();
        let subscriber = has_broker.then(|| Subscriber::start(&mqtt_settings(&self.settings))).transpose()?;
        let listener = match tcp_settings(&self.settings)? {
            None => None,
            Some(tcp) => {
                open_files(tcp.connections);
                Some(Listener::start(tcp, Arc::clone(&self.registry), Arc::clone(&self.senders)).await?)
            }
        };
        anyhow::ensure!(
            subscriber.is_some() || listener.is_some(),
            "nothing can come in: mqtt.url and hj212.listen are both empty; set one of them"
        );
        Ok(Intake { subscriber, listener })
    }

    /// Who asks loggers for what they have not sent; none without a port, or where the settings ask for nothing.
    pub(crate) fn ask_back(&self, intake: &Intake) -> Option<AskBack> {
        let hj212 = &self.settings.hj212;
        let listener = intake.listener.as_ref().filter(|_| hj212.ask_back_hours > 0)?;
        Some(AskBack {
            store: Arc::clone(&self.store),
            registry: Arc::clone(&self.registry),
            doors: listener.doors(),
            clock: Arc::clone(&self.clock),
            back: chrono::TimeDelta::hours(hj212.ask_back_hours.into()),
            wait: Duration::from_secs(hj212.ask_back_wait_seconds.into()),
        })
    }

    /// The pipeline, with the count of committed messages.
    pub(crate) fn pipeline(
        &self,
        committed: Arc<Notify>,
        metrics: SharedMetrics,
        load: Arc<Load>,
    ) -> (Arc<Pipeline>, watch::Receiver<u64>) {
        let (messages, seen) = watch::channel(0);
        let pipeline = Pipeline {
            store: Arc::clone(&self.store),
            registry: Arc::clone(&self.registry),
            senders: Arc::clone(&self.senders),
            limits: limits(&self.settings),
            batch_values: self.settings.ingest.batch_values.max(1),
            clock: Arc::clone(&self.clock),
            committed,
            messages,
            metrics,
            many_messages: usize::from(self.settings.mqtt.receive_maximum / 2).max(1),
            load,
        };
        (Arc::new(pipeline), seen)
    }

    /// Writes `account.json` in the data folder.
    ///
    /// # Errors
    /// The store cannot be read or the file not written.
    pub(crate) async fn write_account(&self) -> anyhow::Result<()> {
        let dir = self.settings.data_dir();
        let reports = account_file::reports_below(&dir, &self.settings.report_dir())?;
        account_file::write(&dir, &self.store.account().await?, &reports)
    }
}

/// Asks for as many open files as so many connections need, and says where there will be fewer.
pub(crate) fn open_files(connections: usize) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    /// Files of the store, the broker and the pages.
    const OTHERS: u64 = 200;
    let wanted = u64::try_from(connections).unwrap_or(u64::MAX).saturating_add(OTHERS);
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= wanted) {
        return;
    }
    let possible = limit.maximum.map_or(wanted, |maximum| maximum.min(wanted));
    let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(possible), maximum: limit.maximum });
    if raised.is_err() || possible < wanted {
        tracing::warn!(
            possible,
            wanted,
            "fewer connections than hj212.connections can stand; raise the limit of open files (ulimit -n)"
        );
    }
}

/// Limits for what comes in.
pub(crate) fn limits(settings: &Settings) -> Limits {
    Limits {
        max_bytes: settings.ingest.max_payload_bytes,
        window: Window {
            ahead: chrono::TimeDelta::seconds(settings.ingest.ahead_tolerance_seconds.into()),
            earliest: settings.ingest.earliest_day,
        },
    }
}

/// Connection settings from the settings.
pub(crate) fn mqtt_settings(settings: &Settings) -> MqttSettings {
    let mqtt = &settings.mqtt;
    let filled = |text: &String| (!text.is_empty()).then(|| text.clone());
    MqttSettings {
        url: mqtt.url.clone(),
        client_id: mqtt.client_id.clone(),
        username: filled(&mqtt.username),
        password: filled(&mqtt.password),
        ca_file: (!mqtt.ca_file.as_os_str().is_empty()).then(|| settings.resolve(&mqtt.ca_file)),
        client_papers: (!mqtt.client_certificate.as_os_str().is_empty())
            .then(|| (settings.resolve(&mqtt.client_certificate), settings.resolve(&mqtt.client_key))),
        topics: mqtt.topics.clone(),
        share_group: filled(&mqtt.share_group),
        session_expiry_s: mqtt.session_expiry_seconds,
        receive_maximum: mqtt.receive_maximum,
        keep_alive: Duration::from_secs(mqtt.keep_alive_seconds.into()),
        ..MqttSettings::default()
    }
}

/// Settings of the port for loggers; none where there is to be none.
///
/// # Errors
/// A network cannot be read, or a certificate has no key.
pub(crate) fn tcp_settings(settings: &Settings) -> anyhow::Result<Option<TcpSettings>> {
    let hj212 = &settings.hj212;
    if hj212.listen.is_empty() {
        return Ok(None);
    }
    let named = |path: &PathBuf| (!path.as_os_str().is_empty()).then(|| settings.resolve(path));
    let tls = match (named(&hj212.tls_certificate), named(&hj212.tls_key)) {
        (None, None) => None,
        (Some(certificate), Some(key)) => {
            Some(TlsFiles { certificate, key, client_authority: named(&hj212.tls_client_authority) })
        }
        _ => anyhow::bail!("hj212.tls_certificate and hj212.tls_key belong together; name both or none"),
    };
    let network = |text: &String| {
        let address = || text.parse::<std::net::IpAddr>().map(ipnet::IpNet::from);
        text.parse().or_else(|_| address()).with_context(|| {
            format!("hj212.addresses: `{text}` is no network; write 10.20.0.0/16 or an address")
        })
    };
    Ok(Some(TcpSettings {
        listen: hj212.listen.clone(),
        tls,
        addresses: hj212.addresses.iter().map(network).collect::<anyhow::Result<_>>()?,
        connections: hj212.connections,
        connections_per_address: hj212.connections_per_address,
        idle: Duration::from_secs(hj212.idle_seconds.into()),
        frame: Duration::from_secs(hj212.frame_seconds.into()),
        bytes_per_second: hj212.bytes_per_second,
        ..TcpSettings::default()
    }))
}

/// Turns true at SIGINT or SIGTERM.
///
/// # Errors
/// The signals cannot be watched.
pub(crate) fn stop_signal() -> anyhow::Result<watch::Receiver<bool>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (send, receive) = watch::channel(false);
    let mut terminate = signal(SignalKind::terminate()).context("cannot watch for SIGTERM")?;
    tokio::spawn(async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        send.send_replace(true);
    });
    Ok(receive)
}

/// Writes the account every minute until `stop`.
pub(crate) fn spawn_account(parts: Parts, mut stop: watch::Receiver<bool>) -> JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            if let Err(error) = parts.write_account().await {
                tracing::warn!("{error:#}");
            }
            tokio::select! {
                () = tokio::time::sleep(ACCOUNT_EVERY) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    })
}

/// Serves the pages until `stop`; gives the address, none where the settings turn them off.
///
/// # Errors
/// The address cannot be listened on.
pub(crate) async fn spawn_pages(
    parts: &Parts,
    pulse: Option<Arc<Pulse>>,
    stop: watch::Receiver<bool>,
) -> anyhow::Result<Option<Served>> {
    let reports: PathBuf = parts.settings.report_dir();
    let state = lanbi_web::State { store: Arc::clone(&parts.store), reports };
    let router = lanbi_web::router(state, pulse.map(|pulse| pulse as Arc<dyn lanbi_web::Vitals>));
    serve("web.listen", &parts.settings.web.listen, router, stop).await
}

/// Serves health and metrics alone until `stop`.
///
/// # Errors
/// The address cannot be listened on.
pub(crate) async fn spawn_health(
    parts: &Parts,
    pulse: Arc<Pulse>,
    stop: watch::Receiver<bool>,
) -> anyhow::Result<Option<Served>> {
    serve("health.listen", &parts.settings.health.listen, lanbi_web::health_router(pulse), stop).await
}

/// An address and the task that answers there.
pub(crate) type Served = (std::net::SocketAddr, JoinHandle<()>);

async fn serve(
    key: &str,
    listen: &str,
    router: axum::Router,
    mut stop: watch::Receiver<bool>,
) -> anyhow::Result<Option<Served>> {
    if listen.is_empty() {
        return Ok(None);
    }
    let listener = tokio::net::TcpListener::bind(listen).await.with_context(|| {
        format!("cannot listen on {listen}; another program holds the port: set {key} to another, or to \"\" for none")
    })?;
    let address = listener.local_addr()?;
    let task = tokio::spawn(async move {
        let served = axum::serve(listener, router).with_graceful_shutdown(async move {
            let _ = stop.wait_for(|stop| *stop).await;
        });
        if let Err(error) = served.await {
            tracing::error!(%error, "the pages stopped");
        }
    });
    Ok(Some((address, task)))
}
