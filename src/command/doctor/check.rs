//! One line of the doctor's report.

use std::io::Write as _;

use serde_json::json;

use crate::cli::Output;

/// How a thing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    /// In order.
    Ok,
    /// Works, and will be trouble.
    Warn,
    /// Does not work.
    Fail,
}

impl Level {
    const fn key(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

struct Line {
    level: Level,
    what: &'static str,
    detail: String,
    remedy: String,
}

/// All lines, in the order of the checks.
#[derive(Default)]
pub(super) struct Report(Vec<Line>);

impl Report {
    pub(super) fn ok(&mut self, what: &'static str, detail: impl Into<String>) {
        self.add(Level::Ok, what, detail.into(), String::new());
    }

    pub(super) fn warn(&mut self, what: &'static str, detail: impl Into<String>, remedy: impl Into<String>) {
        self.add(Level::Warn, what, detail.into(), remedy.into());
    }

    pub(super) fn fail(&mut self, what: &'static str, detail: impl Into<String>, remedy: impl Into<String>) {
        self.add(Level::Fail, what, detail.into(), remedy.into());
    }

    /// An error as lanbi writes it: the trouble, a semicolon, the remedy; `otherwise` where it names none.
    pub(super) fn fail_with(&mut self, what: &'static str, error: &anyhow::Error, otherwise: &str) {
        let texts: Vec<String> = error.chain().map(ToString::to_string).collect();
        let remedy =
            texts.iter().find_map(|text| text.split_once("; ")).map_or(otherwise, |(_, remedy)| remedy);
        let troubles: Vec<&str> = texts
            .iter()
            .map(|text| text.split_once("; ").map_or(text.as_str(), |(trouble, _)| trouble))
            .collect();
        self.fail(what, troubles.join(": "), remedy);
    }

    fn add(&mut self, level: Level, what: &'static str, detail: String, remedy: String) {
        self.0.push(Line { level, what, detail, remedy });
    }

    /// Whether nothing fails.
    pub(super) fn is_sound(&self) -> bool {
        self.0.iter().all(|line| line.level != Level::Fail)
    }

    pub(super) fn print(&self, output: Output) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        match output {
            Output::Text => {
                let plain = |text: &str| text.replace(['\t', '\n'], " ");
                for Line { level, what, detail, remedy } in &self.0 {
                    writeln!(out, "{}\t{what}\t{}\t{}", level.key(), plain(detail), plain(remedy))?;
                }
            }
            Output::Json => {
                let line = |line: &Line| {
                    let level = line.level.key();
                    json!({ "level": level, "what": line.what, "detail": line.detail, "remedy": line.remedy })
                };
                let checks: Vec<_> = self.0.iter().map(line).collect();
                writeln!(out, "{:#}", json!({ "sound": self.is_sound(), "checks": checks }))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn an_error_gives_trouble_and_remedy() {
        let check = |error: anyhow::Error, detail: &str, remedy: &str| {
            let mut report = Report::default();
            report.fail_with("x", &error, "otherwise");
            let line = report.0.first().unwrap();
            assert_eq!((line.detail.as_str(), line.remedy.as_str()), (detail, remedy));
            assert!(!report.is_sound());
        };
        let missing = || anyhow::anyhow!("no such file");
        check(
            missing().context("cannot read it; put it there"),
            "cannot read it: no such file",
            "put it there",
        );
        check(missing().context("stations.toml"), "stations.toml: no such file", "otherwise");
        let inner =
            Err::<(), _>(anyhow::anyhow!("listed twice; give each its own; at once")).context("a.toml");
        check(inner.unwrap_err(), "a.toml: listed twice", "give each its own; at once");
    }
}
