//! `lanbi dead-letters list | show`.

use std::{io::Write as _, path::Path};

use anyhow::Context as _;
use lanbi_model::{RejectReason, Zone};
use lanbi_store::DeadLetterFilter;

use crate::cli::DeadLettersCommand;

pub(super) async fn run(config: Option<&Path>, command: &DeadLettersCommand) -> anyhow::Result<()> {
    let settings = super::settings(config)?;
    let store = super::existing_store(&settings).await?;
    let zone = Zone::shanghai();
    let mut out = std::io::stdout().lock();
    match command {
        DeadLettersCommand::List { reason, limit } => {
            let reason = match reason {
                None => None,
                Some(key) => Some(RejectReason::from_key(key).with_context(|| {
                    format!(
                        "`{key}` is no reason; the column `reason` of `lanbi dead-letters list` shows them"
                    )
                })?),
            };
            let filter = DeadLetterFilter { reason, limit: *limit, ..DeadLetterFilter::default() };
            writeln!(out, "id\treceived_at\treason\trejected\tbytes\tsource\tdetail")?;
            for stored in store.dead_letters(&filter).await? {
                let letter = stored.letter;
                writeln!(
                    out,
                    "{}\t{}\t{}\t{}\t{}\t{}\t{}",
                    stored.id,
                    zone.at(letter.received_at).format("%Y-%m-%dT%H:%M:%S%:z"),
                    letter.reason.key(),
                    letter.rejected,
                    letter.raw_len,
                    letter.source.replace(['\t', '\n'], " "),
                    letter.detail.replace(['\t', '\n'], " ")
                )?;
            }
        }
        DeadLettersCommand::Show { id } => {
            let filter = DeadLetterFilter { id: Some(*id), ..DeadLetterFilter::default() };
            let stored = store.dead_letters(&filter).await?.pop().with_context(|| {
                format!("there is no dead letter {id}; `lanbi dead-letters list` shows the numbers")
            })?;
            let letter = stored.letter;
            writeln!(out, "{} {}: {}", letter.reason.key(), letter.source, letter.detail)?;
            out.write_all(letter.raw.escape_ascii().to_string().as_bytes())?;
            writeln!(out)?;
        }
    }
    Ok(())
}
