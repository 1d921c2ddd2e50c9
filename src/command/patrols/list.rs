//! `lanbi patrols list | show`.

use std::io::Write;

use anyhow::Context as _;
use chrono::TimeDelta;
use lanbi_config::{Settings, settings::RiverChief};
use lanbi_model::{Instant, Patrol, Registry, Zone};
use lanbi_store::{PatrolFilter, Store};

use crate::{
    assess::Stamp,
    cli::StretchOfChief,
    command::{plain, records, stretch::Stretch},
};

pub(super) async fn run(
    store: &dyn Store,
    registry: &Registry,
    settings: &Settings,
    which: &StretchOfChief,
) -> anyhow::Result<()> {
    let zone = which.zone.zone;
    let stretch = Stretch::new(which.from, which.to)?;
    let filter = PatrolFilter {
        chief: which.chief.as_deref().map(|chief| records::chief_id(registry, chief)),
        after: which.from.map(|from| just_before(from, zone)),
        until: which.to.map(|_| stretch.bounds(zone).1),
    };
    let patrols = store.patrols(&filter).await?;
    let printer = Printer { registry, rules: &settings.river_chief, zone };
    let mut out = std::io::stdout().lock();
    writeln!(out, "{HEADER}")?;
    for patrol in &patrols {
        printer.line(&mut out, patrol)?;
    }
    Ok(())
}

pub(super) async fn show(
    store: &dyn Store,
    registry: &Registry,
    rules: &RiverChief,
    id: &str,
    zone: Zone,
) -> anyhow::Result<()> {
    let kept = store
        .patrol(id)
        .await?
        .with_context(|| format!("there is no patrol `{id}`; `lanbi patrols list` shows the ids"))?;
    let printer = Printer { registry, rules, zone };
    let mut out = std::io::stdout().lock();
    writeln!(out, "{HEADER}\treplaced_at\treplaced_by")?;
    for earlier in &kept.earlier {
        printer.row(&mut out, &earlier.record)?;
        let at = records::stamp(zone, earlier.replaced_at);
        writeln!(out, "\t{at}\t{}", plain(&earlier.source))?;
    }
    printer.row(&mut out, &kept.now)?;
    writeln!(out, "\t\t")?;
    Ok(())
}

/// A patrol that ended at midnight belongs to the day before, one that ended at a moment given belongs to the stretch.
fn just_before(from: Stamp, zone: Zone) -> Instant {
    match from {
        Stamp::Moment(time) => zone.to_instant(time) - TimeDelta::microseconds(1),
        day => zone.start_of(day.first_day()),
    }
}

const HEADER: &str =
    "id\tchief\tname\twater\tstarted\tended\tminutes\tlength_m\tcounts\tremark\tsource\tnote";

struct Printer<'a> {
    registry: &'a Registry,
    rules: &'a RiverChief,
    zone: Zone,
}

impl Printer<'_> {
    fn line(&self, out: &mut impl Write, patrol: &Patrol) -> anyhow::Result<()> {
        self.row(out, patrol)?;
        writeln!(out)?;
        Ok(())
    }

    fn row(&self, out: &mut impl Write, patrol: &Patrol) -> anyhow::Result<()> {
        let chief = self.registry.chiefs().iter().find(|chief| chief.id == patrol.chief);
        // Without a chief there is no level, and without a level no rule to count by.
        let (counts, remark) = match chief {
            None => ("", "河长未登记".to_owned()),
            Some(chief) => {
                let short = self.rules.patrol_rule(chief).shortfalls(patrol);
                let words: Vec<String> = short.iter().map(|short| short.zh()).collect();
                (if short.is_empty() { "yes" } else { "no" }, words.join("；"))
            }
        };
        write!(
            out,
            "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{counts}\t{remark}\t{}\t{}",
            plain(&patrol.id),
            plain(&patrol.chief),
            plain(chief.map_or("", |chief| &chief.name)),
            plain(&patrol.water),
            records::stamp(self.zone, patrol.started),
            records::stamp(self.zone, patrol.ended),
            patrol.duration().num_minutes(),
            patrol.length_m.map(|metres| metres.to_string()).unwrap_or_default(),
            plain(&patrol.source),
            plain(&patrol.note)
        )?;
        Ok(())
    }
}
