//! The file of targets: one `[[target]]` for each figure of a year that a document binds the bureau to.

use std::path::{Path, PathBuf};

use lanbi_model::Decimal;
use lanbi_model::decimal::from_f64;
use lanbi_model::target::{Target, TargetKind, YearTarget};
use serde::Deserialize;

/// The example file, which the demo uses.
pub const EXAMPLE: &str = include_str!("../targets.example.toml");

/// A file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TargetsError {
    /// It cannot be read.
    #[error("cannot read {path}; check the path")]
    Read {
        /// File.
        path: PathBuf,
        /// Cause.
        source: std::io::Error,
    },
    /// It is not what a file of targets is.
    #[error("{path}: {reason}")]
    Refused {
        /// File.
        path: PathBuf,
        /// What is wrong and how to mend it.
        reason: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    target: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    year: i32,
    #[serde(default)]
    area: String,
    figure: String,
    value: f64,
    source: String,
}

/// Reads a file of targets, in its order.
///
/// # Errors
/// A file that cannot be read, an unknown figure, a target without a source, or two bounds for one figure.
pub fn load(path: &Path) -> Result<Vec<YearTarget>, TargetsError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| TargetsError::Read { path: path.to_owned(), source })?;
    parse(&text).map_err(|reason| TargetsError::Refused { path: path.to_owned(), reason })
}

fn parse(text: &str) -> Result<Vec<YearTarget>, String> {
    let file: File = toml::from_str(text).map_err(|e| e.to_string().trim_end().to_owned())?;
    let mut targets: Vec<YearTarget> = Vec::new();
    for (number, row) in (1..).zip(file.target) {
        let target = row.check().map_err(|reason| format!("target {number} {reason}"))?;
        let twice = |other: &YearTarget| {
            (other.year, &other.area, other.target.kind) == (target.year, &target.area, target.target.kind)
        };
        if targets.iter().any(twice) {
            return Err(format!("target {number} sets a second bound for the same figure; keep one"));
        }
        targets.push(target);
    }
    Ok(targets)
}

impl Row {
    fn check(self) -> Result<YearTarget, String> {
        let kind = TargetKind::from_key(&self.figure).ok_or_else(|| {
            format!(
                "names `{}`; a figure is an item such as pm25 or o3_8h, fall:ITEM, index, good_days, good_days_ratio, \
                 heavy_days or heavy_days_ratio",
                self.figure
            )
        })?;
        let value = from_f64(self.value)
            .filter(|value| *value >= Decimal::ZERO)
            .ok_or("has a value below zero; write a fall as what it is to fall by")?;
        if !(2000..=2100).contains(&self.year) {
            return Err(format!("is for the year {}; write four digits", self.year));
        }
        if self.source.trim().is_empty() {
            return Err("names no source; a target rests on a document".to_owned());
        }
        Ok(YearTarget {
            year: self.year,
            area: self.area,
            target: Target { kind, value },
            source: self.source,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_can_be_used() {
        let targets = parse(EXAMPLE).unwrap();
        assert!(targets.len() >= 3);
        assert!(targets.iter().all(|target| target.source.contains("示例")));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let row = "[[target]]\nyear = 2026\nfigure = \"pm25\"\nvalue = 35\nsource = \"示例\"\n";
        assert_eq!(parse(row).unwrap()[0].target.value, Decimal::from(35));
        let check = |text: String, reason: &str| {
            let error = parse(&text).unwrap_err();
            assert!(error.contains(reason), "{error}");
        };
        check(row.replace("pm25", "pm2.5"), "target 1 names `pm2.5`");
        check(row.replace("value = 35", "value = -3"), "below zero");
        check(row.replace("示例", " "), "names no source");
        check(row.replace("2026", "26"), "the year 26");
        check(row.replace("value", "wert"), "unknown field `wert`");
        check(format!("{row}{row}"), "target 2 sets a second bound");
    }
}
