//! `lanbi stations suggest`.

use std::io::Write as _;

use chrono::{NaiveDate, TimeDelta};
use lanbi_config::Settings;
use lanbi_ingest::suggest::{Naming, Proposal, Range, Task};
use lanbi_model::{Parameter, Zone};
use lanbi_store::Store;
use serde_json::{Value, json};

use super::letters;
use crate::command::records::stamp;

pub(super) async fn run(
    store: &dyn Store,
    settings: &Settings,
    since: Option<NaiveDate>,
    as_json: bool,
) -> anyhow::Result<()> {
    let registry = crate::command::registry(settings)?;
    let after = since.map(|day| Zone::shanghai().start_of(day) - TimeDelta::microseconds(1));
    let survey = letters::survey(store, &crate::senders::load(settings)?, after).await?;
    let proposals = survey.proposals(&registry);
    let mut out = std::io::stdout().lock();
    if as_json {
        let devices: Vec<Value> = proposals.iter().map(device).collect();
        writeln!(out, "{:#}", json!({ "devices": devices, "unread_letters": survey.unread() }))?;
    } else {
        for (i, proposal) in proposals.iter().enumerate() {
            write!(out, "{}{}", if i > 0 { "\n" } else { "" }, proposal.text())?;
        }
    }
    tell(&proposals, survey.unread());
    Ok(())
}

/// What to do next.
fn tell(proposals: &[Proposal], unread: u64) {
    let count = |wanted: fn(&Task) -> bool| proposals.iter().filter(|p| wanted(&p.task)).count();
    let enter = count(|task| matches!(task, Task::Enter));
    let extend = count(|task| matches!(task, Task::Extend { .. }));
    let replay = count(|task| matches!(task, Task::Replay { .. }));
    if proposals.is_empty() {
        eprintln!("no letter of an unknown station or parameter is open");
    }
    if enter > 0 {
        eprintln!("{enter} devices of no station: `lanbi stations accept --kind KIND DEVICE` enters one");
    }
    if extend > 0 {
        eprintln!("{extend} stations send what they do not list: add the line to their entries");
    }
    if extend + replay > 0 {
        eprintln!(
            "`lanbi dead-letters replay --reason unknown-parameter` (or unknown-station) stores what waits"
        );
    }
    if unread > 0 {
        eprintln!(
            "{unread} letters cannot be read here or name no device; `lanbi dead-letters list` shows them"
        );
    }
}

fn device(proposal: &Proposal) -> Value {
    let keys = |parameters: &[Parameter]| parameters.iter().map(|p| p.key()).collect::<Vec<_>>();
    let zone = Zone::shanghai();
    let (task, station, listed) = match &proposal.task {
        Task::Enter => ("enter", None, None),
        Task::Extend { station, parameters } => ("extend", Some(station.as_str()), Some(keys(parameters))),
        Task::Replay { station } => ("replay", Some(station.as_str()), None),
    };
    json!({
        "device": proposal.device,
        "named_by": match proposal.naming { Naming::Mn => "mn", Naming::Id => "id" },
        "task": task,
        "station": station,
        "letters": proposal.letters,
        "first": stamp(zone, proposal.first),
        "last": stamp(zone, proposal.last),
        "kind": proposal.kind,
        "period": proposal.period.to_string(),
        "cadence": proposal.cadence.to_string(),
        "cadence_seen": proposal.cadence_seen,
        "parameters": keys(&proposal.parameters),
        "station_parameters": listed,
        "unknown_codes": proposal.unknown_codes().collect::<Vec<_>>(),
        "values": proposal.ranges.iter().map(range).collect::<Vec<_>>(),
    })
}

/// Numbers are strings of their decimals, as they were sent.
fn range(range: &Range) -> Value {
    let text = |i: usize| range.spread.and_then(|spread| spread.get(i).map(ToString::to_string));
    json!({
        "code": range.code,
        "parameter": range.known.map(|(parameter, _)| parameter.key()),
        "unit": range.known.map(|(_, unit)| unit.key()),
        "count": range.count,
        "least": text(0),
        "median": text(1),
        "largest": text(2),
        "probably": range.doubt.map(|doubt| doubt.probably.key()),
    })
}
