//! Fields of a row: ids, texts, times, chiefs and their waters.

use anyhow::Context as _;
use chrono::{DateTime, NaiveDateTime, SubsecRound as _, TimeDelta};
use lanbi_config::Settings;
use lanbi_model::{Chief, Decimal, Instant, Registry, Zone};

/// Letters of an id.
const LONGEST_ID: usize = 100;
/// Letters of a text.
const LONGEST_TEXT: usize = 10_000;
/// Local times as people and spreadsheets write them.
const LOCAL: [&str; 6] = [
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S%.f",
    "%Y/%m/%d %H:%M",
];

/// What fields are checked against.
pub(in crate::command) struct Desk<'a> {
    registry: &'a Registry,
    zone: Zone,
    /// The clock, in whole microseconds, as the store keeps it.
    pub now: Instant,
    /// First instant believed.
    first: Instant,
    /// Last instant believed.
    last: Instant,
}

impl<'a> Desk<'a> {
    pub(in crate::command) fn new(
        settings: &Settings,
        registry: &'a Registry,
        zone: Zone,
        now: Instant,
    ) -> Self {
        Self {
            registry,
            zone,
            now: now.trunc_subsecs(6),
            first: zone.start_of(settings.ingest.earliest_day),
            last: now + TimeDelta::seconds(settings.ingest.ahead_tolerance_seconds.into()),
        }
    }

    /// A time with an offset of its own, or local to the zone.
    pub(in crate::command) fn time(&self, name: &str, text: &str) -> anyhow::Result<Instant> {
        let instant = self.instant(text).with_context(|| {
            format!(
                "{name} `{text}` is no time; write YYYY-MM-DDTHH:MM local to --zone, or with an offset such as +08:00"
            )
        })?;
        anyhow::ensure!(instant <= self.last, "{name} `{text}` lies in the future; mend it, or the clock");
        anyhow::ensure!(
            instant >= self.first,
            "{name} `{text}` lies before ingest.earliest_day of the settings; mend it, or the setting"
        );
        Ok(instant.trunc_subsecs(6))
    }

    fn instant(&self, text: &str) -> Option<Instant> {
        if let Ok(with_offset) = DateTime::parse_from_rfc3339(text) {
            return Some(with_offset.to_utc());
        }
        let local = LOCAL.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
        local.map(|local| self.zone.to_instant(local))
    }

    /// The chief of an id, or of a name that no other has.
    pub(in crate::command) fn chief(&self, text: &str) -> anyhow::Result<&'a Chief> {
        let chiefs = self.registry.chiefs();
        if let Some(chief) = chiefs.iter().find(|chief| chief.id == text) {
            return Ok(chief);
        }
        let mut named = chiefs.iter().filter(|chief| chief.name == text);
        let chief = named.next().with_context(|| {
            format!(
                "chief `{text}` is not in the station file; mend the id or name, or add the chief ([[chief]]) there"
            )
        })?;
        anyhow::ensure!(named.next().is_none(), "several chiefs are named `{text}`; write the id of one");
        Ok(chief)
    }

    /// Whether a water is in a chief's care; empty stands for all of them.
    pub(in crate::command) fn water(&self, chief: &Chief, text: &str) -> anyhow::Result<String> {
        anyhow::ensure!(
            text.is_empty() || chief.waters.is_empty() || chief.waters.iter().any(|water| water == text),
            "water `{text}` is none of chief `{}`, who has {}; mend the name, or the station file",
            chief.id,
            chief.waters.join(", ")
        );
        self::text("water", text)
    }
}

/// An id: not empty, one line.
pub(in crate::command) fn id(text: &str) -> anyhow::Result<String> {
    anyhow::ensure!(!text.is_empty(), "the id is empty; give each record its own");
    anyhow::ensure!(
        text.chars().count() <= LONGEST_ID && !text.chars().any(char::is_control),
        "the id has more than {LONGEST_ID} letters, or several lines; give a shorter one"
    );
    Ok(text.to_owned())
}

/// A text of bounded length.
pub(in crate::command) fn text(name: &str, text: &str) -> anyhow::Result<String> {
    anyhow::ensure!(
        text.chars().count() <= LONGEST_TEXT,
        "{name} has more than {LONGEST_TEXT} letters; shorten it"
    );
    Ok(text.to_owned())
}

/// Metres; none where nobody measured them.
pub(in crate::command) fn metres(name: &str, text: &str) -> anyhow::Result<Option<Decimal>> {
    if text.is_empty() {
        return Ok(None);
    }
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number: Option<Decimal> = if plain { text.parse().ok() } else { None };
    number
        .map(Some)
        .with_context(|| format!("{name} `{text}` is no number of metres; write one such as 1250"))
}

/// A yes or no; none where it is empty.
pub(in crate::command) fn yes_or_no(name: &str, text: &str) -> anyhow::Result<Option<bool>> {
    match text {
        "" => Ok(None),
        "是" | "yes" | "true" | "1" => Ok(Some(true)),
        "否" | "no" | "false" | "0" => Ok(Some(false)),
        _ => anyhow::bail!("{name} `{text}` is neither yes nor no; write 是 or 否"),
    }
}

#[cfg(test)]
mod tests {
    use lanbi_model::ChiefLevel;

    use super::*;

    fn chief(id: &str, name: &str, waters: &[&str]) -> Chief {
        Chief {
            id: id.to_owned(),
            name: name.to_owned(),
            level: ChiefLevel::Town,
            waters: waters.iter().map(|water| (*water).to_owned()).collect(),
            stations: Vec::new(),
            town: String::new(),
            patrol_every_days: None,
            patrol_min_length_m: None,
            patrol_min_minutes: None,
        }
    }

    #[test]
    fn times_are_local_unless_they_say_otherwise() {
        let settings = Settings::load(None, &[]).unwrap();
        let registry = Registry::new(Vec::new(), Vec::new()).unwrap();
        let now = "2026-10-06T00:00:00Z".parse().unwrap();
        let desk = Desk::new(&settings, &registry, Zone::shanghai(), now);
        let check = |text: &str, expected: Result<&str, &str>| match (desk.time("at", text), expected) {
            (Ok(instant), Ok(expected)) => {
                assert_eq!(instant, expected.parse::<Instant>().unwrap(), "{text}")
            }
            (Err(error), Err(expected)) => assert!(error.to_string().contains(expected), "{text}: {error}"),
            (found, _) => panic!("{text}: {found:?}"),
        };
        let morning = Ok("2026-10-05T00:30:00Z");
        for text in [
            "2026-10-05T08:30",
            "2026-10-05 08:30",
            "2026-10-05T08:30:00",
            "2026/10/5 8:30",
            "2026/10/05 08:30:00",
            "2026-10-05T08:30:00+08:00",
            "2026-10-05T00:30:00Z",
            "2026-10-05T01:30:00+01:00",
            "2026-10-05T08:30:00.000000999",
        ] {
            check(text, morning);
        }
        check("2026-10-06T08:00", Ok("2026-10-06T00:00:00Z"));
        check("2026-10-07T08:00", Err("lies in the future"));
        check("1890-01-01T08:00", Err("before ingest.earliest_day"));
        for text in ["", "2026-10-05", "2026-02-30T08:00", "8:30", "2026-10-05T24:00", "+262143-01-01T00:00"]
        {
            check(text, Err("is no time"));
        }
    }

    #[test]
    fn a_chief_is_found_by_id_or_by_a_name_of_his_own() {
        let chiefs = vec![chief("c1", "张", &["东河"]), chief("c2", "李", &[]), chief("c3", "李", &[])];
        let registry = Registry::new(Vec::new(), chiefs).unwrap();
        let settings = Settings::load(None, &[]).unwrap();
        let desk = Desk::new(&settings, &registry, Zone::utc(), Instant::UNIX_EPOCH);
        let found = |text: &str| desk.chief(text).map(|chief| chief.id.as_str()).map_err(|e| e.to_string());
        assert_eq!(found("c1"), Ok("c1"));
        assert_eq!(found("张"), Ok("c1"));
        assert!(found("李").unwrap_err().contains("write the id of one"));
        assert!(found("王").unwrap_err().contains("not in the station file"));
        let water =
            |id: &str, text: &str| desk.water(desk.chief(id).unwrap(), text).map_err(|e| e.to_string());
        assert_eq!(water("c1", "东河"), Ok("东河".to_owned()));
        assert_eq!(water("c1", ""), Ok(String::new()));
        assert!(water("c1", "西河").unwrap_err().contains("who has 东河"));
        assert_eq!(water("c2", "西河"), Ok("西河".to_owned()), "who has no list may have any water");
    }

    #[test]
    fn fields_are_what_they_say() {
        let length = |text: &str| metres("length_m", text).map(|m| m.map(|m| m.to_string())).ok();
        assert_eq!(length(""), Some(None));
        assert_eq!(length("1250.5"), Some(Some("1250.5".to_owned())));
        for text in ["-1", "1e3", "1,250", "1_0", "2km", ".", "99999999999999999999999999999999"] {
            assert_eq!(length(text), None, "{text}");
        }
        assert_eq!(yes_or_no("s", "是").unwrap(), Some(true));
        assert_eq!(yes_or_no("s", "").unwrap(), None);
        assert!(yes_or_no("s", "maybe").is_err());
        assert!(
            id("a\nb").is_err() && id("").is_err() && id(&"a".repeat(101)).is_err() && id("编 1").is_ok()
        );
        assert!(text("note", &"字".repeat(10_001)).is_err());
    }
}
