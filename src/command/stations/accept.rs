//! `lanbi stations accept`.

use anyhow::Context as _;
use lanbi_config::Settings;
use lanbi_ingest::suggest::{Entry, Filled, Naming, Proposal, Task};
use lanbi_store::Store;

use super::{file, letters};
use crate::{cli::AcceptArgs, command::dead_letters::replay};

pub(super) async fn run(store: &dyn Store, settings: &Settings, args: &AcceptArgs) -> anyhow::Result<()> {
    let registry = crate::command::registry(settings)?;
    let survey = letters::survey(store, &crate::senders::load(settings)?, None).await?;
    let proposals = survey.proposals(&registry);
    let proposal = proposals.iter().find(|proposal| proposal.device == args.device).with_context(|| {
        format!(
            "no open letter of an unknown station or parameter speaks of `{}`; `lanbi stations suggest` names the devices",
            args.device
        )
    })?;
    can_be_entered(proposal, args)?;
    let filled = Filled {
        id: args.id.clone(),
        kind: Some(args.kind.clone()),
        name: args.name.clone(),
        area: args.area.clone(),
        water: args.water.clone(),
        limits: args.limits.clone(),
        target: args.target,
    };
    let table = Entry { proposal, filled: &filled }.table();
    let path = settings.resolve(&settings.registry.stations);
    let registry = file::append(&path, &table)?;
    eprintln!("added to {}:\n{table}", path.display());
    let ids: Vec<i64> = survey.letters(&args.device).into_iter().map(|(_, id)| id).collect();
    let replayed = replay::replay(store, &registry, settings, &ids, false, |_, _| Ok(())).await;
    let totals = replayed.context(
        "the station is in the file, not all of its letters were replayed; `lanbi dead-letters replay --reason \
         unknown-station` goes on",
    )?;
    totals.tell(false);
    eprintln!(
        "a `lanbi run` that is running takes the station up within seconds; `lanbi dead-letters replay --reason \
         unknown-station` then stores what came meanwhile"
    );
    Ok(())
}

/// Whether a device can get an entry of its own, under the id that was given.
fn can_be_entered(proposal: &Proposal, args: &AcceptArgs) -> anyhow::Result<()> {
    let device = &proposal.device;
    match &proposal.task {
        Task::Enter => {}
        Task::Extend { station, .. } => anyhow::bail!(
            "`{device}` is station `{station}` already; add the parameters that `lanbi stations suggest` prints to its \
             entry, then give `lanbi dead-letters replay --reason unknown-parameter`"
        ),
        Task::Replay { station } => anyhow::bail!(
            "`{device}` is station `{station}` already; `lanbi dead-letters replay --reason unknown-station` stores what \
             waits"
        ),
    }
    if let (Naming::Id, Some(id)) = (proposal.naming, &args.id) {
        anyhow::ensure!(
            id == device,
            "`{device}` names its station by this id in its messages; leave out --id, or let it send `{id}`"
        );
    }
    Ok(())
}
