//! From patrols, problems and day means in a store to what the sheet and the month of the river chiefs say.

use chrono::TimeDelta;
use lanbi_config::Settings;
use lanbi_model::{
    Chief, ChiefLevel, Decimal, Instant, Patrol, Problem, ProblemKind, ProblemState, ProblemStep,
    ProblemUrgency, StationKind, WaterBody,
};
use lanbi_reports::report::{river_chief, river_chief_month};
use lanbi_store::{DerivedBatch, sqlite::SqliteStore};

use super::*;
use crate::assess::Reach;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> Instant {
    Zone::shanghai().to_instant(format!("2026-{text}:00").parse().unwrap())
}

fn section(id: &str, water: &str) -> Station {
    Station {
        id: StationId::new(id),
        name: format!("{id}断面"),
        kind: StationKind::Section { body: WaterBody::River, target: Some(4) },
        area: String::new(),
        water: water.to_owned(),
        downstream: None,
        zone: Zone::shanghai(),
        period: AveragingPeriod::MOMENT,
        cadence: AveragingPeriod::HOUR,
        parameters: vec![Parameter::CodMn, Parameter::Nh3n, Parameter::Tp, Parameter::DissolvedOxygen],
    }
}

fn chief(id: &str, level: ChiefLevel, town: &str, water: &str, station: &str) -> Chief {
    Chief {
        id: id.to_owned(),
        name: format!("{id}河长"),
        level,
        waters: vec![water.to_owned()],
        stations: vec![StationId::new(station)],
        town: town.to_owned(),
        patrol_every_days: Some(7),
        patrol_min_length_m: Some(300),
        patrol_min_minutes: None,
    }
}

fn reach(name: &str, town: &str, length: i64, section: &str) -> Reach {
    Reach {
        name: name.to_owned(),
        town: town.to_owned(),
        length_km: Decimal::from(length),
        section: StationId::new(section),
        state: None,
    }
}

/// Two towns with a river each, and a district's chief over the first; made at an instant.
async fn sources(now: &str) -> Sources {
    let chiefs = vec![
        chief("district", ChiefLevel::District, "", "甲河", "one"),
        chief("east", ChiefLevel::Town, "东镇", "甲河", "one"),
        chief("west", ChiefLevel::Town, "西镇", "乙河", "two"),
    ];
    Sources {
        store: Arc::new(SqliteStore::in_memory().await.unwrap()),
        registry: Arc::new(
            Registry::new(vec![section("one", "甲河"), section("two", "乙河")], chiefs).unwrap(),
        ),
        standards: Arc::new(lanbi_config::standards::builtin().unwrap()),
        settings: Settings::load(None, &[]).unwrap(),
        targets: Vec::new(),
        events: Events::default(),
        lists: Lists {
            reaches: vec![reach("甲段", "东镇", 3, "one"), reach("乙段", "西镇", 1, "two")],
            ..Lists::default()
        },
        demo: false,
        area: None,
        now: at(now),
        zone: Zone::shanghai(),
    }
}

async fn walked(sources: &Sources, walks: &[(&str, &str, i64)]) {
    let patrol = |(chief, ended, length): &(&str, &str, i64)| Patrol {
        id: format!("{chief}-{ended}"),
        chief: (*chief).to_owned(),
        water: String::new(),
        started: at(ended) - TimeDelta::minutes(30),
        ended: at(ended),
        length_m: Some(Decimal::from(*length)),
        source: String::new(),
        note: String::new(),
    };
    let patrols: Vec<Patrol> = walks.iter().map(patrol).collect();
    sources.store.keep_patrols(&patrols, "test", sources.now).await.unwrap();
}

/// Keeps a problem of a chief on 甲河 with steps such as `found 10-01T08:00`.
async fn found(sources: &Sources, id: &str, chief: &str, steps: &[&str]) {
    let step = |text: &&str| {
        let (state, time) = text.split_once(' ').unwrap();
        ProblemStep {
            at: at(time),
            state: ProblemState::parse(state).unwrap(),
            by: "网格员".to_owned(),
            to: String::new(),
            note: String::new(),
        }
    };
    let problem = Problem {
        id: id.to_owned(),
        chief: Some(chief.to_owned()),
        water: "甲河".to_owned(),
        place: format!("{id}处"),
        kind: ProblemKind::Silt,
        urgency: ProblemUrgency::Immediate,
        supervised: false,
        source: String::new(),
        steps: steps.iter().map(step).collect(),
    };
    sources.store.keep_problems(&[problem], "test", sources.now).await.unwrap();
}

#[tokio::test]
async fn the_sheet_of_a_day_knows_what_was_known_then() {
    let mut sources = sources("10-06T07:30").await;
    walked(&sources, &[("east", "09-25T10:00", 500), ("east", "10-04T10:00", 200)]).await;
    walked(&sources, &[("west", "10-06T07:00", 500), ("west", "10-01T07:00", 500)]).await;
    found(&sources, "late", "east", &["found 10-02T08:00", "assigned 10-02T09:00"]).await;
    found(&sources, "due", "east", &["found 10-04T08:00", "assigned 10-04T16:00"]).await;
    let closed = [
        "found 10-01T08:00",
        "assigned 10-01T09:00",
        "handled 10-05T10:00",
        "reviewed 10-06T07:00",
        "closed 10-06T07:10",
    ];
    found(&sources, "closed", "east", &closed).await;
    let sheet = river_chief::build(&sources.river_chiefs(day("2026-10-05")).await.unwrap());
    let east = sheet.chief("east").unwrap();
    // A patrol below the minimum does not count; the one of tomorrow and the closing of tomorrow are not known.
    assert_eq!(
        (east.patrol.last.as_str(), east.patrol.short.as_str()),
        ("09-25", "另有1次未达最低要求，不计")
    );
    assert_eq!(east.overdue.len(), 3, "{:?}", east.overdue);
    assert!(east.overdue[0].starts_with("巡河：已逾期3天"), "{:?}", east.overdue);
    assert!(east.overdue[1].contains("closed处") && east.overdue[2].contains("late处"), "{:?}", east.overdue);
    assert!(east.today.len() == 1 && east.today[0].contains("due处"), "{:?}", east.today);
    let west = sheet.chief("west").unwrap();
    assert_eq!((west.patrol.last.as_str(), west.problems.len()), ("10-01", 0));
    // No value came: nothing is called in order.
    assert_eq!(west.headline, "需关注：1个点位无有效数据");
    let district = sheet.chief("district").unwrap();
    assert_eq!(district.problems.len(), 3, "whoever is above on the same water sees them");
    assert_eq!(district.patrol.text, "今日应巡（无巡查记录）");
    // On the next day.
    sources.now = at("10-06T07:30");
    let sheet = river_chief::build(&sources.river_chiefs(day("2026-10-06")).await.unwrap());
    let east = sheet.chief("east").unwrap();
    assert_eq!(east.problems.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["late", "due"]);
    assert_eq!(sheet.chief("west").unwrap().patrol.last, "10-06");
}

/// Day means of CODMn, NH3-N, TP and DO through a month.
fn means(id: &str, month: &str, values: [&str; 4]) -> Vec<DailyMean> {
    let period: ReportPeriod = month.parse().unwrap();
    let items = [Parameter::CodMn, Parameter::Nh3n, Parameter::Tp, Parameter::DissolvedOxygen];
    let all = period.days().flat_map(|day| {
        items.into_iter().zip(values).filter(|(_, value)| !value.is_empty()).map(move |(parameter, value)| {
            DailyMean {
                station: StationId::new(id),
                parameter,
                day,
                value: Some(value.parse().unwrap()),
                min: None,
                max: None,
                count: 6,
                expected: 6,
                validity: Validity::Valid,
            }
        })
    });
    all.collect()
}

#[tokio::test]
async fn a_month_counts_patrols_problems_and_reaches() {
    let mut sources = sources("11-01T08:00").await;
    let weekly = ["10-03T10:00", "10-10T10:00", "10-17T10:00", "10-24T10:00"];
    walked(&sources, &weekly.map(|time| ("east", time, 500))).await;
    walked(&sources, &[("west", "10-10T10:00", 500)]).await;
    found(&sources, "late", "east", &["found 10-30T08:00", "assigned 10-30T09:00"]).await;
    let closed = |day: &str, end: &str| {
        let steps = ["found", "assigned", "handled", "reviewed"].map(|state| format!("{state} {day}T08:00"));
        steps.into_iter().chain([format!("closed {end}T08:00")]).collect::<Vec<_>>()
    };
    for (id, begin, end) in
        [("good", "10-05", "10-06"), ("slow", "09-29", "10-02"), ("old", "09-01", "09-02")]
    {
        let steps = closed(begin, end);
        found(&sources, id, "east", &steps.iter().map(String::as_str).collect::<Vec<_>>()).await;
    }
    let derived = [
        means("one", "2026-10", ["10", "1.8", "0.3", "3"]),
        means("one", "2026-09", ["10", "1.5", "0.3", "3"]),
        means("two", "2026-10", ["10", "1.5", "0.3", ""]),
    ]
    .concat();
    let batch = DerivedBatch { daily: derived, ..DerivedBatch::default() };
    sources.store.commit_derived(&batch).await.unwrap();
    let period = "2026-10".parse().unwrap();
    let month = river_chief_month::build(&sources.river_chiefs_month(period).await.unwrap());
    let done: Vec<_> =
        month.chiefs.iter().map(|row| (row.required, row.done, row.rate.to_string())).collect();
    assert_eq!(done, [(4, 0, "0.0".into()), (4, 4, "100.0".into()), (4, 1, "25.0".into())]);
    let all = &month.all;
    assert_eq!((all.found, all.closed, all.in_time, all.open, all.overdue), (2, 2, 1, 1, 1));
    assert_eq!(all.rate.to_string(), "33.3");
    assert_eq!((month.towns[0].name.as_str(), month.kinds[0].name.as_str()), ("东镇", "淤积"));
    // 58 points at 0.975 of 60; the other reach lacks oxygen and is in no share.
    let reaches: Vec<_> = month.reaches.iter().map(|row| (row.score.to_string(), row.why.as_str())).collect();
    assert_eq!(reaches, [("94.2".to_owned(), ""), ("—".to_owned(), "缺溶解氧")]);
    let places: Vec<_> = month.ranking.iter().map(|row| (row.place.to_string(), row.name.as_str())).collect();
    assert_eq!(places, [("1".to_owned(), "东镇"), ("—".to_owned(), "西镇")]);
    assert_eq!(month.shares[0].share.to_string(), "100.0");
    let required: Vec<&str> = month.chapters[4].paragraphs.iter().map(|p| p.text.as_str()).collect();
    let says = |text: &str| assert!(required.iter().any(|line| line.contains(text)), "{text}: {required:?}");
    says("late处淤积（网格员，应于10-31 09:00前销号，逾期15小时）");
    says("west河长（应巡4次、实巡1次）");
    says("one断面（Ⅳ降为Ⅴ）");
    // The month before it is over: the one closed later is still open, patrols are asked for on whole days.
    sources.now = at("10-05T12:00");
    let month = river_chief_month::build(&sources.river_chiefs_month(period).await.unwrap());
    assert_eq!((month.all.found, month.all.open, month.chiefs[1].required), (1, 1, 1));
    assert!(month.notes.iter().any(|note| note.contains("本期未结束，数据统计至2026-10-05 12:00")));
}
