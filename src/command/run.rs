//! `lanbi run`: the service.

use std::{path::Path, sync::Arc};

use anyhow::Context as _;
use lanbi_ingest::mqtt::{Link, Subscriber};
use tokio::sync::Notify;

use crate::{
    cli::{Role, RunArgs},
    keeper,
    load::Load,
    metrics::{Metrics, SharedMetrics},
    service::{self, Parts},
    vitals::Pulse,
    wait,
};

/// What a store that is away means for those who send, and for those who look.
const TAKES_NOTHING: &str =
    "lanbi waits for it and takes no message meanwhile, so that the broker keeps them in its session";
const SHOWS_NOTHING: &str = "lanbi waits for it and shows no page meanwhile";

pub(super) async fn run(config: Option<&Path>, args: &RunArgs) -> anyhow::Result<()> {
    // A database tells of every table that is there already.
    super::log_to_stderr("info,sqlx=warn");
    let mut settings = super::settings(config)?;
    if let Some(worker) = &args.worker {
        settings.mqtt.client_id = format!("{}-{worker}", settings.mqtt.client_id);
        anyhow::ensure!(
            !settings.mqtt.share_group.is_empty(),
            "--worker needs mqtt.share_group in the settings: without it every worker would get every message"
        );
    }
    let data = settings.data_dir();
    std::fs::create_dir_all(&data)
        .with_context(|| format!("cannot make the data folder {}; set data.dir", data.display()))?;
    let registry = Arc::new(super::registry(&settings)?);
    let standards = Arc::new(super::standards_builtin()?);
    crate::watch::check_outlets(&registry, &standards)?;
    // Read again for each report; one that cannot be used is better known now.
    crate::facts::load_targets(&settings)?;
    crate::facts::load_lists(&settings, &registry, &standards)?;
    let mut stop = service::stop_signal()?;
    let meanwhile = if args.role == Role::Serve { SHOWS_NOTHING } else { TAKES_NOTHING };
    let opening = async || super::store(&settings).await;
    let Some(store) = wait::for_store(opening, meanwhile, &mut stop).await? else { return Ok(()) };
    let senders = Arc::new(crate::senders::load(&settings)?);
    let parts = Parts { settings, store, registry, senders, standards, clock: Arc::new(chrono::Utc::now) };
    let metrics: SharedMetrics = Arc::new(Metrics::new());
    let outcome = if args.role == Role::Serve {
        let pages = service::spawn_pages(&parts, Some(pulse(&parts, &metrics, None)), stop.clone()).await?;
        let (address, task) = pages.context("there is nothing to serve: web.listen is empty")?;
        tracing::info!("pages on http://{address}");
        Ok(task.await?)
    } else {
        ingest(&parts, args.role, &metrics, stop).await
    };
    parts.store.close().await;
    outcome
}

fn pulse(
    parts: &Parts,
    metrics: &SharedMetrics,
    link: Option<tokio::sync::watch::Receiver<Link>>,
) -> Arc<Pulse> {
    Arc::new(Pulse { store: Arc::clone(&parts.store), metrics: Arc::clone(metrics), link })
}

/// Runs until the stop signal, then stops in order: no more messages, what was taken is committed and acknowledged, its
/// figures are derived, the account is written.
async fn ingest(
    parts: &Parts,
    role: Role,
    metrics: &SharedMetrics,
    mut stop: tokio::sync::watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let asking = async || Ok(keeper::own_lease(&*parts.store, &parts.settings.mqtt.client_id).await?);
    let Some(lease) = wait::for_store(asking, TAKES_NOTHING, &mut stop).await? else { return Ok(()) };
    let mut intake = parts.intake().await?;
    let link = intake.subscriber.as_ref().map(Subscriber::link);
    if let Some(listener) = &intake.listener {
        tracing::info!("loggers are heard on {}", listener.address());
        metrics.watch_port(listener.counts());
    }
    let asking = parts.ask_back(&intake).map(|asking| tokio::spawn(asking.run(stop.clone())));
    let pulse = pulse(parts, metrics, link.clone());
    let pages = match role {
        Role::All | Role::Serve => service::spawn_pages(parts, Some(pulse), stop.clone()).await?,
        Role::Ingest => service::spawn_health(parts, pulse, stop.clone()).await?,
    };
    if let Some((address, _)) = &pages {
        tracing::info!("{} on http://{address}", if role == Role::Ingest { "health" } else { "pages" });
    }
    let committed = Arc::new(Notify::new());
    let (derive_stop, derive_stopped) = tokio::sync::watch::channel(false);
    let load = Arc::new(Load::default());
    let keeper = keeper::spawn(
        parts.clone(),
        lease,
        Arc::clone(&committed),
        Arc::clone(metrics),
        Arc::clone(&load),
        derive_stopped,
    );
    let account = service::spawn_account(parts.clone(), stop.clone());

    // Messages are taken from the first moment: after a stop the broker delivers what waits before it answers anything.
    let link = link.map(|link| tokio::spawn(tell_link(link)));
    let (pipeline, _messages) = parts.pipeline(committed, Arc::clone(metrics), load);
    let outcome = pipeline.run(&mut intake, stop.clone()).await;
    intake.close().await;

    derive_stop.send_replace(true);
    keeper.await?;
    if let Some(link) = link {
        link.abort();
    }
    if let Some(asking) = asking {
        asking.abort();
    }
    account.abort();
    if let Err(error) = parts.write_account().await {
        tracing::warn!("the account could not be written: {error:#}");
    }
    if outcome.is_ok()
        && let Some((_, task)) = pages
    {
        task.await?;
    }
    outcome.context("the store refused a batch; nothing of it was acknowledged: the broker keeps it, loggers send it again")
}

/// Says what to do when the broker refuses; a lost line comes back by itself and is logged where it is lost.
async fn tell_link(mut link: tokio::sync::watch::Receiver<Link>) {
    loop {
        if let Link::Refused { reason, remedy } = &*link.borrow_and_update() {
            tracing::error!(%reason, %remedy, "the broker says no");
        }
        if link.changed().await.is_err() {
            return;
        }
    }
}
