//! `account.json`: the account of delivery as a file that outside checks read.

use std::path::Path;

use anyhow::Context as _;
use lanbi_model::Account;

/// Writes the account in one step, so that a reader never sees half of it. `reports` are paths relative to the file's
/// folder.
///
/// # Errors
/// The folder cannot be written.
pub(crate) fn write(dir: &Path, account: &Account, reports: &[String]) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(&serde_json::json!({
        "in": account.incoming,
        "stored": account.stored,
        "repeated": account.repeated,
        "rejected": account.rejected,
        "revised": account.revised,
        "messages": account.messages,
        "alarms": {
            "raised": account.alarms_raised,
            "cleared": account.alarms_cleared,
            "withdrawn": account.alarms_withdrawn,
        },
        "stale_recomputed": account.recomputed.days,
        "stale_why": {
            "late": account.recomputed.late,
            "revised": account.recomputed.revised,
            "reviewed": account.recomputed.reviewed,
            "replayed": account.recomputed.replayed,
            "rechecked": account.recomputed.rechecked,
        },
        "reports": reports,
    }))?;
    let path = dir.join("account.json");
    let next = dir.join("account.json.next");
    std::fs::write(&next, text + "\n")
        .and_then(|()| std::fs::rename(&next, &path))
        .with_context(|| format!("cannot write {}; check the folder's rights and the disk", path.display()))
}

/// The reports below `report_dir` that a person opens, relative to `dir`, in order of name.
///
/// # Errors
/// A folder that cannot be read.
pub(crate) fn reports_below(dir: &Path, report_dir: &Path) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut open = vec![report_dir.to_path_buf()];
    while let Some(folder) = open.pop() {
        if !folder.is_dir() {
            continue;
        }
        for entry in
            std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?
        {
            let path = entry?.path();
            // Earlier versions are kept for reference only.
            if path.is_dir() && path.ends_with(crate::rewrite::SUPERSEDED) {
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "html") {
                found.push(path.strip_prefix(dir).unwrap_or(&path).to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found.sort();
    Ok(found)
}
