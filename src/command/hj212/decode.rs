//! `lanbi hj212 decode`.

use std::{
    io::{BufWriter, Write as _},
    process::ExitCode,
};

use lanbi_ingest::{
    clock::parse_stamp,
    hj212::{
        check::CrcKind,
        edition::Edition,
        fault::Fault,
        frame::{Frame, LONGEST, Piece, all_pieces},
        read::{is_text, look},
        segment::Segment,
    },
    source::Logger,
};
use lanbi_model::Zone;

use super::content::Content;
use super::lines;
use super::object::FrameObject;
use crate::cli::DecodeArgs;

pub(super) fn run(args: &DecodeArgs) -> anyhow::Result<ExitCode> {
    let logger = Logger { crc: args.crc.policy(), keys: args.key.clone(), ..Logger::default() };
    let mut out = BufWriter::new(std::io::stdout().lock());
    lines::for_each(&args.input, |_, line| {
        for object in objects(line, args.hex, &logger, args.zone) {
            serde_json::to_writer(&mut out, &object)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    })?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// The objects of a line: none for an empty one, one for garbage, else one for each frame, with what stands between frames
/// among the problems of the next.
fn objects(line: Option<&[u8]>, is_hex: bool, logger: &Logger, zone: Zone) -> Vec<FrameObject> {
    let Some(line) = line else {
        return vec![garbage("the line is too long; write a frame a line".to_owned())];
    };
    let bytes = if is_hex { from_hex(line) } else { Some(line.to_vec()) };
    let Some(bytes) = bytes else {
        return vec![garbage("the line is not pairs of hexadecimal digits".to_owned())];
    };
    let (mut objects, mut outside): (Vec<FrameObject>, Vec<String>) = (Vec::new(), Vec::new());
    for piece in all_pieces(&bytes).filter(|piece| !piece.is_blank()) {
        let mut object = match piece {
            Piece::Frame(frame) => of_frame(&frame, logger, zone),
            Piece::Broken { fault, raw } => of_broken(fault, raw, zone),
            Piece::Noise(raw) | Piece::Partial(raw) => {
                outside.push(Fault::Outside { bytes: raw.len() }.to_string());
                continue;
            }
        };
        object.problems.append(&mut outside);
        objects.push(object);
    }
    match objects.last_mut() {
        Some(last) => last.problems.append(&mut outside),
        None => objects.extend(outside.into_iter().next().map(garbage)),
    }
    objects
}

fn garbage(problem: String) -> FrameObject {
    FrameObject { crc: CrcKind::Missing.key().to_owned(), problems: vec![problem], ..FrameObject::default() }
}

fn of_frame(frame: &Frame<'_>, logger: &Logger, zone: Zone) -> FrameObject {
    let (read, is_taken) = look(frame, logger);
    let length_ok = frame.length == frame.data.len();
    let mut problems = Vec::new();
    if !length_ok {
        let fault = Fault::Length { length: frame.length, found: Some(frame.data.len()) };
        problems.push(fault.to_string());
    }
    if !is_taken {
        problems.push(wrong_sum(frame, read.crc));
    }
    let deviations = read.deviations.iter().map(|deviation| deviation.key().to_owned()).collect();
    let is_clear = read.crc.proves() || is_text(frame.data);
    let object = FrameObject {
        ok: length_ok && is_taken,
        crc: read.crc.key().to_owned(),
        length_ok,
        problems,
        deviations,
        ..FrameObject::default()
    };
    fill(object, &read.text, is_clear, zone)
}

fn wrong_sum(frame: &Frame<'_>, kind: CrcKind) -> String {
    let computed = lanbi_ingest::hj212::crc::crc(frame.data);
    let said = match frame.sent() {
        Some(sent) => format!("CRC {sent:04X} was sent, {computed:04X} computed"),
        None => format!("no CRC was sent, {computed:04X} computed"),
    };
    match kind {
        CrcKind::Ok => format!("{said}; that is right, and not what --crc asks for"),
        CrcKind::Modbus => format!("{said}; the logger sends CRC-16/MODBUS, --crc modbus takes it"),
        CrcKind::Swapped => format!("{said}; the logger sends the low byte first, --crc swapped takes it"),
        CrcKind::Bad if !is_text(frame.data) => {
            format!("{said}; the data segment is no text: where it is encrypted, give --key")
        }
        CrcKind::Bad | CrcKind::Missing => said,
    }
}

/// What a frame of a wrong length seems to hold: up to the last check sum, where one stands.
fn of_broken(fault: Fault, raw: &[u8], zone: Zone) -> FrameObject {
    let size = if raw.get(5).is_some_and(u8::is_ascii_digit) { 6 } else { 5 };
    let body = raw.get(size..).unwrap_or_default().trim_ascii_end();
    let closed = body.split_last_chunk::<4>().filter(|(data, _)| data.ends_with(b"&&"));
    let sum = closed.and_then(|(_, sum)| u16::from_str_radix(std::str::from_utf8(sum).ok()?, 16).ok());
    let data = if sum.is_some() { closed.map_or(body, |(data, _)| data) } else { body };
    let object = FrameObject {
        crc: CrcKind::of(data, sum).key().to_owned(),
        problems: vec![fault.to_string()],
        ..FrameObject::default()
    };
    let data = data.get(..LONGEST).unwrap_or(data);
    fill(object, &String::from_utf8_lossy(data), is_text(data), zone)
}

/// Adds what stands in a data segment; of one that is encrypted only the header can be read.
fn fill(mut object: FrameObject, text: &str, is_clear: bool, zone: Zone) -> FrameObject {
    let head = text.split_once("CP=").map_or(text, |(head, _)| head);
    let segment = Segment::parse(if is_clear { text } else { head });
    let content = Content::of(&segment);
    if segment.cn.is_empty() {
        object.problems.push("no CN; send the command".to_owned());
    }
    let time = content.data_time.as_deref().map(|text| (text, instant(text, zone)));
    if let Some((text, None)) = time {
        object.problems.push(format!("DataTime `{text}` is no time; write YYYYMMDDhhmmss"));
    }
    object.version = segment.edition().map(Edition::key).map(str::to_owned);
    object.instant = time.and_then(|(_, instant)| instant);
    object.problems.extend(content.problems);
    object.header = content.header;
    object.data_time = content.data_time;
    object.factors = content.factors;
    object.items = content.items;
    object.segment = is_clear.then(|| text.to_owned());
    object
}

/// The moment of a DataTime; digits behind the second do not count, as in the service.
fn instant(text: &str, zone: Zone) -> Option<String> {
    let whole = (14..=17).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let instant = parse_stamp(text.get(..14).filter(|_| whole)?, zone)?;
    Some(zone.at(instant).to_rfc3339())
}

/// Bytes of pairs of hexadecimal digits.
fn from_hex(line: &[u8]) -> Option<Vec<u8>> {
    let digits: Vec<u8> = line.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let (pairs, rest) = digits.as_chunks::<2>();
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let bytes = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?));
    rest.is_empty().then(|| bytes.collect()).flatten()
}
