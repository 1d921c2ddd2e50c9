//! `lanbi assess roster`: where the waters of the black-odorous list stand, from dated events (城市黑臭水体整治工作指南 2015 and the
//! practice of 初见成效 and 长制久清).

use std::io::{Read, Write};

use chrono::NaiveDate;
use lanbi_analytics::black_odor::{Completion, DatedEvent, Lack, RosterEvent, standing};
use lanbi_model::standard::{Confidence, Standards};
use lanbi_model::{Decimal, decimal};

use super::error::AssessError;
use super::output::{Field, Output};
use super::roster_events;
use super::table::{Choice, TableArgs};

/// What `--help` says about columns and words.
pub(super) const HELP: &str = "\
Columns: date,body,event and, as the event needs them, from,level,third_party,in_order,valid,satisfied,foul,document.
Events: monitored (date is the last day of the period, from its first; level none, light or heavy; third_party 1 or 0),
works_started, works_done, inspected (in_order 1: no direct discharge, rubbish or sludge), satisfaction (valid questionnaires,
satisfied of them), recognition (valid, foul of them), mechanism (the documents of the long-term mechanism are there). A line that
cannot be read stops the command.
One row a water: state (unlisted, listed, in-treatment, improved, lasting-clear, relapsed), since, lacking (what the next better
state lacks: works_started, works_done, inspected, monitored, satisfaction, clear_months, mechanism), grounds (the events that the
state rests on). status: ok or no-edition, then later:N (events after --on, not looked at).
How many listed waters are done (improved or lasting-clear; relapsed ones are not) is said on standard error, with the target where
--target gives one, and which rules no official text confirms.";

/// Options of `assess roster`.
#[derive(Debug, clap::Args)]
pub(crate) struct RosterArgs {
    /// Share of the listed waters that are to be done, in percent.
    #[arg(long, value_name = "PERCENT", value_parser = parse_percent)]
    target: Option<Decimal>,
    /// The day to stand on; that of the last event unless given.
    #[arg(long, value_name = "DATE")]
    on: Option<NaiveDate>,
    #[command(flatten)]
    pub(crate) table: TableArgs,
}

fn parse_percent(text: &str) -> Result<Decimal, String> {
    let percent = text.parse::<Decimal>().ok().filter(|p| (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(p));
    percent.ok_or_else(|| "not a share in percent; write 40".to_owned())
}

const OUT: [&str; 6] = ["body", "state", "since", "lacking", "grounds", "status"];

/// Writes a row for each water of `input`.
pub(super) fn run(
    args: &RosterArgs,
    law: &Standards,
    input: impl Read,
    output: impl Write,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    let choice = Choice::parse(&law.black_odor, &args.table.edition)?;
    let bodies = roster_events::read_from(input)?;
    let mut out = Output::new(args.table.output, &OUT, output)?;
    let days = bodies.iter().flat_map(|body| &body.events).map(|event| event.day);
    let Some(on) = args.on.or_else(|| days.max()) else { return out.finish() };
    let guide = choice.of(on);
    let mut states = Vec::new();
    for body in &bodies {
        let known: Vec<DatedEvent> = body.events.iter().copied().filter(|event| event.day <= on).collect();
        let mut status = if guide.is_some() { "ok" } else { "no-edition" }.to_owned();
        if known.len() < body.events.len() {
            status.push_str(&format!(";later:{}", body.events.len() - known.len()));
        }
        let stand = guide.map(|guide| standing(&guide.elimination, &known));
        states.extend(stand.as_ref().map(|stand| stand.state));
        let last = stand.as_ref().and_then(|stand| stand.transitions.last());
        let grounds: Vec<String> = last.iter().flat_map(|last| &last.grounds).map(spelled).collect();
        let lacking: Vec<&str> =
            stand.iter().flat_map(|stand| &stand.lacking).map(|lack: &Lack| lack.key()).collect();
        out.row(&[
            Field::Text(&body.name),
            Field::Text(stand.as_ref().map_or("", |stand| stand.state.key())),
            Field::Text(&last.map(|last| last.day.to_string()).unwrap_or_default()),
            Field::Text(&lacking.join("+")),
            Field::Text(&grounds.join("+")),
            Field::Text(&status),
        ])?;
    }
    out.finish()?;
    let Some(guide) = guide else { return Ok(()) };
    say_completion(Completion::of(states), args.target, on, messages)?;
    let unverified = ["effect", "lasting"].iter().filter_map(|topic| guide.clauses.get(*topic));
    for clause in unverified.filter(|clause| clause.contains(Confidence::Unverified.zh())) {
        writeln!(messages, "rule: {clause}")?;
    }
    Ok(())
}

/// An event with its numbers, as `monitored(2026-01-01..2026-01-31 none)`.
fn spelled(dated: &DatedEvent) -> String {
    let (key, _) = dated.event.words();
    let detail = match dated.event {
        RosterEvent::Monitored { from, level, .. } => {
            return format!("{key}({from}..{} {})", dated.day, level.key());
        }
        RosterEvent::Satisfaction { valid, satisfied } => format!(" {satisfied}/{valid}"),
        RosterEvent::Recognition { valid, foul } => format!(" {foul}/{valid}"),
        _ => String::new(),
    };
    format!("{key}({}{detail})", dated.day)
}

fn say_completion(
    completion: Completion,
    target: Option<Decimal>,
    on: NaiveDate,
    messages: &mut dyn Write,
) -> Result<(), AssessError> {
    let Completion { done, listed } = completion;
    let Some(percent) = completion.percent() else {
        writeln!(messages, "completion on {on}: no water is listed")?;
        return Ok(());
    };
    let percent = decimal::round_half_even(percent, 1);
    write!(messages, "completion on {on}: {done} of {listed} listed waters, {percent} %")?;
    if let Some((target, is_met)) = target.zip(target.and_then(|target| completion.meets(target))) {
        let word = if is_met { "reached" } else { "missed" };
        write!(messages, "; target {} %: {word}", target.normalize())?;
    }
    writeln!(messages)?;
    Ok(())
}
