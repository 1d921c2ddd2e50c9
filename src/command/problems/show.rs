//! `lanbi problems show`.

use std::io::Write as _;

use anyhow::Context as _;
use lanbi_model::{Instant, Problem, ProblemTerms, Zone};
use lanbi_store::Store;

use crate::command::{plain, records};

pub(super) async fn run(store: &dyn Store, terms: &ProblemTerms, id: &str, zone: Zone) -> anyhow::Result<()> {
    let kept = store
        .problem(id)
        .await?
        .with_context(|| format!("there is no problem `{id}`; `lanbi problems list` shows the ids"))?;
    let problem = &kept.now;
    let course = problem.course();
    let time = |instant: Option<Instant>| instant.map(|at| records::stamp(zone, at)).unwrap_or_default();
    let mut out = std::io::stdout().lock();
    let state = course.state().map(|state| format!("{} {}", state.key(), state.zh())).unwrap_or_default();
    let overdue = course.is_overdue(problem.urgency, terms, chrono::Utc::now());
    for (name, value) in content(problem).into_iter().chain([
        ("state", state),
        ("since", time(course.since())),
        ("held_by", course.holder().unwrap_or_default().to_owned()),
        ("deadline", time(course.deadline(problem.urgency, terms))),
        ("deadline_basis", "river_chief.*_hours, *_days of the settings (未核实)".to_owned()),
        ("overdue", records::yes_no(overdue).to_owned()),
        ("opened_at", time(course.opened_at())),
        ("reopened", course.reopened().to_string()),
        ("closed_at", time(course.closed_at())),
    ]) {
        writeln!(out, "{name}\t{}", plain(&value))?;
    }
    writeln!(out, "\nat\tstate\tby\tto\tnote\tcounts")?;
    for step in &problem.steps {
        let counts = course.taken().contains(step);
        let at = records::stamp(zone, step.at);
        let (state, by, to, note) = (step.state.key(), plain(&step.by), plain(&step.to), plain(&step.note));
        writeln!(out, "{at}\t{state}\t{by}\t{to}\t{note}\t{}", records::yes_no(counts))?;
    }
    if !kept.earlier.is_empty() {
        let names: Vec<&str> = content(problem).iter().map(|(name, _)| *name).collect();
        writeln!(out, "\n{}\treplaced_at\treplaced_by", names.join("\t"))?;
    }
    for earlier in &kept.earlier {
        let cells: Vec<String> = content(&earlier.record).iter().map(|(_, value)| plain(value)).collect();
        let at = records::stamp(zone, earlier.replaced_at);
        writeln!(out, "{}\t{at}\t{}", cells.join("\t"), plain(&earlier.source))?;
    }
    Ok(())
}

/// The content by name.
fn content(problem: &Problem) -> [(&'static str, String); 8] {
    [
        ("id", problem.id.clone()),
        ("chief", problem.chief.clone().unwrap_or_default()),
        ("water", problem.water.clone()),
        ("place", problem.place.clone()),
        ("kind", format!("{} {}", problem.kind.key(), problem.kind.zh())),
        ("urgency", format!("{} {}", problem.urgency.key(), problem.urgency.zh())),
        ("supervised", records::yes_no(problem.supervised).to_owned()),
        ("source", problem.source.clone()),
    ]
}
