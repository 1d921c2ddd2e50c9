//! Holds the house against its plan: the arrows between rooms, the size of files, what must not stand in the tree.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss,
    clippy::cast_lossless,
    reason = "a test may stop at the first surprise"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// The allowed arrows, as in ARCHITECTURE.md; the binary may use every room.
const ARROWS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("ingest", &["model"]),
    ("store", &["model"]),
    ("config", &["model"]),
    ("analytics", &["model"]),
    ("reports", &["analytics", "model"]),
    ("web", &["reports", "analytics", "store", "config", "model"]),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn manifest(room: &str) -> toml::Table {
    std::fs::read_to_string(root().join(room).join("Cargo.toml")).unwrap().parse().unwrap()
}

/// The rooms a manifest names in any of its dependency tables.
fn rooms_used(manifest: &toml::Table) -> BTreeSet<String> {
    ["dependencies", "dev-dependencies", "build-dependencies"]
        .iter()
        .filter_map(|table| manifest.get(*table)?.as_table())
        .flat_map(|table| table.keys())
        .filter_map(|name| name.strip_prefix("lanbi-").map(str::to_owned))
        .collect()
}

/// Arrows in `used` that `ARROWS` does not draw for `room`.
fn forbidden(room: &str, used: &BTreeSet<String>) -> Vec<String> {
    let allowed: BTreeMap<_, _> = ARROWS.iter().copied().collect();
    used.iter()
        .filter(|target| !allowed.get(room).is_some_and(|list| list.contains(&target.as_str())))
        .map(|target| format!("{room} -> {target}"))
        .collect()
}

#[test]
fn every_room_reaches_only_where_the_plan_draws_an_arrow() {
    let members = manifest("")["workspace"]["members"].clone();
    let members: Vec<String> =
        members.as_array().unwrap().iter().map(|m| m.as_str().unwrap().to_owned()).collect();
    let planned: Vec<String> = ARROWS.iter().map(|(room, _)| (*room).to_owned()).collect();
    let sorted = |list: &[String]| list.iter().cloned().collect::<BTreeSet<_>>();
    assert_eq!(sorted(&members), sorted(&planned), "a room was added or taken away: change the plan first");
    let found: Vec<String> =
        members.iter().flat_map(|room| forbidden(room, &rooms_used(&manifest(room)))).collect();
    assert!(found.is_empty(), "arrows that the plan does not draw: {found:?}");
}

#[test]
fn a_forbidden_arrow_is_noticed() {
    let bent: toml::Table =
        "[dependencies]\nlanbi-model = {}\n[dev-dependencies]\nlanbi-store = {}".parse().unwrap();
    assert_eq!(forbidden("analytics", &rooms_used(&bent)), ["analytics -> store"]);
    assert!(forbidden("web", &rooms_used(&bent)).is_empty());
}

fn tracked(extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                if !name.starts_with('.') && !matches!(name.as_str(), "target" | "lanbi-demo" | "lanbi-data")
                {
                    open.push(path);
                }
            } else if path.extension().is_some_and(|e| e == extension) {
                found.push(path);
            }
        }
    }
    assert!(!found.is_empty(), "no .{extension} files found below {}", root().display());
    found
}

fn name(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().display().to_string()
}

#[test]
fn no_file_is_longer_than_the_ceiling() {
    let long: Vec<String> = tracked("rs")
        .iter()
        .map(|path| (name(path), std::fs::read_to_string(path).unwrap().lines().count()))
        .filter(|(_, lines)| *lines > 800)
        .map(|(name, lines)| format!("{name}: {lines}"))
        .collect();
    assert!(long.is_empty(), "split these: {long:?}");
}

#[test]
fn every_file_begins_by_saying_what_it_is_for() {
    let silent: Vec<String> = tracked("rs")
        .iter()
        .filter(|path| !std::fs::read_to_string(path).unwrap().starts_with("//!"))
        .map(|path| name(path))
        .collect();
    assert!(silent.is_empty(), "without a module doc: {silent:?}");
}

#[test]
fn analytics_reads_no_clock_file_or_table() {
    let words =
        ["Utc::now", "Local::now", "SystemTime", "Instant::now", "std::fs", "std::net", "std::env", "sqlx"];
    let found: Vec<String> = tracked("rs")
        .iter()
        .filter(|path| name(path).starts_with("analytics/src") || name(path).starts_with("model/src"))
        .flat_map(|path| {
            let text = std::fs::read_to_string(path).unwrap();
            words
                .iter()
                .filter(|w| text.contains(**w))
                .map(|w| format!("{}: {w}", name(path)))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(found.is_empty(), "analytics and model compute from what they are given: {found:?}");
}
