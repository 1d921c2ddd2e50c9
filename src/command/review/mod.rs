//! `lanbi review`: a person looks at values and decides on them. Each decision is a revision: the value before stays
//! readable with who and why, and its day is derived again. Where the checks themselves have changed, whole days are.

mod decide;
mod import;
mod recheck;
mod show;
mod values;

use std::path::Path;

use anyhow::Context as _;
use chrono::NaiveDate;
use lanbi_config::Settings;
use lanbi_model::{AveragingPeriod, Decision, Flags, Registry, SampleKey, Station};

use crate::cli::ReviewCommand;

pub(super) async fn run(config: Option<&Path>, command: &ReviewCommand) -> anyhow::Result<()> {
    let settings = super::settings(config)?;
    let registry = super::registry(&settings)?;
    let store = super::existing_store(&settings).await?;
    let outcome = match command {
        ReviewCommand::Show { stretch, history } => {
            let station = station(&registry, &settings, &stretch.station)?;
            show::run(&*store, station, stretch, *history).await
        }
        ReviewCommand::Invalidate(args) => {
            let station = station(&registry, &settings, &args.stretch.station)?;
            decide::run(&*store, station, args, Decision::Invalidate).await
        }
        ReviewCommand::Restore(args) => {
            let station = station(&registry, &settings, &args.stretch.station)?;
            decide::run(&*store, station, args, Decision::Restore).await
        }
        ReviewCommand::Correct { decide, value } => {
            let station = station(&registry, &settings, &decide.stretch.station)?;
            decide::run(&*store, station, decide, Decision::Correct(*value)).await
        }
        ReviewCommand::Import(args) => import::run(&*store, &registry, &settings, args).await,
        ReviewCommand::Recheck(args) => recheck::run(&*store, &registry, &settings, args).await,
    };
    store.close().await;
    outcome
}

/// The station of an id: its zone says what a local time means.
fn station<'a>(registry: &'a Registry, settings: &Settings, id: &str) -> anyhow::Result<&'a Station> {
    registry.find(id).with_context(|| {
        let file = settings.resolve(&settings.registry.stations);
        format!("station `{id}` is not in {}; mend the id, or add the station there", file.display())
    })
}

/// The local day a value belongs to.
fn day_of(station: &Station, key: &SampleKey) -> NaiveDate {
    if key.period == AveragingPeriod::MOMENT {
        station.zone.day_of(key.instant)
    } else {
        station.zone.day_of_end(key.instant)
    }
}

/// Flags as a reviewer reads them; empty where nothing is known against the value.
fn words(flags: Flags) -> String {
    flags.zh().join("、")
}
