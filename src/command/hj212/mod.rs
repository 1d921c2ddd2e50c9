//! `lanbi hj212`: frames to JSON and back, a line at a time, without store or settings.

mod content;
mod decode;
mod encode;
mod field;
mod lines;
mod object;

use std::process::ExitCode;

use crate::cli::Hj212Command;

/// Runs `decode` or `encode`.
///
/// # Errors
/// The input cannot be read or the output not be written.
pub(super) fn run(command: &Hj212Command) -> anyhow::Result<ExitCode> {
    match command {
        Hj212Command::Decode(args) => decode::run(args),
        Hj212Command::Encode(args) => encode::run(args),
    }
}
