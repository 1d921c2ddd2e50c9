//! Rows of a file into what is committed at once, decoded as messages of their stations would be.

use std::{io::Read, sync::Arc};

use chrono::SubsecRound as _;
use lanbi_ingest::{
    decode::{self, Context, Format, Limits, Message},
    file::{LineProblem, Row, Rows, row_to_payload},
    source::Sources,
};
use lanbi_model::{DeadLetter, Instant, Registry, RejectReason};
use lanbi_store::{Batch, Incoming};

/// Bytes of rejected rows in a portion, beyond which it is committed before it is full.
const MOST_LETTER_BYTES: usize = 4 << 20;

/// How many rows a portion has at most: rows may hold nothing, and the way is to be noted all the same.
const MOST_ROWS: u64 = 20_000;

/// What rows are held against.
pub(super) struct Desk<'a> {
    pub registry: &'a Registry,
    pub sources: &'a Sources,
    pub limits: Limits,
    /// Values in a portion at most, give or take those of one row.
    pub most_values: usize,
}

/// Some rows of a file, decoded.
pub(super) struct Portion {
    pub batch: Batch,
    /// What was rejected: one entry a value, or one for a row that could not be read.
    pub rejections: Vec<Rejection>,
    /// Rows and unreadable lines in it.
    pub rows: u64,
    /// Records of the file up to its end.
    pub records: u64,
    at: Instant,
    letter_bytes: usize,
}

/// A value, or a row, that cannot be stored.
#[derive(Clone, Debug)]
pub(super) struct Rejection {
    pub line: u64,
    pub reason: RejectReason,
    pub detail: Arc<str>,
    /// Values lost; 1 where they cannot be counted.
    pub values: u64,
}

impl Portion {
    fn new(source: &str) -> Self {
        Self {
            batch: Batch { source: source.to_owned(), ..Batch::default() },
            rejections: Vec::new(),
            rows: 0,
            records: 0,
            at: chrono::Utc::now().trunc_subsecs(6),
            letter_bytes: 0,
        }
    }

    /// Keeps a dead letter with the bytes of its row.
    fn keep(&mut self, letter: DeadLetter) {
        self.letter_bytes += letter.raw.len();
        self.batch.dead_letters.push(letter);
    }
}

/// Where values of a file come from, as the store notes it.
pub(super) fn source_of(name: &str) -> String {
    format!("import {name}")
}

impl Desk<'_> {
    /// The next rows of a file; none at its end, and where it breaks off.
    pub(super) fn next_portion<R: Read>(&self, rows: &mut Rows<'_, R>, name: &str) -> Option<Portion> {
        let source = source_of(name);
        let mut portion = Portion::new(&source);
        while portion.batch.samples.len() + portion.batch.dead_letters.len() < self.most_values
            && portion.letter_bytes < MOST_LETTER_BYTES
            && portion.rows < MOST_ROWS
        {
            match rows.next() {
                Some(Ok(row)) => self.add(&mut portion, &row, &source),
                Some(Err(problem)) if rows.broke_off().is_none() => {
                    self.refuse(&mut portion, problem, &source)
                }
                Some(Err(_)) | None => break,
            }
            portion.rows += 1;
            portion.records = rows.counts().records;
        }
        (portion.rows > 0).then_some(portion)
    }

    fn add(&self, portion: &mut Portion, row: &Row, source: &str) {
        // A row that holds nothing would have sent nothing.
        let Some((_, payload)) = row_to_payload(row, "") else { return };
        let topic = place(source, row.line);
        let message = Message { topic: &topic, payload: &payload, received_at: portion.at, retained: false };
        let context =
            Context { registry: self.registry, sources: self.sources, now: portion.at, limits: self.limits };
        let outcome = decode::decode(Format::LanbiJson, &message, &context);
        if let Some(letter) = decode::dead_letter(&message, &outcome, self.limits.max_bytes) {
            portion.keep(letter);
        }
        let (line, received_at) = (row.line, portion.at);
        match outcome {
            Ok(decoded) => {
                portion.rejections.extend(decoded.problems.into_iter().map(|problem| Rejection {
                    line,
                    reason: problem.reason,
                    detail: format!("{}: {}", problem.field, problem.detail).into(),
                    values: 1,
                }));
                let arrived = |(sample, day)| Incoming { sample, day, received_at };
                portion.batch.samples.extend(decoded.samples.into_iter().map(arrived));
            }
            Err(rejected) => portion.rejections.push(Rejection {
                line,
                reason: rejected.reason,
                detail: rejected.detail.into(),
                values: rejected.values.into(),
            }),
        }
    }

    /// A line that holds no row: nobody can tell how many values are lost with it.
    fn refuse(&self, portion: &mut Portion, problem: LineProblem, source: &str) {
        let LineProblem { line, reason, detail, raw } = problem;
        let detail = format!("{detail}; mend the row and import the file again");
        portion.keep(DeadLetter {
            received_at: portion.at,
            source: place(source, line),
            reason,
            detail: detail.clone(),
            rejected: 1,
            raw: raw.iter().copied().take(self.limits.max_bytes).collect(),
            raw_len: u64::try_from(raw.len()).unwrap_or(u64::MAX),
        });
        portion.rejections.push(Rejection { line, reason, detail: detail.into(), values: 1 });
    }
}

/// Source of the letter of a line.
fn place(source: &str, line: u64) -> String {
    format!("{source}:{line}")
}
