//! `lanbi dead-letters list | show`.

use std::io::Write as _;

use anyhow::Context as _;
use lanbi_model::{Instant, RejectReason, Zone};
use lanbi_store::{DeadLetterFilter, Store};

fn stamp(instant: Instant) -> String {
    Zone::shanghai().at(instant).format("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

pub(super) async fn list(
    store: &dyn Store,
    reason: Option<RejectReason>,
    open: bool,
    limit: u32,
) -> anyhow::Result<()> {
    let filter = DeadLetterFilter { reason, open, limit, ..DeadLetterFilter::default() };
    let mut out = std::io::stdout().lock();
    writeln!(out, "id\treceived_at\treason\trejected\tbytes\tsource\tdetail")?;
    for stored in store.dead_letters(&filter).await? {
        let letter = stored.letter;
        writeln!(
            out,
            "{}\t{}\t{}\t{}\t{}\t{}\t{}",
            stored.id,
            stamp(letter.received_at),
            letter.reason.key(),
            letter.rejected,
            letter.raw_len,
            letter.source.replace(['\t', '\n'], " "),
            letter.detail.replace(['\t', '\n'], " ")
        )?;
    }
    Ok(())
}

pub(super) async fn show(store: &dyn Store, id: i64) -> anyhow::Result<()> {
    let filter = DeadLetterFilter { id: Some(id), ..DeadLetterFilter::default() };
    let stored = store.dead_letters(&filter).await?.pop().with_context(|| {
        format!("there is no dead letter {id}; `lanbi dead-letters list` shows the numbers")
    })?;
    let letter = stored.letter;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} {}: {}", letter.reason.key(), letter.source, letter.detail)?;
    write!(out, "received {}, {} still rejected", stamp(letter.received_at), letter.rejected)?;
    if let Some(replayed) = stored.replayed_at {
        write!(out, ", replayed {}", stamp(replayed))?;
    }
    if u64::try_from(letter.raw.len()).is_ok_and(|kept| kept < letter.raw_len) {
        write!(out, ", {} of {} bytes kept", letter.raw.len(), letter.raw_len)?;
    }
    writeln!(out)?;
    out.write_all(letter.raw.escape_ascii().to_string().as_bytes())?;
    writeln!(out)?;
    Ok(())
}
