//! `lanbi patrols import`.

use anyhow::Context as _;
use lanbi_config::Settings;
use lanbi_model::{Patrol, Registry};
use lanbi_store::Store;

use crate::{
    cli::RecordsArgs,
    command::records::{self, Column, Desk, Line, Refused, Rejects, Tally, metres, text},
};

/// Patrols kept in one transaction.
const AT_ONCE: usize = 1000;

const fn column(name: &'static str, also: &'static [&'static str], required: bool) -> Column {
    Column { name, also, required, of_step: false }
}

const COLUMNS: [Column; 8] = [
    column("id", &["编号", "巡河编号"], true),
    column("chief", &["河长", "巡河人"], true),
    column("water", &["河湖", "河湖名称", "河道"], false),
    column("started", &["开始时间"], true),
    column("ended", &["结束时间"], true),
    column("length_m", &["里程", "里程(米)", "里程（米）"], false),
    column("source", &["来源"], false),
    column("note", &["备注"], false),
];

pub(super) async fn run(
    store: &dyn Store,
    registry: &Registry,
    settings: &Settings,
    args: &RecordsArgs,
) -> anyhow::Result<()> {
    let desk = Desk::new(settings, registry, args.zone.zone, chrono::Utc::now());
    let (mut patrols, mut refused) = (Vec::new(), Vec::new());
    for line in records::read(&args.files, &COLUMNS)? {
        match patrol(&desk, &line) {
            Ok(patrol) => patrols.push(patrol),
            Err(error) => refused.push(Refused::new(line, &error)),
        }
    }
    let rejects = Rejects::write(args.rejects.as_deref(), &COLUMNS, &refused)?;
    let mut tally = Tally { refused: records::count(refused.len()), ..Tally::default() };
    let source = records::source(&args.files);
    for some in patrols.chunks(AT_ONCE) {
        let receipt = match store.keep_patrols(some, &source, desk.now).await {
            Ok(receipt) => receipt,
            Err(error) => {
                rejects.take_back();
                let kept = tally.new + tally.changed + tally.repeated;
                return Err(error).with_context(|| records::interrupted(kept));
            }
        };
        tally.new += receipt.new;
        tally.changed += receipt.changed;
        tally.repeated += receipt.repeated;
    }
    tally.finish(args.rejects.is_some())
}

/// The patrol of a row.
fn patrol(desk: &Desk<'_>, line: &Line) -> anyhow::Result<Patrol> {
    let [id, chief, water, started, ended, length_m, source, note] = line.cells()?;
    let id = records::id(id)?;
    let chief = desk.chief(chief)?;
    let patrol = Patrol {
        id,
        chief: chief.id.clone(),
        water: desk.water(chief, water)?,
        started: desk.time("started", started)?,
        ended: desk.time("ended", ended)?,
        length_m: metres("length_m", length_m)?,
        source: text("source", source)?,
        note: text("note", note)?,
    };
    anyhow::ensure!(
        patrol.started <= patrol.ended,
        "ended `{ended}` lies before started `{started}`; mend one of them"
    );
    Ok(patrol)
}
