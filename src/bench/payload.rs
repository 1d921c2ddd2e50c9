//! One message as a station sends it, whole or damaged: lanbi JSON, or from outlets an HJ 212 frame (2051, minutes).

use std::fmt::Write as _;

use lanbi_ingest::hj212::frame::encode;
use lanbi_model::{Instant, Zone};

use super::site::{Kind, Reading, Site};

/// How a message is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Poison {
    /// The end is missing.
    Cut,
    /// Of a station that nobody has listed.
    Stranger,
    /// The first value is no number.
    NotANumber,
    /// The first value is in a unit that its parameter cannot have (JSON).
    WrongUnit,
    /// The check sum is another (frame).
    WrongSum,
}

impl Poison {
    /// The damage of the `n`-th damaged message.
    pub(super) const fn nth(n: usize, kind: Kind) -> Self {
        match (n % 4, kind) {
            (0, _) => Self::Cut,
            (1, _) => Self::Stranger,
            (2, _) => Self::NotANumber,
            (_, Kind::Outlet) => Self::WrongSum,
            (_, Kind::Air | Kind::Water) => Self::WrongUnit,
        }
    }

    /// How many of `values` values cannot be stored; a message that cannot be read counts as one.
    pub(super) const fn rejects(self, values: u64) -> u64 {
        match self {
            Self::Cut | Self::WrongSum | Self::NotANumber | Self::WrongUnit => 1,
            Self::Stranger => values,
        }
    }

    /// Whether no value of the message can be stored.
    pub(super) const fn spoils_all(self) -> bool {
        matches!(self, Self::Cut | Self::WrongSum | Self::Stranger)
    }
}

/// The bytes of a message.
pub(super) fn write(site: &Site, at: Instant, readings: &[Reading], poison: Option<Poison>) -> Vec<u8> {
    let mut text = match site.kind {
        Kind::Air | Kind::Water => json(site, at, readings, poison),
        Kind::Outlet => frame(site, at, readings, poison),
    };
    if poison == Some(Poison::Cut) {
        text.truncate(text.len() / 2);
    }
    text.into_bytes()
}

/// A value as written; the first one may be none.
fn number(reading: &Reading, first: bool, poison: Option<Poison>) -> String {
    match poison {
        Some(Poison::NotANumber) if first => "NaN".to_owned(),
        _ => reading.written.to_string(),
    }
}

fn json(site: &Site, at: Instant, readings: &[Reading], poison: Option<Poison>) -> String {
    let time = Zone::shanghai().at(at).format("%Y-%m-%dT%H:%M:%S%:z");
    let station = if poison == Some(Poison::Stranger) { "bench-stranger" } else { &site.id };
    let period = site.kind.period();
    let mut out = String::with_capacity(320);
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        r#"{{"station":"{station}","time":"{time}","period":"{period}","label":"end","values":{{"#
    );
    for (i, reading) in readings.iter().enumerate() {
        let comma = if i == 0 { "" } else { "," };
        let _ = write!(out, r#"{comma}"{}":{}"#, reading.name, number(reading, i == 0, poison));
    }
    out.push('}');
    if let (Some(Poison::WrongUnit), Some(reading)) = (poison, readings.first()) {
        let _ = write!(out, r#","units":{{"{}":"kg"}}"#, reading.name);
    }
    out.push('}');
    out
}

fn frame(site: &Site, at: Instant, readings: &[Reading], poison: Option<Poison>) -> String {
    // DataTime names the start of the minutes (HJ 212-2017, C.16).
    let time = Zone::shanghai().at(at - site.kind.period().span()).format("%Y%m%d%H%M%S");
    let mn = if poison == Some(Poison::Stranger) { "NOBODY" } else { &site.mn };
    let mut data = format!("QN={time}001;ST=32;CN=2051;PW=123456;MN={mn};Flag=5;CP=&&DataTime={time}");
    for (i, reading) in readings.iter().enumerate() {
        let name = reading.name;
        let value = number(reading, i == 0, poison);
        let _ = write!(data, ";{name}-Avg={value},{name}-Flag=N");
    }
    data.push_str("&&");
    let mut frame = encode(&data);
    if poison == Some(Poison::WrongSum) {
        let sum = frame.trim_end().len() - 1;
        let wrong = if frame.get(sum..=sum) == Some("0") { "1" } else { "0" };
        frame.replace_range(sum..=sum, wrong);
    }
    frame
}
