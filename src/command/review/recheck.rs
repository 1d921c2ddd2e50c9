//! `lanbi review recheck`: days that were checked before are marked, and whoever derives figures looks at them again.

use lanbi_config::Settings;
use lanbi_model::{Registry, Station};
use lanbi_store::Store;

use super::station;
use crate::cli::RecheckArgs;

pub(super) async fn run(
    store: &dyn Store,
    registry: &Registry,
    settings: &Settings,
    args: &RecheckArgs,
) -> anyhow::Result<()> {
    anyhow::ensure!(args.from <= args.to, "--to lies before --from; name the earlier day with --from");
    let stations: Vec<&Station> = match &args.station {
        Some(id) => vec![station(registry, settings, id)?],
        None => registry.stations().iter().collect(),
    };
    let mut days = 0;
    for station in stations {
        days += store.mark_stale(&station.id, args.from, args.to).await?;
    }
    eprintln!(
        "{days} station days marked; a running `lanbi run` derives them again with the settings it was started with, a \
         stopped one at its next start"
    );
    Ok(())
}
