//! Whether a store holds what a backup says, value by value.

use lanbi_store::{ArchivePart, Store};

use super::{
    export::{REVISIONS, SAMPLES},
    file::Digesting,
    manifest::{AccountLine, Manifest},
    pieces,
    rows::Writers,
};
use crate::command::stretch::Stretch;

/// Reads the store again and holds account, counts and every value against the manifest.
///
/// # Errors
/// The store cannot be read, or differs.
pub(super) async fn against(store: &dyn Store, manifest: &Manifest) -> anyhow::Result<()> {
    let same = |what: &str, found: u64, expected: u64| {
        anyhow::ensure!(
            found == expected,
            "the restored store differs from the backup: {what} {found}, not {expected}"
        );
        Ok(())
    };
    let account = AccountLine::from(store.account().await?);
    anyhow::ensure!(
        account == manifest.account,
        "the restored store differs from the backup: account {account:?}, not {:?}",
        manifest.account
    );
    let stock = store.letter_stock().await?;
    same("dead letters", stock.count, manifest.dead_letters)?;
    same("bytes of dead letters", stock.bytes, manifest.dead_letter_bytes)?;
    let books = store.archive(&ArchivePart::Books).await?;
    same("patrols", count(books.patrols.len()), manifest.patrols)?;
    same("problems", count(books.problems.len()), manifest.problems)?;
    same("device records", count_records(store).await?, manifest.device_records)?;
    let mut writers = Writers::new(Digesting::sink(), Digesting::sink())?;
    let everything = Stretch::new(None, None)?;
    for (station, days) in pieces::stations(store, &books).await? {
        for piece in pieces::cut(&station, days, everything.bounds(lanbi_model::Zone::utc())) {
            writers.write(store.archive(&piece.part()).await?)?;
        }
    }
    let (samples, revisions, counts) = writers.finish()?;
    same("values", counts.samples, manifest.samples)?;
    same("earlier values", counts.revisions, manifest.revisions)?;
    for (name, digest) in [(SAMPLES, samples.digest()), (REVISIONS, revisions.digest())] {
        anyhow::ensure!(
            manifest.text_sha256(name)? == digest,
            "the restored store differs from the backup in {name}, though the counts agree"
        );
    }
    Ok(())
}

async fn count_records(store: &dyn Store) -> anyhow::Result<u64> {
    let (mut above, mut all) = (i64::MIN, 0);
    loop {
        let part = ArchivePart::Records { above, limit: pieces::RECORDS_AT_ONCE };
        let records = store.archive(&part).await?.records;
        let Some(last) = records.last() else { return Ok(all) };
        above = last.id;
        all += count(records.len());
    }
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}
