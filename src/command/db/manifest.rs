//! `manifest.json`: what a backup holds, so that it can be checked before and after a restore.

use std::path::Path;

use anyhow::Context as _;
use lanbi_model::{Account, Recomputed};
use serde::{Deserialize, Serialize};

use super::file::{self, FileEntry};

/// Number of this form; a change that an older lanbi cannot read raises it.
const FORMAT: u32 = 1;

pub(super) const NAME: &str = "manifest.json";

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Manifest {
    pub format: u32,
    /// Version that wrote it.
    pub lanbi: String,
    /// Engine it was taken from, for people.
    pub engine: String,
    pub begun_at: String,
    pub ended_at: String,
    /// Whether it can be restored: all of a store.
    pub whole: bool,
    /// What a partial one is limited to; stamps local to the stations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub stations: Vec<String>,
    pub samples: u64,
    pub revisions: u64,
    pub dead_letters: u64,
    pub dead_letter_bytes: u64,
    /// Lines of the books.
    pub books: u64,
    /// Patrols, earlier contents not counted. Not in backups of earlier versions.
    #[serde(default)]
    pub patrols: u64,
    /// Problems, earlier contents not counted. Not in backups of earlier versions.
    #[serde(default)]
    pub problems: u64,
    /// Device records. Not in backups of earlier versions.
    #[serde(default)]
    pub device_records: u64,
    /// The account at the beginning: the backup holds at least all it counts.
    pub account: AccountLine,
    /// Whether nothing arrived and nothing was decided while it was written.
    pub quiet: bool,
    pub files: Vec<FileEntry>,
}

impl Manifest {
    pub(super) const fn format() -> u32 {
        FORMAT
    }

    /// Reads the manifest of a folder and holds every file against it.
    ///
    /// # Errors
    /// No manifest, one of a newer form, a file that is missing or has changed.
    pub(super) fn read_checked(dir: &Path) -> anyhow::Result<Self> {
        let path = dir.join(NAME);
        let text = std::fs::read_to_string(&path).with_context(|| {
            format!(
                "{} is no backup: {NAME} cannot be read; name the folder that `lanbi db export` made",
                dir.display()
            )
        })?;
        let value: serde_json::Value = serde_json::from_str(&text).with_context(|| damaged(&path))?;
        let format = value.get("format").and_then(serde_json::Value::as_u64);
        anyhow::ensure!(
            format == Some(FORMAT.into()),
            "{} is of form {}, this lanbi reads form {FORMAT}; install the lanbi that wrote it, or a newer one",
            path.display(),
            format.map_or_else(|| "unknown".to_owned(), |n| n.to_string())
        );
        let manifest: Self = serde_json::from_value(value).with_context(|| damaged(&path))?;
        for entry in &manifest.files {
            file::check(dir, entry)?;
        }
        Ok(manifest)
    }

    /// Writes it as the last file of a folder.
    pub(super) fn write(&self, dir: &Path) -> anyhow::Result<()> {
        let path = dir.join(NAME);
        std::fs::write(&path, serde_json::to_string_pretty(self)? + "\n")
            .with_context(|| file::cannot_write(&path))
    }

    /// What the manifest says of one file.
    pub(super) fn text_sha256(&self, name: &str) -> anyhow::Result<&str> {
        let entry = self.files.iter().find(|entry| entry.name == name);
        entry
            .map(|entry| entry.text_sha256.as_str())
            .with_context(|| format!("the manifest does not name {name}; take another copy of the backup"))
    }
}

fn damaged(path: &Path) -> String {
    format!("{} is damaged; take another copy of the backup", path.display())
}

/// The account as JSON.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub(super) struct AccountLine {
    incoming: u64,
    stored: u64,
    repeated: u64,
    rejected: u64,
    messages: u64,
    revised: u64,
    alarms_raised: u64,
    alarms_cleared: u64,
    alarms_withdrawn: u64,
    reviewed: u64,
    recomputed_days: u64,
    recomputed_late: u64,
    recomputed_revised: u64,
    recomputed_reviewed: u64,
    recomputed_replayed: u64,
    /// Not in backups of earlier versions.
    #[serde(default)]
    recomputed_rechecked: u64,
}

impl From<Account> for AccountLine {
    fn from(account: Account) -> Self {
        let Account {
            incoming,
            stored,
            repeated,
            rejected,
            messages,
            revised: revisions,
            alarms_raised,
            alarms_cleared,
            alarms_withdrawn,
            reviewed: reviews,
            recomputed: Recomputed { days, late, revised, reviewed, replayed, rechecked },
        } = account;
        Self {
            incoming,
            stored,
            repeated,
            rejected,
            messages,
            revised: revisions,
            alarms_raised,
            alarms_cleared,
            alarms_withdrawn,
            reviewed: reviews,
            recomputed_days: days,
            recomputed_late: late,
            recomputed_revised: revised,
            recomputed_reviewed: reviewed,
            recomputed_replayed: replayed,
            recomputed_rechecked: rechecked,
        }
    }
}

impl From<AccountLine> for Account {
    fn from(line: AccountLine) -> Self {
        Self {
            incoming: line.incoming,
            stored: line.stored,
            repeated: line.repeated,
            rejected: line.rejected,
            messages: line.messages,
            revised: line.revised,
            alarms_raised: line.alarms_raised,
            alarms_cleared: line.alarms_cleared,
            alarms_withdrawn: line.alarms_withdrawn,
            reviewed: line.reviewed,
            recomputed: Recomputed {
                days: line.recomputed_days,
                late: line.recomputed_late,
                revised: line.recomputed_revised,
                reviewed: line.recomputed_reviewed,
                replayed: line.recomputed_replayed,
                rechecked: line.recomputed_rechecked,
            },
        }
    }
}
