//! `lanbi run`: the service.

use std::{path::Path, pin::pin, sync::Arc};

use anyhow::Context as _;
use lanbi_config::Settings;
use lanbi_ingest::{
    mqtt::{Link, Subscriber},
    source::Sources,
};
use lanbi_model::{Registry, standard::Standards};
use tokio::sync::{Notify, watch};

use crate::{
    cli::{Role, RunArgs},
    keeper,
    load::Load,
    metrics::{Metrics, SharedMetrics},
    reload::Files,
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
    let standards = Arc::new(super::standards_builtin()?);
    let mut files = Files::look(&settings);
    let mut known = known(&settings, &standards)?;
    let mut stop = service::stop_signal()?;
    let meanwhile = if args.role == Role::Serve { SHOWS_NOTHING } else { TAKES_NOTHING };
    let opening = async || super::store(&settings).await;
    let Some(store) = wait::for_store(opening, meanwhile, &mut stop).await? else { return Ok(()) };
    let metrics: SharedMetrics = Arc::new(Metrics::new());
    let outcome = loop {
        let (registry, senders) = known;
        let parts = Parts {
            settings: settings.clone(),
            store: Arc::clone(&store),
            registry,
            senders,
            standards: Arc::clone(&standards),
            clock: Arc::new(chrono::Utc::now),
        };
        let done = if args.role == Role::Serve {
            serve(&parts, &metrics, stop.clone()).await.map(|()| None)
        } else {
            until_changed(&parts, args.role, &metrics, &mut files, stop.clone()).await
        };
        match done {
            Ok(Some(changed)) => known = changed,
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    store.close().await;
    outcome
}

/// The stations, and what is known of who sends.
type Known = (Arc<Registry>, Arc<Sources>);

/// Reads the files of stations and sources, and sees that everything that rests on them can be used.
fn known(settings: &Settings, standards: &Standards) -> anyhow::Result<Known> {
    let registry = super::registry(settings)?;
    crate::watch::check_outlets(&registry, standards)?;
    // Read again for each report; one that cannot be used is better known now.
    crate::facts::load_targets(settings)?;
    crate::facts::load_lists(settings, &registry, standards)?;
    Ok((Arc::new(registry), Arc::new(crate::senders::load(settings)?)))
}

async fn serve(parts: &Parts, metrics: &SharedMetrics, stop: watch::Receiver<bool>) -> anyhow::Result<()> {
    let pages = service::spawn_pages(parts, Some(pulse(parts, metrics, None)), stop).await?;
    let (address, task) = pages.context("there is nothing to serve: web.listen is empty")?;
    tracing::info!("pages on http://{address}");
    Ok(task.await?)
}

/// Works until the stop signal, or until the files of stations and sources have changed, and then gives what they say now.
async fn until_changed(
    parts: &Parts,
    role: Role,
    metrics: &SharedMetrics,
    files: &mut Files,
    mut stop: watch::Receiver<bool>,
) -> anyhow::Result<Option<Known>> {
    let (end, ended) = watch::channel(false);
    let mut work = pin!(ingest(parts, role, metrics, ended));
    let changed = tokio::select! {
        outcome = &mut work => return outcome.map(|()| None),
        // The guard of the wait must not live on into the other branches.
        () = async { drop(stop.wait_for(|stop| *stop).await) } => None,
        changed = files.changed(|| known(&parts.settings, &parts.standards)) => {
            tracing::info!("the stations or sources have changed; what was taken is finished, then they are taken up");
            Some(changed)
        }
    };
    end.send_replace(true);
    work.await?;
    Ok(changed.filter(|_| !*stop.borrow()))
}

fn pulse(parts: &Parts, metrics: &SharedMetrics, link: Option<watch::Receiver<Link>>) -> Arc<Pulse> {
    Arc::new(Pulse { store: Arc::clone(&parts.store), metrics: Arc::clone(metrics), link })
}

/// Runs until the stop signal, then stops in order: no more messages, what was taken is committed and acknowledged, its
/// figures are derived, the account is written.
async fn ingest(
    parts: &Parts,
    role: Role,
    metrics: &SharedMetrics,
    mut stop: watch::Receiver<bool>,
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
    let (derive_stop, derive_stopped) = watch::channel(false);
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
async fn tell_link(mut link: watch::Receiver<Link>) {
    loop {
        if let Link::Refused { reason, remedy } = &*link.borrow_and_update() {
            tracing::error!(%reason, %remedy, "the broker says no");
        }
        if link.changed().await.is_err() {
            return;
        }
    }
}
