//! HJ 212 frames in a message, one or several, of one station or of several.
//!
//! The station comes from MN through the registry, never from the topic: a gateway may send for many loggers. What is
//! known of the logger beside that (check sum, keys, letters, codes, units, zone, password) comes from the sources. Kept are
//! the values of 2011, 2051, 2061 and 2031, see [`Upload`], and the text of what [`duty::is_kept`] names; a frame of any
//! other command is understood and holds nothing. A frame whose length or CRC is wrong is rejected whole, its neighbours
//! are not touched. What a rejected frame would have held is counted by its factors, a frame that cannot be read as one
//! value.
//!
//! The time of all values is `DataTime`, local to the station. Where a 2011 has none, the logger's time in QN holds, or
//! else the time of arrival; both are marked as assumed.

use lanbi_model::{Decimal, DeviceRecord, Flags, Instant, Parameter, RejectReason, Station};

use super::number::{is_missing, parse_number};
use super::reading::{Reading, Reason, check_time, shorten};
use super::{Context, Decoded, Message, Rejected};
use crate::clock::{assumed_end, parse_stamp};
use crate::hj212::command::Upload;
use crate::hj212::deviation::{Deviation, LoggerDeviations, is_stamp, note, of_header};
use crate::hj212::duty;
use crate::hj212::frame::all_pieces;
use crate::hj212::read::{Read, read};
use crate::hj212::segment::{Content, Factor, Segment};
use crate::source::Logger;

/// What a problem of a frame as a whole is listed under.
const FRAME: &str = "frame";

/// Particles above this, in μg/m³, are more likely sent in ng/m³, the unit that HJ 212-2017, Appendix B prints: loggers
/// follow either reading. Not a limit of law; dust storms get beyond it, and then `units` says that the unit is known.
const DOUBTFUL_PARTICLES: Decimal = Decimal::from_parts(2000, 0, 0, false, 0);

/// A frame with what is known of who sent it.
struct Sent<'a> {
    segment: Segment<'a>,
    logger: &'a Logger,
    station: &'a Station,
}

/// Decodes one message; its size is checked by the caller.
pub(crate) fn decode(message: &Message<'_>, context: &Context<'_>) -> Result<Decoded, Rejected> {
    let mut decoded = Decoded::default();
    let mut understood = false;
    for piece in all_pieces(message.payload).filter(|piece| !piece.is_blank()) {
        match read(&piece, &context.sources.loggers) {
            Ok(read) => understood |= decode_frame(read, message, context, &mut decoded),
            Err(fault) => decoded.reject(FRAME, RejectReason::Malformed, fault.to_string()),
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
fn decode_frame(
    mut read: Read<'_>,
    message: &Message<'_>,
    context: &Context<'_>,
    decoded: &mut Decoded,
) -> bool {
    let mut deviations = std::mem::take(&mut read.deviations);
    let segment = read.segment();
    of_header(&segment, &mut deviations);
    let understood = if segment.cn.is_empty() {
        decoded.reject(FRAME, RejectReason::Malformed, "no CN; send the command".to_owned());
        false
    } else if let Some(upload) = Upload::of(segment.cn) {
        let content = segment.content(upload);
        deviations.extend_from_slice(&content.deviations);
        // A request for values has the command of their upload and no factors.
        content.factors.is_empty()
            || decode_values(&segment, &content, upload, message, context, decoded, &mut deviations)
    } else if duty::is_kept(segment.cn) {
        keep(&segment, message, context, decoded)
    } else {
        true
    };
    if !deviations.is_empty() {
        decoded.deviations.push(LoggerDeviations { mn: shorten(segment.mn), deviations });
    }
    understood
}

/// Who sent a frame, if it may.
fn sender<'a>(segment: &Segment<'a>, context: &Context<'a>) -> Result<Sent<'a>, Reason> {
    let station = context.registry.by_mn(segment.mn).ok_or_else(|| {
        let detail = format!("MN `{}` is of no station; give it to one as `mn`", shorten(segment.mn));
        (RejectReason::UnknownStation, detail)
    })?;
    let loggers = &context.sources.loggers;
    let admitted = loggers.admits(segment.mn, segment.pw, None);
    admitted.map_err(|refusal| (RejectReason::Unauthorized, refusal.to_string()))?;
    Ok(Sent { segment: *segment, logger: loggers.of(segment.mn), station })
}

impl Sent<'_> {
    /// A stamp of the logger, to the second: loggers write up to three digits more.
    fn stamp(&self, text: &str) -> Option<Instant> {
        let whole = (14..=17).contains(&text.len()) && is_stamp(text, text.len());
        parse_stamp(text.get(..14).filter(|_| whole)?, self.logger.zone.unwrap_or(self.station.zone))
    }
}

/// Adds the values of an upload.
fn decode_values(
    segment: &Segment<'_>,
    content: &Content<'_>,
    upload: Upload,
    message: &Message<'_>,
    context: &Context<'_>,
    decoded: &mut Decoded,
    deviations: &mut Vec<Deviation>,
) -> bool {
    let head = sender(segment, context).and_then(|sent| {
        let (end, flags) = when(&sent, content, upload, message, context)?;
        Ok((sent, end, flags))
    });
    match content.time.unwrap_or_default() {
        "" => note(deviations, Deviation::TimeAbsent),
        text if !is_stamp(text, 14) => note(deviations, Deviation::TimeDigits),
        _ => {}
    }
    match head {
        Ok((sent, end, flags)) => {
            let period = upload.period(sent.station.period);
            decoded.samples.reserve(content.factors.len());
            let mut reading = Reading::new(sent.station, end, period, flags, decoded);
            for factor in &content.factors {
                add(&mut reading, factor, upload, sent.logger, deviations);
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

/// End of period of an upload, and what is known against all its values.
fn when(
    sent: &Sent<'_>,
    content: &Content<'_>,
    upload: Upload,
    message: &Message<'_>,
    context: &Context<'_>,
) -> Result<(Instant, Flags), Reason> {
    let bad_time = |detail: String| (RejectReason::BadTime, detail);
    let period = upload.period(sent.station.period);
    let (end, flags) = match content.time.filter(|text| !text.is_empty()) {
        Some(text) => {
            let end = sent.stamp(text).and_then(|stamp| upload.label().end_of(stamp, period));
            let detail = || format!("DataTime `{}` is no time; write YYYYMMDDhhmmss", shorten(text));
            (end.ok_or_else(|| bad_time(detail()))?, Flags::empty())
        }
        None if upload != Upload::RealTime => {
            let cn = sent.segment.cn;
            return Err(bad_time(format!("{cn} without DataTime; send the start of the period")));
        }
        None => match sent.stamp(sent.segment.qn) {
            Some(sent) => (sent, Flags::TIME_ASSUMED),
            None if message.retained => {
                let detail = "a retained message without a time is of unknown age; send DataTime";
                return Err(bad_time(detail.to_owned()));
            }
            None => (assumed_end(message.received_at, period, sent.station.zone), Flags::TIME_ASSUMED),
        },
    };
    check_time(end, sent.station, context)?;
    Ok((end, flags))
}

/// Keeps the text of a frame. A time that is not believed says nothing against the text; QN stands for it, or the time of
/// arrival.
fn keep(segment: &Segment<'_>, message: &Message<'_>, context: &Context<'_>, decoded: &mut Decoded) -> bool {
    let sent = match sender(segment, context) {
        Ok(sent) => sent,
        Err((reason, detail)) => {
            decoded.reject(FRAME, reason, detail);
            return false;
        }
    };
    let time = segment.items().find(|(name, _)| *name == "DataTime").map(|(_, text)| text);
    let is_believed = |time: &Instant| check_time(*time, sent.station, context).is_ok();
    // A frame that is sent again has the same QN, by which it is recognised.
    let believed =
        [time, Some(segment.qn)].into_iter().flatten().find_map(|text| sent.stamp(text).filter(is_believed));
    if believed.is_none() && message.retained {
        let detail = "a retained message without a time is of unknown age; send DataTime".to_owned();
        decoded.reject(FRAME, RejectReason::BadTime, detail);
        return false;
    }
    decoded.records.push(DeviceRecord {
        station: sent.station.id.clone(),
        command: segment.cn.to_owned(),
        instant: believed.unwrap_or(message.received_at),
        received_at: message.received_at,
        text: DeviceRecord::fit(segment.cp.trim()).into_owned(),
        part: segment.part(),
    });
    true
}

/// Values a factor counts for.
fn values(factor: &Factor<'_>) -> u32 {
    let last = factor.value.or(factor.other).is_some_and(|text| !is_missing(text));
    factor.earlier + u32::from(last)
}

fn add(
    reading: &mut Reading<'_, '_>,
    factor: &Factor<'_>,
    upload: Upload,
    logger: &Logger,
    deviations: &mut Vec<Deviation>,
) {
    for _ in 0..factor.earlier {
        let detail = "the field occurs again behind; send each once".to_owned();
        reading.reject(factor.code, RejectReason::Malformed, detail);
    }
    if factor.value.or(factor.other).is_none_or(is_missing) {
        return;
    }
    match (logger.factor(factor.code), factor.value) {
        (None, _) => {
            let detail = "not a factor code with a known unit; send one of HJ 212-2017, Appendix B, or say in the file of sources what it means".to_owned();
            reading.reject(factor.code, RejectReason::UnknownParameter, detail);
        }
        (Some(_), None) => {
            let detail =
                format!("no `{}-{}`; send the value under this name", shorten(factor.code), upload.field());
            reading.reject(factor.code, RejectReason::Malformed, detail);
        }
        (Some(known), Some(text)) => {
            let mut flags = factor.flag.map_or(Flags::empty(), |letter| logger.dialect.flags(letter));
            if flags.contains(Flags::UNKNOWN) {
                note(deviations, Deviation::FlagUnknown);
            }
            if factor.code.starts_with(['A', 'W']) && !logger.codes.contains_key(factor.code) {
                note(deviations, Deviation::CodeCapital);
            }
            if is_doubtful(factor.code, known.0, text, logger) {
                flags |= Flags::UNIT;
                note(deviations, Deviation::Magnitude);
            }
            reading.add_known(factor.code, known, text, flags);
        }
    }
}

/// Whether a value of particles is likely in another unit than it is read in, and nobody has said which.
fn is_doubtful(code: &str, parameter: Parameter, text: &str, logger: &Logger) -> bool {
    matches!(parameter, Parameter::Pm25 | Parameter::Pm10)
        && !logger.units.contains_key(code)
        && parse_number(text).is_some_and(|value| value > DOUBTFUL_PARTICLES)
}
