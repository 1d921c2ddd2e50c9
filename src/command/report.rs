//! `lanbi report`.

use std::{path::Path, sync::Arc};

use lanbi_model::Zone;
use lanbi_reports::render::ReportKind;

use crate::{
    cli::{self, ReportArgs},
    facts::{self, Sources},
    writer,
};

pub(super) async fn run(config: Option<&Path>, args: &ReportArgs) -> anyhow::Result<()> {
    super::log_to_stderr("warn");
    let settings = super::settings(config)?;
    let dir = args.out.clone().unwrap_or_else(|| settings.report_dir());
    let registry = Arc::new(super::registry(&settings)?);
    let standards = Arc::new(super::standards_builtin()?);
    let sources = Sources {
        store: super::existing_store(&settings).await?,
        targets: facts::load_targets(&settings)?,
        lists: facts::load_lists(&settings, &registry, &standards)?,
        events: facts::load_events(&settings)?,
        registry,
        standards,
        demo: settings.registry.demo,
        settings,
        area: args.area.clone(),
        now: chrono::Utc::now(),
        zone: Zone::shanghai(),
    };
    if let Some(area) = &args.area {
        let areas: std::collections::BTreeSet<&str> =
            sources.registry.stations().iter().map(|s| s.area.as_str()).filter(|a| !a.is_empty()).collect();
        anyhow::ensure!(
            areas.contains(area.as_str()),
            "no station has the area `{area}`; the station file knows {}",
            areas.into_iter().collect::<Vec<_>>().join(", ")
        );
    }
    let kind = match args.kind {
        cli::ReportKind::Daily => ReportKind::Daily,
        cli::ReportKind::Monthly => ReportKind::Monthly,
        cli::ReportKind::Water => ReportKind::Water,
        cli::ReportKind::RiverChief => ReportKind::RiverChief,
        cli::ReportKind::Outlet => ReportKind::Outlet,
        cli::ReportKind::BlackOdor => ReportKind::BlackOdor,
    };
    for path in writer::write(&sources, kind, args.period, &args.format, &dir).await? {
        println!("{}", path.display());
    }
    let account = sources.store.account().await?;
    writer::write_index(&sources, account, &dir, Vec::new())?;
    sources.store.close().await;
    Ok(())
}
