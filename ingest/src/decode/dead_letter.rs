//! The dead letter of a message that could not be stored, or not whole.

use lanbi_model::DeadLetter;

use super::{Decoded, Message, Rejected};

/// Problems named in one letter; the others are counted.
const NAMED: usize = 20;

/// Builds the dead letter of an outcome; none where every value can be stored. The bytes are cut at `max_bytes`.
#[must_use]
pub fn dead_letter(
    message: &Message<'_>,
    outcome: &Result<Decoded, Rejected>,
    max_bytes: usize,
) -> Option<DeadLetter> {
    let (reason, detail, rejected) = match outcome {
        Err(rejected) => (rejected.reason, rejected.detail.clone(), rejected.values),
        Ok(decoded) => {
            let first = decoded.problems.first()?;
            let mut named: Vec<String> =
                decoded.problems.iter().take(NAMED).map(|p| format!("{}: {}", p.field, p.detail)).collect();
            let others = decoded.problems.len().saturating_sub(NAMED);
            if others > 0 {
                named.push(format!("and {others} more"));
            }
            (first.reason, named.join("; "), u32::try_from(decoded.problems.len()).unwrap_or(u32::MAX))
        }
    };
    Some(DeadLetter {
        received_at: message.received_at,
        source: message.topic.to_owned(),
        reason,
        detail,
        rejected,
        raw: message.payload.iter().copied().take(max_bytes).collect(),
        raw_len: u64::try_from(message.payload.len()).unwrap_or(u64::MAX),
    })
}
