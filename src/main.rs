//! `lanbi`: chooses the parts of the house, joins them and stops them in order.

mod account_file;
mod ask_back;
mod assess;
mod bench;
mod broker;
mod checks;
mod cli;
mod command;
mod demo;
mod facts;
mod heard;
mod heavy;
mod intake;
mod keeper;
mod load;
mod metrics;
mod notify;
mod pipeline;
mod reload;
mod rewrite;
mod rollup;
mod senders;
mod service;
mod upkeep;
mod vitals;
mod wait;
mod watch;
mod writer;

use std::process::ExitCode;

use clap::Parser as _;

/// A service that runs for years takes and gives back memory in bursts (groups of rows, a day's roll-up) on several
/// threads. The C library's allocator keeps what the bursts fragmented: 54–91 MiB resident where 10–25 MB live, and
/// more with every thread that contends. This one returns to the same level after each burst.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match command::run(cli) {
        Ok(code) => code,
        Err(error) => {
            // A reader that has seen enough (`| head`) is not an error of ours.
            if error.chain().any(|cause| {
                cause
                    .downcast_ref::<std::io::Error>()
                    .is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
            }) {
                return ExitCode::SUCCESS;
            }
            eprintln!("lanbi: {error:#}");
            ExitCode::FAILURE
        }
    }
}
