//! Rejected rows that lie with the dead letters from an earlier reading of the same file. A value that comes again is
//! recognised by its key; a row that could not be stored is recognised by file name, line and bytes, so that reading a file
//! again, or going on after a kill between commit and note, makes no second letter.

use std::collections::HashSet;

use lanbi_model::DeadLetter;
use lanbi_store::{Batch, DeadLetterFilter, Store, StoreError};

/// Letters read at a time.
const AT_ONCE: u32 = 500;

/// Letters of earlier runs; read once, and only when something is rejected.
#[derive(Default)]
pub(super) struct Letters {
    known: Option<HashSet<(String, Vec<u8>)>>,
}

impl Letters {
    /// Takes the letters that are there already out of a batch and gives the number of values they reject.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(super) async fn take_known(
        &mut self,
        store: &dyn Store,
        batch: &mut Batch,
    ) -> Result<u64, StoreError> {
        if batch.dead_letters.is_empty() {
            return Ok(0);
        }
        let known = match &mut self.known {
            Some(known) => known,
            unread => unread.insert(read(store).await?),
        };
        let mut values = 0;
        batch.dead_letters.retain(|letter| {
            let is_new = !known.contains(&(letter.source.clone(), letter.raw.clone()));
            values += if is_new { 0 } else { u64::from(letter.rejected) };
            is_new
        });
        Ok(values)
    }
}

async fn read(store: &dyn Store) -> Result<HashSet<(String, Vec<u8>)>, StoreError> {
    let mut filter =
        DeadLetterFilter { below: Some(i64::MAX), limit: AT_ONCE, ..DeadLetterFilter::default() };
    let mut known = HashSet::new();
    loop {
        let letters = store.dead_letters(&filter).await?;
        let Some(lowest) = letters.iter().map(|stored| stored.id).min() else { return Ok(known) };
        filter.below = Some(lowest);
        let of_import = letters.into_iter().filter(|stored| stored.letter.source.starts_with("import "));
        known.extend(of_import.map(|stored| {
            let DeadLetter { source, raw, .. } = stored.letter;
            (source, raw)
        }));
    }
}
