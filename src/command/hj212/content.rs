//! What stands in a data segment, as rows, and a data segment made of rows.

use anyhow::{Context as _, ensure};
use lanbi_ingest::hj212::{
    code,
    dialect::{Dialect, quality},
    segment::Segment,
};

use super::field::{self, Value, is_measured};
use super::object::{FactorRow, FrameObject, Header, text};

/// ST of key production conditions (HJ 212-2025), whose values may be letters.
const CONDITIONS: &str = "45";

/// Header, time, values and other items of a data segment.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub header: Header,
    pub data_time: Option<String>,
    pub factors: Vec<FactorRow>,
    pub items: Vec<(String, String)>,
    /// Values that are no numbers.
    pub problems: Vec<String>,
}

impl Content {
    /// Takes a data segment apart. Letters are those of HJ 212-2017, Table 8.
    pub(super) fn of(segment: &Segment<'_>) -> Self {
        let mut content = Self::default();
        for (name, value) in segment.header() {
            content.header.put(name, value);
        }
        let mut flags: Vec<(&str, &str)> = Vec::new();
        let (mut sampled, mut marked, mut common) = (Vec::new(), Vec::new(), None);
        for (key, value) in segment.items() {
            let Some((code, fields)) = key.split_once('-') else {
                match key {
                    "DataTime" if content.data_time.is_none() => content.data_time = Some(value.to_owned()),
                    _ => content.items.push((key.to_owned(), value.to_owned())),
                }
                if key == "Flag" {
                    common = Some(value);
                }
                continue;
            };
            let name = fields.split('-').next().unwrap_or_default();
            match name {
                "SampleTime" => sampled.push((code, value)),
                "EFlag" => marked.push((code, value)),
                _ if name.eq_ignore_ascii_case("Flag") => flags.push((code, value)),
                _ => {
                    let row = content.row(segment, code, name, value);
                    content.factors.push(row);
                }
            }
        }
        for &(code, flag) in &flags {
            if !content.factors.iter().any(|row| row.code == code) {
                content.factors.push(FactorRow {
                    code: code.to_owned(),
                    flag: Some(flag.to_owned()),
                    ..FactorRow::default()
                });
            }
        }
        let of = |list: &[(&str, &str)], code: &str| {
            list.iter().rfind(|(known, _)| *known == code).map(|(_, value)| (*value).to_owned())
        };
        for row in &mut content.factors {
            row.flag = of(&flags, &row.code).or_else(|| common.map(str::to_owned));
            row.sample_time = of(&sampled, &row.code);
            row.eflag = of(&marked, &row.code);
            row.parameter = code::factor(&row.code).map(|(parameter, _)| parameter.key().to_owned());
            if row.quality.is_none() && (row.value.is_some() || row.flag.is_some()) {
                let flags = Dialect::V2017.flags(row.flag.as_deref().unwrap_or_default());
                row.quality = Some(quality(flags).to_owned());
            }
        }
        content
    }

    fn row(&mut self, segment: &Segment<'_>, code: &str, name: &str, value: &str) -> FactorRow {
        let kind = field::kind(name);
        let mut row = FactorRow { code: code.to_owned(), ..FactorRow::default() };
        match Value::read(value, &kind) {
            Value::Missing => {}
            Value::Number(raw) => row.value = Some(raw),
            Value::Text(raw) => {
                if is_measured(&kind) && segment.st != CONDITIONS {
                    self.problems.push(format!("{code}-{name}: {} is not a number", raw.get()));
                    row.quality = Some("invalid".to_owned());
                }
                row.value = Some(raw);
            }
        }
        row.kind = Some(kind);
        row
    }

    /// Whether an object says the same: tools between `decode` and `encode` may order fields and write numbers anew.
    fn is_of(&self, object: &FrameObject) -> bool {
        self.header.is_same(&object.header)
            && self.data_time == object.data_time
            && self.items == object.items
            && self.factors.len() == object.factors.len()
            && self.factors.iter().zip(&object.factors).all(|(own, other)| is_same(own, other))
    }
}

fn is_same(a: &FactorRow, b: &FactorRow) -> bool {
    let value = |row: &FactorRow| row.value.as_deref().map(text);
    let number = |row: &FactorRow| value(row).as_deref().and_then(field::decimal);
    let words = |row: &FactorRow| {
        let FactorRow { code, kind, flag, sample_time, eflag, .. } = row.clone();
        (code, kind, flag, sample_time, eflag)
    };
    words(a) == words(b) && (value(a) == value(b) || (number(a).is_some() && number(a) == number(b)))
}

/// The data segment of an object: its own where the rest still says the same, else one made of the rest.
///
/// # Errors
/// The object has nothing to make one of, or something that cannot stand in a frame.
pub(super) fn segment_of(object: &FrameObject) -> anyhow::Result<String> {
    if let Some(segment) = &object.segment
        && Content::of(&Segment::parse(segment)).is_of(object)
    {
        return Ok(segment.clone());
    }
    ensure!(!object.header.0.is_empty(), "there is no header; write at least ST, CN and MN");
    let mut segment = String::new();
    for (name, value) in object.header.in_order() {
        segment += &format!("{}={};", checked(name)?, checked(value)?);
    }
    let mut groups: Vec<String> = Vec::new();
    if let Some(time) = &object.data_time {
        groups.push(format!("DataTime={}", checked(time)?));
    }
    for (name, value) in &object.items {
        groups.push(format!("{}={}", checked(name)?, checked(value)?));
    }
    for factor in object.factors.chunk_by(|a, b| a.code == b.code) {
        groups.push(group(factor)?);
    }
    Ok(format!("{segment}CP=&&{}&&", groups.join(";")))
}

/// The fields of one factor, in the order of the standard's examples.
fn group(rows: &[FactorRow]) -> anyhow::Result<String> {
    let first = rows.first().context("a factor without rows")?;
    let code = checked(&first.code)?;
    ensure!(!code.is_empty(), "a factor has no code");
    let mut fields = Vec::new();
    if let Some(time) = &first.sample_time {
        fields.push(format!("{code}-SampleTime={}", checked(time)?));
    }
    for row in rows {
        let value = row.value.as_deref().map(text).unwrap_or_default();
        if let Some(kind) = &row.kind {
            fields.push(format!("{code}-{}={}", checked(field::name(kind))?, checked(&value)?));
        }
    }
    if let Some(flag) = &first.flag {
        fields.push(format!("{code}-Flag={}", checked(flag)?));
    }
    if let Some(eflag) = &first.eflag {
        fields.push(format!("{code}-EFlag={}", checked(eflag)?));
    }
    Ok(fields.join(","))
}

/// A text that the grammar can hold: it has no way to escape its own signs.
fn checked(text: &str) -> anyhow::Result<&str> {
    let bad = text.contains([';', ',', '=']) || text.contains("&&") || text.contains(char::is_control);
    ensure!(!bad, "{text:?} cannot stand in a frame; take out ; , = && and control characters");
    Ok(text)
}
