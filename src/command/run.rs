//! `lanbi run`: the service.

use std::{path::Path, sync::Arc};

use anyhow::Context as _;
use lanbi_ingest::mqtt::{Link, Subscriber};
use tokio::sync::Notify;

use crate::{
    cli::{Role, RunArgs},
    service::{self, Parts},
};

pub(super) async fn run(config: Option<&Path>, args: &RunArgs) -> anyhow::Result<()> {
    super::log_to_stderr("info");
    let settings = super::settings(config)?;
    let data = settings.data_dir();
    std::fs::create_dir_all(&data)
        .with_context(|| format!("cannot make the data folder {}; set data.dir", data.display()))?;
    let parts = Parts {
        registry: Arc::new(super::registry(&settings)?),
        standards: Arc::new(super::standards_builtin()?),
        store: super::store(&settings).await?,
        clock: Arc::new(chrono::Utc::now),
        settings,
    };
    crate::watch::check_outlets(&parts.registry, &parts.standards)?;
    let stop = service::stop_signal()?;
    let pages = match args.role {
        Role::All | Role::Serve => service::spawn_pages(&parts, stop.clone()).await?,
        Role::Ingest => None,
    };
    if let Some((address, _)) = &pages {
        tracing::info!("pages on http://{address}");
    }
    if args.role == Role::Serve {
        anyhow::ensure!(pages.is_some(), "there is nothing to serve: web.listen is empty");
    } else {
        ingest(&parts, stop).await?;
    }
    if let Some((_, task)) = pages {
        task.await?;
    }
    parts.store.close().await;
    Ok(())
}

/// Runs until the stop signal, then stops in order: no more messages, what was taken is committed and acknowledged, its
/// figures are derived, the account is written.
async fn ingest(parts: &Parts, stop: tokio::sync::watch::Receiver<bool>) -> anyhow::Result<()> {
    let committed = Arc::new(Notify::new());
    let (derive_stop, derive_stopped) = tokio::sync::watch::channel(false);
    let rollup = parts.rollup((parts.clock)()).await?;
    let rollup =
        service::spawn_rollup(rollup, Arc::clone(&parts.clock), Arc::clone(&committed), derive_stopped);
    let webhook = service::spawn_webhook(parts, stop.clone());
    let account = service::spawn_account(parts.clone(), stop.clone());

    let mut subscriber = Subscriber::start(&service::mqtt_settings(&parts.settings))?;
    // Messages are taken from the first moment: after a stop the broker delivers what waits before it answers anything.
    let link = tokio::spawn(tell_link(subscriber.link()));
    let (pipeline, _messages) = parts.pipeline(committed);
    let outcome = pipeline.run(&mut subscriber, stop.clone()).await;
    subscriber.close().await;

    derive_stop.send_replace(true);
    rollup.await?;
    webhook.abort();
    link.abort();
    account.abort();
    parts.write_account().await?;
    outcome.context("the store refused a batch; nothing of it was acknowledged, so the broker keeps it")
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
