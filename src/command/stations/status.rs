//! `lanbi stations status`.

use std::{
    collections::{BTreeSet, HashMap},
    io::Write as _,
};

use lanbi_config::Settings;
use lanbi_ingest::{source::Sources, suggest::sightings};
use lanbi_model::{DeadLetter, Instant, Registry, RejectReason, Station, StationId, Zone};
use lanbi_store::{AlarmFilter, DeadLetterFilter, ProblemFilter, Store, StoreError};

use super::online;
use crate::command::{plain, records::stamp};

/// So many of the newest dead letters are looked at; they may be as large as messages.
const LETTERS: u32 = 1000;
/// Letters held in memory at a time.
const AT_ONCE: u32 = 200;

pub(super) async fn run(store: &dyn Store, settings: &Settings) -> anyhow::Result<()> {
    let registry = crate::command::registry(settings)?;
    let (zone, now) = (Zone::shanghai(), chrono::Utc::now());
    let states = online::states(store, settings, &registry, now).await?;
    let letters = last_letters(store, &registry, &crate::senders::load(settings)?).await?;
    let standing = AlarmFilter { standing: true, ..AlarmFilter::default() };
    let alarms = store.alarms(&standing).await?;
    let problems = store.problems(&ProblemFilter { open: true, ..ProblemFilter::default() }).await?;
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "station\tname\tkind\tstate\tlast_value\tintervals\tlast_dead_letter\treason\talarms\tproblems"
    )?;
    for station in registry.stations() {
        let Some((state, last)) = states.get(&station.id) else { continue };
        let letter = letters.get(&station.id);
        let on_its_water =
            problems.iter().filter(|p| !p.water.is_empty() && p.water == station.water).count();
        writeln!(
            out,
            "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{on_its_water}",
            station.id,
            plain(&station.name),
            station.kind.key(),
            state.key(),
            last.map(|last| stamp(zone, last)).unwrap_or_default(),
            last.map(|last| intervals(station, last, now)).unwrap_or_default(),
            letter.map(|(received_at, _)| stamp(zone, *received_at)).unwrap_or_default(),
            letter.map(|(_, reason)| reason.key()).unwrap_or_default(),
            alarms.iter().filter(|alarm| alarm.station == station.id).count(),
        )?;
    }
    Ok(())
}

/// The age of a value in the intervals of its station, to one decimal.
fn intervals(station: &Station, last: Instant, now: Instant) -> String {
    let seconds = i64::from(station.cadence.seconds()).max(1);
    let tenths = (now - last).num_seconds().max(0).saturating_mul(10) / seconds;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// Arrival and reason of the newest letter of each station, among the newest letters.
async fn last_letters(
    store: &dyn Store,
    registry: &Registry,
    sources: &Sources,
) -> Result<HashMap<StationId, (Instant, RejectReason)>, StoreError> {
    let mut found: HashMap<StationId, (Instant, RejectReason)> = HashMap::new();
    let mut filter =
        DeadLetterFilter { below: Some(i64::MAX), limit: AT_ONCE, ..DeadLetterFilter::default() };
    for _ in 0..LETTERS / AT_ONCE {
        let letters = store.dead_letters(&filter).await?;
        let Some(lowest) = letters.iter().map(|stored| stored.id).min() else { break };
        filter.below = Some(lowest);
        for stored in &letters {
            let told = (stored.letter.received_at, stored.letter.reason);
            for station in stations_of(&stored.letter, registry, sources) {
                let newest = found.entry(station).or_insert(told);
                if newest.0 < told.0 {
                    *newest = told;
                }
            }
        }
    }
    Ok(found)
}

/// The stations that a letter is of: by what its devices call themselves, or by the last level of its topic, which is
/// all there is where its bytes cannot be read.
fn stations_of(letter: &DeadLetter, registry: &Registry, sources: &Sources) -> BTreeSet<StationId> {
    let seen = sightings(letter, sources);
    let level = letter.source.rsplit('/').next().filter(|_| seen.is_empty());
    let names = seen.iter().map(|sighting| sighting.device.as_str()).chain(level);
    names.filter_map(|name| registry.by_mn(name)).map(|station| station.id.clone()).collect()
}
