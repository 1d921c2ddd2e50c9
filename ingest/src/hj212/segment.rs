//! The data segment of a frame: header fields and the factors of its CP (HJ 212-2017, 6.3.2 and Tables 3 and 4).
//!
//! Loggers keep neither the order of fields nor the standard's separators, and the standard's own examples do not
//! either. So `;` and `,` separate alike, blanks around names and values are dropped, `Flag` may
//! be written in capitals, the `;` before `CP` and the closing `&&` may be absent. No text is copied.

use super::command::Upload;
use super::deviation::{Deviation, note};
use super::edition::Edition;

/// The header fields that are used, and the CP unread. Empty where a field is absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Segment<'a> {
    /// QN: number of the request or upload, the logger's time to the millisecond.
    pub qn: &'a str,
    /// ST: system type; it does not say what is measured, loggers of stacks send that of water.
    pub st: &'a str,
    /// CN: command.
    pub cn: &'a str,
    /// PW: the logger's password, to be sent back in an answer.
    pub pw: &'a str,
    /// MN: the logger.
    pub mn: &'a str,
    /// Flag: version, whether the frame is a part, and whether an answer is wanted.
    pub flag: &'a str,
    /// PNUM: number of parts.
    pub pnum: &'a str,
    /// PNO: which part, from 1.
    pub pno: &'a str,
    /// RF: 1 where a record is sent again after a gap (HJ 212-2025).
    pub rf: &'a str,
    /// What stands between `CP=&&` and `&&`.
    pub cp: &'a str,
    /// What stands before `CP=`.
    pub before_cp: &'a str,
    /// What stands behind the closing `&&`; nothing in a frame that follows the standard.
    pub behind_cp: &'a str,
    /// Whether `&&` closes the CP.
    pub is_cp_closed: bool,
    /// Whether `Flag` has capitals where it has none.
    pub is_flag_misspelt: bool,
}

/// The factors of an upload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content<'a> {
    /// DataTime, as written.
    pub time: Option<&'a str>,
    /// Each factor once, in the order of its first field.
    pub factors: Vec<Factor<'a>>,
    /// How the CP differs from the standard, each once.
    pub deviations: Vec<Deviation>,
}

/// What a frame says of one factor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Factor<'a> {
    /// Code.
    pub code: &'a str,
    /// The value, as written; of several the last.
    pub value: Option<&'a str>,
    /// The values before it.
    pub earlier: u32,
    /// A field that measures and is not the one an upload of this kind is read from.
    pub other: Option<&'a str>,
    /// Flag: the letter beside the value.
    pub flag: Option<&'a str>,
}

impl<'a> Segment<'a> {
    /// Reads the header.
    #[must_use]
    pub fn parse(data: &'a str) -> Self {
        let mut segment = Self { before_cp: data, ..Self::default() };
        if let Some((before, body)) = data.split_once("CP=") {
            let body = body.trim_start();
            let body = body.strip_prefix("&&").unwrap_or(body);
            segment.before_cp = before;
            // A search for one sign is several times faster than one for two.
            let end = body.match_indices('&').map(|(at, _)| at).find(|at| body[*at..].starts_with("&&"));
            segment.cp = end.and_then(|end| body.get(..end)).unwrap_or(body);
            segment.behind_cp = end.and_then(|end| body.get(end + 2..)).unwrap_or_default();
            segment.is_cp_closed = end.is_some();
        }
        for (name, value) in segment.header() {
            match name {
                "QN" => segment.qn = value,
                "ST" => segment.st = value,
                "CN" => segment.cn = value,
                "PW" => segment.pw = value,
                "MN" => segment.mn = value,
                "Flag" => segment.flag = value,
                "PNUM" => segment.pnum = value,
                "PNO" => segment.pno = value,
                "RF" => segment.rf = value,
                name if name.eq_ignore_ascii_case("flag") => {
                    segment.flag = value;
                    segment.is_flag_misspelt = true;
                }
                _ => {}
            }
        }
        segment
    }

    /// Name and value of each field of the header, in their order.
    pub fn header(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        pairs(self.before_cp).chain(pairs(self.behind_cp))
    }

    /// Name and value of each item of the CP, in their order.
    pub fn items(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        pairs(self.cp)
    }

    /// `Flag` as a number.
    #[must_use]
    pub fn flag_bits(&self) -> Option<u8> {
        self.flag.parse().ok()
    }

    /// The edition that `Flag` names.
    #[must_use]
    pub fn edition(&self) -> Option<Edition> {
        Edition::of_flag(self.flag)
    }

    /// Whether the sender waits for an answer: bit 0 of `Flag`.
    #[must_use]
    pub fn wants_answer(&self) -> bool {
        self.flag_bits().is_some_and(|flag| flag & 1 == 1)
    }

    /// Which part of how many the frame says it is. Each part is stored for itself: it has its own QN and its own
    /// factors (HJ 212-2017, C.50).
    #[must_use]
    pub fn part(&self) -> Option<(u16, u16)> {
        Some((self.pno.parse().ok()?, self.pnum.parse().ok()?))
    }

    /// Reads the CP of an upload.
    #[must_use]
    pub fn content(&self, upload: Upload) -> Content<'a> {
        let mut content = Content::default();
        let mut common_flag = None;
        for (key, value) in pairs(self.cp) {
            let sign = key.bytes().position(|byte| byte == b'-');
            let Some((code, fields)) = sign.and_then(|at| Some((key.get(..at)?, key.get(at + 1..)?))) else {
                match key {
                    "DataTime" => content.time = Some(value),
                    "Flag" => {
                        common_flag = Some(value);
                        note(&mut content.deviations, Deviation::FlagCommon);
                    }
                    "BeginTime" | "EndTime" | "PolId" | "QN" => {}
                    // A value without the name of its field.
                    _ => {
                        let at = content.place(key);
                        content.factors[at].other = Some(value);
                        note(&mut content.deviations, Deviation::FieldUnnamed);
                    }
                }
                continue;
            };
            // A doubled name, `LA-Rtd-Rtd`, means the same.
            let end = fields.bytes().position(|byte| byte == b'-');
            let field = end.and_then(|end| fields.get(..end)).unwrap_or(fields);
            if end.is_some() {
                note(&mut content.deviations, Deviation::FieldDoubled);
            }
            let at = content.place(code);
            // Noise is sent by kind of day, with every level again in each (HJ 212-2017, C.26).
            if at + 1 < content.factors.len() && !field.ends_with("Data") {
                note(&mut content.deviations, Deviation::FactorScattered);
            }
            let factor = &mut content.factors[at];
            if field.eq_ignore_ascii_case(upload.field()) {
                let is_twice = factor.value.is_some();
                factor.earlier += u32::from(is_twice);
                factor.value = Some(value);
                if is_twice {
                    note(&mut content.deviations, Deviation::FieldTwice);
                }
            } else if field.eq_ignore_ascii_case("Flag") {
                factor.flag = Some(value);
            } else if !["SampleTime", "EFlag"].contains(&field) {
                factor.other = factor.other.or(Some(value));
            }
        }
        for factor in &mut content.factors {
            factor.flag = factor.flag.or(common_flag);
        }
        content
    }
}

impl<'a> Content<'a> {
    /// Where the factor of a code is, new or known: a factor may come back in a later group. A frame is too short for the
    /// search to matter.
    fn place(&mut self, code: &'a str) -> usize {
        let at = self.factors.iter().rposition(|factor| factor.code == code).unwrap_or(self.factors.len());
        if at == self.factors.len() {
            self.factors.push(Factor { code, ..Factor::default() });
        }
        at
    }
}

/// Name and value of each item that has both.
const fn pairs(text: &str) -> Pairs<'_> {
    Pairs { rest: text }
}

struct Pairs<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Pairs<'a> {
    type Item = (&'a str, &'a str);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            let bytes = self.rest.as_bytes();
            let separates = |byte: &u8| matches!(byte, b';' | b',');
            let first = bytes.iter().position(|byte| *byte == b'=' || separates(byte)).unwrap_or(bytes.len());
            let sign = (bytes.get(first) == Some(&b'=')).then_some(first);
            let value = bytes.get(first..).unwrap_or_default();
            let end = first + value.iter().position(separates).unwrap_or(value.len());
            let (item, rest) = self.rest.split_at_checked(end).unwrap_or_default();
            self.rest = rest.get(1..).unwrap_or_default();
            let Some((name, value)) = sign.and_then(|sign| item.split_at_checked(sign)) else { continue };
            let name = name.trim_ascii();
            if !name.is_empty() {
                return Some((name, value.get(1..).unwrap_or_default().trim_ascii()));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_fields_come_in_any_order_and_separation() {
        let check = |data: &str, expected: [&str; 6]| {
            let s = Segment::parse(data);
            assert_eq!([s.qn, s.cn, s.pw, s.mn, s.flag, s.cp], expected, "{data}");
        };
        let whole = ["20160801085857223", "2011", "123456", "M1", "5", "w01018-Rtd=1"];
        check("QN=20160801085857223;ST=32;CN=2011;PW=123456;MN=M1;Flag=5;CP=&&w01018-Rtd=1&&", whole);
        check("QN=20160801085857223,ST=32;CN=2011;MN=M1;PW=123456; FLAG=5;CP=&&w01018-Rtd=1&&", whole);
        check("CP=&&w01018-Rtd=1&&;Flag=5,MN=M1;PW=123456;CN=2011;QN=20160801085857223", whole);
        check("QN=20160801085857223;CN=2011;PW=123456;,MN= M1 ;Flag=5CP=&&w01018-Rtd=1", whole);
        check("ST=91;CN=9014;PW=;MN=M1;CP=&&&&", ["", "9014", "", "M1", "", ""]);
        check("ST=91;CN=9014;CP=&& &&", ["", "9014", "", "", "", " "]);
        check("", [""; 6]);
        check("CP=", [""; 6]);
    }

    #[test]
    fn flag_says_edition_part_and_whether_an_answer_is_wanted() {
        let check = |data: &str, edition: Option<Edition>, part: Option<(u16, u16)>, answer: bool| {
            let segment = Segment::parse(data);
            assert_eq!(
                (segment.edition(), segment.part(), segment.wants_answer()),
                (edition, part, answer),
                "{data}"
            );
        };
        check("ST=32;CN=2011;Flag=5;CP=&&&&", Some(Edition::V2017), None, true);
        check("CN=2061;Flag=7;PNUM=2;PNO=1;CP=&&&&", Some(Edition::V2017), Some((1, 2)), true);
        check("CN=2061;Flag=6;PNO=2;PNUM=2;CP=&&&&", Some(Edition::V2017), Some((2, 2)), false);
        check("CN=2061;Flag=8;RF=1;CP=&&&&", Some(Edition::V2025), None, false);
        check("CN=2061;CP=&&&&", Some(Edition::V2005), None, false);
        check("CN=2061;Flag=x;CP=&&&&", None, None, false);
        let segment = Segment::parse("ST=31;CN=2061;RF=1;Flag=9;CP=&&&&");
        assert_eq!((segment.st, segment.rf), ("31", "1"));
    }

    #[test]
    fn factors_are_read_from_any_grouping() {
        // Code, value, number of earlier values, flag.
        let check = |cp: &str, expected: &str| {
            let segment = Segment { cp, ..Segment::default() };
            let content = segment.content(Upload::Hour);
            let factors: Vec<String> = content
                .factors
                .iter()
                .map(|f| {
                    let text = |value: Option<&str>| value.unwrap_or("none").to_owned();
                    format!("{} {} {} {}", f.code, text(f.value), f.earlier, text(f.flag))
                })
                .collect();
            assert_eq!(factors.join("|"), expected, "{cp}");
        };
        check(
            "DataTime=20160801080000;w01018-Cou=63.0,w01018-Min=4,w01018-Avg=5,w01018-Flag=N",
            "w01018 5 0 N",
        );
        check("w01018-Avg=5;w01018-Flag=N;w01001-Avg = 7 ;", "w01018 5 0 N|w01001 7 0 none");
        check("w01018-Avg=5,w01018-Avg=6", "w01018 6 1 none");
        check("a-Avg=5;b-Avg=1;a-Flag=D", "a 5 0 D|b 1 0 none");
        check("a-Avg=5,b-Avg=1,b-Flag=N,Flag=D", "a 5 0 D|b 1 0 N");
        check("a-AVG=,LA-Avg-Avg=71", "a  0 none|LA 71 0 none");
        check("a-Rtd=5,NOIS=N", "a none 0 none|NOIS none 0 none");
        check("BeginTime=20160801080000,EndTime=20160801090000", "");
        check("PolId=w01018;;=;no sign", "");
    }

    #[test]
    fn a_cp_shows_its_misprints() {
        let check = |cp: &str, expected: &[Deviation]| {
            let segment = Segment { cp, ..Segment::default() };
            assert_eq!(segment.content(Upload::RealTime).deviations, expected, "{cp}");
        };
        check("a-Rtd=5,a-Flag=N;b-Rtd=1,b-Flag=N", &[]);
        check("a-Rtd=5,a-Flag=N;b-Rtd=1;a-ZsRtd=1;a-Min=1", &[Deviation::FactorScattered]);
        check("L5-Data=1;L10-Data=1;L5-DayData=1;L10-DayData=1", &[]);
        check("a-Rtd=5,a-Rtd=6", &[Deviation::FieldTwice]);
        check("a-Rtd-Rtd=5;NOIS=N", &[Deviation::FieldDoubled, Deviation::FieldUnnamed]);
        check("a-Rtd=5;Flag=N", &[Deviation::FlagCommon]);
    }

    #[test]
    fn the_time_is_that_of_the_frame() {
        let time = |cp| Segment { cp, ..Segment::default() }.content(Upload::RealTime).time;
        assert_eq!(
            time("a-SampleTime=20160801070000,a-Rtd=1;DataTime=20160801085857"),
            Some("20160801085857")
        );
        assert_eq!(time("a-Rtd=1"), None);
    }
}
