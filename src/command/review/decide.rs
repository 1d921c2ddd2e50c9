//! `lanbi review invalidate | restore | correct`: one decision for each value of a stretch.

use std::io::Write;

use anyhow::Context as _;
use lanbi_model::{Decimal, Decision, Parameter, Review, Sample, Station, standard::Standards};
use lanbi_store::Store;

use super::{super::stretch::Stretch, day_of, values, words};
use crate::{
    cli::{DecideArgs, Wanted},
    command::{local_stamp, standards_builtin},
};

pub(super) async fn run(
    store: &dyn Store,
    station: &Station,
    args: &DecideArgs,
    decision: Decision,
) -> anyhow::Result<()> {
    signed(&args.by, &args.reason)?;
    if let Decision::Correct(value) = decision {
        let [Wanted::One(parameter)] = args.stretch.parameters.as_slice() else {
            anyhow::bail!("a corrected value is of one parameter; name just one with --parameter");
        };
        fits(&standards_builtin()?, *parameter, value)?;
    }
    let stretch = Stretch::new(Some(args.stretch.from), Some(args.stretch.to))?;
    let period = args.stretch.period.unwrap_or(station.period);
    let found = values::read(store, station, stretch, period, &args.stretch.parameters).await?;
    anyhow::ensure!(
        !found.is_empty(),
        "{} has no such values of period {period} in that stretch; `lanbi review show` lists what is there",
        station.id
    );
    for wanted in &args.stretch.parameters {
        if let Wanted::One(parameter) = wanted
            && !found.iter().any(|kept| kept.now.sample.key.parameter == *parameter)
        {
            eprintln!("lanbi: {} has no values of {parameter} in that stretch", station.id);
        }
    }
    let at = chrono::Utc::now();
    let mut taking = Taking::new(store, args.dry_run)?;
    for kept in found {
        let (by, reason) = (args.by.clone(), args.reason.clone());
        let review = Review { key: kept.now.sample.key.clone(), decision, by, reason, at };
        taking.take(station, &kept, &review).await?;
    }
    taking.finish();
    Ok(())
}

/// Takes decisions one by one and prints what each does.
pub(super) struct Taking<'a> {
    store: &'a dyn Store,
    out: std::io::StdoutLock<'static>,
    dry_run: bool,
    changed: u64,
    stood: u64,
}

impl<'a> Taking<'a> {
    pub(super) fn new(store: &'a dyn Store, dry_run: bool) -> anyhow::Result<Self> {
        let mut out = std::io::stdout().lock();
        writeln!(
            out,
            "station\ttime\tparameter\tperiod\tdecision\tbefore\tflags_before\tafter\tflags_after\tchange"
        )?;
        Ok(Self { store, out, dry_run, changed: 0, stood: 0 })
    }

    /// Takes one decision. Those taken before it stay taken when it fails.
    pub(super) async fn take(
        &mut self,
        station: &Station,
        kept: &values::Kept,
        review: &Review,
    ) -> anyhow::Result<()> {
        let (before, after) = if self.dry_run {
            (kept.now.sample.clone(), kept.after(review.decision))
        } else {
            let done = self.store.review(review, day_of(station, &review.key)).await.with_context(|| {
                format!(
                    "{} decisions were taken before this; give the same command again, what stands already is left as it is",
                    self.changed
                )
            })?;
            (done.before, done.after)
        };
        let changes = before != after;
        *(if changes { &mut self.changed } else { &mut self.stood }) += 1;
        self.print(station, review.decision, &before, &after, changes)
    }

    fn print(
        &mut self,
        station: &Station,
        decision: Decision,
        before: &Sample,
        after: &Sample,
        changes: bool,
    ) -> anyhow::Result<()> {
        let key = &before.key;
        writeln!(
            self.out,
            "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
            key.station,
            local_stamp(station.zone, key.instant),
            key.parameter,
            key.period,
            decision.zh(),
            before.value,
            words(before.flags),
            after.value,
            words(after.flags),
            if changes { "changed" } else { "stands" }
        )?;
        Ok(())
    }

    /// Says on stderr what was done in all.
    pub(super) fn finish(self) {
        let Self { dry_run, changed, stood, .. } = self;
        if dry_run {
            eprintln!(
                "{changed} values would change, {stood} stand so already; nothing was decided (--dry-run)"
            );
        } else {
            eprintln!(
                "{changed} values changed, {stood} stood so already; a running `lanbi run` derives their days again \
                 within seconds, a stopped one at its next start"
            );
        }
    }
}

/// A decision without a name or a reason is none.
pub(super) fn signed(by: &str, reason: &str) -> anyhow::Result<()> {
    anyhow::ensure!(!by.trim().is_empty(), "who decides is empty; give a name (--by NAME)");
    anyhow::ensure!(!reason.trim().is_empty(), "the reason is empty; say why (--reason TEXT)");
    Ok(())
}

/// Whether a number can be a value of the parameter: a slip of the finger must not become the truth.
pub(super) fn fits(standards: &Standards, parameter: Parameter, value: Decimal) -> anyhow::Result<()> {
    anyhow::ensure!(
        !value.is_sign_negative() || value.is_zero() || parameter.may_be_negative(),
        "{parameter} is never below zero; mend the value {value}"
    );
    if let Some(range) = standards.plausible.get(&parameter) {
        anyhow::ensure!(
            standards.is_plausible(parameter, value),
            "{value} is outside the plausible range of {parameter}, {} to {} {}; mend the value",
            range.low,
            range.high,
            parameter.unit().symbol()
        );
    }
    Ok(())
}
