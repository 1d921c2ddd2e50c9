//! Which rows of a problem can be taken. Steps may be told late and in any order, so a row is judged by its time among all
//! steps known, not by its place in the file.

use anyhow::Context as _;
use lanbi_model::{Problem, ProblemCourse, ProblemKind, ProblemState, ProblemStep, ProblemUrgency};

/// Steps of one problem; no real one comes near.
const MOST_STEPS: usize = 500;

/// What a row says of a problem; what is none stays as it is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub chief: Option<String>,
    pub water: Option<String>,
    pub place: Option<String>,
    pub kind: Option<ProblemKind>,
    pub urgency: Option<ProblemUrgency>,
    pub supervised: Option<bool>,
    pub source: Option<String>,
    pub step: Option<ProblemStep>,
}

/// What becomes of a row.
#[derive(Debug)]
pub(super) enum Verdict {
    /// It tells of a new step.
    New,
    /// It gives the problem another content.
    Changed,
    /// It says what is known.
    Repeated,
    /// It cannot be taken, and why.
    Refused(anyhow::Error),
}

/// The problem as the rows leave it, none where none of them can be taken, and a verdict on each row.
pub(super) fn judge(id: &str, known: Option<&Problem>, drafts: &[Draft]) -> (Option<Problem>, Vec<Verdict>) {
    let steps = known.map_or(&[][..], |problem| &problem.steps);
    let mut verdicts: Vec<Option<Verdict>> = judge_steps(steps, drafts);
    let mut problem = match begin(id, known, drafts, &verdicts) {
        Ok(problem) => problem,
        Err(reason) => {
            let refuse = |verdict: Option<Verdict>| match verdict {
                Some(Verdict::Refused(own)) => Verdict::Refused(own),
                _ => Verdict::Refused(anyhow::anyhow!("{reason}")),
            };
            return (None, verdicts.into_iter().map(refuse).collect());
        }
    };
    for (draft, verdict) in drafts.iter().zip(&mut verdicts) {
        if matches!(verdict, Some(Verdict::Refused(_))) {
            continue;
        }
        let before = problem.clone();
        tell(&mut problem, draft);
        if matches!(verdict, Some(Verdict::New)) {
            problem.steps.extend(draft.step.clone());
        } else {
            *verdict = Some(if problem == before { Verdict::Repeated } else { Verdict::Changed });
        }
    }
    let is_taken = verdicts.iter().any(|verdict| !matches!(verdict, Some(Verdict::Refused(_))));
    let verdicts = verdicts.into_iter().map(|verdict| verdict.unwrap_or(Verdict::Repeated)).collect();
    (is_taken.then_some(problem), verdicts)
}

/// The problem as it is known, or a new one of the first kind that a usable row names.
fn begin(
    id: &str,
    known: Option<&Problem>,
    drafts: &[Draft],
    verdicts: &[Option<Verdict>],
) -> Result<Problem, &'static str> {
    if let Some(known) = known {
        return Ok(known.clone());
    }
    let usable = || {
        let rows = drafts.iter().zip(verdicts);
        rows.filter(|(_, verdict)| !matches!(verdict, Some(Verdict::Refused(_)))).map(|(draft, _)| draft)
    };
    if !usable().any(|draft| draft.step.is_some()) {
        return Err(
            "the problem is not known and no row of it has a first step; a problem begins with found or reported",
        );
    }
    let kind = usable()
        .find_map(|draft| draft.kind)
        .ok_or("the problem is not known and no row of it names its kind; fill in the column kind")?;
    Ok(Problem {
        id: id.to_owned(),
        chief: None,
        water: String::new(),
        place: String::new(),
        kind,
        urgency: ProblemUrgency::Ordinary,
        supervised: false,
        source: String::new(),
        steps: Vec::new(),
    })
}

/// Puts what a row says into the content of a problem.
fn tell(problem: &mut Problem, draft: &Draft) {
    fn put<T: Clone>(place: &mut T, said: Option<&T>) {
        if let Some(said) = said {
            *place = said.clone();
        }
    }
    if draft.chief.is_some() {
        problem.chief.clone_from(&draft.chief);
    }
    put(&mut problem.water, draft.water.as_ref());
    put(&mut problem.place, draft.place.as_ref());
    put(&mut problem.kind, draft.kind.as_ref());
    put(&mut problem.urgency, draft.urgency.as_ref());
    put(&mut problem.supervised, draft.supervised.as_ref());
    put(&mut problem.source, draft.source.as_ref());
}

/// Verdicts on the rows with a step that is new or cannot be; the others have none yet.
fn judge_steps(known: &[ProblemStep], drafts: &[Draft]) -> Vec<Option<Verdict>> {
    let mut verdicts: Vec<Option<Verdict>> = drafts.iter().map(|_| None).collect();
    let mut fresh: Vec<(usize, &ProblemStep)> = Vec::new();
    for (row, draft) in drafts.iter().enumerate() {
        let Some(step) = &draft.step else { continue };
        let is_known = known.iter().chain(fresh.iter().map(|(_, step)| *step)).any(|k| k.is_repeat_of(step));
        if is_known {
            continue;
        }
        if known.len() + fresh.len() >= MOST_STEPS {
            let reason = anyhow::anyhow!("the problem has {MOST_STEPS} steps already; give it a new id");
            verdicts[row] = Some(Verdict::Refused(reason));
            continue;
        }
        fresh.push((row, step));
    }
    let allowed = ProblemCourse::of(known).out_of_turn().len();
    let fits = |steps: &[ProblemStep]| ProblemCourse::of(steps).out_of_turn().len() <= allowed;
    // Together steps may fit that do not one by one: a return and the work done again, between two that are known.
    let mut all = known.to_vec();
    all.extend(fresh.iter().map(|(_, step)| (*step).clone()));
    if fits(&all) {
        for (row, _) in fresh {
            verdicts[row] = Some(Verdict::New);
        }
        return verdicts;
    }
    fresh.sort_by_key(|(_, step)| *step);
    let mut taken = known.to_vec();
    loop {
        let before = fresh.len();
        fresh.retain(|(row, step)| {
            taken.push((*step).clone());
            let stays = !fits(&taken);
            if stays {
                taken.pop();
            } else {
                verdicts[*row] = Some(Verdict::New);
            }
            stays
        });
        if fresh.len() == before {
            break;
        }
    }
    for (row, step) in fresh {
        verdicts[row] = Some(Verdict::Refused(reason(&taken, step)));
    }
    verdicts
}

/// Why a step cannot be taken.
fn reason(taken: &[ProblemStep], step: &ProblemStep) -> anyhow::Error {
    let until: Vec<ProblemStep> = taken.iter().filter(|kept| kept.at <= step.at).cloned().collect();
    let before = ProblemCourse::of(&until).state();
    if step.state.may_follow(before) {
        return anyhow::anyhow!(
            "after `{}` at this time the steps kept later could not follow; give the steps between as well, or mend the time",
            step.state.key()
        );
    }
    let possible: Vec<&str> = ProblemState::successors(before).iter().map(|state| state.key()).collect();
    let possible = possible.join(", ");
    match before {
        None => {
            anyhow::anyhow!("a problem cannot begin with `{}`; it begins with {possible}", step.state.key())
        }
        Some(before) => anyhow::anyhow!(
            "`{}` cannot follow `{}`; what may follow is {possible}: give the steps between, or mend state or time",
            step.state.key(),
            before.key()
        ),
    }
}

/// A step of its texts; none where all of them are empty.
///
/// # Errors
/// A step without a state, a time or a name, or with a state that is none.
pub(super) fn step(
    [state, at, by, to, note]: [&str; 5],
    time: impl Fn(&str) -> anyhow::Result<lanbi_model::Instant>,
) -> anyhow::Result<Option<ProblemStep>> {
    if [state, at, by, to, note].iter().all(|text| text.is_empty()) {
        return Ok(None);
    }
    let known = ProblemState::parse(state).with_context(|| {
        let keys: Vec<&str> = ProblemState::ALL.iter().map(|state| state.key()).collect();
        format!("state `{state}` is no step; write {}", keys.join(", "))
    })?;
    anyhow::ensure!(!by.is_empty(), "by is empty; say who took the step");
    let text = crate::command::records::text;
    Ok(Some(ProblemStep {
        at: time(at)?,
        state: known,
        by: text("by", by)?,
        to: text("to", to)?,
        note: text("note", note)?,
    }))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use lanbi_model::Instant;

    use super::*;

    /// Reads `found@0 assigned@2`; `kind` and `urgent` say so of the problem, `-` is a row without a step.
    fn drafts(text: &str) -> Vec<Draft> {
        let draft = |text: &str| {
            let mut draft = Draft::default();
            for word in text.split('+') {
                match word.split_once('@') {
                    Some((state, hour)) => {
                        draft.step = Some(ProblemStep {
                            at: Instant::UNIX_EPOCH + TimeDelta::hours(hour.parse().unwrap()),
                            state: ProblemState::parse(state).unwrap(),
                            by: "a".to_owned(),
                            to: String::new(),
                            note: String::new(),
                        });
                    }
                    None if word == "kind" => draft.kind = Some(ProblemKind::Silt),
                    None if word == "urgent" => draft.urgency = Some(ProblemUrgency::Immediate),
                    None => assert_eq!(word, "-"),
                }
            }
            draft
        };
        text.split_whitespace().map(draft).collect()
    }

    fn known(text: &str) -> Option<Problem> {
        let (problem, verdicts) = judge("q", None, &drafts(text));
        assert!(!verdicts.iter().any(|verdict| matches!(verdict, Verdict::Refused(_))), "{verdicts:?}");
        problem
    }

    /// One letter a row: new, changed, repeated, x for refused.
    fn letters(verdicts: &[Verdict]) -> String {
        let letter = |verdict: &Verdict| match verdict {
            Verdict::New => 'n',
            Verdict::Changed => 'c',
            Verdict::Repeated => 'r',
            Verdict::Refused(_) => 'x',
        };
        verdicts.iter().map(letter).collect()
    }

    #[test]
    fn rows_are_judged_by_time_and_not_by_their_place() {
        let check = |before: Option<&str>, text: &str, expected: &str, state: Option<&str>| {
            let before = before.and_then(known);
            let (problem, verdicts) = judge("q", before.as_ref(), &drafts(text));
            assert_eq!(letters(&verdicts), expected, "{text}: {verdicts:?}");
            let found = problem.and_then(|problem| problem.course().state()).map(ProblemState::key);
            assert_eq!(found, state, "{text}");
        };
        check(None, "found@0+kind assigned@2", "nn", Some("assigned"));
        check(None, "assigned@2 found@0+kind", "nn", Some("assigned"));
        check(None, "found@0+kind found@0 -+urgent -+urgent", "nrcr", Some("found"));
        check(None, "found@0+kind closed@2", "nx", Some("found"));
        check(None, "found@0+kind closed@2 assigned@1 handled@3", "nxnn", Some("handled"));
        check(None, "found@0", "x", None);
        check(None, "-+kind", "x", None);
        check(None, "assigned@0+kind", "x", None);
        check(None, "assigned@0 found@1+kind", "xn", Some("found"));
        check(Some("found@0+kind"), "found@0 -+kind", "rr", Some("found"));
        check(Some("found@0+kind"), "found@0+urgent", "c", Some("found"));
        check(Some("found@0+kind"), "handled@5+urgent -+urgent", "nr", Some("handled"));
        check(Some("found@0+kind handled@5"), "assigned@2", "n", Some("handled"));
        check(Some("found@0+kind handled@5"), "transferred@2", "x", None);
        // One by one neither of the two could be told.
        let done = "found@0+kind handled@1 reviewed@6 closed@7";
        check(Some(done), "handled@4 returned@3", "nn", Some("closed"));
        check(Some(done), "returned@3", "x", None);
        check(Some(done), "assigned@8 returned@9", "xn", Some("returned"));
        // A refused row leaves nothing of itself.
        check(Some("found@0+kind"), "closed@2+urgent found@0", "xr", Some("found"));
    }

    #[test]
    fn reasons_name_what_could_be() {
        let check = |before: Option<&str>, text: &str, expected: &str| {
            let (_, verdicts) = judge("q", before.and_then(known).as_ref(), &drafts(text));
            let told = |verdict: &Verdict| match verdict {
                Verdict::Refused(reason) => reason.to_string().contains(expected),
                _ => false,
            };
            assert!(verdicts.iter().any(told), "{expected}: {verdicts:?}");
        };
        check(None, "closed@0+kind", "cannot begin with `closed`; it begins with found, reported");
        check(None, "found@0", "fill in the column kind");
        check(None, "-+kind", "begins with found or reported");
        check(
            Some("found@0+kind"),
            "closed@2",
            "`closed` cannot follow `found`; what may follow is reported, assigned, handled",
        );
        check(
            Some("found@0+kind handled@1 reviewed@6"),
            "returned@3",
            "the steps kept later could not follow",
        );
        let many: Vec<String> = (0..=MOST_STEPS).map(|n| format!("found@{n}+kind")).collect();
        check(None, &many.join(" "), "has 500 steps already");
    }
}
