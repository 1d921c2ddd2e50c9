//! How often the checks that compare whole stations ask about real ones, and that they find stations known to repeat old
//! values.

#![expect(clippy::unwrap_used, reason = "a test stops at what it cannot read")]

mod data;

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use data::Hours;
use lanbi_analytics::qc::{
    FrozenThreshold, NeighbourThresholds, QcSettings, StepThreshold, StuckThreshold, check_series,
    flag_outliers_among, flag_stuck,
};
use lanbi_model::{
    AveragingPeriod, Decimal, Flags, Instant, Parameter, Sample, SampleKey, Station, StationId, StationKind,
    Zone,
};

/// What stands in `[qc]` of the built-in settings.
fn built_in() -> QcSettings {
    let file: toml::Table = include_str!("../../config/default.toml").parse().unwrap();
    let qc = file["qc"].as_table().unwrap();
    let number = |value: &toml::Value| value.to_string().parse::<Decimal>().unwrap();
    let whole = |value: &toml::Value| value.as_integer().unwrap();
    let hours = |entry: &toml::Value| TimeDelta::hours(whole(&entry["hours"]));
    let count = |value: &toml::Value| usize::try_from(whole(value)).unwrap();
    let frozen = |entry: &toml::Value| FrozenThreshold {
        at_least: hours(entry),
        not_up_to: entry.get("not_up_to").map(number),
    };
    let far = |entry: &toml::Value| StepThreshold {
        distance: number(&entry["distance"]),
        ratio: number(&entry["ratio"]),
    };
    QcSettings {
        zero_noise: each(&qc["zero_noise"], number),
        frozen: each(&qc["frozen"], frozen),
        stuck: StuckThreshold {
            at_least: hours(&qc["stuck"]),
            parameters: count(&qc["stuck"]["parameters"]),
        },
        step: each(&qc["step"], far),
        neighbours: NeighbourThresholds {
            far: each(&qc["neighbours"]["far"], far),
            stations: count(&qc["neighbours"]["stations"]),
            at_least: hours(&qc["neighbours"]),
        },
        gap_cadences: u16::try_from(whole(&qc["gap_cadences"])).unwrap(),
    }
}

fn each<T>(table: &toml::Value, read: impl Fn(&toml::Value) -> T) -> BTreeMap<Parameter, T> {
    let table = table.as_table().unwrap();
    table.iter().map(|(key, entry)| (Parameter::from_key(key).unwrap(), read(entry))).collect()
}

fn samples(name: &str, hours: &Hours) -> Vec<Sample> {
    let station = StationId::new(name);
    let sample = |(instant, values): (&Instant, &[Option<Decimal>; 6])| {
        let (station, instant) = (station.clone(), *instant);
        Parameter::AQI.into_iter().zip(*values).filter_map(move |(parameter, value)| {
            let key =
                SampleKey { station: station.clone(), parameter, period: AveragingPeriod::HOUR, instant };
            Some(Sample { key, value: value?, flags: Flags::empty() })
        })
    };
    hours.iter().flat_map(sample).collect()
}

fn station(name: &str) -> Station {
    Station {
        id: StationId::new(name),
        name: name.to_owned(),
        kind: StationKind::Air,
        area: String::new(),
        water: String::new(),
        downstream: None,
        zone: Zone::shanghai(),
        period: AveragingPeriod::HOUR,
        cadence: AveragingPeriod::HOUR,
        parameters: Parameter::AQI.to_vec(),
    }
}

/// As the readme of the data names them.
const STUCK_IN_TIANJIN: [&str; 10] = [
    "中山北路(启用161122)",
    "前进路",
    "勤俭路",
    "北辰科技园区",
    "团泊洼",
    "大理道(启用160601)",
    "宾水西道(启用150702)",
    "河西一经路(启用150702)",
    "津沽路(启用150702)",
    "西四道(启用170426)",
];

/// Not one parameter moves for four days; the record lacks some hours of each night.
#[test]
fn stations_that_repeat_their_last_message_are_found_and_no_others() {
    let Some(folder) = data::shared("air_site_hourly") else { return };
    let settings = built_in();
    let mut found = BTreeSet::new();
    for (name, hours) in data::city(&folder.join("天津.csv")) {
        let samples = samples(&name, &hours);
        let flagged = check_series(&station(&name), &samples, &settings, &BTreeMap::new());
        let whole = flagged.iter().filter(|(_, flags)| flags.contains(Flags::FROZEN)).count();
        if whole * 10 > samples.len() * 9 {
            found.insert(name);
        } else {
            let all: Vec<&Sample> = samples.iter().collect();
            let gap = AveragingPeriod::HOUR.span() * i32::from(settings.gap_cadences);
            assert_eq!(flag_stuck(&all, &settings.stuck, gap), [], "{name}");
        }
    }
    assert_eq!(found, STUCK_IN_TIANJIN.map(str::to_owned).into());
}

/// An analyser that reads four times too much, in a winter month.
#[test]
fn a_wrong_scale_is_seen_against_the_neighbours() {
    let Some(folder) = data::shared("beijing_multisite") else { return };
    let instant = |text: &str| text.parse::<Instant>().unwrap();
    let month = instant("2014-01-01T00:00:00Z")..instant("2014-02-01T00:00:00Z");
    let mut all = Vec::new();
    for (name, hours) in data::beijing(&folder) {
        let mut own = samples(&name, &hours.range(month.clone()).map(|(end, six)| (*end, *six)).collect());
        own.retain(|sample| sample.key.parameter == Parameter::Pm25);
        if name == "Dongsi" {
            own.iter_mut().for_each(|sample| sample.value *= Decimal::from(4));
        }
        all.extend(own);
    }
    let flagged = flag_outliers_among(&all, &built_in());
    let (wrong, sound): (Vec<_>, Vec<_>) =
        flagged.iter().partition(|(key, _)| key.station.as_str() == "Dongsi");
    println!("{} wrong hours flagged, {} sound ones", wrong.len(), sound.len());
    assert!(wrong.len() > 450 && sound.len() * 10 < wrong.len());
}

#[test]
fn sound_stations_do_not_stand_still_and_are_seldom_far_from_their_neighbours() {
    let Some(folder) = data::shared("beijing_multisite") else { return };
    let settings = built_in();
    let mut all = Vec::new();
    for (name, hours) in data::beijing(&folder) {
        let own = samples(&name, &hours);
        let refs: Vec<&Sample> = own.iter().collect();
        let gap = AveragingPeriod::HOUR.span() * i32::from(settings.gap_cadences);
        assert_eq!(flag_stuck(&refs, &settings.stuck, gap), [], "{name}");
        all.extend(own);
    }
    let mut episodes: BTreeMap<(StationId, Parameter), Vec<Instant>> = BTreeMap::new();
    for (key, flags) in flag_outliers_among(&all, &settings) {
        assert_eq!(flags, Flags::NEIGHBOURS);
        episodes.entry((key.station, key.parameter)).or_default().push(key.instant);
    }
    for ((station, parameter), hours) in &episodes {
        let begins =
            1 + hours.windows(2).filter(|pair| pair[1] - pair[0] > AveragingPeriod::HOUR.span()).count();
        println!("{station} {parameter}: {begins} times, {} hours in four years", hours.len());
        let outside = ["Changping", "Shunyi"].contains(&station.as_str());
        assert!(begins <= if outside { 4 * 14 } else { 4 * 3 }, "{station} {parameter}: {begins} times");
    }
}
