//! What a receiver answers to a logger (HJ 212-2017, 6.6 and Appendix C). To be sent after what the frame holds is
//! stored: the answer is the logger's leave to forget it.

use super::duty::{Duty, is_upload_number};
use super::edition::Edition;
use super::frame::encode;
use super::segment::Segment;

/// The answer that a frame is owed: 9014 to an upload, 9013 to a notice, each as a whole frame with the QN, PW and MN of
/// the sender. None where the sender asks for none, gives nothing to echo, or answers itself.
#[must_use]
pub fn answer(segment: &Segment<'_>) -> Option<String> {
    if segment.qn.is_empty() || !segment.wants_answer() {
        return None;
    }
    let command = match Duty::of(segment.cn) {
        Duty::Values if is_request(segment) => return None,
        Duty::Values | Duty::Record => "9014",
        Duty::Unknown if is_upload_number(segment.cn) => "9014",
        Duty::Notice => "9013",
        Duty::Answer | Duty::Request | Duty::Unknown => return None,
    };
    let flag = if segment.edition() == Some(Edition::V2025) { Edition::V2025 } else { Edition::V2017 };
    let Segment { qn, pw, mn, .. } = segment;
    // The grammar cannot hold this sign in a value, and who reads the answer would find other fields in it.
    if [qn, pw, mn].iter().any(|value| value.contains('=')) {
        return None;
    }
    Some(encode(&format!("QN={qn};ST=91;CN={command};PW={pw};MN={mn};Flag={};CP=&&&&", flag.bits())))
}

/// A host asks for history with the command of the upload, and the time from when and until when.
fn is_request(segment: &Segment<'_>) -> bool {
    segment.items().any(|(name, _)| name == "BeginTime")
        && !segment.items().any(|(name, _)| name == "DataTime")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hj212::frame::{Piece, all_pieces};

    fn check(data: &str, expected: Option<&str>) {
        let reply = answer(&Segment::parse(data));
        assert_eq!(reply, expected.map(encode), "{data}");
        let Some(reply) = reply else { return };
        let mut pieces = all_pieces(reply.as_bytes());
        let Some(Piece::Frame(frame)) = pieces.next() else { panic!("{reply}") };
        assert_eq!(frame.raw, reply.as_bytes());
        let text = std::str::from_utf8(frame.data).unwrap();
        let (asked, answered) = (Segment::parse(data), Segment::parse(text));
        assert_eq!((answered.qn, answered.pw, answered.mn), (asked.qn, asked.pw, asked.mn), "{data}");
        assert_eq!(answer(&answered), None, "an answer is not answered");
    }

    #[test]
    fn uploads_are_acknowledged_where_they_ask_for_it() {
        let head = "QN=20160801085857223;ST=32;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=5;";
        let data = format!("{head}CP=&&DataTime=20160801085857;w01018-Rtd=2.2&&");
        let ack = "QN=20160801085857223;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&";
        // HJ 212-2017, C.14; the sum of the answer is 3240.
        check(&data, Some(ack));
        assert!(answer(&Segment::parse(&data)).is_some_and(|reply| reply.ends_with("3240\r\n")));
        for cn in
            ["2021", "2031", "2041", "2051", "2061", "2081", "2111", "3015", "3019", "3020", "2999", "3500"]
        {
            check(&data.replace("2011", cn), Some(ack));
        }
        check(&data.replace("Flag=5", "Flag=4"), None);
        check(&data.replace("Flag=5", "Flag=x"), None);
        check(&data.replace("Flag=5;", ""), None);
        check(&data.replace("QN=20160801085857223;", ""), None);
        check(&data.replace("Flag=5", "Flag=9"), Some(&ack.replace("Flag=4", "Flag=8")));
        check(&data.replace("Flag=5", "Flag=7;PNUM=2;PNO=1"), Some(ack));
        check(&data.replace("PW=123456", "PW="), Some(&ack.replace("PW=123456", "PW=")));
        check(&format!("{head}CP=&&&&"), Some(ack));
        check("CN=2011;Flag=5;CP=&&&&;QN=1;PW=2;MN=3CP=4", None);
        for cn in ["2012", "1011", "3011", "4000", "9011", "9012", "9013", "9014", ""] {
            check(&data.replace("2011", cn), None);
        }
    }

    #[test]
    fn notices_are_answered_and_requests_are_not() {
        let head = "QN=20260101085857223;ST=32;CN=9015;PW=123456;MN=M1;Flag=9;CP=&&";
        let ack = "QN=20260101085857223;ST=91;CN=9013;PW=123456;MN=M1;Flag=8;CP=&&&&";
        check(&format!("{head}&&"), Some(ack));
        check(&format!("{}PolId=w01018&&", head.replace("9015", "1013")), Some(ack));
        check(
            &format!("{}BeginTime=20160801080000;EndTime=20160801090000&&", head.replace("9015", "2051")),
            None,
        );
    }
}
