//! `lanbi bench`: figures of this machine.

use std::process::ExitCode;

use serde::Serialize;

use crate::{
    bench::{
        args::{BenchCommand, OutputForm},
        assess, grow, ingest, limit, soak, stations,
    },
    broker, service,
};

/// Gives 1 where what came out is not what was sent.
pub(super) async fn run(command: &BenchCommand) -> anyhow::Result<ExitCode> {
    let mut stop = service::stop_signal()?;
    tokio::select! {
        done = measure(command) => done,
        // Whatever was started ends with what is dropped here.
        _ = stop.wait_for(|stop| *stop) => anyhow::bail!("interrupted; nothing was measured"),
    }
}

async fn measure(command: &BenchCommand) -> anyhow::Result<ExitCode> {
    match command {
        BenchCommand::Ingest(args) => {
            super::log_to_stderr("warn");
            let report = ingest::run(args).await?;
            print(args.place.output, &report, || report.table())?;
            Ok(verdict(report.check.matched))
        }
        BenchCommand::Soak(args) => {
            super::log_to_stderr("warn");
            let report = soak::run(args).await?;
            print(args.place.output, &report, || report.table())?;
            Ok(verdict(report.check.matched))
        }
        BenchCommand::Stations(args) => {
            super::log_to_stderr("warn");
            let report = stations::run(args).await?;
            print(args.output, &report, || report.table())?;
            Ok(verdict(report.matched))
        }
        BenchCommand::Grow(args) => {
            super::log_to_stderr("warn");
            let report = grow::run(args).await?;
            print(args.output, &report, || report.table())?;
            Ok(ExitCode::SUCCESS)
        }
        BenchCommand::Assess(args) => {
            let report = assess::run(args, &super::standards_builtin()?)?;
            print(args.output, &report, || report.table())?;
            Ok(ExitCode::SUCCESS)
        }
        BenchCommand::DrainOnly(args) => {
            super::log_to_stderr("warn");
            println!("{}", serde_json::to_string(&limit::drain_only(args).await?)?);
            Ok(ExitCode::SUCCESS)
        }
        BenchCommand::Broker(args) => {
            super::log_to_stderr("error,rumqttd=off");
            println!("{}", broker::start(args.bytes)?);
            std::future::pending().await
        }
    }
}

fn print(form: OutputForm, report: &impl Serialize, table: impl FnOnce() -> String) -> anyhow::Result<()> {
    match form {
        OutputForm::Table => print!("{}", table()),
        OutputForm::Json => println!("{}", serde_json::to_string_pretty(report)?),
    }
    Ok(())
}

fn verdict(matched: bool) -> ExitCode {
    if !matched {
        eprintln!("lanbi: what the store holds is not what was sent; see `account`");
    }
    if matched { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
