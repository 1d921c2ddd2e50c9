//! `lanbi db export --flat`: the values as one CSV for people.

use std::{collections::HashMap, io::Write};

use anyhow::Context as _;
use lanbi_config::Settings;
use lanbi_model::{Sample, Station, StationId, Zone};
use lanbi_store::{ArchivePart, SampleQuery, Store};

use super::{file::cannot_write, pieces};
use crate::{
    cli::ExportArgs,
    command::{local_stamp, part_of, private_file, stretch::Stretch},
};

const HEADER: [&str; 8] = ["station", "name", "parameter", "unit", "period", "time", "value", "flags"];

pub(super) async fn run(store: &dyn Store, settings: &Settings, args: &ExportArgs) -> anyhow::Result<()> {
    let stations = stations_by_id(settings, false)?;
    let stretch = Stretch::new(args.from, args.to)?;
    let count = if args.out.as_os_str() == "-" {
        write(store, &stations, args, stretch, std::io::stdout().lock()).await?
    } else {
        let next = part_of(&args.out);
        let cannot = || cannot_write(&args.out);
        let file = private_file(&next).with_context(cannot)?;
        let count = write(store, &stations, args, stretch, std::io::BufWriter::new(&file)).await?;
        file.sync_all().and_then(|()| std::fs::rename(&next, &args.out)).with_context(cannot)?;
        count
    };
    eprintln!("{count} values written");
    Ok(())
}

/// The stations of the registry by id. A whole backup does not need them and is made without.
pub(super) fn stations_by_id(
    settings: &Settings,
    optional: bool,
) -> anyhow::Result<HashMap<StationId, Station>> {
    let registry = match crate::command::registry(settings) {
        Err(_) if optional => return Ok(HashMap::new()),
        registry => registry?,
    };
    Ok(registry.stations().iter().map(|station| (station.id.clone(), station.clone())).collect())
}

async fn write(
    store: &dyn Store,
    stations: &HashMap<StationId, Station>,
    args: &ExportArgs,
    stretch: Stretch,
    mut out: impl Write,
) -> anyhow::Result<u64> {
    let known = pieces::stations(store, &store.archive(&ArchivePart::Books).await?).await?;
    for name in &args.stations {
        anyhow::ensure!(
            known.contains_key(&StationId::new(name)),
            "station `{name}` has no values in the store; mend the id"
        );
    }
    out.write_all("\u{feff}".as_bytes())?;
    let mut out = csv::Writer::from_writer(out);
    out.write_record(HEADER)?;
    let mut count = 0;
    for (id, days) in known {
        if !args.stations.is_empty() && !args.stations.iter().any(|name| name == id.as_str()) {
            continue;
        }
        let (name, zone) =
            stations.get(&id).map_or_else(|| ("", Zone::shanghai()), |s| (s.name.as_str(), s.zone));
        for piece in pieces::cut(&id, days, stretch.bounds(zone)) {
            let query = SampleQuery {
                station: id.clone(),
                parameters: Vec::new(),
                period: None,
                after: piece.after,
                until: piece.until,
            };
            let mut samples = store.samples(&query).await?;
            samples.retain(|sample| stretch.holds(zone, &sample.key));
            samples.sort_by_key(|sample| (sample.key.instant, sample.key.period, sample.key.parameter));
            for sample in &samples {
                out.write_record(row(sample, name, zone))?;
                count += 1;
            }
        }
    }
    out.flush()?;
    Ok(count)
}

fn row(sample: &Sample, name: &str, zone: Zone) -> [String; 8] {
    let key = &sample.key;
    [
        key.station.to_string(),
        name.to_owned(),
        key.parameter.to_string(),
        key.parameter.unit().symbol().to_owned(),
        key.period.to_string(),
        local_stamp(zone, key.instant),
        sample.value.to_string(),
        sample.flags.zh().join("、"),
    ]
}
