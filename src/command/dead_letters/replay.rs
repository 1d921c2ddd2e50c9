//! `lanbi dead-letters replay`: letters decoded again with the stations and settings of now.
//!
//! The oldest letter goes first, so that of two values under one key the later one counts in the end, as it would have
//! on arrival. A running service is not disturbed: each letter is one transaction.

use std::io::Write;

use lanbi_config::Settings;
use lanbi_ingest::{
    decode::{self, Context, Format, Limits, Message},
    source::Sources,
};
use lanbi_model::{DeadLetter, Instant, Registry, RejectReason};
use lanbi_store::{Batch, DeadLetterFilter, Incoming, Store, StoreError, StoredDeadLetter};

use super::{AT_ONCE, known};
use crate::{cli::ReplayLettersArgs, senders, service};

pub(super) async fn run(
    store: &dyn Store,
    registry: &Registry,
    settings: &Settings,
    args: &ReplayLettersArgs,
) -> anyhow::Result<()> {
    let ids = wanted(store, args).await?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "id\tstored\trepeated\trejected\treason\tdetail")?;
    let totals = replay(store, registry, settings, &ids, args.dry_run, |id, done| {
        writeln!(
            out,
            "{id}\t{}\t{}\t{}\t{}\t{}",
            done.stored,
            done.repeated,
            done.rejected,
            done.reason,
            done.detail.replace(['\t', '\n'], " ")
        )
    })
    .await?;
    totals.tell(args.dry_run);
    Ok(())
}

/// Replays letters in their order, and tells what became of each.
pub(in crate::command) async fn replay(
    store: &dyn Store,
    registry: &Registry,
    settings: &Settings,
    ids: &[i64],
    dry_run: bool,
    mut tell: impl FnMut(i64, &Done) -> std::io::Result<()>,
) -> anyhow::Result<Totals> {
    let limits = service::limits(settings);
    let senders = senders::load(settings)?;
    let mut totals = Totals::default();
    for &id in ids {
        // A letter let go in the meantime has nothing to replay.
        let Some(stored) = letter(store, id).await? else { continue };
        totals.letters += 1;
        let done = if is_cut(&stored.letter) {
            Done::cut(&stored.letter)
        } else if is_imported(&stored.letter) && !stored.letter.raw.starts_with(b"{") {
            Done::of_line(&stored.letter)
        } else {
            let now = chrono::Utc::now();
            let batch = decoded(&stored, (registry, &senders), limits, now);
            if dry_run { Done::foreseen(&batch) } else { Done::stored(store, id, &batch, now).await? }
        };
        tell(id, &done)?;
        totals.add(&done);
    }
    Ok(totals)
}

/// Numbers of the letters to replay, the oldest first.
async fn wanted(store: &dyn Store, args: &ReplayLettersArgs) -> anyhow::Result<Vec<i64>> {
    for id in &args.id {
        if letter(store, *id).await?.is_none() {
            return Err(StoreError::NoSuchLetter(*id).into());
        }
    }
    let mut filter = DeadLetterFilter {
        reason: known(args.reason.as_deref())?,
        open: true,
        limit: AT_ONCE,
        below: Some(i64::MAX),
        ..DeadLetterFilter::default()
    };
    let mut found: Vec<(Instant, i64)> = Vec::new();
    loop {
        let letters = store.dead_letters(&filter).await?;
        let Some(lowest) = letters.iter().map(|stored| stored.id).min() else { break };
        filter.below = Some(lowest);
        let is_wanted = |stored: &&StoredDeadLetter| {
            (args.id.is_empty() || args.id.contains(&stored.id))
                && args.source.as_ref().is_none_or(|prefix| stored.letter.source.starts_with(prefix))
        };
        found.extend(letters.iter().filter(is_wanted).map(|s| (s.letter.received_at, s.id)));
    }
    found.sort_unstable();
    Ok(found.into_iter().map(|(_, id)| id).collect())
}

async fn letter(store: &dyn Store, id: i64) -> Result<Option<StoredDeadLetter>, StoreError> {
    Ok(store.dead_letters(&DeadLetterFilter { id: Some(id), ..DeadLetterFilter::default() }).await?.pop())
}

/// Whether not all of the bytes were kept.
fn is_cut(letter: &DeadLetter) -> bool {
    u64::try_from(letter.raw.len()).is_ok_and(|kept| kept < letter.raw_len)
}

/// Whether it came from a file, whose rows are decoded as lanbi's own JSON.
fn is_imported(letter: &DeadLetter) -> bool {
    letter.source.starts_with("import ")
}

/// The outcome of decoding a letter again, ready for the store.
fn decoded(
    stored: &StoredDeadLetter,
    (registry, sources): (&Registry, &Sources),
    limits: Limits,
    now: Instant,
) -> Batch {
    let letter = &stored.letter;
    let message = Message {
        topic: &letter.source,
        payload: &letter.raw,
        received_at: letter.received_at,
        // Among the letters without a usable time are retained messages, whose age is unknown for good. A letter of
        // this reason that has a time is read by it all the same.
        retained: letter.reason == RejectReason::BadTime,
    };
    // No topic of a feed may catch the name of a file.
    let format = if is_imported(letter) { Format::LanbiJson } else { Format::default() };
    let outcome = decode::decode(format, &message, &Context { registry, sources, now, limits });
    let dead_letters = decode::dead_letter(&message, &outcome, limits.max_bytes).into_iter().collect();
    let arrived = |(sample, day)| Incoming { sample, day, received_at: letter.received_at };
    let decoded = outcome.unwrap_or_default();
    Batch {
        samples: decoded.samples.into_iter().map(arrived).collect(),
        dead_letters,
        records: decoded.records,
        source: format!("dead-letter {}", stored.id),
        ..Batch::default()
    }
}

/// What became of one letter.
pub(in crate::command) struct Done {
    stored: String,
    repeated: String,
    rejected: u32,
    reason: String,
    detail: String,
    counts: [u64; 3],
}

impl Done {
    fn cut(letter: &DeadLetter) -> Self {
        let detail = format!(
            "{} of {} bytes were kept, so it cannot be replayed; let the station send it again in smaller \
             messages, or raise ingest.max_payload_bytes first",
            letter.raw.len(),
            letter.raw_len
        );
        Self::left(letter, "cut", detail)
    }

    /// A line of a file that no mapping could read is no message.
    fn of_line(letter: &DeadLetter) -> Self {
        Self::left(letter, "line", "a line of a file; mend the file and import it again".to_owned())
    }

    /// A letter that stays as it is.
    fn left(letter: &DeadLetter, reason: &str, detail: String) -> Self {
        Self {
            stored: "0".to_owned(),
            repeated: "0".to_owned(),
            rejected: letter.rejected,
            reason: reason.to_owned(),
            detail,
            counts: [0, 0, letter.rejected.into()],
        }
    }

    /// What a replay would do. Only the store can tell new values from repeats.
    fn foreseen(batch: &Batch) -> Self {
        let values = u64::try_from(batch.samples.len()).unwrap_or(u64::MAX);
        Self::of(values.to_string(), "?".to_owned(), [values, 0], batch)
    }

    async fn stored(store: &dyn Store, id: i64, batch: &Batch, now: Instant) -> Result<Self, StoreError> {
        let receipt = store.replay_letter(id, batch, now).await?;
        let (stored, repeated) = (receipt.stored, receipt.repeated);
        Ok(Self::of(stored.to_string(), repeated.to_string(), [stored, repeated], batch))
    }

    fn of(stored: String, repeated: String, [new, known]: [u64; 2], batch: &Batch) -> Self {
        let still = batch.dead_letters.first();
        let rejected = still.map_or(0, |letter| letter.rejected);
        Self {
            stored,
            repeated,
            rejected,
            reason: still.map(|letter| letter.reason.key().to_owned()).unwrap_or_default(),
            detail: still.map(|letter| letter.detail.clone()).unwrap_or_default(),
            counts: [new, known, rejected.into()],
        }
    }
}

/// What became of all of them.
#[derive(Default)]
pub(in crate::command) struct Totals {
    letters: u64,
    stored: u64,
    repeated: u64,
    rejected: u64,
    cut: u64,
}

impl Totals {
    fn add(&mut self, done: &Done) {
        let [stored, repeated, rejected] = done.counts;
        self.stored += stored;
        self.repeated += repeated;
        self.rejected += rejected;
        self.cut += u64::from(done.reason == "cut");
    }

    /// Says so on standard error.
    pub(in crate::command) fn tell(&self, dry_run: bool) {
        let Self { letters, stored, repeated, rejected, cut } = self;
        if dry_run {
            eprintln!(
                "{letters} letters: {stored} values would be stored or are there already, {rejected} would stay rejected; \
                 nothing was stored (--dry-run)"
            );
        } else {
            eprintln!(
                "{letters} letters replayed: {stored} values stored, {repeated} were there already, {rejected} still rejected"
            );
        }
        if *cut > 0 {
            eprintln!("{cut} letters were cut on arrival and cannot be replayed");
        }
    }
}
