//! Frames in a run of bytes (HJ 212-2017, 6.3): `##`, length in 4 digits, data segment, CRC in 4 hexadecimal digits,
//! CR LF.
//!
//! A frame is taken by its length, never by its line end, and only where length and CRC agree. The length counts bytes,
//! or characters where a device takes UTF-8 text for one each. Accepted besides: lower-case CRC, a CRC that lost leading
//! zeros (where a line end closes it), 3 digits of length, LF alone or no line end. After anything else reading goes on
//! at the next `##` with a length. Every byte belongs to exactly one [`Piece`], in order.

use std::fmt;

use super::crc::{crc, modbus};

/// Longest data segment read. The standard allows 1024; loggers in the field send up to 1700.
pub const LONGEST: usize = 4096;

/// A stretch of the bytes; all stretches in order are the bytes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A frame whose length and CRC agree.
    Frame {
        /// The data segment.
        data: &'a [u8],
        /// All of it, line end included.
        raw: &'a [u8],
    },
    /// What begins as a frame and is none.
    Broken {
        /// Why.
        fault: Fault,
        /// Up to its line end or to where the next frame begins.
        raw: &'a [u8],
    },
    /// Bytes outside any frame.
    Noise(&'a [u8]),
    /// The beginning of a frame that goes on behind the last byte: more is to come, or the length is too large.
    Partial(&'a [u8]),
}

impl<'a> Piece<'a> {
    /// The bytes it covers.
    #[must_use]
    pub const fn raw(&self) -> &'a [u8] {
        match self {
            Self::Frame { raw, .. } | Self::Broken { raw, .. } | Self::Noise(raw) | Self::Partial(raw) => raw,
        }
    }

    /// What it is where nothing more will come: a partial frame is a broken one.
    #[must_use]
    pub fn given_up(self) -> Self {
        let Self::Partial(raw) = self else { return self };
        let Head::Whole { length, size } = head(raw) else { return Self::Noise(raw) };
        let found = closing(raw.get(size..).unwrap_or_default()).map(|(found, _)| found);
        Self::Broken { fault: Fault::Length { length, found }, raw }
    }
}

/// What is wrong with a broken frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The length is beyond [`LONGEST`].
    TooLong {
        /// As written.
        length: usize,
    },
    /// No CRC stands where the length says.
    Length {
        /// As written.
        length: usize,
        /// Bytes up to where a CRC does stand.
        found: Option<usize>,
    },
    /// The CRC is another one.
    Crc {
        /// Of the bytes received.
        computed: u16,
        /// As written.
        sent: u16,
        /// Whether what was sent is CRC-16/MODBUS, in either order of its bytes.
        modbus: bool,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::TooLong { length } => {
                write!(
                    f,
                    "length {length}, read are at most {LONGEST} bytes; let the logger split the packet"
                )
            }
            Self::Length { length, found: Some(found) } => {
                write!(f, "length {length:04} was sent, the data segment has {found} bytes; mend the logger")
            }
            Self::Length { length, found: None } => {
                write!(f, "length {length:04} was sent, and no CRC stands behind so many bytes")
            }
            Self::Crc { computed, sent, modbus } => {
                write!(f, "CRC {sent:04X} was sent, {computed:04X} computed")?;
                if modbus {
                    f.write_str("; the logger sends CRC-16/MODBUS, set it to HJ 212")?;
                }
                Ok(())
            }
        }
    }
}

/// Cuts bytes into pieces.
#[must_use]
pub const fn pieces(bytes: &[u8]) -> Pieces<'_> {
    Pieces { rest: bytes }
}

/// The pieces of a run of bytes, see [`pieces`].
#[derive(Clone, Debug)]
pub struct Pieces<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let piece = first_piece(self.rest);
        self.rest = self.rest.get(piece.raw().len()..).unwrap_or_default();
        Some(piece)
    }
}

/// Makes a frame of a data segment, as a logger does. A segment of more than 9999 bytes has no frame that can be read.
#[must_use]
pub fn encode(data: &str) -> String {
    format!("##{:04}{data}{:04X}\r\n", data.len(), crc(data.as_bytes()))
}

/// What bytes begin with.
enum Head {
    /// `##` and a length; the data segment begins at `size`.
    Whole { length: usize, size: usize },
    /// The bytes end before that can be said.
    Cut,
    /// Something else.
    None,
}

/// Reads `##` and 4 digits, or 3 digits and a letter: data segments begin with a letter.
fn head(bytes: &[u8]) -> Head {
    let marks = bytes.iter().take(2).take_while(|byte| **byte == b'#').count();
    if marks < 2 {
        return if marks == bytes.len() { Head::Cut } else { Head::None };
    }
    let mut length = 0;
    for size in 2..6 {
        match bytes.get(size) {
            Some(digit @ b'0'..=b'9') => length = length * 10 + usize::from(digit - b'0'),
            Some(byte) if size == 5 && byte.is_ascii_alphabetic() => return Head::Whole { length, size },
            Some(_) => return Head::None,
            None => return Head::Cut,
        }
    }
    Head::Whole { length, size: 6 }
}

fn first_piece(bytes: &[u8]) -> Piece<'_> {
    let (length, size) = match head(bytes) {
        Head::Whole { length, size } => (length, size),
        Head::Cut => return Piece::Partial(bytes),
        Head::None => return Piece::Noise(up_to(bytes, next_head(bytes, 1))),
    };
    if length > LONGEST {
        return broken(bytes, size, Fault::TooLong { length });
    }
    let body = bytes.get(size..).unwrap_or_default();
    let by_bytes = closed(body, length);
    if let Some((sent, end)) = by_bytes
        && let Some(data) = body.get(..length)
        && crc(data) == sent
    {
        return Piece::Frame { data, raw: up_to(bytes, size + end) };
    }
    let next = next_head(bytes, size);
    let followed = matches!(head(bytes.get(next..).unwrap_or_default()), Head::Whole { .. });
    if followed && next < size + length {
        return broken(bytes, size, Fault::Length { length, found: None });
    }
    if let Some(length) = bytes_of_characters(body, length)
        && let Some((sent, end)) = closed(body, length)
        && let Some(data) = body.get(..length)
        && crc(data) == sent
    {
        return Piece::Frame { data, raw: up_to(bytes, size + end) };
    }
    match (by_bytes, body.get(..length)) {
        (Some((sent, end)), Some(data)) => {
            let other = modbus(data);
            let modbus = sent == other || sent == other.swap_bytes();
            let fault = Fault::Crc { computed: crc(data), sent, modbus };
            Piece::Broken { fault, raw: up_to(bytes, size + end) }
        }
        _ if !followed && ends_within(body, length) => Piece::Partial(bytes),
        _ => broken(bytes, size, Fault::Length { length, found: None }),
    }
}

/// A broken frame that ends with the first CRC and line end behind its head, or else where the next head is.
fn broken(bytes: &[u8], size: usize, fault: Fault) -> Piece<'_> {
    let next = next_head(bytes, size);
    let body = bytes.get(size..next).unwrap_or_default();
    let Some((found, end)) = closing(body) else {
        return Piece::Broken { fault, raw: up_to(bytes, next) };
    };
    let fault = match fault {
        Fault::Length { length, .. } => Fault::Length { length, found: Some(found) },
        other => other,
    };
    Piece::Broken { fault, raw: up_to(bytes, size + end) }
}

/// Where a head begins, at `from` or behind, at the latest the end of the bytes. A head that the end cuts counts.
fn next_head(bytes: &[u8], from: usize) -> usize {
    let tail = bytes.get(from..).unwrap_or_default();
    let begins = |place: &usize| !matches!(head(bytes.get(*place..).unwrap_or_default()), Head::None);
    let mut places = tail.iter().enumerate().filter(|(_, byte)| **byte == b'#').map(|(i, _)| from + i);
    places.find(begins).unwrap_or(bytes.len())
}

/// Whether data and CRC may go on behind the last byte, the length being of bytes or of characters.
fn ends_within(body: &[u8], length: usize) -> bool {
    let characters = || body.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
    body.len() < length + 4 || (body.len() < LONGEST + 4 && characters() < length + 4)
}

/// The CRC written at `at`, and where its line end is over. One that is shorter than 4 digits has lost zeros.
fn closed(body: &[u8], at: usize) -> Option<(u16, usize)> {
    let tail = body.get(at..)?;
    let digits = tail.iter().take(4).take_while(|byte| byte.is_ascii_hexdigit()).count();
    let line_end = tail.iter().skip(digits).take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    if digits == 0 || (digits < 4 && line_end == 0) {
        return None;
    }
    let text = std::str::from_utf8(tail.get(..digits)?).ok()?;
    Some((u16::from_str_radix(text, 16).ok()?, at + digits + line_end))
}

/// The first place behind `&&` where a CRC of 4 digits stands and nothing more of the line, and where the line ends.
fn closing(body: &[u8]) -> Option<(usize, usize)> {
    let behind = |at: usize| {
        let (_, end) = closed(body, at)?;
        (body.get(at..at + 4)?.iter().all(u8::is_ascii_hexdigit) && (end > at + 4 || end == body.len()))
            .then_some((at, end))
    };
    let pairs = body.windows(2).enumerate().filter(|(_, pair)| pair == b"&&");
    pairs.map(|(place, _)| place + 2).find_map(behind)
}

/// Bytes of the first `characters` of UTF-8 text; none where there are not so many, or where each is one byte.
fn bytes_of_characters(body: &[u8], characters: usize) -> Option<usize> {
    let within = body.get(..LONGEST.min(body.len()))?;
    if within.iter().take(characters).all(u8::is_ascii) {
        return None;
    }
    let starts = within.iter().enumerate().filter(|(_, byte)| **byte & 0xC0 != 0x80);
    starts.map(|(place, _)| place).nth(characters)
}

fn up_to(bytes: &[u8], end: usize) -> &[u8] {
    bytes.get(..end).unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATA: &str = "QN=20160801085857223;ST=32;CN=2011;PW=123456;MN=M1;Flag=5;CP=&&DataTime=20160801085857;w01018-Rtd=63.0&&";

    /// `F` for a frame, `B` broken, `N` noise, `P` partial, each with its number of bytes.
    fn shape(bytes: &[u8]) -> String {
        let mut seen = Vec::new();
        let mut shape = Vec::new();
        for piece in pieces(bytes) {
            assert!(!piece.raw().is_empty());
            seen.extend_from_slice(piece.raw());
            let letter = match piece {
                Piece::Frame { .. } => 'F',
                Piece::Broken { .. } => 'B',
                Piece::Noise(_) => 'N',
                Piece::Partial(_) => 'P',
            };
            shape.push(format!("{letter}{}", piece.raw().len()));
        }
        assert_eq!(seen, bytes, "every byte once and in order");
        shape.join(" ")
    }

    fn fault(bytes: &str) -> String {
        match pieces(bytes.as_bytes()).next() {
            Some(Piece::Broken { fault, .. }) => fault.to_string(),
            other => panic!("{bytes}: {other:?}"),
        }
    }

    #[test]
    fn the_standards_own_packet_is_a_frame() {
        let data = "QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&";
        assert_eq!(encode(data), format!("##0101{data}1C80\r\n"));
        let frame = encode(data);
        let expected = Piece::Frame { data: data.as_bytes(), raw: frame.as_bytes() };
        assert_eq!(pieces(frame.as_bytes()).collect::<Vec<_>>(), [expected]);
    }

    #[test]
    fn frames_are_found_between_line_ends_and_noise() {
        let frame = encode(DATA);
        let bare = frame.trim_end();
        let check = |text: &str, expected: &str| assert_eq!(shape(text.as_bytes()), expected, "{text}");
        let (n, b) = (frame.len(), bare.len());
        check(&frame, &format!("F{n}"));
        check(bare, &format!("F{b}"));
        check(&format!("{bare}\n"), &format!("F{}", b + 1));
        check(&format!("{frame}{frame}"), &format!("F{n} F{n}"));
        check(&format!("{bare}{frame}"), &format!("F{b} F{n}"));
        check(&format!("GET / {frame}"), &format!("N6 F{n}"));
        check(&format!("###{}", &frame[2..]), &format!("N1 F{n}"));
        check(&format!("{bare}\0\0\0{frame}"), &format!("F{b} N3 F{n}"));
        check(&format!("{bare} #12 ##x {frame}"), &format!("F{b} N9 F{n}"));
        check("hello", "N5");
    }

    #[test]
    fn tolerated_spellings_of_length_and_crc() {
        let bare = encode("CP=&&w01018-Rtd=34&&").trim_end().to_owned();
        let (before, sum) = bare.split_at(bare.len() - 4);
        assert_eq!(shape(format!("{before}{}", sum.to_lowercase()).as_bytes()), "F30", "lower case");
        let three = bare.replace("##0020", "##020");
        assert_eq!(shape(three.as_bytes()), "F29", "three digits of length");
        let text = "CP=&&i12001-Info=仪表正常&&";
        let by_characters = encode(text).replace("##0031", "##0023");
        assert_eq!(shape(by_characters.as_bytes()), "F43", "characters for bytes");
        // A data segment whose CRC begins with a zero.
        let data = (0..)
            .map(|i| format!("CP=&&w01018-Rtd={i}&&"))
            .find(|data| crc(data.as_bytes()) < 0x1000)
            .unwrap_or_default();
        let short = format!("##{:04}{data}{:X}\r\n", data.len(), crc(data.as_bytes()));
        assert_eq!(shape(short.as_bytes()), format!("F{}", short.len()));
    }

    #[test]
    fn a_broken_frame_says_why_and_costs_no_neighbour() {
        let frame = encode(DATA);
        let n = frame.len();
        let changed = frame.replace("63.0", "64.0");
        assert_eq!(shape(format!("{changed}{frame}").as_bytes()), format!("B{n} F{n}"));
        assert!(fault(&changed).starts_with("CRC "), "{}", fault(&changed));
        assert!(fault(&changed).ends_with(" computed"), "{}", fault(&changed));
        let modbus = format!("##{:04}{DATA}{:04X}\r\n", DATA.len(), modbus(DATA.as_bytes()));
        assert!(fault(&modbus).contains("MODBUS"), "{}", fault(&modbus));

        let length = DATA.len();
        for wrong in [length - 3, length + 9, 0, 9999, 4096] {
            let bad = frame.replace(&format!("##{length:04}"), &format!("##{wrong:04}"));
            assert_eq!(shape(format!("{bad}{frame}").as_bytes()), format!("B{n} F{n}"), "length {wrong}");
        }
        let short = frame.replace(&format!("##{length:04}"), &format!("##{:04}", length - 3));
        assert!(fault(&short).contains(&format!("has {length} bytes")), "{}", fault(&short));
        let cut = &frame[..40];
        assert_eq!(shape(format!("{cut}{frame}").as_bytes()), format!("B40 F{n}"), "cut by a reconnect");
    }

    #[test]
    fn what_may_go_on_is_partial_at_every_cut() {
        let frame = encode(DATA);
        for cut in 1..frame.len() - 2 {
            assert_eq!(shape(&frame.as_bytes()[..cut]), format!("P{cut}"));
        }
        let data = "CP=&&i12001-Info=仪表正常&&";
        let counted =
            encode(data).replace(&format!("{:04}", data.len()), &format!("{:04}", data.chars().count()));
        for cut in 1..counted.len() - 2 {
            assert_eq!(shape(&counted.as_bytes()[..cut]), format!("P{cut}"), "by characters");
        }
        let given_up = |bytes: &str| match pieces(bytes.as_bytes()).next().map(Piece::given_up) {
            Some(Piece::Broken { fault, raw }) => format!("{} {fault}", raw.len()),
            other => format!("{other:?}"),
        };
        assert!(
            given_up(&frame[..50]).starts_with("50 length 0104 was sent, and no CRC"),
            "{}",
            given_up(&frame[..50])
        );
        let long = frame.replace("##0104", "##0120");
        assert!(
            given_up(&long).contains("length 0120 was sent, the data segment has 104 bytes"),
            "{}",
            given_up(&long)
        );
        assert_eq!(pieces(b"##01").next().map(Piece::given_up), Some(Piece::Noise(b"##01")));
    }
}
