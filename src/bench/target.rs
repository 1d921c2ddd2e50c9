//! The store of a measurement: a new file, or a database that holds nothing but measurements.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::Context as _;
use lanbi_store::{Store, StoreError};
use url::Url;

use super::{
    proc::{self, Watched},
    site::PREFIX,
};

/// A store to measure with.
pub(crate) struct Target {
    pub(crate) uri: String,
    pub(crate) store: Arc<dyn Store>,
    /// Engine and version for the report.
    pub(crate) engine: String,
    server: Option<Watched>,
}

impl Target {
    /// Opens the store at `uri`, or a new file in `folder`. `server` is the process id of the database server, where it
    /// is not found by its port.
    ///
    /// # Errors
    /// The store cannot be opened, or holds a bureau's own values.
    pub(crate) async fn open(uri: Option<&str>, folder: &Path, server: Option<u32>) -> anyhow::Result<Self> {
        let uri =
            uri.map_or_else(|| format!("sqlite:{}", folder.join("bench.sqlite").display()), str::to_owned);
        // A look first: a bureau's own store must not even have its schema touched.
        match lanbi_store::open_as_is(&uri).await {
            Ok(there) => {
                let ours = must_be_ours(&*there).await;
                there.close().await;
                ours?;
            }
            Err(StoreError::NoStore(_)) => {}
            Err(error) => return Err(error.into()),
        }
        let store = lanbi_store::open(&uri).await?;
        let engine = store.status().await?.engine;
        let server = server.or_else(|| server_of(&uri)).map(Watched::Tree);
        Ok(Self { uri, store, engine, server })
    }

    /// Processor time of the database server; none where there is none, or not on this machine.
    pub(crate) fn cpu(&self) -> Option<Duration> {
        self.server.and_then(proc::cpu)
    }
}

/// A measurement fills a store with made-up values, which must never stand beside real ones.
async fn must_be_ours(store: &dyn Store) -> anyhow::Result<()> {
    let stations = store.latest().await.context("cannot see whether the store is free for a measurement")?;
    let stranger = stations.iter().find(|(id, _)| !id.as_str().starts_with(PREFIX));
    let account = store.account().await?;
    let remedy = "a measurement fills it with made-up values: make an empty database and name it with --store, \
                  or leave --store away for a new file";
    if let Some((id, _)) = stranger {
        anyhow::bail!("the store holds values of station `{id}`; {remedy}");
    }
    anyhow::ensure!(
        !stations.is_empty() || account.messages == 0,
        "the store has taken {} messages that were no measurement; {remedy}",
        account.messages
    );
    Ok(())
}

/// The server that a PostgreSQL address on this machine leads to.
fn server_of(uri: &str) -> Option<u32> {
    let url = Url::parse(uri).ok().filter(|url| url.scheme().starts_with("postgres"))?;
    let host = url.host_str().unwrap_or("localhost");
    let local = host.is_empty() || matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    local.then(|| proc::listening_on(url.port().unwrap_or(5432))).flatten()
}

#[cfg(test)]
mod tests {
    use lanbi_model::{AveragingPeriod, Decimal, Flags, Parameter, Sample, SampleKey, StationId};
    use lanbi_store::{Batch, Incoming};

    use super::*;

    async fn with_value_of(station: &str) -> anyhow::Result<()> {
        let store = lanbi_store::open("sqlite::memory:").await?;
        let instant = "2026-11-22T10:00:00Z".parse()?;
        let key = SampleKey {
            station: StationId::new(station),
            parameter: Parameter::Pm25,
            period: AveragingPeriod::HOUR,
            instant,
        };
        let sample = Sample { key, value: Decimal::ONE, flags: Flags::empty() };
        let samples = vec![Incoming { sample, day: instant.date_naive(), received_at: instant }];
        store.commit(&Batch { samples, messages: 1, ..Batch::default() }).await?;
        must_be_ours(&*store).await
    }

    #[tokio::test]
    async fn a_bureaus_own_store_is_refused_with_the_remedy() {
        let error = with_value_of("air-01").await.unwrap_err().to_string();
        assert!(error.contains("`air-01`") && error.contains("--store"), "{error}");
        with_value_of("bench-x-a00").await.unwrap();
        must_be_ours(&*lanbi_store::open("sqlite::memory:").await.unwrap()).await.unwrap();
        let letters = lanbi_store::open("sqlite::memory:").await.unwrap();
        letters.commit(&Batch { messages: 3, ..Batch::default() }).await.unwrap();
        assert!(must_be_ours(&*letters).await.is_err());
    }
}
