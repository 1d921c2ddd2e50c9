//! A file to import, with what tells it from every other: the content of the file and how it is to be read.

use std::{
    fs::File,
    io::{BufReader, Read},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

/// A file that can be read from its beginning as often as needed.
pub(super) struct Input {
    pub path: PathBuf,
    /// As given on the command line, for messages.
    pub shown: String,
    /// Name without folders, kept in the store.
    pub name: String,
    /// Key of the memo that says how far it came.
    pub key: String,
    /// What standard input held; removed at the end.
    _spooled: Option<tempfile::NamedTempFile>,
}

impl Input {
    /// Looks at a file, or keeps standard input for `-`. `identity` is how it is to be read.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn open(path: &Path, identity: &str) -> anyhow::Result<Self> {
        let is_stdin = path.as_os_str() == "-";
        let spooled = is_stdin.then(spool).transpose()?;
        let path = spooled.as_ref().map_or(path, |file| file.path()).to_owned();
        let cannot = || format!("cannot read {}; check the path and that it may be read", path.display());
        let mut sha = Sha256::new();
        sha.update(identity.as_bytes());
        let mut reader = BufReader::new(File::open(&path).with_context(cannot)?);
        let mut piece = vec![0; 64 << 10];
        loop {
            let read = reader.read(&mut piece).with_context(cannot)?;
            if read == 0 {
                break;
            }
            sha.update(piece.get(..read).unwrap_or_default());
        }
        let hash: String = sha.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        let file_name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let (shown, name) = if is_stdin {
            ("stdin".to_owned(), "stdin".to_owned())
        } else {
            (path.display().to_string(), file_name)
        };
        Ok(Self { path, shown, name, key: format!("import {hash}"), _spooled: spooled })
    }
}

fn spool() -> anyhow::Result<tempfile::NamedTempFile> {
    let mut file =
        tempfile::NamedTempFile::new().context("cannot make a temporary file for standard input")?;
    std::io::copy(&mut std::io::stdin().lock(), &mut file)
        .context("cannot keep standard input in a temporary file; check the disk")?;
    Ok(file)
}
