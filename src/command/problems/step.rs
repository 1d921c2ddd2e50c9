//! `lanbi problems step`.

use anyhow::Context as _;
use lanbi_config::Settings;
use lanbi_model::{ProblemState, ProblemStep, Registry};
use lanbi_store::{Store, StoreError};

use super::judge::{self, Draft, Verdict};
use crate::{
    cli::StepArgs,
    command::records::{Desk, stamp, text},
};

pub(super) async fn run(
    store: &dyn Store,
    registry: &Registry,
    settings: &Settings,
    args: &StepArgs,
) -> anyhow::Result<()> {
    let desk = Desk::new(settings, registry, args.zone.zone, chrono::Utc::now());
    anyhow::ensure!(!args.by.trim().is_empty(), "who takes the step is empty; give a name (--by NAME)");
    let step = ProblemStep {
        at: args.at.as_deref().map_or(Ok(desk.now), |at| desk.time("--at", at))?,
        state: args.state,
        by: text("--by", args.by.trim())?,
        to: text("--to", args.to.trim())?,
        note: text("--note", args.note.trim())?,
    };
    let known = store.problem(&args.id).await?.map(|kept| kept.now);
    let known = known.ok_or_else(|| StoreError::NoSuchProblem(args.id.clone()))?;
    let draft = Draft { step: Some(step.clone()), ..Draft::default() };
    let (_, verdicts) = judge::judge(&args.id, Some(&known), &[draft]);
    if let Some(Verdict::Refused(reason)) = verdicts.into_iter().next() {
        return Err(reason);
    }
    let receipt = store.keep_problem_steps(&args.id, &[step]).await?;
    if receipt.steps.repeated > 0 {
        eprintln!("the step is kept already; nothing has changed");
    }
    let now = store.problem(&args.id).await?.context("the problem has gone; look at the store")?.now;
    let course = now.course();
    let deadline = course.deadline(now.urgency, &settings.river_chief.problem_terms());
    println!("id\tstate\theld_by\tdeadline");
    println!(
        "{}\t{}\t{}\t{}",
        now.id,
        course.state().map_or("", ProblemState::key),
        course.holder().unwrap_or_default(),
        deadline.map(|at| stamp(args.zone.zone, at)).unwrap_or_default()
    );
    Ok(())
}
