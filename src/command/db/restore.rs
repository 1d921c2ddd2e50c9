//! `lanbi db restore`: a backup into an empty store, whatever its backend.

use std::{io::BufRead as _, path::Path, time::Duration};

use anyhow::Context as _;
use chrono::SubsecRound as _;
use indicatif::ProgressBar;
use lanbi_config::Settings;
use lanbi_model::{Account, SampleKey};
use lanbi_store::{Archive, DeviceRecordFilter, Lease, PatrolFilter, ProblemFilter, Store, StoreError};

use super::{
    RESTORING, books,
    export::{BOOKS, LETTERS, REVISIONS, SAMPLES},
    file, half_restored,
    manifest::Manifest,
    rows, verify, word,
};
use crate::{command::dead_letters::line::LetterLine, keeper};

/// Rows put into the store at a time.
const AT_ONCE: usize = 10_000;
/// Dead letters put into the store at a time; each may be as large as a message.
const LETTERS_AT_ONCE: usize = 200;

/// How long the right to derive is kept from a service that is started meanwhile.
const LEASE: Duration = Duration::from_secs(24 * 3600);

pub(super) async fn run(settings: &Settings, dir: &Path) -> anyhow::Result<()> {
    let manifest = Manifest::read_checked(dir)?;
    anyhow::ensure!(
        manifest.whole,
        "{} holds a part of a store's values only and is for reading; restore an export made without --from, --to and \
         --station",
        dir.display()
    );
    let store = lanbi_store::open(&settings.store_uri()).await?;
    let outcome = into(&*store, &manifest, dir).await;
    store.close().await;
    outcome
}

async fn into(store: &dyn Store, manifest: &Manifest, dir: &Path) -> anyhow::Result<()> {
    if let Some(since) = store.memo(RESTORING).await? {
        anyhow::bail!("{}", half_restored(&since));
    }
    anyhow::ensure!(
        is_empty(store).await?,
        "the store is not empty, and a restore would mix two stores; name an empty one in store.uri (a file that is not \
         there yet, or a new database)"
    );
    let lease = Lease { name: keeper::DERIVE.to_owned(), holder: format!("restore/{}", std::process::id()) };
    anyhow::ensure!(
        store.lease(&lease, LEASE).await?,
        "a `lanbi run` works on this store; stop it, and give `lanbi db restore` again"
    );
    store.set_memo(RESTORING, Some(&word::of_instant(chrono::Utc::now().trunc_subsecs(0)))).await?;
    let steps = manifest.samples + manifest.revisions + manifest.dead_letters + manifest.books;
    let bar = ProgressBar::new(steps);
    put_samples(store, dir, &bar).await.context(SAMPLES)?;
    put_revisions(store, dir, &bar).await.context(REVISIONS)?;
    put_letters(store, dir, &bar).await.context(LETTERS)?;
    let mut pieces = books::read(std::io::BufReader::new(file::open(dir, BOOKS)?));
    for piece in pieces.by_ref() {
        store.restore(&piece.context(BOOKS)?).await.context(BOOKS)?;
    }
    bar.finish_and_clear();
    eprintln!("all rows are in; comparing every value with the backup");
    verify::against(store, manifest).await?;
    store.release(&lease).await?;
    store.set_memo(RESTORING, None).await?;
    eprintln!(
        "{} values, {} earlier values, {} dead letters restored; account and every value are as exported at {}",
        manifest.samples, manifest.revisions, manifest.dead_letters, manifest.begun_at
    );
    Ok(())
}

/// Whether nothing has ever come into the store.
async fn is_empty(store: &dyn Store) -> Result<bool, StoreError> {
    let any_record = DeviceRecordFilter { limit: 1, ..DeviceRecordFilter::default() };
    Ok(store.account().await? == Account::default()
        && store.latest().await?.is_empty()
        && store.letter_stock().await?.count == 0
        && store.reports(false).await?.is_empty()
        && store.patrols(&PatrolFilter::default()).await?.is_empty()
        && store.problems(&ProblemFilter::default()).await?.is_empty()
        && store.device_records(&any_record).await?.is_empty())
}

async fn put_samples(store: &dyn Store, dir: &Path, bar: &ProgressBar) -> anyhow::Result<()> {
    let mut piece = Archive::default();
    for row in rows::samples(file::open(dir, SAMPLES)?)? {
        piece.samples.push(row?);
        if piece.samples.len() == AT_ONCE {
            put(store, &mut piece, bar).await?;
        }
    }
    put(store, &mut piece, bar).await
}

/// Puts earlier values back. Those of one key go together, so that they keep their order.
async fn put_revisions(store: &dyn Store, dir: &Path, bar: &ProgressBar) -> anyhow::Result<()> {
    let mut piece = Archive::default();
    for row in rows::revisions(file::open(dir, REVISIONS)?)? {
        let row = row?;
        let last: Option<&SampleKey> = piece.revisions.last().map(|revision| &revision.sample.key);
        if piece.revisions.len() >= AT_ONCE && last != Some(&row.sample.key) {
            put(store, &mut piece, bar).await?;
        }
        piece.revisions.push(row);
    }
    put(store, &mut piece, bar).await
}

async fn put_letters(store: &dyn Store, dir: &Path, bar: &ProgressBar) -> anyhow::Result<()> {
    let mut piece = Archive::default();
    for line in std::io::BufReader::new(file::open(dir, LETTERS)?).lines() {
        let line: LetterLine = serde_json::from_str(&line?)?;
        piece.letters.push(line.try_into()?);
        if piece.letters.len() == LETTERS_AT_ONCE {
            put(store, &mut piece, bar).await?;
        }
    }
    put(store, &mut piece, bar).await
}

async fn put(store: &dyn Store, piece: &mut Archive, bar: &ProgressBar) -> anyhow::Result<()> {
    let rows = piece.samples.len() + piece.revisions.len() + piece.letters.len();
    if rows > 0 {
        store.restore(piece).await?;
        bar.inc(u64::try_from(rows).unwrap_or(0));
    }
    *piece = Archive::default();
    Ok(())
}
