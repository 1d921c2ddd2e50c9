//! From a store and a bureau's own lists to what a report says of waters.

use lanbi_analytics::water::Change;
use lanbi_config::Settings;
use lanbi_model::{Decimal, Flags, SampleKey, StationKind, WaterBody};
use lanbi_reports::report::{sections::SectionFacts, water as report};
use lanbi_store::{Batch, DerivedBatch, Incoming, sqlite::SqliteStore};

use super::*;
use crate::assess::{RiverFile, Samplings};

const ITEMS: [Parameter; 4] = [Parameter::CodMn, Parameter::Nh3n, Parameter::Tp, Parameter::Tn];

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn station(id: &str, water: &str, kind: StationKind, period: AveragingPeriod) -> Station {
    let parameters = match kind {
        StationKind::Outlet { .. } => vec![Parameter::Flow, Parameter::Cod, Parameter::Nh3n],
        _ => ITEMS.to_vec(),
    };
    Station {
        id: StationId::new(id),
        name: format!("{id}断面"),
        kind,
        area: String::new(),
        water: water.to_owned(),
        downstream: None,
        zone: Zone::shanghai(),
        period,
        cadence: AveragingPeriod::HOUR,
        parameters,
    }
}

/// A section on a river, one on a ditch that runs dry, a point on a lake, and two outlets above the river's section.
async fn sources() -> Sources {
    let section = |id, water, body| {
        station(id, water, StationKind::Section { body, target: Some(3) }, AveragingPeriod::MOMENT)
    };
    let outlet = |id| {
        let kind = StationKind::Outlet { limits: "DB12-599-2015/A".to_owned() };
        station(id, "河", kind, AveragingPeriod::HOUR)
    };
    let stations = vec![
        section("river", "河", WaterBody::River),
        section("ditch", "沟", WaterBody::River),
        section("lake", "湖", WaterBody::Lake),
        outlet("near"),
        outlet("far"),
    ];
    Sources {
        store: Arc::new(SqliteStore::in_memory().await.unwrap()),
        registry: Arc::new(Registry::new(stations, Vec::new()).unwrap()),
        standards: Arc::new(lanbi_config::standards::builtin().unwrap()),
        settings: Settings::load(None, &[]).unwrap(),
        targets: Vec::new(),
        events: Events::default(),
        lists: Lists::default(),
        demo: false,
        area: None,
        now: Zone::shanghai().start_of(day("2026-12-01")),
        zone: Zone::shanghai(),
    }
}

/// Day means of a station: permanganate, ammonia, phosphorus and nitrogen, the same every day.
async fn put(sources: &Sources, id: &str, (first, last): (&str, &str), values: [Decimal; 4]) {
    let mut daily = Vec::new();
    for day in day(first).iter_days().take_while(|d| *d <= day(last)) {
        daily.extend(ITEMS.into_iter().zip(values).map(|(parameter, value)| DailyMean {
            station: StationId::new(id),
            day,
            parameter,
            value: Some(value),
            min: None,
            max: None,
            count: 6,
            expected: 6,
            validity: Validity::Valid,
        }));
    }
    sources.store.commit_derived(&DerivedBatch { daily, ..DerivedBatch::default() }).await.unwrap();
}

fn d(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn november() -> ReportPeriod {
    ReportPeriod::Month(day("2026-11-01"))
}

async fn section(sources: &Sources, id: &str) -> SectionFacts {
    let facts = sources.sections(november()).await.unwrap();
    facts.sections.into_iter().find(|section| section.name.starts_with(id)).unwrap()
}

fn samplings(rows: &str) -> Samplings {
    let law = lanbi_config::standards::builtin().unwrap();
    let (samplings, complaints) = Samplings::read(rows.as_bytes(), &law).unwrap();
    assert_eq!(complaints, "");
    samplings
}

#[tokio::test]
async fn the_station_comes_first_and_a_sampling_where_it_has_too_few_days() {
    let mut sources = sources().await;
    let good = [d("3"), d("0.4"), d("0.08"), d("1")];
    let mut check = async |days: u32, rows: &str, class: Option<u8>, by_hand: bool, standing: &str| {
        let last = format!("2026-11-{days:02}");
        sources.store = Arc::new(SqliteStore::in_memory().await.unwrap());
        put(&sources, "river", ("2026-11-01", &last), good).await;
        sources.lists.waters.samplings = samplings(&format!("time,section,state,codmn,nh3n,cod\n{rows}"));
        let facts = section(&sources, "river").await;
        let got = (facts.class, facts.by_hand, facts.standing.as_str());
        assert_eq!(got, (class, by_hand, standing), "{days} days, {rows}");
    };
    check(18, "", Some(2), false, "优").await;
    check(17, "", None, false, "数据不足").await;
    // Chemical oxygen demand is always taken by hand; what the station measures is the station's.
    check(18, "2026-11-08,river断面,,14,1.9,19\n", Some(3), true, "良好").await;
    check(17, "2026-11-08,river断面,,9,1.4,\n", Some(4), true, "轻度污染").await;
    check(17, "2026-11-08,river,,9,1.4,\n", Some(4), true, "轻度污染").await;
    check(17, "2026-11-08,someone,,9,1.4,\n", None, false, "数据不足").await;
    check(1, "2026-11-08,river,frozen,,,\n", None, false, "冰封").await;
}

#[tokio::test]
async fn a_dry_bed_is_a_state_and_the_nitrogen_of_a_lake_is_told_apart() {
    let mut sources = sources().await;
    let all = ("2026-11-01", "2026-11-30");
    put(&sources, "river", all, [d("3"), d("0.4"), d("0.08"), d("9")]).await;
    put(&sources, "river", ("2026-10-01", "2026-10-31"), [d("9"), d("0.4"), d("0.08"), d("9")]).await;
    put(&sources, "lake", all, [d("4"), d("0.4"), d("0.04"), d("1.7")]).await;
    sources.lists.waters.samplings = samplings("time,section,state\n2026-11-01,ditch,dry\n");
    let facts = sources.waters(november()).await.unwrap().unwrap();
    let told: Vec<_> = facts
        .sections
        .sections
        .iter()
        .map(|s| (s.class, s.standing.as_str(), s.change, s.tn_class))
        .collect();
    assert_eq!(
        told,
        [
            (Some(2), "优", Some(Change::MarkedlyBetter.zh()), None),
            (None, "断流", None, None),
            (Some(3), "良好", None, Some(5)),
        ]
    );
    assert_eq!(facts.course.months.len(), 11);
    assert_eq!(facts.course.rows[0].1[8..], [None, Some(4), Some(2)]);
    let page = report::build(&facts);
    let text: String = page.chapters.iter().flat_map(|c| &c.paragraphs).map(|p| p.text.as_str()).collect();
    for words in ["ditch断面（断流）不参与评价", "沟无可评价断面", "湖综合营养状态指数", "总氮单独评价为Ⅴ类"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(page.clues.is_none() && page.map.is_none(), "no network is known");
}

#[tokio::test]
async fn a_breach_upstream_is_the_first_clue_and_a_quiet_month_has_none() {
    let mut sources = sources().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rivers.csv");
    std::fs::write(&path, "from,to,hours\nnear,river,4\nfar,river,12\n").unwrap();
    sources.lists.waters.rivers = Some(RiverFile::read(&path).unwrap());
    let zone = Zone::shanghai();
    let start = zone.start_of(day("2026-10-20"));
    let value = |id: &str, parameter, period, hour: i64, value: Decimal| {
        let instant = start + chrono::TimeDelta::hours(hour);
        let key = SampleKey { station: StationId::new(id), parameter, period, instant };
        let sample = Sample { key, value, flags: Flags::empty() };
        Incoming { sample, day: zone.day_of_end(instant), received_at: instant }
    };
    // The outlet breaches its limit from hour 592 to 603; its water is at the section four hours later, at 20:00. It takes the
    // reading at midnight to tell, so that the next day shows it.
    let mut samples = Vec::new();
    for hour in 1..=900_i64 {
        let ripple = Decimal::new(hour % 5, 2);
        for (id, usual) in [("near", d("0.6")), ("far", d("0.8"))] {
            let breach = id == "near" && (592..604).contains(&hour);
            let nh3n = if breach { d("6") } else { usual + ripple };
            samples.push(value(id, Parameter::Nh3n, AveragingPeriod::HOUR, hour, nh3n));
            samples.push(value(id, Parameter::Flow, AveragingPeriod::HOUR, hour, d("500")));
        }
        if hour % 4 == 0 {
            let nh3n = if (596..608).contains(&hour) { d("2.1") } else { d("0.5") + ripple };
            samples.push(value("river", Parameter::Nh3n, AveragingPeriod::MOMENT, hour, nh3n));
        }
    }
    sources.store.commit(&Batch { samples, messages: 1, ..Batch::default() }).await.unwrap();
    let clues = sources.clues(november()).await.unwrap().unwrap();
    let [clue] = clues.as_slice() else { panic!("{clues:?}") };
    assert_eq!(
        (clue.section.as_str(), clue.parameter, clue.over),
        ("river断面", Parameter::Nh3n, Some(true))
    );
    assert_eq!(clue.from, start + chrono::TimeDelta::hours(596));
    let names: Vec<&str> = clue.candidates.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["near断面"]);
    // In winter the ammonia of grade A is limited at 3.0 mg/L (DB12/599-2015, Table 1).
    assert_eq!((clue.candidates[0].breach, clue.candidates[0].begins), (Some(d("1")), true));
    let before = sources.clues(ReportPeriod::Month(day("2026-10-01"))).await.unwrap().unwrap();
    assert!(before.is_empty(), "{before:?}");
    for (on, number) in [("2026-11-13", 0), ("2026-11-14", 1), ("2026-11-15", 0)] {
        let of_day = sources.clues(ReportPeriod::Day(day(on))).await.unwrap().unwrap();
        assert_eq!(of_day.len(), number, "{on}: {of_day:?}");
    }
}
