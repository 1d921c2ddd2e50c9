//! Checks every dependency against `deny.toml`, offline: licences, banned crates, sources. The same file drives
//! `cargo deny check` where that program is installed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss,
    clippy::cast_lossless,
    reason = "a test may stop at the first surprise"
)]

use std::{collections::BTreeSet, path::Path, process::Command};

use serde_json::Value;

fn deny() -> toml::Table {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("deny.toml")).unwrap().parse().unwrap()
}

fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "cargo metadata (cargo fetch --locked brings what is missing): {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

/// Whether an SPDX expression can be met with the allowed licences. `/` is the old spelling of OR; AND binds tighter.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let expression = expression.replace('/', " OR ");
    let mut depth = 0;
    // Split at the outermost OR, then at the outermost AND.
    let split = |word: &str, text: &str| -> Vec<String> {
        let (mut parts, mut part) = (Vec::new(), String::new());
        for token in text.replace('(', " ( ").replace(')', " ) ").split_whitespace() {
            match token {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            if token == word && depth == 0 {
                parts.push(std::mem::take(&mut part));
            } else {
                part.push_str(token);
                part.push(' ');
            }
        }
        parts.push(part);
        parts.into_iter().map(|p| p.trim().to_owned()).collect()
    };
    let mut split = split;
    let alternatives = split("OR", &expression);
    if alternatives.len() > 1 {
        return alternatives.iter().any(|part| is_allowed(part, allowed));
    }
    let together = split("AND", &expression);
    if together.len() > 1 {
        return together.iter().all(|part| is_allowed(part, allowed));
    }
    match expression.trim().strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        Some(inner) => is_allowed(inner, allowed),
        None => allowed.contains(expression.trim()),
    }
}

fn allowed_licences() -> BTreeSet<String> {
    deny()["licenses"]["allow"].as_array().unwrap().iter().map(|l| l.as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_licence_is_on_the_list() {
    let allowed = allowed_licences();
    let packages = packages();
    assert!(packages.len() > 100, "cargo metadata listed only {} packages", packages.len());
    let refused: Vec<String> = packages
        .iter()
        .filter(|p| !p["license"].as_str().is_some_and(|l| is_allowed(l, &allowed)))
        .map(|p| format!("{} {}", p["name"], p["license"]))
        .collect();
    assert!(refused.is_empty(), "not in deny.toml: {refused:?}");
}

#[test]
fn no_banned_crate_and_no_unknown_source() {
    let deny = deny();
    let banned: BTreeSet<&str> =
        deny["bans"]["deny"].as_array().unwrap().iter().map(|b| b["crate"].as_str().unwrap()).collect();
    assert!(!banned.is_empty());
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        assert!(!banned.contains(name), "{name} is banned in deny.toml");
        let source = package["source"].as_str();
        assert!(source.is_none_or(|s| s.starts_with("registry+")), "{name} comes from {source:?}");
    }
}

#[test]
fn expressions_are_read_as_spdx() {
    let allowed: BTreeSet<String> = ["MIT", "ISC", "Apache-2.0"].iter().map(|s| (*s).to_owned()).collect();
    for (expression, expected) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("MIT OR GPL-3.0", true),
        ("MIT AND GPL-3.0", false),
        ("(MIT OR GPL-3.0) AND ISC", true),
        ("(GPL-3.0 OR LGPL-2.1) AND ISC", false),
        ("Unlicense/MIT", true),
    ] {
        assert_eq!(is_allowed(expression, &allowed), expected, "{expression}");
    }
}
