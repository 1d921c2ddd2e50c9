//! Data capture: how many values came of those expected, how many are valid, what was flagged, late or rejected.

use lanbi_model::{Flags, RejectReason};
use serde::Serialize;

use super::figure::Figure;
use super::words;

/// One station over a period, values of all its parameters.
#[derive(Clone, Debug)]
pub struct CaptureFacts {
    /// Name.
    pub station: String,
    /// Kind as printed.
    pub kind: &'static str,
    /// Values a full period has.
    pub expected: u64,
    /// Values that came.
    pub received: u64,
    /// Values that take part in means.
    pub valid: u64,
    /// Values that came later than allowed, or were revised.
    pub late: u64,
    /// How often each flag was set.
    pub flags: Vec<(Flags, u64)>,
}

/// Capture of all stations and the rejected messages.
#[derive(Clone, Debug, Default)]
pub struct CapturesFacts {
    /// Stations in the order of the registry.
    pub stations: Vec<CaptureFacts>,
    /// Rejected values and messages by reason.
    pub rejected: Vec<(RejectReason, u64)>,
}

/// One station as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CaptureRow {
    /// Name.
    pub station: String,
    /// Kind.
    pub kind: &'static str,
    /// Expected.
    pub expected: u64,
    /// Received.
    pub received: u64,
    /// Valid.
    pub valid: u64,
    /// Received of expected, percent.
    pub capture: Figure,
    /// Valid of expected, percent.
    pub validity: Figure,
    /// Late.
    pub late: u64,
    /// Flags in words, `恒值 12`; a dash where there are none.
    pub flags: String,
    /// Whether nothing came.
    pub silent: bool,
}

/// Capture as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Captures {
    /// Stations.
    pub rows: Vec<CaptureRow>,
    /// Received of expected over all stations.
    pub capture: Figure,
    /// Valid of expected over all stations.
    pub validity: Figure,
    /// Rejected by reason, `未登记站点 3`.
    pub rejected: Vec<RejectedRow>,
}

/// Rejected values of one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RejectedRow {
    /// Key.
    pub reason: &'static str,
    /// Words.
    pub name: &'static str,
    /// Count.
    pub count: u64,
}

/// Builds the table.
#[must_use]
pub fn build(facts: &CapturesFacts) -> Captures {
    let sum = |of: &dyn Fn(&CaptureFacts) -> u64| facts.stations.iter().map(of).sum::<u64>();
    let expected = sum(&|s| s.expected);
    Captures {
        rows: facts.stations.iter().map(row).collect(),
        capture: Figure::percent(sum(&|s| s.received), expected),
        validity: Figure::percent(sum(&|s| s.valid), expected),
        rejected: facts
            .rejected
            .iter()
            .filter(|(_, count)| *count > 0)
            .map(|(reason, count)| RejectedRow { reason: reason.key(), name: reason.zh(), count: *count })
            .collect(),
    }
}

fn row(facts: &CaptureFacts) -> CaptureRow {
    let flags: Vec<String> = facts
        .flags
        .iter()
        .filter(|(flags, count)| *count > 0 && !flags.is_empty())
        .map(|(flags, count)| format!("{} {count}", flags.zh().join("+")))
        .collect();
    CaptureRow {
        station: facts.station.clone(),
        kind: facts.kind,
        expected: facts.expected,
        received: facts.received,
        valid: facts.valid,
        capture: Figure::percent(facts.received, facts.expected),
        validity: Figure::percent(facts.valid, facts.expected),
        late: facts.late,
        flags: if flags.is_empty() { "—".to_owned() } else { words::list(&flags) },
        silent: facts.received == 0 && facts.expected > 0,
    }
}

/// The paragraph.
#[must_use]
pub fn paragraph(captures: &Captures) -> String {
    if captures.rows.is_empty() {
        return "无登记站点。".to_owned();
    }
    let mut text = format!(
        "{}个站点数据获取率{}，有效率{}。",
        captures.rows.len(),
        captures.capture.with_unit(),
        captures.validity.with_unit()
    );
    let silent: Vec<String> = captures.rows.iter().filter(|r| r.silent).map(|r| r.station.clone()).collect();
    if !silent.is_empty() {
        text.push_str(&format!("{}全期无数据。", words::list(&silent)));
    }
    let late: u64 = captures.rows.iter().map(|r| r.late).sum();
    if late > 0 {
        text.push_str(&format!("迟到或修订数据{late}个，已重新统计。"));
    }
    let rejected: u64 = captures.rejected.iter().map(|r| r.count).sum();
    if rejected > 0 {
        let reasons: Vec<String> =
            captures.rejected.iter().map(|r| format!("{}{}", r.name, r.count)).collect();
        text.push_str(&format!("未入库{rejected}个〔{}〕，原始报文已留存可查。", words::list(&reasons)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_station_and_rejected_messages_are_named() {
        let station = |name: &str, received, valid| CaptureFacts {
            station: name.to_owned(),
            kind: "空气站",
            expected: 144,
            received,
            valid,
            late: 2,
            flags: vec![(Flags::FROZEN, 12), (Flags::STEP, 0)],
        };
        let captures = build(&CapturesFacts {
            stations: vec![station("甲站", 144, 140), station("乙站", 0, 0)],
            rejected: vec![(RejectReason::UnknownStation, 3), (RejectReason::Malformed, 0)],
        });
        assert_eq!(captures.rows[0].flags, "恒值 12");
        assert_eq!(
            paragraph(&captures),
            "2个站点数据获取率50.0%，有效率48.6%。乙站全期无数据。迟到或修订数据4个，已重新统计。\
             未入库3个〔未登记站点3〕，原始报文已留存可查。"
        );
    }
}
