//! The encoding of a text file. Spreadsheet programs on Chinese systems save CSV as GBK (GB 18030 holds all of it), or as
//! UTF-16 where one chooses "Unicode text"; neither is named in the file.
//!
//! UTF-16 is recognised by its mark. GBK is taken for granted only where most lines with anything beyond ASCII are no UTF-8
//! and the whole file is flawless GB 18030: a single broken line in a UTF-8 file stays what it is, one broken line.

use std::io::{self, BufRead, BufReader, Read};

use encoding_rs::{CoderResult, Decoder, DecoderResult, Encoding, GB18030};

use crate::IngestError;

/// Bytes read at a time; a longer line is looked at in pieces.
const PIECE: u64 = 64 << 10;

/// The encoding of a text; none where it is to be read as UTF-8. `open` gives the text from its beginning, as often as it is
/// asked.
///
/// # Errors
/// The text cannot be opened. Where it breaks off in the middle, what can be read of it decides; the reader of its rows
/// meets the break again and tells of it.
pub(super) fn other_than_utf8<R: Read>(
    open: impl Fn() -> Result<R, IngestError>,
) -> Result<Option<&'static Encoding>, IngestError> {
    let mut text = BufReader::new(open()?);
    if let Some((encoding, _)) = Encoding::for_bom(text.fill_buf().unwrap_or_default()) {
        return Ok((encoding != encoding_rs::UTF_8).then_some(encoding));
    }
    let (mut sound, mut unsound) = (0_u64, 0_u64);
    let mut line = Vec::new();
    while (&mut text).take(PIECE).read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        match std::str::from_utf8(&line) {
            Ok(line) if line.is_ascii() => {}
            Ok(_) => sound += 1,
            Err(_) => unsound += 1,
        }
        line.clear();
    }
    Ok((unsound > sound && is_flawless(open()?, GB18030)).then_some(GB18030))
}

/// Whether every byte can be read in an encoding.
fn is_flawless(mut text: impl Read, encoding: &'static Encoding) -> bool {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let (mut raw, mut out) = ([0; 8 << 10], [0; 32 << 10]);
    loop {
        let read = text.read(&mut raw).unwrap_or(0);
        let mut rest = raw.get(..read).unwrap_or_default();
        loop {
            let (result, taken, _) = decoder.decode_to_utf8_without_replacement(rest, &mut out, read == 0);
            rest = rest.get(taken..).unwrap_or_default();
            match result {
                DecoderResult::Malformed(..) => return false,
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => {}
            }
        }
        if read == 0 {
            return true;
        }
    }
}

/// Reads a text of another encoding as UTF-8. What cannot be read becomes U+FFFD, so that no line is lost.
pub(super) struct Transcoded<R> {
    inner: R,
    decoder: Decoder,
    /// Bytes as they stand in the file, and which of them are still to be read.
    raw: Vec<u8>,
    raw_left: std::ops::Range<usize>,
    /// Text, and which of it is still to be given out.
    text: Vec<u8>,
    text_left: std::ops::Range<usize>,
    is_last: bool,
    is_done: bool,
}

impl<R: Read> Transcoded<R> {
    pub(super) fn new(inner: R, encoding: &'static Encoding) -> Self {
        Self {
            inner,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: vec![0; 8 << 10],
            raw_left: 0..0,
            text: vec![0; 32 << 10],
            text_left: 0..0,
            is_last: false,
            is_done: false,
        }
    }

    /// Reads more until there is text or nothing is left.
    fn fill(&mut self) -> io::Result<()> {
        while self.text_left.is_empty() && !self.is_done {
            if self.raw_left.is_empty() && !self.is_last {
                self.raw_left = 0..self.inner.read(&mut self.raw)?;
                self.is_last = self.raw_left.is_empty();
            }
            let raw = self.raw.get(self.raw_left.clone()).unwrap_or_default();
            let (result, taken, written, _) = self.decoder.decode_to_utf8(raw, &mut self.text, self.is_last);
            self.raw_left.start += taken;
            self.text_left = 0..written;
            self.is_done = self.is_last && matches!(result, CoderResult::InputEmpty);
        }
        Ok(())
    }
}

impl<R: Read> Read for Transcoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.fill()?;
        let mut text = self.text.get(self.text_left.clone()).unwrap_or_default();
        let given = text.read(buffer)?;
        self.text_left.start += given;
        Ok(given)
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::GBK;

    use super::*;

    fn read(bytes: &[u8]) -> (Option<&'static str>, String) {
        let encoding = other_than_utf8(|| Ok(bytes)).unwrap();
        let mut text = Vec::new();
        match encoding {
            None => text.extend_from_slice(bytes),
            Some(encoding) => {
                io::copy(&mut Transcoded::new(bytes, encoding), &mut text).unwrap();
            }
        }
        (encoding.map(Encoding::name), String::from_utf8(text).unwrap())
    }

    #[test]
    fn encodings_are_told_apart() {
        let table = "站点,时间,浊度(NTU)\n联通,2026-10-05 08:00,3.5\n海河大桥,2026-10-05 12:00,4\n";
        let check = |bytes: &[u8], expected: Option<&str>| {
            let (encoding, text) = read(bytes);
            assert_eq!(encoding, expected);
            assert_eq!(text.trim_start_matches('\u{feff}'), table);
        };
        check(table.as_bytes(), None);
        check(&[b"\xef\xbb\xbf", table.as_bytes()].concat(), None);
        check(&GBK.encode(table).0, Some("gb18030"));
        let wide = |bytes: fn(u16) -> [u8; 2]| {
            "\u{feff}".encode_utf16().chain(table.encode_utf16()).flat_map(bytes).collect()
        };
        let (little, big): (Vec<u8>, Vec<u8>) = (wide(u16::to_le_bytes), wide(u16::to_be_bytes));
        check(&little, Some("UTF-16LE"));
        check(&big, Some("UTF-16BE"));
    }

    #[test]
    fn broken_lines_do_not_turn_a_file_into_another_language() {
        let check = |bytes: &[u8]| assert_eq!(other_than_utf8(|| Ok(bytes)).unwrap(), None, "{bytes:?}");
        check(b"");
        check(b"time,site\n1,a\n");
        // One line of GBK in a file of UTF-8, and bytes that no encoding of China has.
        check(&["一号站\n二号站\n".as_bytes(), b"\xc0\xe8\n"].concat());
        check(b"time,site\n1,\xff\n");
        check(b"time,site\n1,caf\xe9,2\n");
    }

    #[test]
    fn a_long_text_comes_whole_however_little_is_asked_for() {
        let long = "海河三岔口，".repeat(20_000);
        let bytes = GBK.encode(&long).0.into_owned();
        let mut reader = Transcoded::new(bytes.as_slice(), GB18030);
        let (mut text, mut piece) = (Vec::new(), [0; 7]);
        loop {
            let read = reader.read(&mut piece).unwrap();
            if read == 0 {
                break;
            }
            text.extend_from_slice(&piece[..read]);
        }
        assert!(text == long.as_bytes());
    }
}
