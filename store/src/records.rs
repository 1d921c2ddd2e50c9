//! Records that people keep under an id of their own: patrols, problems and their steps. Here stands what becomes of one
//! that comes again, the same on every backend.
//!
//! The same record again changes nothing. Another content under a known id takes its place, and the earlier one stays
//! readable with when and by what it was replaced. Steps are only ever added.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::SubsecRound as _;
use lanbi_model::{Instant, Patrol, Problem, ProblemCourse, ProblemStep};

/// Digits of a second that every backend holds.
const MICROSECONDS: u16 = 6;

/// Which patrols to list, in the order of their ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PatrolFilter {
    /// Only one chief's.
    pub chief: Option<String>,
    /// Only those that ended later than this.
    pub after: Option<Instant>,
    /// Only those that ended up to this.
    pub until: Option<Instant>,
}

/// Which problems to list, in the order in which they were first found or reported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProblemFilter {
    /// Only one chief's.
    pub chief: Option<String>,
    /// Only those that were open at some moment after this.
    pub after: Option<Instant>,
    /// Only those that were found or reported up to this.
    pub until: Option<Instant>,
    /// Only those that are open now.
    pub open: bool,
}

/// A record as it stands, with what stood under its id before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded<T> {
    /// What counts now.
    pub now: T,
    /// What counted earlier, oldest first.
    pub earlier: Vec<Earlier<T>>,
}

/// A content that once stood under its id. Of a problem it has no steps: those are never replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier<T> {
    /// The content.
    pub record: T,
    /// When the next one took its place, by the clock.
    pub replaced_at: Instant,
    /// Where the next one came from, such as the name of a file.
    pub source: String,
}

/// What became of records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordReceipt {
    /// Ids (of steps: keys) that were not known.
    pub new: u64,
    /// Known ids with another content than before.
    pub changed: u64,
    /// Those that stood so already.
    pub repeated: u64,
}

/// What became of problems and of their steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProblemReceipt {
    /// Problems.
    pub problems: RecordReceipt,
    /// Steps; none is ever changed.
    pub steps: RecordReceipt,
}

/// What has an id and a content that can be compared.
pub(crate) trait Record: Clone + PartialEq {
    fn id(&self) -> &str;

    /// The content as every backend gives it back: instants in microseconds, no character zero. Of a problem without
    /// its steps.
    fn content(&self) -> Self;
}

impl Record for Patrol {
    fn id(&self) -> &str {
        &self.id
    }

    fn content(&self) -> Self {
        Self {
            id: clean(&self.id),
            chief: clean(&self.chief),
            water: clean(&self.water),
            started: cut(self.started),
            ended: cut(self.ended),
            length_m: self.length_m,
            source: clean(&self.source),
            note: clean(&self.note),
        }
    }
}

impl Record for Problem {
    fn id(&self) -> &str {
        &self.id
    }

    fn content(&self) -> Self {
        Self {
            id: clean(&self.id),
            chief: self.chief.as_deref().map(clean),
            water: clean(&self.water),
            place: clean(&self.place),
            kind: self.kind,
            urgency: self.urgency,
            supervised: self.supervised,
            source: clean(&self.source),
            steps: Vec::new(),
        }
    }
}

fn clean_step(step: &ProblemStep) -> ProblemStep {
    ProblemStep {
        at: cut(step.at),
        state: step.state,
        by: clean(&step.by),
        to: clean(&step.to),
        note: clean(&step.note),
    }
}

fn cut(instant: Instant) -> Instant {
    instant.trunc_subsecs(MICROSECONDS)
}

/// PostgreSQL has no character zero, so no backend keeps one.
pub(crate) fn clean(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// A record with the number of contents that its id has had before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Numbered<T> {
    pub(crate) record: T,
    pub(crate) revision: i64,
}

/// What is to be written so that records are kept.
#[derive(Debug)]
pub(crate) struct Merge<T> {
    pub(crate) receipt: RecordReceipt,
    /// Contents to put in place, one for each id that is new or has changed.
    pub(crate) put: Vec<Numbered<T>>,
    /// Contents that were replaced.
    pub(crate) replaced: Vec<Numbered<T>>,
}

/// Compares contents with what is known of their ids. Where an id comes twice, each counts in its turn.
pub(crate) fn merge<T: Record>(known: Vec<Numbered<T>>, incoming: &[T]) -> Merge<T> {
    let mut standing: HashMap<String, Numbered<T>> =
        known.into_iter().map(|kept| (kept.record.id().to_owned(), kept)).collect();
    let mut receipt = RecordReceipt::default();
    let (mut touched, mut replaced) = (BTreeSet::new(), Vec::new());
    for record in incoming {
        let record = record.content();
        let id = record.id().to_owned();
        match standing.get_mut(&id) {
            Some(kept) if kept.record == record => {
                receipt.repeated += 1;
                continue;
            }
            Some(kept) => {
                receipt.changed += 1;
                let revision = kept.revision + 1;
                replaced.push(std::mem::replace(kept, Numbered { record, revision }));
            }
            None => {
                receipt.new += 1;
                standing.insert(id.clone(), Numbered { record, revision: 0 });
            }
        }
        touched.insert(id);
    }
    let put = touched.iter().filter_map(|id| standing.remove(id)).collect();
    Merge { receipt, put, replaced }
}

/// When a problem was opened and closed, kept beside it so that lists need not read every step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) problem: String,
    pub(crate) opened_at: Option<Instant>,
    pub(crate) closed_at: Option<Instant>,
}

impl Span {
    pub(crate) fn of(problem: &str, steps: &[ProblemStep]) -> Self {
        let course = ProblemCourse::of(steps);
        Self { problem: problem.to_owned(), opened_at: course.opened_at(), closed_at: course.closed_at() }
    }
}

/// What is to be written so that problems are kept.
#[derive(Debug)]
pub(crate) struct ProblemMerge {
    pub(crate) contents: Merge<Problem>,
    pub(crate) steps: RecordReceipt,
    /// Steps to add, each with its problem.
    pub(crate) added: Vec<(String, ProblemStep)>,
    /// Spans of the problems with added steps.
    pub(crate) spans: Vec<Span>,
}

impl ProblemMerge {
    pub(crate) const fn receipt(&self) -> ProblemReceipt {
        ProblemReceipt { problems: self.contents.receipt, steps: self.steps }
    }
}

/// Compares problems and their steps with what is known of their ids.
pub(crate) fn merge_problems(known: Vec<Numbered<Problem>>, incoming: &[Problem]) -> ProblemMerge {
    let mut all: BTreeMap<String, Vec<ProblemStep>> = BTreeMap::new();
    let mut contents = Vec::with_capacity(known.len());
    for Numbered { record, revision } in known {
        contents.push(Numbered { record: record.content(), revision });
        all.insert(record.id, record.steps);
    }
    let mut receipt = RecordReceipt::default();
    let mut added = Vec::new();
    for problem in incoming {
        let id = clean(&problem.id);
        let steps = all.entry(id.clone()).or_default();
        for step in problem.steps.iter().map(clean_step) {
            if steps.iter().any(|kept| kept.is_repeat_of(&step)) {
                receipt.repeated += 1;
                continue;
            }
            receipt.new += 1;
            steps.push(step.clone());
            added.push((id.clone(), step));
        }
    }
    let longer: BTreeSet<&String> = added.iter().map(|(id, _)| id).collect();
    let spans = longer.into_iter().filter_map(|id| Some(Span::of(id, all.get(id)?))).collect();
    ProblemMerge { contents: merge(contents, incoming), steps: receipt, added, spans }
}

/// Puts records together with their history; both go by id, the history of an id from the oldest.
pub(crate) fn with_history<T: Record>(now: Vec<T>, earlier: Vec<Earlier<T>>) -> Vec<Recorded<T>> {
    let mut histories: HashMap<String, Vec<Earlier<T>>> = HashMap::new();
    for earlier in earlier {
        histories.entry(earlier.record.id().to_owned()).or_default().push(earlier);
    }
    now.into_iter()
        .map(|now| Recorded { earlier: histories.remove(now.id()).unwrap_or_default(), now })
        .collect()
}

/// Puts rows of problems, each with one of its steps, together. Rows of one problem stand together.
pub(crate) fn gather(rows: impl IntoIterator<Item = (Problem, Option<ProblemStep>)>) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    for (problem, step) in rows {
        match problems.last_mut() {
            Some(last) if last.id == problem.id => last.steps.extend(step),
            _ => problems.push(Problem { steps: step.into_iter().collect(), ..problem }),
        }
    }
    for problem in &mut problems {
        problem.steps.sort();
    }
    problems
}
