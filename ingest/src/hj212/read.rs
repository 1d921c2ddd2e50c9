//! A frame with what is known of its logger: which check sum is taken, which keys it may use. One way for messages of a
//! broker, for sockets and for the command line.

use std::borrow::Cow;

use encoding_rs::GBK;

use super::check::{CrcKind, CrcPolicy};
use super::crc::crc;
use super::deviation::{self, Deviation, note};
use super::fault::Fault;
use super::frame::{Frame, Piece};
use super::segment::Segment;
use super::sm4;
use crate::source::{Logger, Loggers};

/// A frame that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read<'a> {
    /// The data segment in clear, as text.
    pub text: Cow<'a, str>,
    /// What the check sum agrees with.
    pub crc: CrcKind,
    /// How length, sum, line end, encryption and encoding differ from the standard.
    pub deviations: Vec<Deviation>,
}

impl Read<'_> {
    /// Header and CP.
    #[must_use]
    pub fn segment(&self) -> Segment<'_> {
        Segment::parse(&self.text)
    }
}

/// Reads a piece of a stream as its logger sends it. Blank noise ([`Piece::is_blank`]) is not worth reading.
///
/// # Errors
/// It is no frame, or its check sum is not one that is taken from the logger.
pub fn read<'a>(piece: &Piece<'a>, loggers: &Loggers) -> Result<Read<'a>, Fault> {
    let frame = match piece {
        Piece::Frame(frame) => frame,
        Piece::Broken { fault, .. } => return Err(*fault),
        Piece::Noise(raw) | Piece::Partial(raw) => return Err(Fault::Outside { bytes: raw.len() }),
    };
    // Where nothing is known of any logger, there is no need to look who it is.
    let mn = if loggers.is_empty() { String::new() } else { mn(frame.data) };
    let (read, is_taken) = look(frame, loggers.of(&mn));
    if is_taken {
        return Ok(read);
    }
    let is_text = is_text(frame.data);
    Err(Fault::Crc { computed: crc(frame.data), sent: frame.sent(), kind: read.crc, is_text })
}

/// Reads a frame whatever its check sum is, and says whether the sum is one that is taken from the logger.
#[must_use]
pub fn look<'a>(frame: &Frame<'a>, logger: &Logger) -> (Read<'a>, bool) {
    let mut deviations = Vec::new();
    if let Some((clear, key)) = opened(frame, logger) {
        let kind = CrcKind::of(&clear, frame.sent());
        deviation::of_frame(frame, kind, &mut deviations);
        if sm4::is_printed(frame.data) {
            note(&mut deviations, Deviation::CipherText);
        }
        if key > 0 {
            note(&mut deviations, Deviation::KeyPrevious);
        }
        let text = text(&clear, &mut deviations).into_owned();
        return (Read { text: Cow::Owned(text), crc: kind, deviations }, true);
    }
    deviation::of_frame(frame, frame.crc, &mut deviations);
    // The usual case needs no second sum.
    let is_taken = match logger.crc {
        CrcPolicy::Standard => frame.crc == CrcKind::Ok,
        policy => policy.takes(frame.data, frame.sent()),
    };
    let text = text(frame.data, &mut deviations);
    (Read { text, crc: frame.crc, deviations }, is_taken)
}

/// The data segment in clear, and which of the keys fitted; none where it was not encrypted. Ciphertext fits a sum by
/// accident once in 256 frames, and so does what a wrong key makes of it; so text is asked for as well.
fn opened(frame: &Frame<'_>, logger: &Logger) -> Option<(Vec<u8>, usize)> {
    if logger.keys.is_empty() {
        return None;
    }
    let is_plain = !sm4::is_printed(frame.data) && std::str::from_utf8(frame.data).is_ok();
    if is_plain && logger.crc.takes(frame.data, frame.sent()) {
        return None;
    }
    let opened = logger.keys.iter().map(|key| sm4::open(frame.data, key)).enumerate();
    let mut fitting = opened.filter_map(|(at, clear)| Some((clear?, at)));
    fitting.find(|(clear, _)| logger.crc.takes(clear, frame.sent()) && is_text(clear))
}

/// Whether bytes can be text in UTF-8 or GBK: ciphertext holds control characters.
#[must_use]
pub fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| !byte.is_ascii_control() || byte.is_ascii_whitespace())
}

/// Text in UTF-8 as the standard asks, or in GBK as loggers write their logs.
fn text<'a>(data: &'a [u8], deviations: &mut Vec<Deviation>) -> Cow<'a, str> {
    if let Ok(text) = std::str::from_utf8(data) {
        return Cow::Borrowed(text);
    }
    note(deviations, Deviation::NotUtf8);
    let gbk = GBK.decode_without_bom_handling_and_without_replacement(data);
    gbk.unwrap_or_else(|| String::from_utf8_lossy(data))
}

/// The MN in a header, which is never encrypted; empty where none is.
fn mn(data: &[u8]) -> String {
    let at = data.windows(3).position(|part| part == b"CP=").unwrap_or(data.len());
    let head = String::from_utf8_lossy(data.get(..at).unwrap_or_default());
    Segment::parse(&head).mn.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hj212::frame::all_pieces;

    fn loggers(crc: CrcPolicy) -> Loggers {
        Loggers::new(vec![Logger { mns: vec!["M1".to_owned()], crc, ..Logger::default() }]).unwrap()
    }

    fn outcome(bytes: &[u8], loggers: &Loggers) -> String {
        match read(&all_pieces(bytes).next().unwrap(), loggers) {
            Ok(read) => format!("{} {}", read.crc.key(), read.segment().cp),
            Err(fault) => fault.to_string(),
        }
    }

    #[test]
    fn a_sum_is_taken_as_the_logger_is_known_to_send_it() {
        let data = |mn: &str| format!("QN=20160801085857223;CN=2011;MN={mn};Flag=5;CP=&&a=1&&");
        let framed = |mn: &str, sum: u16| {
            let data = data(mn);
            format!("##{:04}{data}{sum:04X}\r\n", data.len())
        };
        let modbus = |mn: &str| crate::hj212::crc::modbus(data(mn).as_bytes());
        let check = |bytes: &str, policy: CrcPolicy, expected: &str| {
            let outcome = outcome(bytes.as_bytes(), &loggers(policy));
            assert!(outcome.contains(expected), "{bytes}: {outcome}");
        };
        let good = framed("M1", crc(data("M1").as_bytes()));
        check(&good, CrcPolicy::Standard, "ok a=1");
        check(&good, CrcPolicy::Any, "ok a=1");
        check(&good, CrcPolicy::Modbus, "not what crc says");
        let other = framed("M1", modbus("M1"));
        check(&other, CrcPolicy::Standard, "the logger sends CRC-16/MODBUS");
        check(&other, CrcPolicy::Modbus, "modbus a=1");
        check(&framed("M2", modbus("M2")), CrcPolicy::Modbus, "the logger sends CRC-16/MODBUS");
        let swapped = framed("M1", modbus("M1").swap_bytes());
        check(&swapped, CrcPolicy::Standard, "low byte first");
        check(&swapped, CrcPolicy::Swapped, "swapped a=1");
        check(&good.replace("a=1", "a=2"), CrcPolicy::Any, "computed");
        check(&good.replace("a=1", "a=2"), CrcPolicy::Off, "bad a=2");
        check("GET / HTTP/1.1", CrcPolicy::Off, "14 bytes belong to no frame");
        check(&good.replace("M1;", "M1,"), CrcPolicy::Off, "bad a=1");
    }

    #[test]
    fn gbk_is_read_where_text_is_not_utf8() {
        let mut bytes = b"QN=1;CN=3020;MN=M1;CP=&&i12001-Info=\xd2\xc7\xb1\xed,a34004-Rtd=35&&".to_vec();
        let sum = crc(&bytes);
        bytes.splice(0..0, format!("##{:04}", bytes.len()).bytes());
        bytes.extend(format!("{sum:04X}\r\n").bytes());
        assert_eq!(outcome(&bytes, &Loggers::default()), "ok i12001-Info=仪表,a34004-Rtd=35");
        let read = read(&all_pieces(&bytes).next().unwrap(), &Loggers::default()).unwrap();
        assert_eq!(read.deviations, [Deviation::NotUtf8]);
    }
}
