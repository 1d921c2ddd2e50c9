//! Uploads as a logger makes them: the reverse of [`super::read`], [`super::segment`] and [`super::code`], for a simulated
//! station (HJ 212-2017, 6.3.2 and Appendix C.14 to C.18).
//!
//! Values are sent in the unit of their factor code, exactly; where the two units have no finite quotient, such as m³/h and
//! L/s, with all digits of a [`Decimal`]. What is longer than a CP may be goes out in parts, each of which has its own QN
//! and its own DataTime (C.50).

use lanbi_model::{AveragingPeriod, Decimal, Instant, Medium, Parameter, Unit, Zone};

use super::code::code_of;
use super::command::Upload;
use super::edition::Edition;
use crate::clock::Label;
use crate::decode::parse_number;

/// Longest CP. HJ 212-2017, Table 3 has 950, and 6.3.1 has 1024 for the whole data segment, of which a full header leaves less.
const LONGEST_CP: usize = 900;

/// Bit 0 of `Flag`: an answer is wanted.
const ANSWER: u8 = 1;

/// Bit 1 of `Flag`: PNUM and PNO are there.
const PART: u8 = 2;

/// Who sends.
#[derive(Clone, Copy, Debug)]
pub struct Sender<'a> {
    /// MN.
    pub mn: &'a str,
    /// PW.
    pub pw: &'a str,
    /// The edition it follows; that of 2005 also has other factor codes.
    pub edition: Edition,
    /// The zone of its clock.
    pub zone: Zone,
}

/// Values of one station and period, as they are written where they come from.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a> {
    /// End of the period, or the moment of the reading.
    pub end: Instant,
    /// Averaging period.
    pub period: AveragingPeriod,
    /// Each parameter with its value and the unit this is in.
    pub values: &'a [(Parameter, String, Unit)],
}

/// One data segment and the number under which it will be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbered {
    /// QN.
    pub qn: String,
    /// The data segment, to be framed.
    pub data: String,
}

/// The uploads of some values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uploads {
    /// Data segments in their order; none where no value can be sent.
    pub segments: Vec<Numbered>,
    /// Values in the segments.
    pub values: usize,
    /// What has no factor code and is not sent.
    pub without_code: Vec<Parameter>,
    /// What holds a sign of the grammar in place of a number and is not sent.
    pub unwritable: Vec<Parameter>,
}

/// The upload that carries means over a period; none where HJ 212 has none. 2051 does not say over how many minutes; the
/// receiver has to know.
#[must_use]
pub fn upload_of(period: AveragingPeriod) -> Option<Upload> {
    match period {
        AveragingPeriod::MOMENT => Some(Upload::RealTime),
        AveragingPeriod::HOUR => Some(Upload::Hour),
        AveragingPeriod::DAY => Some(Upload::Day),
        minutes if minutes < AveragingPeriod::HOUR => Some(Upload::Minutes),
        _ => None,
    }
}

/// Makes the uploads of some values, of which an answer is wanted; none where no command carries their period. `now`, by the
/// logger's clock, becomes the QN of the first, and each that follows is a millisecond later.
#[must_use]
pub fn uploads(sender: &Sender<'_>, values: &Values<'_>, now: Instant) -> Option<Uploads> {
    let upload = upload_of(values.period)?;
    let begin = match upload.label() {
        Label::Start => values.end.checked_sub_signed(values.period.span())?,
        Label::End => values.end,
    };
    let time = format!("DataTime={}", sender.zone.local(begin).format("%Y%m%d%H%M%S"));
    let mut made = Uploads::default();
    let mut parts: Vec<String> = Vec::new();
    for (parameter, text, unit) in values.values {
        let Some((code, to)) = code_of(*parameter, sender.edition) else {
            made.without_code.push(*parameter);
            continue;
        };
        let Some(value) = written(text, *unit, to) else {
            made.unwritable.push(*parameter);
            continue;
        };
        let group = format!(";{code}-{}={value},{code}-Flag=N", upload.field());
        match parts.last_mut() {
            Some(part) if part.len() + group.len() <= LONGEST_CP => part.push_str(&group),
            _ => parts.push(format!("{time}{group}")),
        }
        made.values += 1;
    }
    let st = system(values.values);
    let of = parts.len();
    let (flag, is_split) = (sender.edition.bits() | ANSWER, of > 1);
    made.segments = (1_i64..)
        .zip(parts)
        .map(|(number, cp)| {
            let at = now + chrono::TimeDelta::milliseconds(number - 1);
            let qn = sender.zone.local(at).format("%Y%m%d%H%M%S%3f").to_string();
            let Sender { mn, pw, .. } = sender;
            let flag = if is_split { flag | PART } else { flag };
            let part = if is_split { format!("PNUM={of};PNO={number};") } else { String::new() };
            let cn = upload.cn();
            let data = format!("QN={qn};ST={st};CN={cn};PW={pw};MN={mn};Flag={flag};{part}CP=&&{cp}&&");
            Numbered { qn, data }
        })
        .collect();
    Some(made)
}

/// Whether a text can stand in a data segment: the grammar has no way to write its own signs.
#[must_use]
pub fn is_writable(text: &str) -> bool {
    !text.is_empty() && !text.contains([';', ',', '=', '&', '#']) && !text.contains(char::is_control)
}

/// The value in the unit of its code. HJ 212 knows no exponents; what is no number goes out as it is, for the receiver to
/// judge.
fn written(text: &str, from: Unit, to: Unit) -> Option<String> {
    let number: Option<Decimal> = parse_number(text).and_then(|value| from.convert(value, to));
    number.map(|value| value.to_string()).or_else(|| Some(text.to_owned()).filter(|text| is_writable(text)))
}

/// ST of the ambient stations: 21 surface water, 22 air (HJ 212-2017, Table 5).
fn system(values: &[(Parameter, String, Unit)]) -> &'static str {
    let is_water = values.first().is_some_and(|(parameter, ..)| parameter.medium() == Medium::Water);
    if is_water { "21" } else { "22" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hj212::frame::{Piece, all_pieces, encode};
    use crate::hj212::segment::Segment;

    const MOMENT: AveragingPeriod = AveragingPeriod::MOMENT;
    const HOUR: AveragingPeriod = AveragingPeriod::HOUR;

    fn sender(edition: Edition) -> Sender<'static> {
        Sender { mn: "M1", pw: "123456", edition, zone: Zone::shanghai() }
    }

    fn made(
        edition: Edition,
        period: AveragingPeriod,
        values: &[(Parameter, &str, Unit)],
    ) -> Option<Uploads> {
        let values: Vec<_> = values.iter().map(|(p, text, unit)| (*p, (*text).to_owned(), *unit)).collect();
        let at = |text: &str| text.parse().unwrap();
        let values = Values { end: at("2026-01-05T01:00:00Z"), period, values: &values };
        uploads(&sender(edition), &values, at("2026-01-05T01:02:03.456Z"))
    }

    fn check(edition: Edition, period: AveragingPeriod, values: &[(Parameter, &str, Unit)], expected: &str) {
        let made = made(edition, period, values).unwrap();
        let segments: Vec<&str> = made.segments.iter().map(|one| one.data.as_str()).collect();
        assert_eq!(segments, [expected]);
        assert_eq!(made.segments[0].qn, Segment::parse(expected).qn);
    }

    #[test]
    fn each_period_has_its_command_and_its_time() {
        let cod = [(Parameter::Cod, "15.20", Unit::MilligramPerLitre)];
        let head = |cn: &str, flag: u8| {
            format!("QN=20260105090203456;ST=21;CN={cn};PW=123456;MN=M1;Flag={flag};CP=&&DataTime=")
        };
        let value = |field: &str| format!(";w01018-{field}=15.20,w01018-Flag=N&&");
        let hour = format!("{}20260105080000{}", head("2061", 5), value("Avg"));
        check(Edition::V2017, HOUR, &cod, &hour);
        check(Edition::V2025, HOUR, &cod, &hour.replace("Flag=5", "Flag=9"));
        check(Edition::V2005, HOUR, &cod, &hour.replace("Flag=5", "Flag=1").replace("w01018", "011"));
        let moment = format!("{}20260105090000{}", head("2011", 5), value("Rtd"));
        check(Edition::V2017, MOMENT, &cod, &moment);
        let ten = AveragingPeriod::from_seconds(600);
        check(Edition::V2017, ten, &cod, &format!("{}20260105085000{}", head("2051", 5), value("Avg")));
        let day = format!("{}20260104090000{}", head("2031", 5), value("Avg"));
        check(Edition::V2017, AveragingPeriod::DAY, &cod, &day);
        assert_eq!(made(Edition::V2017, AveragingPeriod::from_seconds(4 * 3600), &cod), None);
    }

    #[test]
    fn values_are_written_in_the_unit_of_their_code() {
        let check = |parameter, text: &str, unit, expected: &str| {
            let made = made(Edition::V2017, HOUR, &[(parameter, text, unit)]).unwrap();
            let group = made.segments.first().map_or("", |one| one.data.split_once("0000;").unwrap().1);
            assert_eq!(group, expected, "{text}");
        };
        let ug = Unit::MicrogramPerCubicMetre;
        check(Parameter::So2, "35", ug, "a21026-Avg=0.035,a21026-Flag=N&&");
        check(Parameter::Pm25, "1.2e2", ug, "a34004-Avg=120.0,a34004-Flag=N&&");
        check(Parameter::AirPressure, "1013.2", Unit::Hectopascal, "a01006-Avg=101.32,a01006-Flag=N&&");
        check(Parameter::So2, "<0.5", ug, "a21026-Avg=<0.5,a21026-Flag=N&&");
        check(Parameter::So2, "1,5", ug, "");
        check(Parameter::Rain, "0", Unit::Millimetre, "");
        let lost = made(
            Edition::V2017,
            HOUR,
            &[(Parameter::Rain, "0", Unit::Millimetre), (Parameter::So2, "a;b", ug)],
        );
        let lost = lost.unwrap();
        assert_eq!((lost.without_code, lost.unwritable), (vec![Parameter::Rain], vec![Parameter::So2]));
    }

    #[test]
    fn every_value_of_every_parameter_is_read_back() {
        for edition in [Edition::V2005, Edition::V2017, Edition::V2025] {
            let all: Vec<_> =
                Parameter::ALL.iter().map(|parameter| (*parameter, "12.5", parameter.unit())).collect();
            let made = made(edition, HOUR, &all).unwrap();
            assert!(made.segments.len() > 1, "longer than one CP may be");
            assert_eq!(made.values + made.without_code.len(), Parameter::ALL.len());
            let mut read = Vec::new();
            for (number, one) in (1..).zip(&made.segments) {
                let frame = encode(&one.data);
                let Some(Piece::Frame(frame)) = all_pieces(frame.as_bytes()).next() else {
                    panic!("{one:?}")
                };
                assert!(frame.data.len() <= 1024);
                let segment = Segment::parse(&one.data);
                assert_eq!(segment.part(), Some((number, u16::try_from(made.segments.len()).unwrap())));
                assert_eq!((segment.edition(), segment.wants_answer()), (Some(edition), true));
                for factor in segment.content(Upload::Hour).factors {
                    let (parameter, unit) = crate::hj212::code::factor(factor.code).unwrap();
                    let value = unit.convert(factor.value.unwrap().parse().unwrap(), parameter.unit());
                    read.push((parameter, value.unwrap().round_dp(15).normalize()));
                }
            }
            let sent = Parameter::ALL.iter().filter(|parameter| !made.without_code.contains(parameter));
            assert_eq!(read, sent.map(|p| (*p, Decimal::new(125, 1))).collect::<Vec<_>>(), "{edition:?}");
        }
    }
}
