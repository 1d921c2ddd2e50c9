//! The machine's clock, and what reports are printed with.

use std::process::Command;

use chrono::Datelike as _;

use super::check::Report;

/// No clock of a machine that runs this program stands earlier.
const BUILT_AFTER: i32 = 2025;

/// The clock: stamps are held against it, and an hour that has not ended by it is refused.
pub(super) fn clock(report: &mut Report) {
    let now = chrono::Utc::now();
    let shown = now.format("%Y-%m-%dT%H:%M:%SZ");
    if now.year() < BUILT_AFTER {
        let remedy =
            "set the clock (timedatectl set-ntp true): with it in the past every value is refused as future";
        return report.fail("clock", format!("{shown} cannot be"), remedy);
    }
    match synchronised() {
        Some(true) => report.ok("clock", format!("{shown}, kept by NTP")),
        Some(false) => report.warn(
            "clock",
            format!("{shown}, not kept by NTP"),
            "run `timedatectl set-ntp true`, or compare the clock by hand now and then: values stamped ahead of it go to \
             the dead letters",
        ),
        None => report.ok("clock", format!("{shown}; whether NTP keeps it cannot be told here")),
    }
}

/// What systemd says about the clock; none where it is not there to ask.
fn synchronised() -> Option<bool> {
    let asked =
        Command::new("timedatectl").args(["show", "--property=NTPSynchronized", "--value"]).output().ok()?;
    match String::from_utf8_lossy(&asked.stdout).trim() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// Fonts of reports.
pub(super) fn fonts(report: &mut Report) {
    report.ok("fonts", "charts carry their own; pages use the reader's");
}
