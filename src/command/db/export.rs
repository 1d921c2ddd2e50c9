//! `lanbi db export`: the whole store, or a part of its values, as a folder.
//!
//! The books are read first, then dead letters and values. Whatever the account counts is therefore in the backup. What
//! arrives meanwhile may be in it too, uncounted, which is harmless: it is known when it comes again. Days touched
//! meanwhile are marked stale in the backup, so that a restored store derives them again.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write as _,
    path::Path,
};

use anyhow::Context as _;
use chrono::SubsecRound as _;
use indicatif::ProgressBar;
use lanbi_config::Settings;
use lanbi_model::{DailyMean, SampleKey, StationId, Zone};
use lanbi_store::{Archive, ArchivePart, StaleCauses, StaleMark, Store};

use super::{
    RESTORING, books,
    file::{self, FileEntry, GzFile},
    manifest::Manifest,
    pieces::{self, Piece},
    rows::{Counts, Writers},
    word,
};
use crate::{
    cli::{BackupFormat, ExportArgs},
    command::{dead_letters::line::LetterLine, stretch::Stretch},
};

pub(super) const SAMPLES: &str = "samples.csv.gz";
pub(super) const REVISIONS: &str = "revisions.csv.gz";
pub(super) const LETTERS: &str = "dead_letters.ndjson.gz";
pub(super) const BOOKS: &str = "books.ndjson.gz";

/// Letters held in memory at a time.
const LETTERS_AT_ONCE: u32 = 200;

pub(super) async fn run(store: &dyn Store, settings: &Settings, args: &ExportArgs) -> anyhow::Result<()> {
    let BackupFormat::Csv = args.format;
    let stretch = Stretch::new(args.from, args.to)?;
    let part = crate::command::part_of(&args.out);
    for taken in [&args.out, &part] {
        anyhow::ensure!(
            !taken.exists(),
            "{} is there already; name another folder, or move that one away",
            taken.display()
        );
    }
    anyhow::ensure!(
        store.memo(RESTORING).await?.is_none(),
        "a restore into this store has not ended; export it when it has"
    );
    make_private_folder(&part).with_context(|| file::cannot_write(&part))?;
    let written = write(store, settings, args, stretch, &part).await;
    let outcome = written.and_then(|manifest| {
        std::fs::rename(&part, &args.out).with_context(|| file::cannot_write(&args.out))?;
        Ok(manifest)
    });
    let manifest = match outcome {
        Ok(manifest) => manifest,
        Err(error) => {
            // Half a backup is none; what keeps it from going is told by the error already.
            let _ = std::fs::remove_dir_all(&part);
            return Err(error);
        }
    };
    eprintln!(
        "{} values, {} earlier values, {} dead letters in {}",
        manifest.samples,
        manifest.revisions,
        manifest.dead_letters,
        args.out.display()
    );
    if !manifest.quiet {
        eprintln!(
            "the store changed meanwhile: the export holds at least all it held at {}; stop `lanbi run` for a picture of \
             one moment",
            manifest.begun_at
        );
    }
    Ok(())
}

/// Writes everything into a folder, the manifest last.
async fn write(
    store: &dyn Store,
    settings: &Settings,
    args: &ExportArgs,
    stretch: Stretch,
    part: &Path,
) -> anyhow::Result<Manifest> {
    let begun = chrono::Utc::now();
    let mut before = store.archive(&ArchivePart::Books).await?;
    let mut files = Vec::new();
    let mut letters = (0, 0);
    if args.whole() {
        let written = write_letters(store, part).await?;
        letters = (written.1, written.2);
        files.push(written.0);
    }
    let chosen = choose(store, &before, settings, args, stretch).await?;
    let keep = |key: &SampleKey, zone| stretch.holds(zone, key);
    let (mut written, counts) = write_values(store, part, &chosen, keep).await?;
    files.append(&mut written);
    let after = store.archive(&ArchivePart::Books).await?;
    let quiet = before.account == after.account;
    let (mut lines, mut device_records) = (0, 0);
    let records = |count: usize| if args.whole() { u64::try_from(count).unwrap_or(u64::MAX) } else { 0 };
    if args.whole() {
        if !quiet {
            before.stale = touched(&before, &after);
        }
        let mut out = GzFile::create(part, BOOKS)?;
        device_records = write_records(store, &mut out).await?;
        lines = device_records + books::write(&mut out, &before)?;
        files.push(out.finish()?);
    }
    let spelled = |stamp: Option<crate::assess::Stamp>| stamp.map(|stamp| stamp.to_string());
    let manifest = Manifest {
        format: Manifest::format(),
        lanbi: env!("CARGO_PKG_VERSION").to_owned(),
        engine: store.status().await?.engine,
        begun_at: word::of_instant(begun.trunc_subsecs(3)),
        ended_at: word::of_instant(chrono::Utc::now().trunc_subsecs(3)),
        whole: args.whole(),
        from: spelled(args.from),
        to: spelled(args.to),
        stations: args.stations.clone(),
        samples: counts.samples,
        revisions: counts.revisions,
        dead_letters: letters.0,
        dead_letter_bytes: letters.1,
        books: lines,
        patrols: records(before.patrols.len()),
        problems: records(before.problems.len()),
        device_records,
        account: before.account.unwrap_or_default().into(),
        quiet,
        files,
    };
    manifest.write(part)?;
    Ok(manifest)
}

fn make_private_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// The pieces asked for, each with its station's zone. A station that has left the registry is taken at UTC+8.
async fn choose(
    store: &dyn Store,
    books: &Archive,
    settings: &Settings,
    args: &ExportArgs,
    stretch: Stretch,
) -> anyhow::Result<Vec<(Piece, Zone)>> {
    let known = pieces::stations(store, books).await?;
    for name in &args.stations {
        anyhow::ensure!(
            known.contains_key(&StationId::new(name)),
            "station `{name}` has no values in the store; mend the id"
        );
    }
    let zones = super::flat::stations_by_id(settings, args.whole())?;
    let mut chosen = Vec::new();
    for (station, days) in known {
        if !args.stations.is_empty() && !args.stations.iter().any(|name| name == station.as_str()) {
            continue;
        }
        let zone = zones.get(&station).map_or_else(Zone::shanghai, |station| station.zone);
        chosen
            .extend(pieces::cut(&station, days, stretch.bounds(zone)).into_iter().map(|piece| (piece, zone)));
    }
    Ok(chosen)
}

/// Writes values and their history, piece by piece.
async fn write_values(
    store: &dyn Store,
    dir: &Path,
    pieces: &[(Piece, Zone)],
    keep: impl Fn(&SampleKey, Zone) -> bool,
) -> anyhow::Result<(Vec<FileEntry>, Counts)> {
    let mut writers = Writers::new(GzFile::create(dir, SAMPLES)?, GzFile::create(dir, REVISIONS)?)?;
    let bar = ProgressBar::new(u64::try_from(pieces.len()).unwrap_or(0));
    for (piece, zone) in pieces {
        bar.set_message(piece.station.to_string());
        let mut archive = store.archive(&piece.part()).await?;
        archive.samples.retain(|stored| keep(&stored.sample.key, *zone));
        archive.revisions.retain(|revision| keep(&revision.sample.key, *zone));
        writers.write(archive)?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    let (samples, revisions, counts) = writers.finish()?;
    Ok((vec![samples.finish()?, revisions.finish()?], counts))
}

/// Writes all dead letters; gives their number and the bytes kept of them.
async fn write_letters(store: &dyn Store, dir: &Path) -> anyhow::Result<(FileEntry, u64, u64)> {
    let mut out = GzFile::create(dir, LETTERS)?;
    let (mut above, mut count, mut bytes) = (i64::MIN, 0_u64, 0_u64);
    loop {
        let letters = store.archive(&ArchivePart::Letters { above, limit: LETTERS_AT_ONCE }).await?.letters;
        let Some(last) = letters.last() else { break };
        above = last.id;
        for stored in letters {
            count += 1;
            bytes += u64::try_from(stored.letter.raw.len()).unwrap_or(0);
            serde_json::to_writer(&mut out, &LetterLine::from(stored))?;
            out.write_all(b"\n")?;
        }
    }
    Ok((out.finish()?, count, bytes))
}

/// Writes all device records as lines of the books; gives their number.
async fn write_records(store: &dyn Store, out: &mut GzFile) -> anyhow::Result<u64> {
    let (mut above, mut count) = (i64::MIN, 0);
    loop {
        let part = ArchivePart::Records { above, limit: pieces::RECORDS_AT_ONCE };
        let piece = store.archive(&part).await?;
        let Some(last) = piece.records.last() else { return Ok(count) };
        above = last.id;
        count += books::write(out, &piece)?;
    }
}

/// The days to derive again after a restore: those marked before or after, and those whose figures changed between.
fn touched(before: &Archive, after: &Archive) -> Vec<StaleMark> {
    let mark = |station: &StationId, day| StaleMark {
        station: station.clone(),
        day,
        version: 0,
        derived_before: false,
        causes: StaleCauses::ARRIVED,
    };
    let key = |mean: &DailyMean| (mean.station.clone(), mean.day, mean.parameter);
    let known: BTreeMap<_, &DailyMean> = before.daily.iter().map(|mean| (key(mean), mean)).collect();
    let changed = after.daily.iter().filter(|mean| known.get(&key(mean)) != Some(mean));
    let derived: BTreeSet<_> = before.derived.iter().collect();
    let new = after.derived.iter().filter(|day| !derived.contains(day));
    let mut marks: BTreeMap<_, StaleMark> = BTreeMap::new();
    for mark in (changed.map(|mean| mark(&mean.station, mean.day)))
        .chain(new.map(|(station, day)| mark(station, *day)))
        .chain(after.stale.iter().cloned())
        .chain(before.stale.iter().cloned())
    {
        marks.insert((mark.station.clone(), mark.day), mark);
    }
    marks.into_values().collect()
}

#[cfg(test)]
mod tests {
    use lanbi_model::{Decimal, Parameter, Validity};

    use super::*;

    #[test]
    fn days_touched_during_an_export_are_derived_again() {
        let a = StationId::new("a");
        let day = |n: u32| chrono::NaiveDate::from_ymd_opt(2026, 3, n).unwrap();
        let mean = |n: u32, value: i64| DailyMean {
            station: a.clone(),
            parameter: Parameter::Pm25,
            day: day(n),
            value: Some(Decimal::from(value)),
            min: None,
            max: None,
            count: 1,
            expected: 24,
            validity: Validity::Insufficient,
        };
        let stale = |n: u32| StaleMark {
            station: a.clone(),
            day: day(n),
            version: 9,
            derived_before: true,
            causes: StaleCauses::REVIEWED,
        };
        let days = |list: &[u32]| list.iter().map(|n| (a.clone(), day(*n))).collect::<Vec<_>>();
        let before = Archive {
            daily: vec![mean(1, 5), mean(2, 5)],
            derived: days(&[1, 2]),
            stale: vec![stale(5)],
            ..Archive::default()
        };
        let after = Archive {
            daily: vec![mean(1, 5), mean(2, 6), mean(3, 5)],
            derived: days(&[1, 2, 3, 4]),
            stale: vec![stale(6)],
            ..Archive::default()
        };
        let marks: Vec<_> = touched(&before, &after).iter().map(|m| (m.day, m.causes)).collect();
        let (arrived, reviewed) = (StaleCauses::ARRIVED, StaleCauses::REVIEWED);
        assert_eq!(
            marks,
            [(day(2), arrived), (day(3), arrived), (day(4), arrived), (day(5), reviewed), (day(6), reviewed)]
        );
        assert_eq!(touched(&before, &before), before.stale);
    }
}
