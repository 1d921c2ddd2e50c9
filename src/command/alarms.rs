//! `lanbi alarms list`.

use std::{io::Write as _, path::Path};

use lanbi_model::{Instant, StationId, Zone};
use lanbi_store::AlarmFilter;

use crate::cli::AlarmsCommand;

pub(super) async fn run(config: Option<&Path>, command: &AlarmsCommand) -> anyhow::Result<()> {
    let AlarmsCommand::List { standing, withdrawn, station } = command;
    let settings = super::settings(config)?;
    let store = super::existing_store(&settings).await?;
    let filter = AlarmFilter {
        standing: *standing,
        withdrawn: *withdrawn,
        station: station.as_deref().map(StationId::new),
        ..AlarmFilter::default()
    };
    let time = |instant: Instant| Zone::shanghai().at(instant).format("%Y-%m-%dT%H:%M:%S%:z").to_string();
    let alarms = store.alarms(&filter).await?;
    let mut out = std::io::stdout().lock();
    write!(out, "raised_at\tcleared_at\tseverity\tstation\trule\tparameter\tworst\tlimit\ttext\tbasis")?;
    writeln!(out, "{}", if *withdrawn { "\twithdrawn_at" } else { "" })?;
    for alarm in alarms {
        write!(
            out,
            "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
            time(alarm.raised_at),
            alarm.cleared_at.map(time).unwrap_or_default(),
            alarm.severity.key(),
            alarm.station,
            alarm.rule,
            alarm.parameter.map(|p| p.key()).unwrap_or_default(),
            alarm.worst.map(|v| v.to_string()).unwrap_or_default(),
            alarm.limit.map(|v| v.to_string()).unwrap_or_default(),
            alarm.text,
            alarm.basis
        )?;
        if *withdrawn {
            write!(out, "\t{}", alarm.withdrawn_at.map(time).unwrap_or_default())?;
        }
        writeln!(out)?;
    }
    Ok(())
}
