//! Fields of a factor by their names in frames and in JSON, and values between the two.

use lanbi_model::Decimal;
use serde_json::value::RawValue;

/// Name in a frame, name in JSON, and whether it holds a number that was measured (HJ 212-2017, Table 4; fields seen in
/// the field and not in the standard beside them).
const FIELDS: &[(&str, &str, bool)] = &[
    ("Rtd", "rtd", true),
    ("Min", "min", true),
    ("Avg", "avg", true),
    ("Max", "max", true),
    ("Cou", "cou", true),
    ("ZsRtd", "zs_rtd", true),
    ("ZsMin", "zs_min", true),
    ("ZsAvg", "zs_avg", true),
    ("ZsMax", "zs_max", true),
    ("ZsCou", "zs_cou", true),
    ("Data", "data", true),
    ("DayData", "day_data", true),
    ("NightData", "night_data", true),
    ("RT", "rt", true),
    ("RS", "rs", false),
    ("Ori", "ori", true),
    ("Info", "info", false),
    ("SN", "sn", false),
];

/// The name in JSON of a field; one that is not known keeps its own.
pub(super) fn kind(field: &str) -> String {
    let known = FIELDS.iter().find(|(name, _, _)| name.eq_ignore_ascii_case(field));
    known.map_or(field, |(_, kind, _)| kind).to_owned()
}

/// The name in a frame of a kind.
pub(super) fn name(kind: &str) -> &str {
    FIELDS.iter().find(|(_, known, _)| *known == kind).map_or(kind, |(name, _, _)| name)
}

/// Whether a kind is measured.
pub(super) fn is_measured(kind: &str) -> bool {
    FIELDS.iter().any(|(_, known, measured)| *known == kind && *measured)
}

/// What a value is.
pub(super) enum Value {
    /// Nothing was measured.
    Missing,
    /// A number, with the digits that were sent.
    Number(Box<RawValue>),
    /// Text.
    Text(Box<RawValue>),
}

impl Value {
    /// Reads a value as sent: a number of a measured kind, else what JSON itself takes for one.
    pub(super) fn read(text: &str, kind: &str) -> Self {
        if matches!(text, "" | "-" | "--") {
            return Self::Missing;
        }
        let plain = decimal(text);
        let as_sent = serde_json::from_str::<serde_json::Number>(text)
            .ok()
            .and_then(|_| RawValue::from_string(text.to_owned()).ok());
        let number = match (plain, as_sent) {
            (Some(_), Some(raw)) => Some(raw),
            (Some(plain), None) if is_measured(kind) => RawValue::from_string(plain.to_string()).ok(),
            _ => None,
        };
        if let Some(raw) = number {
            return Self::Number(raw);
        }
        serde_json::value::to_raw_value(text).map_or(Self::Missing, Self::Text)
    }
}

/// An exact number; none for what is none, or beyond what an instrument sends.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    let value: Decimal = text.parse().or_else(|_| Decimal::from_scientific(text)).ok()?;
    text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_names_lead_to_each_other() {
        for (field, kind_of, _) in FIELDS {
            assert_eq!((kind(field).as_str(), name(kind_of)), (*kind_of, *field));
        }
        assert_eq!((kind("td").as_str(), name("td"), kind("ZSAVG").as_str()), ("td", "td", "zs_avg"));
    }

    #[test]
    fn values_keep_their_digits_and_what_is_no_number_stays_text() {
        let check = |text: &str, kind: &str, expected: &str| {
            let json = match Value::read(text, kind) {
                Value::Missing => "null".to_owned(),
                Value::Number(raw) | Value::Text(raw) => raw.get().to_owned(),
            };
            assert_eq!(json, expected, "{text} as {kind}");
        };
        check("7.10", "rtd", "7.10");
        check("1.2E-3", "rtd", "1.2E-3");
        check("+5", "rtd", "5");
        check("007.5", "rtd", "7.5");
        check("0012", "sn", "\"0012\"");
        check("", "rtd", "null");
        check("--", "rtd", "null");
        check("NaN", "rtd", "\"NaN\"");
        check("1e400", "rtd", "\"1e400\"");
        check("St", "rtd", "\"St\"");
        check("1_000", "rtd", "\"1_000\"");
        check("1", "rs", "1");
    }
}
