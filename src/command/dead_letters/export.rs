//! `lanbi dead-letters export`.

use std::{io::Write, path::Path};

use anyhow::Context as _;
use lanbi_model::RejectReason;
use lanbi_store::{ArchivePart, Store};

use super::{AT_ONCE, line::LetterLine};

pub(super) async fn run(
    store: &dyn Store,
    path: &Path,
    reason: Option<RejectReason>,
    open: bool,
) -> anyhow::Result<()> {
    if path.as_os_str() == "-" {
        let count = write(store, &mut std::io::stdout().lock(), reason, open).await?;
        eprintln!("{count} dead letters written");
        return Ok(());
    }
    let next = crate::command::part_of(path);
    let cannot = || format!("cannot write {}; check the folder's rights and the disk", next.display());
    let file = crate::command::private_file(&next).with_context(cannot)?;
    let mut out = std::io::BufWriter::new(file);
    let count = write(store, &mut out, reason, open).await?;
    let file = out.into_inner().map_err(std::io::IntoInnerError::into_error).with_context(cannot)?;
    file.sync_all().and_then(|()| std::fs::rename(&next, path)).with_context(cannot)?;
    eprintln!("{count} dead letters written to {}", path.display());
    Ok(())
}

async fn write(
    store: &dyn Store,
    out: &mut dyn Write,
    reason: Option<RejectReason>,
    open: bool,
) -> anyhow::Result<u64> {
    let (mut above, mut count) = (i64::MIN, 0);
    loop {
        let letters = store.archive(&ArchivePart::Letters { above, limit: AT_ONCE }).await?.letters;
        let Some(last) = letters.last() else {
            out.flush()?;
            return Ok(count);
        };
        above = last.id;
        for stored in letters {
            let wanted =
                reason.is_none_or(|r| r == stored.letter.reason) && !(open && stored.letter.rejected == 0);
            if wanted {
                serde_json::to_writer(&mut *out, &LetterLine::from(stored))?;
                out.write_all(b"\n")?;
                count += 1;
            }
        }
    }
}
