//! A patrol and a problem as JSON, each with what stood under its id before.

use anyhow::Context as _;
use lanbi_model::{Patrol, Problem, ProblemKind, ProblemState, ProblemStep, ProblemUrgency};
use lanbi_store::{Earlier, Recorded};
use serde::{Deserialize, Serialize};

use super::word;

/// What a record and its earlier contents say, with when and by what those were replaced.
#[derive(Debug, Deserialize, Serialize)]
struct Before<T> {
    replaced_at: String,
    replaced_by: String,
    content: T,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct PatrolLine {
    #[serde(flatten)]
    now: PatrolContent,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    earlier: Vec<Before<PatrolContent>>,
}

#[derive(Debug, Deserialize, Serialize)]
struct PatrolContent {
    id: String,
    chief: String,
    water: String,
    started: String,
    ended: String,
    length_m: Option<String>,
    source: String,
    note: String,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct ProblemLine {
    #[serde(flatten)]
    now: ProblemContent,
    steps: Vec<StepLine>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    earlier: Vec<Before<ProblemContent>>,
}

#[derive(Debug, Deserialize, Serialize)]
struct ProblemContent {
    id: String,
    chief: Option<String>,
    water: String,
    place: String,
    // `kind` is the key under which the books say what a line is.
    what: String,
    urgency: String,
    supervised: bool,
    source: String,
}

#[derive(Debug, Deserialize, Serialize)]
struct StepLine {
    at: String,
    state: String,
    by: String,
    to: String,
    note: String,
}

/// Earlier contents as lines.
fn before<'a, T, C: From<&'a T>>(earlier: &'a [Earlier<T>]) -> Vec<Before<C>> {
    let line = |earlier: &'a Earlier<T>| Before {
        replaced_at: word::of_instant(earlier.replaced_at),
        replaced_by: earlier.source.clone(),
        content: C::from(&earlier.record),
    };
    earlier.iter().map(line).collect()
}

/// Lines as earlier contents.
fn earlier<T, C>(before: Vec<Before<C>>) -> anyhow::Result<Vec<Earlier<T>>>
where
    T: TryFrom<C, Error = anyhow::Error>,
{
    let content = |before: Before<C>| {
        Ok(Earlier {
            record: T::try_from(before.content)?,
            replaced_at: word::instant(&before.replaced_at)?,
            source: before.replaced_by,
        })
    };
    before.into_iter().map(content).collect()
}

impl From<&Patrol> for PatrolContent {
    fn from(patrol: &Patrol) -> Self {
        Self {
            id: patrol.id.clone(),
            chief: patrol.chief.clone(),
            water: patrol.water.clone(),
            started: word::of_instant(patrol.started),
            ended: word::of_instant(patrol.ended),
            length_m: patrol.length_m.map(|metres| metres.to_string()),
            source: patrol.source.clone(),
            note: patrol.note.clone(),
        }
    }
}

impl TryFrom<PatrolContent> for Patrol {
    type Error = anyhow::Error;

    fn try_from(content: PatrolContent) -> anyhow::Result<Self> {
        Ok(Self {
            id: content.id,
            chief: content.chief,
            water: content.water,
            started: word::instant(&content.started)?,
            ended: word::instant(&content.ended)?,
            length_m: content.length_m.as_deref().map(word::decimal).transpose()?,
            source: content.source,
            note: content.note,
        })
    }
}

impl From<&Recorded<Patrol>> for PatrolLine {
    fn from(kept: &Recorded<Patrol>) -> Self {
        Self { now: (&kept.now).into(), earlier: before(&kept.earlier) }
    }
}

impl TryFrom<PatrolLine> for Recorded<Patrol> {
    type Error = anyhow::Error;

    fn try_from(line: PatrolLine) -> anyhow::Result<Self> {
        Ok(Self { now: line.now.try_into()?, earlier: earlier(line.earlier)? })
    }
}

impl From<&Problem> for ProblemContent {
    fn from(problem: &Problem) -> Self {
        Self {
            id: problem.id.clone(),
            chief: problem.chief.clone(),
            water: problem.water.clone(),
            place: problem.place.clone(),
            what: problem.kind.key().to_owned(),
            urgency: problem.urgency.key().to_owned(),
            supervised: problem.supervised,
            source: problem.source.clone(),
        }
    }
}

impl TryFrom<ProblemContent> for Problem {
    type Error = anyhow::Error;

    fn try_from(content: ProblemContent) -> anyhow::Result<Self> {
        Ok(Self {
            kind: ProblemKind::parse(&content.what)
                .with_context(|| format!("`{}` is no kind of problem", content.what))?,
            urgency: ProblemUrgency::parse(&content.urgency)
                .with_context(|| format!("`{}` is no urgency", content.urgency))?,
            id: content.id,
            chief: content.chief,
            water: content.water,
            place: content.place,
            supervised: content.supervised,
            source: content.source,
            steps: Vec::new(),
        })
    }
}

impl From<&Recorded<Problem>> for ProblemLine {
    fn from(kept: &Recorded<Problem>) -> Self {
        let step = |step: &ProblemStep| StepLine {
            at: word::of_instant(step.at),
            state: step.state.key().to_owned(),
            by: step.by.clone(),
            to: step.to.clone(),
            note: step.note.clone(),
        };
        Self {
            now: (&kept.now).into(),
            steps: kept.now.steps.iter().map(step).collect(),
            earlier: before(&kept.earlier),
        }
    }
}

impl TryFrom<ProblemLine> for Recorded<Problem> {
    type Error = anyhow::Error;

    fn try_from(line: ProblemLine) -> anyhow::Result<Self> {
        let step = |step: StepLine| {
            Ok(ProblemStep {
                at: word::instant(&step.at)?,
                state: ProblemState::parse(&step.state)
                    .with_context(|| format!("`{}` is no step of a problem", step.state))?,
                by: step.by,
                to: step.to,
                note: step.note,
            })
        };
        let steps = line.steps.into_iter().map(step).collect::<anyhow::Result<_>>()?;
        let now = Problem { steps, ..line.now.try_into()? };
        Ok(Self { now, earlier: earlier(line.earlier)? })
    }
}
