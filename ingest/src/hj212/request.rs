//! What a host asks of a logger (HJ 212-2017, 6.6 and Appendix C): history, to fill gaps, and the right time.

use lanbi_model::{Instant, Zone};

use super::command::Upload;
use super::edition::Edition;
use super::frame::encode;

/// The logger a request goes to.
#[derive(Clone, Copy, Debug)]
pub struct Addressee<'a> {
    /// ST, as the logger sends it.
    pub st: &'a str,
    /// PW, as the logger sends it.
    pub pw: &'a str,
    /// MN.
    pub mn: &'a str,
    /// The edition it follows.
    pub edition: Edition,
    /// The zone of its clock.
    pub zone: Zone,
}

/// Asks for the values from `begin` to `end` once more; none for readings at a moment, of which loggers keep no history.
/// `now` becomes the number of the request, under which the answers 9011 and 9012 come.
#[must_use]
pub fn history(
    to: &Addressee<'_>,
    upload: Upload,
    (begin, end): (Instant, Instant),
    now: Instant,
) -> Option<String> {
    if upload == Upload::RealTime {
        return None;
    }
    let (begin, end) = (stamp(to.zone, begin), stamp(to.zone, end));
    Some(request(to, upload.cn(), &format!("BeginTime={begin};EndTime={end}"), now))
}

/// Sets the logger's clock to `now` (1012).
#[must_use]
pub fn set_clock(to: &Addressee<'_>, now: Instant) -> String {
    request(to, "1012", &format!("SystemTime={}", stamp(to.zone, now)), now)
}

fn request(to: &Addressee<'_>, cn: &str, cp: &str, now: Instant) -> String {
    let Addressee { st, pw, mn, edition, zone } = to;
    let qn = zone.local(now).format("%Y%m%d%H%M%S%3f");
    let flag = edition.bits() | 1;
    encode(&format!("QN={qn};ST={st};CN={cn};PW={pw};MN={mn};Flag={flag};CP=&&{cp}&&"))
}

fn stamp(zone: Zone, instant: Instant) -> String {
    zone.local(instant).format("%Y%m%d%H%M%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn requests_are_those_of_the_standard() {
        let to = Addressee {
            st: "32",
            pw: "123456",
            mn: "010000A8900016F000169DC0",
            edition: Edition::V2017,
            zone: Zone::shanghai(),
        };
        let now = at("2016-08-01T00:58:57.223Z");
        let head = |cn: &str| {
            format!("QN=20160801085857223;ST=32;CN={cn};PW=123456;MN=010000A8900016F000169DC0;Flag=5;")
        };
        let span = (at("2016-08-01T00:00:00Z"), at("2016-08-01T01:00:00Z"));
        let asked = |upload| history(&to, upload, span, now);
        // HJ 212-2017, C.20 to C.23.
        let times = "CP=&&BeginTime=20160801080000;EndTime=20160801090000&&";
        assert_eq!(asked(Upload::Minutes), Some(format!("##0134{}{times}71C0\r\n", head("2051"))));
        assert_eq!(asked(Upload::Hour), Some(encode(&format!("{}{times}", head("2061")))));
        assert_eq!(asked(Upload::Day), Some(encode(&format!("{}{times}", head("2031")))));
        assert_eq!(asked(Upload::RealTime), None);
        assert_eq!(set_clock(&to, now), encode(&format!("{}CP=&&SystemTime=20160801085857&&", head("1012"))));
        let newer = Addressee { edition: Edition::V2025, ..to };
        assert!(set_clock(&newer, now).contains(";Flag=9;"));
    }
}
