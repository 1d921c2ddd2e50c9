//! Files of a backup: compressed, private to their owner, and known by their SHA-256.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Passes bytes on and computes their SHA-256.
#[derive(Debug)]
pub(super) struct Digesting<W> {
    inner: W,
    sha: Sha256,
    bytes: u64,
}

impl<W> Digesting<W> {
    pub(super) fn new(inner: W) -> Self {
        Self { inner, sha: Sha256::new(), bytes: 0 }
    }

    fn into_parts(self) -> (W, String, u64) {
        (self.inner, hex(self.sha), self.bytes)
    }
}

impl Digesting<io::Sink> {
    /// Only the digest is wanted.
    pub(super) fn sink() -> Self {
        Self::new(io::sink())
    }

    pub(super) fn digest(self) -> String {
        hex(self.sha)
    }
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.inner.write(bytes)?;
        self.sha.update(bytes.get(..taken).unwrap_or_default());
        self.bytes += u64::try_from(taken).unwrap_or(0);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

fn hex(sha: Sha256) -> String {
    sha.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What the manifest says of a file.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileEntry {
    pub name: String,
    /// Length.
    pub bytes: u64,
    /// Of the file as it lies there.
    pub sha256: String,
    /// Of what it holds, uncompressed.
    pub text_sha256: String,
}

/// A compressed file being written.
pub(super) struct GzFile {
    name: String,
    path: PathBuf,
    text: Digesting<GzEncoder<Digesting<BufWriter<File>>>>,
}

impl GzFile {
    pub(super) fn create(dir: &Path, name: &str) -> anyhow::Result<Self> {
        let path = dir.join(name);
        let file = crate::command::private_file(&path).with_context(|| cannot_write(&path))?;
        let file = Digesting::new(BufWriter::new(file));
        Ok(Self {
            name: name.to_owned(),
            path,
            text: Digesting::new(GzEncoder::new(file, Compression::default())),
        })
    }

    /// Ends the file and sees it safely on the disk.
    pub(super) fn finish(self) -> anyhow::Result<FileEntry> {
        let (gz, text_sha256, _) = self.text.into_parts();
        let done = || -> io::Result<(String, u64)> {
            let (file, sha256, bytes) = gz.finish()?.into_parts();
            file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
            Ok((sha256, bytes))
        };
        let (sha256, bytes) = done().with_context(|| cannot_write(&self.path))?;
        Ok(FileEntry { name: self.name, bytes, sha256, text_sha256 })
    }
}

impl Write for GzFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.text.flush()
    }
}

pub(super) fn cannot_write(path: &Path) -> String {
    format!("cannot write {}; check the folder's rights and the disk", path.display())
}

/// Opens a compressed file to read what it holds.
pub(super) fn open(dir: &Path, name: &str) -> anyhow::Result<MultiGzDecoder<BufReader<File>>> {
    Ok(MultiGzDecoder::new(BufReader::new(open_file(&dir.join(name))?)))
}

fn open_file(path: &Path) -> anyhow::Result<File> {
    File::open(path)
        .with_context(|| format!("cannot read {}; take the whole folder of the backup", path.display()))
}

/// Whether a file is as the manifest says.
///
/// # Errors
/// It cannot be read, or it has changed.
pub(super) fn check(dir: &Path, entry: &FileEntry) -> anyhow::Result<()> {
    let path = dir.join(&entry.name);
    let mut file = open_file(&path)?;
    let mut seen = Digesting::sink();
    // A buffer of this size, because the file is read for nothing but its digest.
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer).with_context(|| format!("cannot read {}", path.display()))?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        seen.write_all(bytes)?;
    }
    anyhow::ensure!(
        seen.bytes == entry.bytes && seen.digest() == entry.sha256,
        "{} is not the file that was exported: its SHA-256 differs from the manifest; take another copy of the backup",
        path.display()
    );
    Ok(())
}
