//! Letters gathered by the devices they speak of.

use std::collections::BTreeMap;

use lanbi_model::{DeadLetter, Instant, Registry};

use super::device::Device;
use super::proposal::Proposal;
use super::sighting::sightings;
use crate::source::Sources;

/// Devices by name. The order of the letters does not matter for what is proposed, as long as there are not more than
/// some thousand of one device.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    devices: BTreeMap<String, Device>,
    unread: u64,
}

impl Survey {
    /// Adds a letter with its number, read by what is known of who sends.
    pub fn add(&mut self, id: i64, letter: &DeadLetter, sources: &Sources) {
        let seen = sightings(letter, sources);
        self.unread += u64::from(seen.is_empty());
        for sighting in seen {
            let new = || Device::new(sighting.naming);
            let device = self.devices.entry(sighting.device.clone()).or_insert_with(new);
            device.add((letter.received_at, id), &sighting);
        }
    }

    /// Letters that cannot be read or name no device.
    #[must_use]
    pub const fn unread(&self) -> u64 {
        self.unread
    }

    /// What to write into the station file, by the names of the devices; one for each device, also where its station
    /// lists all that it sends.
    #[must_use]
    pub fn proposals(&self, registry: &Registry) -> Vec<Proposal> {
        self.devices.iter().map(|(name, device)| Proposal::of(name, device, registry)).collect()
    }

    /// Arrival and number of the letters that speak of a device, by arrival.
    #[must_use]
    pub fn letters(&self, device: &str) -> Vec<(Instant, i64)> {
        let mut letters = self.devices.get(device).map(|device| device.letters.clone()).unwrap_or_default();
        letters.sort_unstable();
        letters
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use lanbi_model::{AveragingPeriod, Parameter, Station, StationId, StationKind, Zone};

    use super::super::{Entry, Filled, Task, sighting::tests::letter};
    use super::*;
    use crate::hj212::frame::encode;

    /// Hourly frames of an air logger and of an outlet's, four-hourly JSON of a section.
    fn survey() -> Survey {
        let mut survey = Survey::default();
        let mut id = 0;
        let mut add = |hour: u32, source: &str, text: String| {
            let mut letter = letter(source, text.as_bytes());
            letter.received_at += TimeDelta::hours(hour.into());
            id += 1;
            survey.add(id, &letter, &Sources::default());
        };
        let frame = |mn: &str, hour: u32, cp: &str| {
            let head = format!("QN=202603010{hour}0000000;ST=22;CN=2061;PW=1;MN={mn};Flag=5");
            encode(&format!("{head};CP=&&DataTime=202603010{hour}0000;{cp}&&"))
        };
        for hour in 0..5 {
            let pm = 34_000 + hour * 1000;
            add(hour, "t", frame("AIR7", hour, &format!("a34004-Avg={pm};a01006-Avg=1002;a34013-Avg=1")));
            add(hour, "t", frame("OUT7", hour, &format!("w01018-Avg=4{hour};w00000-Avg=12.5;B01-Avg=1")));
        }
        for hour in [0, 4, 8] {
            let time = format!("2026-03-01T{hour:02}:00:00+08:00");
            let values = r#"{"codmn":3.1,"nh3n":0.2,"conductivity":0.4}"#;
            add(hour, "lanbi/v1/sec\n7", format!(r#"{{"time":"{time}","values":{values}}}"#));
        }
        add(0, "t", "no frame".to_owned());
        survey
    }

    fn known(id: &str, parameters: &[Parameter]) -> Registry {
        let station = Station {
            id: StationId::new("s1"),
            name: String::new(),
            kind: StationKind::Air,
            area: String::new(),
            water: String::new(),
            downstream: None,
            zone: Zone::utc(),
            period: AveragingPeriod::HOUR,
            cadence: AveragingPeriod::HOUR,
            parameters: parameters.to_vec(),
        };
        let registry = Registry::new(vec![station], Vec::new()).unwrap();
        registry.with_mns([(StationId::new("s1"), id.to_owned())]).unwrap()
    }

    #[test]
    fn an_unknown_device_gets_an_entry_with_what_was_seen() {
        let survey = survey();
        assert_eq!(survey.unread(), 1);
        let proposals = survey.proposals(&Registry::default());
        let texts: Vec<String> = proposals.iter().map(Proposal::text).collect();
        assert_eq!(
            texts[0],
            r#"# MN AIR7: 5 letters from 2026-03-01T09:05:00+08:00 to 2026-03-01T13:05:00+08:00
#   a01006 pressure P: 5 values from 1002 to 1002, median 1002 kPa -- doubtful, probably hPa
#   a34004 pm25 PM2.5: 5 values from 34000 to 38000, median 36000 ug/m3 -- doubtful, probably ng/m3
#   a34013 of no known parameter: 5 values from 1 to 1, median 1
#   if that is so, in sources.toml:
#   [[logger]]
#   mn = ["AIR7"]
#   units = { a01006 = "hPa", a34004 = "ng/m3" }
#   codes = { a34013 = "PARAMETER" }
[[station]]
id = "AIR7"    # the bureau's own number of the station, if it has one
name = "AIR7"    # fill in
kind = "air"    # a guess: it sends air parameters; air, section, outlet or ditch
area = ""    # fill in
zone = "Asia/Shanghai"
period = "1h"
cadence = "1h"
parameters = ["pm25", "pressure"]
"#
        );
        assert!(texts[1].contains("kind = \"outlet\"    # a guess: it sends flow"), "{}", texts[1]);
        assert!(texts[1].contains("\n# limits = \"STANDARD/GRADE\"    # needed"), "{}", texts[1]);
        assert!(texts[1].contains("\nparameters = [\"cod\", \"flow\"]\n"), "two codes of one parameter");
        assert_eq!(proposals[2].cadence.to_string(), "4h");
        assert_eq!(proposals[2].period, AveragingPeriod::MOMENT);
        assert!(
            texts[2].starts_with("# sec 7: 3 letters") && texts[2].contains("\nid = \"sec\\n7\""),
            "{}",
            texts[2]
        );
        let hint = "#   the sender can name its units: \"units\": { \"conductivity\": \"mS/cm\" }\n";
        assert!(texts[2].contains(hint), "{}", texts[2]);
        assert_eq!(survey.letters("OUT7").len(), 5);
        assert_eq!(survey.letters("nobody"), []);
    }

    #[test]
    fn a_known_station_is_told_what_to_add_or_to_replay() {
        let task = |registry: &Registry| survey().proposals(registry).remove(0).task;
        let station = StationId::new("s1");
        assert_eq!(
            task(&known("AIR7", &[Parameter::O3, Parameter::Pm25])),
            Task::Extend {
                station: station.clone(),
                parameters: vec![Parameter::O3, Parameter::Pm25, Parameter::AirPressure]
            }
        );
        let all = known("AIR7", &[Parameter::AirPressure, Parameter::Pm25]);
        assert_eq!(task(&all), Task::Replay { station });
        assert_eq!(task(&known("other", &[Parameter::Pm25])), Task::Enter);
        let text = survey().proposals(&known("AIR7", &[Parameter::Pm25])).remove(0).text();
        assert!(
            text.ends_with("# in the entry of station s1:\nparameters = [\"pm25\", \"pressure\"]\n"),
            "{text}"
        );
    }

    #[test]
    fn what_was_decided_stands_in_the_entry_without_a_word() {
        let proposals = survey().proposals(&Registry::default());
        let table = |i: usize, filled: Filled| Entry { proposal: &proposals[i], filled: &filled }.table();
        let text = |text: &str| Some(text.to_owned());
        let filled = Filled {
            id: text("out-7"),
            kind: text("outlet"),
            name: text("\"七\"号口"),
            area: text("城区"),
            water: text("东河"),
            limits: text("X/A"),
            target: None,
        };
        assert_eq!(
            table(1, filled),
            r#"[[station]]
id = "out-7"
mn = "OUT7"
name = "\"七\"号口"
kind = "outlet"
area = "城区"
water = "东河"
limits = "X/A"
zone = "Asia/Shanghai"
period = "1h"
cadence = "1h"
parameters = ["cod", "flow"]
"#
        );
        let section = table(2, Filled { kind: text("section"), target: Some(3), ..Filled::default() });
        assert!(section.contains("\ntarget = 3\n"), "{section}");
    }
}
