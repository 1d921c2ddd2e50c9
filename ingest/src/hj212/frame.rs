//! Frames in a run of bytes (HJ 212-2017, 6.3): `##`, length in 4 digits, data segment, CRC in 4 hexadecimal digits,
//! CR LF.
//!
//! A frame is cut by its length, never by its line end; what its CRC is worth is said beside it and judged by
//! [`super::read`]. The length counts bytes. Every byte belongs to exactly one [`Piece`], in order.
//!
//! [`pieces`] is for a stream of which more is to come, [`all_pieces`] for bytes that are all there is. However a stream
//! is cut into portions, the frames are the same.

use super::check::CrcKind;
use super::crc::crc;
use super::cut::first_piece;
use super::fault::Fault;

/// Longest data segment read. The standard allows 1024; loggers in the field send up to 1700.
pub const LONGEST: usize = 4096;

/// A stretch of the bytes; all stretches in order are the bytes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A frame.
    Frame(Frame<'a>),
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

/// A frame whose length leads to its check sum, or whose check sum proves another length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The data segment.
    pub data: &'a [u8],
    /// All of it, line end included.
    pub raw: &'a [u8],
    /// The length as written.
    pub length: usize,
    /// Digits it is written in, 3 or 4.
    pub length_digits: usize,
    /// The check sum as written; empty where none is.
    pub sum: &'a [u8],
    /// What the check sum agrees with.
    pub crc: CrcKind,
    /// The line end as sent; none where more of it may be to come.
    pub line_end: Option<&'a [u8]>,
}

impl Frame<'_> {
    /// The check sum that was sent.
    #[must_use]
    pub fn sent(&self) -> Option<u16> {
        hexadecimal(self.sum)
    }
}

impl<'a> Piece<'a> {
    /// The bytes it covers.
    #[must_use]
    pub const fn raw(&self) -> &'a [u8] {
        match self {
            Self::Frame(Frame { raw, .. })
            | Self::Broken { raw, .. }
            | Self::Noise(raw)
            | Self::Partial(raw) => raw,
        }
    }

    /// Whether it is nothing but blanks, line ends and zeros, which say nothing.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        let is_blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0;
        matches!(self, Self::Noise(raw) if raw.iter().all(is_blank))
    }
}

/// Cuts the bytes of a stream that have arrived; a [`Piece::Partial`] stands at the end where more must come. Call again
/// with its bytes and those that followed, or with [`all_pieces`] when nothing has followed for long.
#[must_use]
pub const fn pieces(bytes: &[u8]) -> Pieces<'_> {
    Pieces { rest: bytes, last: false }
}

/// Cuts bytes behind which nothing will come.
#[must_use]
pub const fn all_pieces(bytes: &[u8]) -> Pieces<'_> {
    Pieces { rest: bytes, last: true }
}

/// The pieces of a run of bytes, see [`pieces`].
#[derive(Clone, Debug)]
pub struct Pieces<'a> {
    rest: &'a [u8],
    last: bool,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let piece = first_piece(self.rest, self.last);
        self.rest = self.rest.get(piece.raw().len()..).unwrap_or_default();
        Some(piece)
    }
}

/// Makes a frame of a data segment, as a logger does. A segment of more than 9999 bytes has no frame that can be read.
#[must_use]
pub fn encode(data: &str) -> String {
    format!("##{:04}{data}{:04X}\r\n", data.len(), crc(data.as_bytes()))
}

/// Up to 4 hexadecimal digits as a number; none where there are none.
pub(super) fn hexadecimal(digits: &[u8]) -> Option<u16> {
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hj212::crc::modbus;

    const DATA: &str = "QN=20160801085857223;ST=32;CN=2011;PW=123456;MN=M1;Flag=5;CP=&&DataTime=20160801085857;w01018-Rtd=63.0&&";

    /// `F` for a frame with what its sum is worth, `B` broken, `N` noise, `P` partial, each with its number of bytes.
    fn shape(cut: Pieces<'_>, bytes: &[u8]) -> String {
        let mut seen = Vec::new();
        let mut shape = Vec::new();
        for piece in cut {
            assert!(!piece.raw().is_empty());
            seen.extend_from_slice(piece.raw());
            let n = piece.raw().len();
            shape.push(match piece {
                Piece::Frame(Frame { crc: CrcKind::Ok, .. }) => format!("F{n}"),
                Piece::Frame(frame) => format!("{}{n}", frame.crc.key()),
                Piece::Broken { .. } => format!("B{n}"),
                Piece::Noise(_) => format!("N{n}"),
                Piece::Partial(_) => format!("P{n}"),
            });
        }
        assert_eq!(seen, bytes, "every byte once and in order");
        shape.join(" ")
    }

    /// The pieces of a stream so far, and those of the same bytes where no more will come.
    fn check(bytes: &[u8], open: &str, whole: &str) {
        let text = String::from_utf8_lossy(bytes);
        assert_eq!(shape(pieces(bytes), bytes), open, "{text}");
        assert_eq!(shape(all_pieces(bytes), bytes), whole, "{text}");
    }

    fn both(text: &str, expected: &str) {
        check(text.as_bytes(), expected, expected);
    }

    fn fault(bytes: &str) -> String {
        match all_pieces(bytes.as_bytes()).next() {
            Some(Piece::Broken { fault, .. }) => fault.to_string(),
            other => panic!("{bytes}: {other:?}"),
        }
    }

    #[test]
    fn the_standards_own_packet_is_a_frame() {
        let data = "QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&";
        assert_eq!(encode(data), format!("##0101{data}1C80\r\n"));
        let frame = encode(data);
        let expected = Frame {
            data: data.as_bytes(),
            raw: frame.as_bytes(),
            length: 101,
            length_digits: 4,
            sum: b"1C80",
            crc: CrcKind::Ok,
            line_end: Some(b"\r\n"),
        };
        assert_eq!(all_pieces(frame.as_bytes()).collect::<Vec<_>>(), [Piece::Frame(expected)]);
        assert_eq!(expected.sent(), Some(0x1C80));
    }

    #[test]
    fn frames_are_found_between_line_ends_and_noise() {
        let frame = encode(DATA);
        let bare = frame.trim_end();
        let (n, b) = (frame.len(), bare.len());
        both(&frame, &format!("F{n}"));
        both(bare, &format!("F{b}"));
        both(&format!("{bare}\n"), &format!("F{}", b + 1));
        both(&format!("{frame}{frame}"), &format!("F{n} F{n}"));
        both(&format!("{bare}{frame}"), &format!("F{b} F{n}"));
        both(&format!("GET / {frame}"), &format!("N6 F{n}"));
        both(&format!("###{}", &frame[2..]), &format!("N1 F{n}"));
        both(&format!("{bare}\0\0\0{frame}"), &format!("F{b} N3 F{n}"));
        both(&format!("{bare} #12 ##x {frame}"), &format!("F{b} N9 F{n}"));
        both("hello", "N5");
        check(b"##01", "P4", "N4");
    }

    #[test]
    fn a_frame_is_cut_whatever_its_sum_is() {
        let framed = |sum: &str, end: &str| format!("##{:04}{DATA}{sum}{end}", DATA.len());
        let n = framed("0000", "\r\n").len();
        let (standard, other) = (crc(DATA.as_bytes()), modbus(DATA.as_bytes()));
        both(&framed(&format!("{other:04x}"), "\r\n"), &format!("modbus{n}"));
        both(&framed(&format!("{other:04X}"), ""), &format!("modbus{}", n - 2));
        both(&framed(&format!("{:04X}", standard.swap_bytes()), "\r\n"), &format!("swapped{n}"));
        both(&framed(&format!("{:04X}", other.swap_bytes()), "\n"), &format!("swapped{}", n - 1));
        both(&framed("0000", "\r\n"), &format!("bad{n}"));
        both(&framed("", "\r\n"), &format!("missing{}", n - 4));
        let next = encode(DATA);
        both(&format!("{}{next}", framed("0000", "")), &format!("bad{} F{n}", n - 2));
        both(&format!("{}{next}", framed("", "")), &format!("missing{} F{n}", n - 6));
        // Whether something else follows is not known yet.
        check(framed("0000", "").as_bytes(), &format!("P{}", n - 2), &format!("bad{}", n - 2));
        check(framed("", "").as_bytes(), &format!("P{}", n - 6), &format!("missing{}", n - 6));
        check(framed("0000", "12\r\n").as_bytes(), &format!("P{}", n + 2), &format!("B{}", n + 2));
        // Where no && closes the segment, only the standard's sum does.
        let open = DATA.trim_end_matches('&');
        let n = encode(open).len();
        both(&encode(open), &format!("F{n}"));
        check(encode(open).trim_end().as_bytes(), &format!("P{}", n - 2), &format!("F{}", n - 2));
        let other = format!("##{:04}{open}{:04X}\r\n", open.len(), modbus(open.as_bytes()));
        both(&format!("{other}{next}"), &format!("B{n} F{}", next.len()));
    }

    #[test]
    fn a_sum_that_lost_zeros_is_closed_by_its_line_end() {
        let data = (0..)
            .map(|i| format!("CP=&&w01018-Rtd={i}&&"))
            .find(|data| crc(data.as_bytes()) < 0x1000)
            .unwrap_or_default();
        let bare = format!("##{:04}{data}{:X}", data.len(), crc(data.as_bytes()));
        let n = bare.len();
        both(&format!("{bare}\r\n"), &format!("F{}", n + 2));
        both(&format!("{bare}{}", encode(DATA)), &format!("F{n} F{}", encode(DATA).len()));
        check(bare.as_bytes(), &format!("P{n}"), &format!("F{n}"));
    }

    #[test]
    fn a_wrong_length_is_mended_where_the_standards_sum_proves_the_true_one() {
        let frame = encode(DATA);
        let (n, length) = (frame.len(), DATA.len());
        let with_length =
            |frame: &str, wrong: usize| frame.replace(&format!("##{length:04}"), &format!("##{wrong:04}"));
        for wrong in [length - 3, length + 9, 0, 400, 4096] {
            let bad = with_length(&frame, wrong);
            assert_eq!(shape(all_pieces(bad.as_bytes()), bad.as_bytes()), format!("F{n}"), "length {wrong}");
            // A stream need not wait for the end that the length promises once a next frame is whole.
            both(&format!("{bad}{frame}"), &format!("F{n} F{n}"));
        }
        let length_of = |bytes: &str| match all_pieces(bytes.as_bytes()).next() {
            Some(Piece::Frame(frame)) => (frame.length, frame.length_digits, frame.data.len()),
            other => panic!("{other:?}"),
        };
        assert_eq!(length_of(&with_length(&frame, 113)), (113, 4, 104));
        assert_eq!(length_of(&frame.replace("##0104", "##104")), (104, 3, 104));
        let text = "CP=&&i12001-Info=仪表正常&&";
        assert_eq!(length_of(&encode(text).replace("##0031", "##0023")), (23, 4, 31), "characters for bytes");
    }

    #[test]
    fn a_broken_frame_says_why_and_costs_no_neighbour() {
        let frame = encode(DATA);
        let n = frame.len();
        let changed = frame.replace("63.0", "64.0");
        both(&format!("{changed}{frame}"), &format!("bad{n} F{n}"));
        let short = changed.replace("##0104", "##0101");
        both(&format!("{short}{frame}"), &format!("B{n} F{n}"));
        assert_eq!(fault(&short), "length 0101 was sent, the data segment has 104 bytes; mend the logger");
        let other = format!("##0101{DATA}{:04X}\r\n", modbus(DATA.as_bytes()));
        both(&other, &format!("B{n}"));
        let long = frame.replace("##0104", "##9999");
        both(&format!("{long}{frame}"), &format!("B{n} F{n}"));
        assert!(fault(&long).starts_with("length 9999, read are at most 4096"), "{}", fault(&long));
        let cut = &frame[..40];
        both(&format!("{cut}{frame}"), &format!("B40 F{n}"));
        both(&format!("{cut}{cut}{frame}"), &format!("B40 B40 F{n}"));
        assert_eq!(fault(cut), "length 0104 was sent, and no CRC stands behind so many bytes");
        let endless = format!("##4000{}", "=".repeat(9000));
        both(&endless, "B4110 N4896");
    }

    #[test]
    fn ciphertext_may_hold_what_looks_like_a_frame() {
        let data = b"QN=1;CN=2011;MN=M1;Flag=9;CP=&&\x80##0004\x01&&12\r\n##0100\xffxyz&&";
        let mut frame = format!("##{:04}", data.len()).into_bytes();
        frame.extend(data);
        frame.extend(b"5500\r\n");
        let n = frame.len();
        check(&frame, &format!("bad{n}"), &format!("bad{n}"));
    }

    #[test]
    fn what_may_go_on_is_partial_at_every_cut() {
        let frame = encode(DATA);
        for cut in 1..frame.len() - 2 {
            assert_eq!(shape(pieces(&frame.as_bytes()[..cut]), &frame.as_bytes()[..cut]), format!("P{cut}"));
        }
    }

    #[test]
    fn blanks_say_nothing() {
        assert!(Piece::Noise(b" \r\n\0").is_blank());
        assert!(!Piece::Noise(b" x").is_blank());
        assert!(!Piece::Partial(b"#").is_blank());
    }
}
