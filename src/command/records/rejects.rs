//! Rows that are refused: said on standard error, and written to a file that can be mended and imported again.

use std::{
    fs::OpenOptions,
    path::{Path, PathBuf},
};

use anyhow::Context as _;

use super::input::{Column, FOR_PEOPLE, Line};

/// A row with the reason why it was not taken.
#[derive(Debug)]
pub(in crate::command) struct Refused {
    line: Line,
    reason: String,
}

impl Refused {
    pub(in crate::command) fn new(line: Line, reason: &anyhow::Error) -> Self {
        Self { line, reason: format!("{reason:#}") }
    }
}

/// The file of refused rows.
pub(in crate::command) struct Rejects(Option<PathBuf>);

impl Rejects {
    /// Says what is refused and writes it to a new file, where one is named and something is.
    ///
    /// # Errors
    /// A file that is there already or cannot be written.
    pub(in crate::command) fn write(
        file: Option<&Path>,
        columns: &[Column],
        refused: &[Refused],
    ) -> anyhow::Result<Self> {
        for Refused { line, reason } in refused {
            eprintln!("{}: {reason}", line.place);
        }
        let Some(path) = file.filter(|_| !refused.is_empty()) else { return Ok(Self(None)) };
        write_rows(path, columns, refused).with_context(|| {
            format!(
                "cannot write {} and nothing was kept; name a new file in a folder that may be written",
                path.display()
            )
        })?;
        Ok(Self(Some(path.to_owned())))
    }

    /// Takes the file back: what it belongs to was not done.
    pub(in crate::command) fn take_back(self) {
        if let Some(path) = self.0 {
            // What went wrong before is told already; a file too many does no harm.
            let _ = std::fs::remove_file(path);
        }
    }
}

fn write_rows(path: &Path, columns: &[Column], refused: &[Refused]) -> anyhow::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = csv::Writer::from_writer(options.open(path)?);
    out.write_record(columns.iter().map(|column| column.name).chain(FOR_PEOPLE))?;
    for Refused { line, reason } in refused {
        let raw = line.trouble.as_ref().map_or("", |(_, raw)| raw.as_str());
        out.write_record(line.cells.iter().map(String::as_str).chain([reason.as_str(), raw]))?;
    }
    out.flush()?;
    Ok(())
}
