//! Folders: whether they can be written, and how much room is left.

use std::path::{Path, PathBuf};

use lanbi_config::Settings;

use super::check::Report;
use crate::command::store_file;

/// Free space in percent below which the doctor warns, and below which he fails.
const LOW: u64 = 10;
const FULL: u64 = 1;

/// The data folder and the folder of an embedded store.
pub(super) fn data(report: &mut Report, settings: &Settings) {
    let data = settings.data_dir();
    writable(report, "data folder", &data, "data.dir");
    space(report, "disk of data", &data);
    if let Some(folder) = store_file(settings).as_deref().and_then(Path::parent)
        && folder != data
    {
        space(report, "disk of store", folder);
    }
}

/// The folder of reports.
pub(super) fn reports(report: &mut Report, settings: &Settings) {
    writable(report, "report folder", &settings.report_dir(), "report.dir");
}

/// The folder itself, or the nearest one above it that is there.
fn standing(path: &Path) -> PathBuf {
    let here = PathBuf::from(".");
    let named = path.ancestors().find(|folder| folder.exists()).unwrap_or(&here);
    if named.as_os_str().is_empty() { here } else { named.to_path_buf() }
}

fn writable(report: &mut Report, what: &'static str, path: &Path, key: &str) {
    let folder = standing(path);
    if !folder.is_dir() {
        let trouble = format!("{} is no folder", folder.display());
        return report.fail(what, trouble, format!("set {key} to another path"));
    }
    let trial = folder.join(format!(".lanbi-doctor-{}", std::process::id()));
    match std::fs::write(&trial, b"").and_then(|()| std::fs::remove_file(&trial)) {
        Ok(()) if folder == path => report.ok(what, path.display().to_string()),
        Ok(()) => report.ok(what, format!("{} is not there yet and can be made", path.display())),
        Err(error) => report.fail(
            what,
            format!("{} cannot be written: {error}", folder.display()),
            format!("give the user of `lanbi run` the right to write there, or set {key} to another folder"),
        ),
    }
}

fn space(report: &mut Report, what: &'static str, path: &Path) {
    let folder = standing(path);
    let told = match rustix::fs::statvfs(&folder) {
        Ok(told) => told,
        Err(error) => {
            let remedy = "mount the disk, or name another folder in the settings";
            return report.fail(what, format!("{}: {error}", folder.display()), remedy);
        }
    };
    let free = told.f_bavail.saturating_mul(told.f_frsize);
    let percent = free.saturating_mul(100) / told.f_blocks.saturating_mul(told.f_frsize).max(1);
    let detail = format!("{} MB free, {percent} %, at {}", free / 1_000_000, folder.display());
    let remedy =
        "make room or give it a larger disk; store.keep_days and dead_letters.keep_mb bound what lanbi keeps";
    if percent < FULL {
        report.fail(what, detail, remedy);
    } else if percent < LOW {
        report.warn(what, detail, remedy);
    } else {
        report.ok(what, detail);
    }
}
