//! `lanbi hj212 encode`.

use std::{
    io::{BufWriter, Write as _},
    process::ExitCode,
};

use anyhow::ensure;
use lanbi_ingest::hj212::frame::{self, LONGEST};

use super::content::segment_of;
use super::lines;
use super::object::FrameObject;
use crate::cli::EncodeArgs;

pub(super) fn run(args: &EncodeArgs) -> anyhow::Result<ExitCode> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut code = ExitCode::SUCCESS;
    lines::for_each(&args.input, |number, line| {
        match line.map(frame_of).transpose() {
            Ok(Some(Some(frame))) => out.write_all(frame.as_bytes())?,
            Ok(Some(None)) => {}
            Ok(None) => {
                eprintln!("lanbi: line {number}: too long; write an object a line");
                code = ExitCode::FAILURE;
            }
            Err(error) => {
                eprintln!("lanbi: line {number}: {error:#}");
                code = ExitCode::FAILURE;
            }
        }
        Ok(())
    })?;
    out.flush()?;
    Ok(code)
}

/// The frame of a line; none for an empty one.
fn frame_of(line: &[u8]) -> anyhow::Result<Option<String>> {
    let line = line.trim_ascii();
    if line.is_empty() {
        return Ok(None);
    }
    let object: FrameObject = serde_json::from_slice(line)?;
    let segment = segment_of(&object)?;
    ensure!(
        segment.len() <= LONGEST,
        "the data segment has {} bytes, {LONGEST} at most can be read; split it into parts",
        segment.len()
    );
    Ok(Some(frame::encode(&segment)))
}
