//! HJ 212 frames in a message, one or several, of one station or of several.
//!
//! The station comes from MN through the registry, never from the topic: a gateway may send for many loggers. Kept are
//! the values of 2011, 2051, 2061 and 2031, see [`Upload`]; a frame of any other command is understood and holds none.
//! A frame whose length or CRC is wrong is rejected whole, its neighbours are not touched. What a rejected frame would
//! have held is counted by its factors, a frame that cannot be read as one value.
//!
//! The time of all values is `DataTime`, local to the station. Where a 2011 has none, the logger's time in QN holds, or
//! else the time of arrival; both are marked as assumed.

use std::borrow::Cow;

use lanbi_model::{Flags, Instant, RejectReason, Station};

use super::device_flag::device_flag;
use super::number::is_missing;
use super::reading::{Reading, Reason, check_time, shorten};
use super::{Context, Decoded, Message, Rejected};
use crate::clock::{assumed_end, parse_stamp};
use crate::hj212::code;
use crate::hj212::command::Upload;
use crate::hj212::frame::{Piece, pieces};
use crate::hj212::segment::{Content, Factor, Segment};

/// What a problem of a frame as a whole is listed under.
const FRAME: &str = "frame";

/// Decodes one message; its size is checked by the caller.
pub(crate) fn decode(message: &Message<'_>, context: &Context<'_>) -> Result<Decoded, Rejected> {
    let mut decoded = Decoded::default();
    let mut understood = false;
    for piece in pieces(message.payload) {
        match piece.given_up() {
            Piece::Frame { data, .. } => {
                // Text in GBK stands in logs only, which hold no values.
                let text =
                    std::str::from_utf8(data).map_or_else(|_| String::from_utf8_lossy(data), Cow::Borrowed);
                understood |= decode_frame(&text, message, context, &mut decoded);
            }
            Piece::Broken { fault, .. } => {
                decoded.reject(FRAME, RejectReason::Malformed, fault.to_string());
            }
            Piece::Noise(raw) | Piece::Partial(raw) => {
                if !raw.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
                    let detail =
                        format!("{} bytes belong to no frame; send ## and 4 digits first", raw.len());
                    decoded.reject(FRAME, RejectReason::Malformed, detail);
                }
            }
        }
    }
    if understood { Ok(decoded) } else { Err(rejected(decoded)) }
}

/// One message none of whose frames was understood: its first problem, and the number of the others.
fn rejected(decoded: Decoded) -> Rejected {
    let values = decoded.values;
    match decoded.problems.into_iter().next() {
        None => Rejected::whole(RejectReason::Malformed, "the message holds no frame"),
        Some(first) if values == 1 => Rejected::whole(first.reason, first.detail),
        Some(first) => {
            let detail = format!("{}: {}; {} values in all", first.field, first.detail, values);
            Rejected::whole(first.reason, detail).with_values(values)
        }
    }
}

/// Adds what a frame holds; false where nothing of it can be stored.
fn decode_frame(text: &str, message: &Message<'_>, context: &Context<'_>, decoded: &mut Decoded) -> bool {
    let segment = Segment::parse(text);
    if segment.cn.is_empty() {
        decoded.reject(FRAME, RejectReason::Malformed, "no CN; send the command".to_owned());
        return false;
    }
    let Some(upload) = Upload::of(segment.cn) else { return true };
    let content = segment.content(upload);
    // A request for values has the command of their upload and no factors.
    if content.factors.is_empty() {
        return true;
    }
    match head(&segment, &content, upload, message, context) {
        Ok((station, end, flags)) => {
            let period = upload.period(station.period);
            decoded.samples.reserve(content.factors.len());
            let mut reading = Reading::new(station, end, period, flags, decoded);
            for factor in &content.factors {
                add(&mut reading, factor, upload);
            }
            true
        }
        Err((reason, detail)) => {
            let before = decoded.values;
            for factor in &content.factors {
                for _ in 0..values(factor) {
                    decoded.reject(factor.code, reason, detail.clone());
                }
            }
            if decoded.values == before {
                decoded.reject(FRAME, reason, detail);
            }
            false
        }
    }
}

/// Station and end of period of an upload, and what is known against all its values.
fn head<'a>(
    segment: &Segment<'_>,
    content: &Content<'_>,
    upload: Upload,
    message: &Message<'_>,
    context: &Context<'a>,
) -> Result<(&'a Station, Instant, Flags), Reason> {
    let station = context.registry.by_mn(segment.mn).ok_or_else(|| {
        let detail = format!("MN `{}` is of no station; give it to one as `mn`", shorten(segment.mn));
        (RejectReason::UnknownStation, detail)
    })?;
    let bad_time = |detail: String| (RejectReason::BadTime, detail);
    let stamp = |text: &str| parse_stamp(seconds(text)?, station.zone);
    let period = upload.period(station.period);
    let (end, flags) = match content.time.filter(|text| !text.is_empty()) {
        Some(text) => {
            let end = stamp(text).and_then(|stamp| upload.label().end_of(stamp, period));
            let detail = || format!("DataTime `{}` is no time; write YYYYMMDDhhmmss", shorten(text));
            (end.ok_or_else(|| bad_time(detail()))?, Flags::empty())
        }
        None if upload != Upload::RealTime => {
            return Err(bad_time(format!("{} without DataTime; send the start of the period", segment.cn)));
        }
        None => match stamp(segment.qn) {
            Some(sent) => (sent, Flags::TIME_ASSUMED),
            None if message.retained => {
                let detail = "a retained message without a time is of unknown age; send DataTime";
                return Err(bad_time(detail.to_owned()));
            }
            None => (assumed_end(message.received_at, period, station.zone), Flags::TIME_ASSUMED),
        },
    };
    check_time(end, station, context)?;
    Ok((station, end, flags))
}

/// The second of a stamp: loggers write up to three digits more.
fn seconds(text: &str) -> Option<&str> {
    let whole = (14..=17).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.get(..14).filter(|_| whole)
}

/// Values a factor counts for.
fn values(factor: &Factor<'_>) -> u32 {
    let last = factor.value.or(factor.other).is_some_and(|text| !is_missing(text));
    factor.earlier + u32::from(last)
}

fn add(reading: &mut Reading<'_, '_>, factor: &Factor<'_>, upload: Upload) {
    for _ in 0..factor.earlier {
        let detail = "the field occurs again behind; send each once".to_owned();
        reading.reject(factor.code, RejectReason::Malformed, detail);
    }
    if factor.value.or(factor.other).is_none_or(is_missing) {
        return;
    }
    match (code::factor(factor.code), factor.value) {
        (None, _) => {
            let detail =
                "not a factor code with a known unit; send one of HJ 212-2017, Appendix B".to_owned();
            reading.reject(factor.code, RejectReason::UnknownParameter, detail);
        }
        (Some(_), None) => {
            let detail =
                format!("no `{}-{}`; send the value under this name", shorten(factor.code), upload.field());
            reading.reject(factor.code, RejectReason::Malformed, detail);
        }
        (Some(known), Some(text)) => {
            let flags = factor.flag.map_or(Flags::empty(), device_flag);
            reading.add_known(factor.code, known, text, flags);
        }
    }
}
