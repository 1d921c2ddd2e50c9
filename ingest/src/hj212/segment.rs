//! The data segment of a frame: header fields and the factors of its CP (HJ 212-2017, 6.3.2 and Tables 3 and 4).
//!
//! Loggers keep neither the order of fields nor the standard's separators, and the standard's own examples do not
//! either. So `;` and `,` separate alike, blanks around names and values are dropped, `Flag` may
//! be written in capitals, the `;` before `CP` and the closing `&&` may be absent. No text is copied.

use super::command::Upload;

/// The header fields that are used, and the CP unread. Empty where a field is absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Segment<'a> {
    /// QN: number of the request or upload, the logger's time to the millisecond.
    pub qn: &'a str,
    /// CN: command.
    pub cn: &'a str,
    /// PW: the logger's password, to be sent back in an answer.
    pub pw: &'a str,
    /// MN: the logger.
    pub mn: &'a str,
    /// Flag: version, and whether an answer is wanted.
    pub flag: &'a str,
    /// What stands between `CP=&&` and `&&`.
    pub cp: &'a str,
}

/// The factors of an upload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content<'a> {
    /// DataTime, as written.
    pub time: Option<&'a str>,
    /// Each factor once, in the order of its first field.
    pub factors: Vec<Factor<'a>>,
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
        let (before, cp, behind) = match data.split_once("CP=") {
            None => (data, "", ""),
            Some((before, body)) => {
                let body = body.trim_start();
                let body = body.strip_prefix("&&").unwrap_or(body);
                let end = body.match_indices('&').map(|(at, _)| at).find(|at| body[*at..].starts_with("&&"));
                let cp = end.and_then(|end| body.get(..end)).unwrap_or(body);
                let behind = end.and_then(|end| body.get(end + 2..)).unwrap_or_default();
                (before, cp, behind)
            }
        };
        let mut segment = Self { cp, ..Self::default() };
        for (name, value) in pairs(before).chain(pairs(behind)) {
            match name {
                "QN" => segment.qn = value,
                "CN" => segment.cn = value,
                "PW" => segment.pw = value,
                "MN" => segment.mn = value,
                "Flag" | "FLAG" => segment.flag = value,
                _ => {}
            }
        }
        segment
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
                    "Flag" => common_flag = Some(value),
                    "BeginTime" | "EndTime" | "PolId" | "QN" => {}
                    // A value without the name of its field.
                    _ => content.factor(key).other = Some(value),
                }
                continue;
            };
            // A doubled name, `LA-Rtd-Rtd`, means the same.
            let end = fields.bytes().position(|byte| byte == b'-');
            let field = end.and_then(|end| fields.get(..end)).unwrap_or(fields);
            let factor = content.factor(code);
            if field.eq_ignore_ascii_case(upload.field()) {
                factor.earlier += u32::from(factor.value.is_some());
                factor.value = Some(value);
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
    /// The factor of a code, new or known: a factor may come back in a later group. A frame is too short for the search
    /// to matter.
    fn factor(&mut self, code: &'a str) -> &mut Factor<'a> {
        let at = self.factors.iter().rposition(|factor| factor.code == code).unwrap_or(self.factors.len());
        if at == self.factors.len() {
            self.factors.push(Factor { code, ..Factor::default() });
        }
        &mut self.factors[at]
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
    fn the_time_is_that_of_the_frame() {
        let time = |cp| Segment { cp, ..Segment::default() }.content(Upload::RealTime).time;
        assert_eq!(
            time("a-SampleTime=20160801070000,a-Rtd=1;DataTime=20160801085857"),
            Some("20160801085857")
        );
        assert_eq!(time("a-Rtd=1"), None);
    }
}
