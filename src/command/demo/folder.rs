//! The demo's data folder: settings, stations, targets, lists of waters, what was planted and where it was seen.

use std::path::Path;

use anyhow::Context as _;
use lanbi_config::{Settings, targets::EXAMPLE};
use lanbi_model::{Registry, Zone};

use super::verify::{self, Finding};

/// Settings of the demo, so that every other command can be tried on it.
const SETTINGS: &str = r#"# Written by `lanbi demo`; every other command can be tried on it with --config.
[data]
dir = "."
[registry]
stations = "stations.toml"
district = "示例区"
demo = true
[targets]
file = "targets.toml"
[outlets]
register = "outlets.csv"
allowances = "allowances.csv"
[black_odor]
roster = "roster.csv"
target_percent = 40
[water]
network = "rivers.geojson"
samplings = "samplings.csv"
[river_chief]
reaches = "reaches.csv"
"#;

/// A file of the folder: name and text.
pub(super) type Extra = (&'static str, String);

/// Makes the folder anew, with the example's targets set for a year, and further files. One that holds something else is left alone.
///
/// # Errors
/// The folder is not a demo's, or cannot be written.
pub(super) fn prepare(
    dir: &Path,
    registry: &Registry,
    year: i32,
    extra: &[Extra],
) -> anyhow::Result<Settings> {
    let settings = dir.join("lanbi.toml");
    if dir.exists() {
        let ours = std::fs::read_to_string(&settings).is_ok_and(|text| text == SETTINGS);
        let empty = std::fs::read_dir(dir)
            .with_context(|| format!("cannot read {}", dir.display()))?
            .next()
            .is_none();
        anyhow::ensure!(
            ours || empty,
            "{} holds something that is not a demo; name another folder with --data-dir",
            dir.display()
        );
        if ours {
            clear(dir)?;
        }
    }
    std::fs::create_dir_all(dir).with_context(|| format!("cannot make the folder {}", dir.display()))?;
    std::fs::write(&settings, SETTINGS)?;
    std::fs::write(dir.join("stations.toml"), lanbi_config::write_registry(registry)?)?;
    let targets = EXAMPLE.replace("year = 2026", &format!("year = {year}"));
    std::fs::write(dir.join("targets.toml"), targets)?;
    for (name, text) in extra {
        std::fs::write(dir.join(name), text)?;
    }
    let dir = dir.canonicalize()?;
    Ok(Settings::load(Some(&dir.join("lanbi.toml")), &[])?)
}

/// Takes away what an earlier demo left, and nothing else.
fn clear(dir: &Path) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let result = match name.as_str() {
            "reports" => std::fs::remove_dir_all(&path),
            "account.json" | "planted.json" | "stations.toml" | "targets.toml" | "rivers.geojson"
            | "reaches.csv" | "samplings.csv" | "outlets.csv" | "roster.csv" | "allowances.csv" => {
                std::fs::remove_file(&path)
            }
            name if name.starts_with("lanbi.sqlite") => std::fs::remove_file(&path),
            _ => Ok(()),
        };
        result.with_context(|| format!("cannot remove {}", path.display()))?;
    }
    Ok(())
}

/// Writes `planted.json`: each planted event, what must be seen and what was.
///
/// # Errors
/// The folder cannot be written.
pub(super) fn write_findings(dir: &Path, findings: &[Finding]) -> anyhow::Result<()> {
    let zone = Zone::shanghai();
    let rows: Vec<serde_json::Value> = findings
        .iter()
        .map(|finding| {
            let planted = &finding.planted;
            serde_json::json!({
                "kind": verify::key(planted.kind),
                "title": planted.title(),
                "stations": planted.stations.iter().map(|s| s.as_str()).collect::<Vec<_>>(),
                "from": zone.at(planted.from).to_rfc3339(),
                "to": zone.at(planted.to).to_rfc3339(),
                "expected": planted
                    .expected()
                    .iter()
                    .map(|e| serde_json::json!({ "place": e.place.zh(), "text": e.text }))
                    .collect::<Vec<_>>(),
                "seen": finding.seen,
                "evidence": finding.evidence,
            })
        })
        .collect();
    std::fs::write(dir.join("planted.json"), serde_json::to_string_pretty(&rows)? + "\n")
        .with_context(|| format!("cannot write to {}", dir.display()))
}
