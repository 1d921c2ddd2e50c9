//! A dead letter as one line of JSON. Bytes that are text stay readable; others are written in base64. Both read back
//! to the same bytes.

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use lanbi_model::{DeadLetter, Instant, RejectReason};
use lanbi_store::StoredDeadLetter;
use serde::{Deserialize, Serialize};

/// The fields of the line, in their order.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(in crate::command) struct LetterLine {
    id: i64,
    received_at: String,
    source: String,
    reason: String,
    detail: String,
    rejected: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    replayed_at: Option<String>,
    raw_len: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw_base64: Option<String>,
}

fn stamp(instant: Instant) -> String {
    instant.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}

impl From<StoredDeadLetter> for LetterLine {
    fn from(stored: StoredDeadLetter) -> Self {
        let letter = stored.letter;
        let (raw_text, raw_base64) = match String::from_utf8(letter.raw) {
            Ok(text) => (Some(text), None),
            Err(bytes) => (None, Some(STANDARD.encode(bytes.into_bytes()))),
        };
        Self {
            id: stored.id,
            received_at: stamp(letter.received_at),
            source: letter.source,
            reason: letter.reason.key().to_owned(),
            detail: letter.detail,
            rejected: letter.rejected,
            replayed_at: stored.replayed_at.map(stamp),
            raw_len: letter.raw_len,
            raw_text,
            raw_base64,
        }
    }
}

impl TryFrom<LetterLine> for StoredDeadLetter {
    type Error = anyhow::Error;

    fn try_from(line: LetterLine) -> anyhow::Result<Self> {
        let instant = |text: &str| text.parse::<Instant>().with_context(|| format!("`{text}` is no instant"));
        let raw = match (line.raw_text, line.raw_base64) {
            (Some(text), None) => text.into_bytes(),
            (None, Some(text)) => STANDARD.decode(text).context("raw_base64 is not base64")?,
            _ => anyhow::bail!("a letter has either raw_text or raw_base64"),
        };
        let reason = RejectReason::from_key(&line.reason);
        Ok(Self {
            id: line.id,
            replayed_at: line.replayed_at.as_deref().map(instant).transpose()?,
            letter: DeadLetter {
                received_at: instant(&line.received_at)?,
                source: line.source,
                reason: reason.with_context(|| format!("`{}` is no reason", line.reason))?,
                detail: line.detail,
                rejected: line.rejected,
                raw,
                raw_len: line.raw_len,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_read_back() {
        for raw in [&b""[..], b"{\"a\":\"\xe4\xb8\xad\"}\r\n", b"\0\xff\xfe", b"\xf0\x9f"] {
            let stored = StoredDeadLetter {
                id: 7,
                replayed_at: Some("2026-03-02T01:00:00.000001Z".parse().unwrap()),
                letter: DeadLetter {
                    received_at: "2026-03-01T01:00:00.123456Z".parse().unwrap(),
                    source: "lanbi/v1/一号".to_owned(),
                    reason: RejectReason::BadUnit,
                    detail: "a\tb\"".to_owned(),
                    rejected: 3,
                    raw: raw.to_vec(),
                    raw_len: 9,
                },
            };
            let text = serde_json::to_string(&LetterLine::from(stored.clone())).unwrap();
            assert!(!text.contains('\n'), "{text}");
            let line: LetterLine = serde_json::from_str(&text).unwrap();
            assert_eq!(StoredDeadLetter::try_from(line).unwrap(), stored);
        }
    }
}
