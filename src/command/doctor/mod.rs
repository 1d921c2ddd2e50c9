//! `lanbi doctor`: one line for each thing that must be in order, with what to do where it is not.
//!
//! It changes nothing but a memo that it writes to the store and removes again, and visits the broker under a client id
//! of its own, so that a running service is not disturbed.

mod broker;
mod check;
mod machine;
mod place;
mod senders;
mod site;
mod store;

use std::{path::Path, process::ExitCode};

use crate::cli::Output;
use check::Report;

pub(super) async fn run(config: Option<&Path>, output: Output) -> anyhow::Result<ExitCode> {
    let mut report = Report::default();
    if let Some(settings) = site::settings(&mut report, config) {
        site::stations(&mut report, &settings);
        site::targets(&mut report, &settings);
        site::lists(&mut report, &settings);
        machine::clock(&mut report);
        place::data(&mut report, &settings);
        store::check(&mut report, &settings, site::is_set(config, "store.compress_days")).await;
        senders::sources(&mut report, &settings);
        broker::check(&mut report, &settings).await;
        senders::port(&mut report, &settings);
        site::outward(&mut report, &settings);
        place::reports(&mut report, &settings);
        machine::fonts(&mut report);
    }
    report.print(output)?;
    Ok(if report.is_sound() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
