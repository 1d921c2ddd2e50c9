//! Lines of a file or of standard input, each with a bound.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read as _},
};

use anyhow::Context as _;

/// Bytes of a line at most: a frame has 10,000, as text of hexadecimal digits 20,000.
const LONGEST: u64 = 1 << 20;

/// Calls `each` with every line and its number from 1; `None` for one that is too long.
///
/// # Errors
/// The file cannot be read, or what `each` says.
pub(super) fn for_each(
    input: &str,
    mut each: impl FnMut(u64, Option<&[u8]>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut reader: Box<dyn BufRead> = if input == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(input).with_context(|| cannot_read(input))?))
    };
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let read =
            reader.by_ref().take(LONGEST).read_until(b'\n', &mut line).with_context(|| cannot_read(input))?;
        if read == 0 {
            break;
        }
        let is_whole = line.ends_with(b"\n") || u64::try_from(read).is_ok_and(|read| read < LONGEST);
        each(number, is_whole.then_some(line.as_slice()))?;
        if !is_whole {
            reader.skip_until(b'\n').with_context(|| cannot_read(input))?;
        }
    }
    Ok(())
}

fn cannot_read(input: &str) -> String {
    format!("cannot read {input}; check that it exists and may be read")
}
