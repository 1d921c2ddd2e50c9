//! Where one stretch of bytes ends and the next begins; [`super::frame`] says what the stretches are.
//!
//! What is decided for the beginning of a stream stays decided whatever follows: so portions of any size give the same
//! frames. Each decision costs no more than some times [`LONGEST`], however the bytes are made up.

use super::check::CrcKind;
use super::crc::crc;
use super::fault::Fault;
use super::frame::{Frame, LONGEST, Piece, hexadecimal};

/// How far a wrong length is searched for the end of its frame: the longest segment with its sum and line end.
const REACH: usize = LONGEST + 8;

/// Bytes of `##` and four digits.
const HEAD: usize = 6;

/// What bytes begin with.
enum Head {
    /// `##` and a length; the data segment begins at `size`.
    Whole { length: usize, size: usize },
    /// The bytes end before that can be said.
    Cut,
    /// Something else.
    None,
}

/// How a data segment of some length ends.
enum End {
    /// A check sum of so many digits closes it.
    Closed { digits: usize, kind: CrcKind },
    /// Nothing that closes a frame stands there.
    Open,
    /// The bytes end before that can be said.
    Cut,
}

/// The first piece; `last` where nothing will follow the bytes.
pub(super) fn first_piece(bytes: &[u8], last: bool) -> Piece<'_> {
    let (length, size) = match head(bytes) {
        Head::Whole { length, size } => (length, size),
        Head::Cut if last => return Piece::Noise(bytes),
        Head::Cut => return Piece::Partial(bytes),
        Head::None => return Piece::Noise(up_to(bytes, next_head(bytes, 1, !last).unwrap_or(bytes.len()))),
    };
    let body = bytes.get(size..).unwrap_or_default();
    if length > LONGEST {
        return resume(bytes, size, length, last);
    }
    match end_at(body, length, last) {
        _ if is_interrupted(body, length) => resume(bytes, size, length, last),
        End::Closed { digits, kind } => framed(bytes, size, length, length, (digits, kind), last),
        End::Cut => Piece::Partial(bytes),
        End::Open => resume(bytes, size, length, last),
    }
}

/// Reads `##` and 4 digits, or 3 digits and a letter: data segments begin with a letter.
fn head(bytes: &[u8]) -> Head {
    let marks = bytes.iter().take(2).take_while(|byte| **byte == b'#').count();
    if marks < 2 {
        return if marks == bytes.len() { Head::Cut } else { Head::None };
    }
    let mut length = 0;
    for size in 2..HEAD {
        match bytes.get(size) {
            Some(digit @ b'0'..=b'9') => length = length * 10 + usize::from(digit - b'0'),
            Some(byte) if size == 5 && byte.is_ascii_alphabetic() => return Head::Whole { length, size },
            Some(_) => return Head::None,
            None => return Head::Cut,
        }
    }
    Head::Whole { length, size: HEAD }
}

/// Where a head begins, at `from` or behind; one that the end cuts counts where more may come.
fn next_head(bytes: &[u8], from: usize, more: bool) -> Option<usize> {
    let tail = bytes.get(from..)?;
    let begins = |place: &usize| match head(bytes.get(*place..).unwrap_or_default()) {
        Head::Whole { .. } => true,
        Head::Cut => more,
        Head::None => false,
    };
    tail.iter().enumerate().filter(|(_, byte)| **byte == b'#').map(|(i, _)| from + i).find(begins)
}

/// Whether a line ends here, or the next frame begins.
const fn delimits(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n' | b'#')
}

/// Looks for what closes a segment of this length. A sum behind `&&` that proves the segment needs nothing else; a wrong,
/// cut or absent one, as a logger with an error of its own or encryption sends it, must end the line. Where `&&` is
/// missing, the line must end with the standard's sum.
fn end_at(body: &[u8], length: usize, last: bool) -> End {
    let cut = if last { End::Open } else { End::Cut };
    let Some((data, tail)) = body.split_at_checked(length) else { return cut };
    let digits = tail.iter().take(4).take_while(|byte| byte.is_ascii_hexdigit()).count();
    // Of the line's end: whether it is there, none where the bytes end before.
    let ends = tail.get(digits).map(|byte| delimits(*byte)).or(last.then_some(true));
    if digits < 4 && ends != Some(true) {
        return if ends.is_none() { cut } else { End::Open };
    }
    let sent = hexadecimal(tail.get(..digits).unwrap_or_default());
    if !data.ends_with(b"&&") {
        let proved = || digits == 4 && sent == Some(crc(data));
        return match ends {
            None => cut,
            Some(true) if proved() => End::Closed { digits, kind: CrcKind::Ok },
            Some(_) => End::Open,
        };
    }
    let kind = CrcKind::of(data, sent);
    match ends {
        _ if kind.proves() => End::Closed { digits, kind },
        Some(true) => End::Closed { digits, kind },
        Some(false) => End::Open,
        None => cut,
    }
}

/// Whether a whole frame with a right sum stands within the segment: then the one around it was cut short.
fn is_interrupted(body: &[u8], length: usize) -> bool {
    let data = up_to(body, length);
    if !data.contains(&b'#') {
        return false;
    }
    let Some(inner) = next_head(data, 0, false).and_then(|at| data.get(at..)) else { return false };
    let Head::Whole { length, size } = head(inner) else { return false };
    let end = inner.get(size..).map(|body| end_at(body, length, false));
    matches!(end, Some(End::Closed { digits: 4, kind }) if kind.proves())
}

/// A frame whose data segment has `true_length` bytes.
fn framed(
    bytes: &[u8],
    size: usize,
    length: usize,
    true_length: usize,
    (digits, crc): (usize, CrcKind),
    last: bool,
) -> Piece<'_> {
    let sum = size + true_length;
    let behind = sum + digits;
    let is_end = |byte: &&u8| matches!(**byte, b'\r' | b'\n');
    let end = behind + bytes.get(behind..).unwrap_or_default().iter().take_while(is_end).count();
    Piece::Frame(Frame {
        data: bytes.get(size..sum).unwrap_or_default(),
        raw: up_to(bytes, end),
        length,
        length_digits: size - 2,
        sum: bytes.get(sum..behind).unwrap_or_default(),
        crc,
        line_end: bytes.get(behind..end).filter(|_| last || end < bytes.len()),
    })
}

/// What begins with a length that leads nowhere ends with the first check sum that closes a line, or else where the next
/// frame begins. If the sum is the standard's, it proves the true length.
fn resume(bytes: &[u8], size: usize, length: usize, last: bool) -> Piece<'_> {
    let body = bytes.get(size..).unwrap_or_default();
    let window = up_to(body, REACH);
    let next = next_head(up_to(body, REACH + HEAD), 0, false).filter(|at| *at < window.len());
    let before = up_to(window, next.unwrap_or(window.len()));
    let too_long = length > LONGEST;
    if let Some((at, sent)) = closing(before, last || next.is_some()) {
        if !too_long && sent == crc(up_to(body, at)) {
            return framed(bytes, size, length, at, (4, CrcKind::Ok), last);
        }
        let is_end = |byte: &&u8| matches!(**byte, b'\r' | b'\n');
        let end = at + 4 + body.get(at + 4..).unwrap_or_default().iter().take_while(is_end).count();
        let fault =
            if too_long { Fault::TooLong { length } } else { Fault::Length { length, found: Some(at) } };
        return Piece::Broken { fault, raw: up_to(bytes, size + end) };
    }
    if next.is_none() && !last && body.len() < REACH + HEAD {
        return Piece::Partial(bytes);
    }
    let fault = if too_long { Fault::TooLong { length } } else { Fault::Length { length, found: None } };
    Piece::Broken { fault, raw: up_to(bytes, size + before.len()) }
}

/// The first place behind `&&` where four digits of a check sum end a line, and the sum; `ended` where the bytes end one.
fn closing(body: &[u8], ended: bool) -> Option<(usize, u16)> {
    let sum_at = |at: usize| {
        let digits = body.get(at..at + 4)?;
        let ends = body.get(at + 4).map_or(ended, |byte| delimits(*byte));
        let sum = hexadecimal(digits).filter(|_| digits.iter().all(u8::is_ascii_hexdigit));
        sum.filter(|_| ends).map(|sum| (at, sum))
    };
    let pairs = body.windows(2).enumerate().filter(|(_, pair)| pair == b"&&");
    pairs.map(|(place, _)| place + 2).find_map(sum_at)
}

fn up_to(bytes: &[u8], end: usize) -> &[u8] {
    bytes.get(..end).unwrap_or(bytes)
}
