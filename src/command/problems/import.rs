//! `lanbi problems import`.

use std::collections::BTreeMap;

use anyhow::Context as _;
use lanbi_config::Settings;
use lanbi_model::{Problem, ProblemKind, ProblemUrgency, Registry};
use lanbi_store::Store;

use super::judge::{self, Draft, Verdict};
use crate::{
    cli::RecordsArgs,
    command::records::{self, Column, Desk, Line, Refused, Rejects, Tally, text, yes_or_no},
};

/// Problems kept in one transaction.
const AT_ONCE: usize = 500;

const fn column(name: &'static str, also: &'static [&'static str]) -> Column {
    Column { name, also, required: false, of_step: false }
}

const fn of_step(name: &'static str, also: &'static [&'static str]) -> Column {
    Column { name, also, required: false, of_step: true }
}

const COLUMNS: [Column; 13] = [
    Column { name: "id", also: &["编号", "问题编号"], required: true, of_step: false },
    column("chief", &["河长"]),
    column("water", &["河湖", "河湖名称", "河道"]),
    column("place", &["位置", "地点"]),
    column("kind", &["类型", "问题类型"]),
    column("urgency", &["紧急程度"]),
    column("supervised", &["督办"]),
    column("source", &["来源"]),
    of_step("state", &["环节", "状态"]),
    of_step("at", &["时间"]),
    of_step("by", &["经办人", "经办"]),
    of_step("to", &["承办单位", "交给"]),
    of_step("note", &["备注", "说明"]),
];

pub(super) async fn run(
    store: &dyn Store,
    registry: &Registry,
    settings: &Settings,
    args: &RecordsArgs,
) -> anyhow::Result<()> {
    let desk = Desk::new(settings, registry, args.zone.zone, chrono::Utc::now());
    let mut refused: Vec<(usize, Refused)> = Vec::new();
    let mut by_id: BTreeMap<String, Vec<(usize, Line, Draft)>> = BTreeMap::new();
    for (row, line) in records::read(&args.files, &COLUMNS)?.into_iter().enumerate() {
        match draft(&desk, &line) {
            Ok((id, draft)) => by_id.entry(id).or_default().push((row, line, draft)),
            Err(error) => refused.push((row, Refused::new(line, &error))),
        }
    }
    let mut tally = Tally::default();
    let mut problems: Vec<Problem> = Vec::new();
    for (id, rows) in by_id {
        let known = store.problem(&id).await?.map(|kept| kept.now);
        let drafts: Vec<Draft> = rows.iter().map(|(_, _, draft)| draft.clone()).collect();
        let (problem, verdicts) = judge::judge(&id, known.as_ref(), &drafts);
        for ((row, line, draft), verdict) in rows.into_iter().zip(verdicts) {
            warn_of_another_note(problem.as_ref(), &line, &draft, &verdict);
            match verdict {
                Verdict::New => tally.new += 1,
                Verdict::Changed => tally.changed += 1,
                Verdict::Repeated => tally.repeated += 1,
                Verdict::Refused(error) => refused.push((row, Refused::new(line, &error))),
            }
        }
        problems.extend(problem);
    }
    refused.sort_by_key(|(row, _)| *row);
    let refused: Vec<Refused> = refused.into_iter().map(|(_, refused)| refused).collect();
    tally.refused = records::count(refused.len());
    let rejects = Rejects::write(args.rejects.as_deref(), &COLUMNS, &refused)?;
    let source = records::source(&args.files);
    let mut kept = 0;
    for some in problems.chunks(AT_ONCE) {
        if let Err(error) = store.keep_problems(some, &source, desk.now).await {
            rejects.take_back();
            return Err(error).with_context(|| records::interrupted(kept));
        }
        kept += records::count(some.len());
    }
    tally.finish(args.rejects.is_some())
}

/// A step that is known keeps its first words; who sends others is told.
fn warn_of_another_note(problem: Option<&Problem>, line: &Line, draft: &Draft, verdict: &Verdict) {
    let Some((problem, step)) = problem.zip(draft.step.as_ref()) else { return };
    if matches!(verdict, Verdict::Repeated | Verdict::Changed) && !problem.steps.contains(step) {
        eprintln!(
            "{}: the step is kept already with another `to` or note, which stand; say more with a new step",
            line.place
        );
    }
}

/// What a row says, and of which problem.
fn draft(desk: &Desk<'_>, line: &Line) -> anyhow::Result<(String, Draft)> {
    let [id, chief, water, place, kind, urgency, supervised, source, step @ ..] = line.cells::<13>()?;
    let id = records::id(id)?;
    let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let chief = if chief.is_empty() { None } else { Some(desk.chief(chief)?) };
    let water = match chief {
        Some(chief) => desk.water(chief, water)?,
        None => text("water", water)?,
    };
    let kind = said(kind).map(|word| {
        ProblemKind::parse(&word).with_context(|| {
            let keys: Vec<&str> = ProblemKind::ALL.iter().map(|kind| kind.key()).collect();
            format!("kind `{word}` is unknown; write {}", keys.join(", "))
        })
    });
    let urgency = said(urgency).map(|word| {
        ProblemUrgency::parse(&word)
            .with_context(|| format!("urgency `{word}` is unknown; write immediate, ordinary or complex"))
    });
    let draft = Draft {
        chief: chief.map(|chief| chief.id.clone()),
        water: said(&water),
        place: said(&text("place", place)?),
        kind: kind.transpose()?,
        urgency: urgency.transpose()?,
        supervised: yes_or_no("supervised", supervised)?,
        source: said(&text("source", source)?),
        step: judge::step(step, |at| desk.time("at", at))?,
    };
    Ok((id, draft))
}
