//! From a store to what the daily and the monthly report say of the days to come.

use chrono::{Datelike as _, TimeDelta};
use lanbi_config::Settings;
use lanbi_model::{
    Decimal, Flags, SampleKey, StationKind, WaterBody,
    target::{Target, TargetKind},
};
use lanbi_reports::{
    render::ReportKind,
    report::{monthly, targets as target_page},
};
use lanbi_store::{Batch, DerivedBatch, Incoming, sqlite::SqliteStore};

use super::*;
use crate::{cli::ReportFormat, writer};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn station(id: &str, area: &str, kind: StationKind, parameters: &[Parameter]) -> Station {
    Station {
        id: StationId::new(id),
        name: id.to_owned(),
        kind,
        area: area.to_owned(),
        water: String::new(),
        downstream: None,
        zone: Zone::shanghai(),
        period: AveragingPeriod::HOUR,
        cadence: AveragingPeriod::HOUR,
        parameters: parameters.to_vec(),
    }
}

/// Two air stations in two streets, and a section in a third.
fn registry() -> Registry {
    let section = StationKind::Section { body: WaterBody::River, target: Some(3) };
    let stations = vec![
        station("east", "东街", StationKind::Air, &Parameter::AQI),
        station("west", "西街", StationKind::Air, &Parameter::AQI),
        station("river", "河街", section, &[Parameter::CodMn]),
    ];
    Registry::new(stations, Vec::new()).unwrap()
}

/// Day values of a station: PM2.5 goes with the seasons and by turns from day to day, the others stand still.
fn means(id: &str, from: &str, to: &str, more: i64) -> Vec<DailyMean> {
    let mut all = Vec::new();
    for day in day(from).iter_days().take_while(|d| *d <= day(to)) {
        let season = (i64::from(day.ordinal()) - 183).abs() / 6;
        let turn = i64::from(day.num_days_from_ce() * 7 % 11);
        let values = [15 + season + turn + more, 60, 8, 30, 1, 90];
        let mean = |(parameter, value): (Parameter, i64)| DailyMean {
            station: StationId::new(id),
            parameter,
            day,
            value: Some(value.into()),
            min: None,
            max: None,
            count: 24,
            expected: 24,
            validity: Validity::Valid,
        };
        all.extend(Parameter::AQI_DAY.into_iter().zip(values).map(mean));
    }
    all
}

fn target(area: &str, kind: TargetKind, value: i64) -> YearTarget {
    YearTarget {
        year: 2026,
        area: area.to_owned(),
        target: Target { kind, value: value.into() },
        source: "示例方案".to_owned(),
    }
}

/// Sources on an empty store, made at noon of 2026-12-01.
pub(super) async fn sources() -> Sources {
    Sources {
        store: Arc::new(SqliteStore::in_memory().await.unwrap()),
        registry: Arc::new(registry()),
        standards: Arc::new(lanbi_config::standards::builtin().unwrap()),
        settings: Settings::load(None, &[]).unwrap(),
        targets: vec![
            target("", TargetKind::Item(Parameter::Pm25), 35),
            target("", TargetKind::Fall(Parameter::Pm25), 3),
            target("", TargetKind::GoodRatio, 75),
            target("", TargetKind::HeavyDays, 4),
            target("东街", TargetKind::GoodDays, 250),
        ],
        events: crate::assess::Events::default(),
        lists: Lists::default(),
        demo: false,
        area: None,
        now: Zone::shanghai().start_of(day("2026-12-01")) + TimeDelta::hours(12),
        zone: Zone::shanghai(),
    }
}

async fn put(sources: &Sources, daily: Vec<DailyMean>) {
    sources.store.commit_derived(&DerivedBatch { daily, ..DerivedBatch::default() }).await.unwrap();
}

/// Hours of PM2.5 so heavy that two days of them bring about a warning.
async fn put_hours(sources: &Sources, id: &str, from: &str, hours: i64) {
    let start = Zone::shanghai().start_of(day(from));
    let incoming = |hour: i64| {
        let instant = start + TimeDelta::hours(hour);
        let key = SampleKey {
            station: StationId::new(id),
            parameter: Parameter::Pm25,
            period: AveragingPeriod::HOUR,
            instant,
        };
        let sample = Sample { key, value: 220.into(), flags: Flags::empty() };
        Incoming { sample, day: Zone::shanghai().day_of_end(instant), received_at: instant }
    };
    let batch = Batch { samples: (1..=hours).map(incoming).collect(), messages: 1, ..Batch::default() };
    sources.store.commit(&batch).await.unwrap();
}

#[tokio::test]
async fn the_history_is_the_mean_of_the_valid_sites_up_to_the_day() {
    let mut sources = sources().await;
    put(&sources, means("east", "2017-12-30", "2018-01-02", 0)).await;
    let mut west = means("west", "2018-01-01", "2018-01-02", 10);
    west[6].validity = Validity::Insufficient;
    put(&sources, west).await;
    let days = sources.history(day("2026-11-30")).await.unwrap();
    let pm25: Vec<(String, Option<Decimal>)> =
        days.iter().map(|d| (d.day.to_string(), d.values.0[0])).collect();
    let alone = means("east", "2018-01-01", "2018-01-02", 0);
    let expected = |at: usize, more: i64| alone[at].value.map(|value| value + Decimal::from(more));
    assert_eq!(
        pm25,
        [("2018-01-01".to_owned(), expected(0, 5)), ("2018-01-02".to_owned(), expected(6, 0))],
        "eight full years before the one of the day, and no more"
    );
    assert_eq!(sources.history(day("2018-01-01")).await.unwrap().len(), 3);
    sources.area = Some("东街".to_owned());
    assert_eq!(sources.history(day("2026-11-30")).await.unwrap()[0].values.0[0], expected(0, 0));
}

#[tokio::test]
async fn targets_stand_where_their_course_ends_and_the_same_store_says_the_same() {
    let sources = sources().await;
    put(&sources, means("east", "2022-01-01", "2026-12-05", 0)).await;
    put(&sources, means("west", "2022-01-01", "2026-12-05", 4)).await;
    let facts = sources.ahead(day("2026-11-30"), false).await.unwrap();
    assert!(facts.forecast.is_none());
    let targets = facts.targets.unwrap();
    assert_eq!(targets.targets.len(), 4, "those of the district");
    for target in &targets.targets {
        let standing = &target.outlook.standing;
        let last = target.running.last().unwrap();
        assert_eq!((last.day, Some(last.figure)), (day("2026-11-30"), standing.figure));
        assert!(target.running.len() > 30, "one point in ten days");
        let chance = target.outlook.chance.as_ref().unwrap();
        assert_eq!(chance.years, 4);
        assert!(chance.low <= chance.probability && chance.probability <= chance.high);
        if !matches!(target.target.kind, TargetKind::Fall(_)) {
            let year_ago = target.last_year.last().unwrap();
            assert_eq!((year_ago.day, Some(year_ago.figure)), (day("2025-12-31"), standing.last_year));
        }
    }
    let again = sources.ahead(day("2026-11-30"), false).await.unwrap().targets.unwrap();
    assert_eq!(target_page::build(&again), target_page::build(&targets));
}

#[tokio::test]
async fn a_daily_report_tells_the_days_to_come_the_warning_and_why_nothing_is_probable() {
    let sources = sources().await;
    put(&sources, means("east", "2025-10-01", "2026-11-30", 0)).await;
    put_hours(&sources, "east", "2026-11-28", 60).await;
    let period = ReportPeriod::Day(day("2026-11-30"));
    let files = async || {
        let files = writer::render(&sources, ReportKind::Daily, period, &[ReportFormat::Html]).await;
        files.unwrap().remove(0).1
    };
    let page = files().await;
    for words in [
        "未来3天空气质量预报",
        "12月1日",
        "12月3日",
        "同法预报的AQI平均误差",
        "橙色预警",
        "环大气〔2024〕6号",
        "未核实",
        "历史数据不足2个完整年度（现有0个）",
        "不高于35 μg/m³",
        "PM2.5年均浓度同比下降无数据",
        "上年有效数据92天，少于324天，不与上年比较",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert_eq!(page, files().await, "the same store gives the same report");
}

#[tokio::test]
async fn a_place_without_air_or_targets_says_nothing_of_them() {
    let mut sources = sources().await;
    put(&sources, means("east", "2025-10-01", "2026-11-30", 0)).await;
    let month = ReportPeriod::Month(day("2026-11-01"));
    sources.targets.retain(|target| !target.area.is_empty());
    let facts = sources.monthly(month).await.unwrap();
    assert!(facts.targets.is_none() && facts.warnings.is_some());
    assert!(monthly::build(&facts).warnings.unwrap().sentence.contains("未达到"));
    sources.area = Some("东街".to_owned());
    let own = sources.monthly(month).await.unwrap().targets.unwrap();
    assert_eq!(own.targets[0].target.kind, TargetKind::GoodDays);
    sources.area = Some("河街".to_owned());
    let facts = sources.daily(day("2026-11-30")).await.unwrap();
    assert!(facts.forecast.is_none() && facts.warnings.is_none() && facts.targets.is_none());
}

#[tokio::test]
async fn a_dust_day_leaves_the_particles_of_its_place_out_of_the_month() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("events.csv");
    let mut sources = sources().await;
    put(&sources, means("east", "2026-11-01", "2026-11-30", 0)).await;
    put(&sources, means("west", "2026-11-01", "2026-11-30", 4)).await;
    let month = ReportPeriod::Month(day("2026-11-01"));
    let air = async |sources: &Sources| sources.monthly(month).await.unwrap().air.unwrap();
    let pm25 = |facts: &lanbi_reports::report::month_air::MonthAirFacts| {
        facts.items.iter().find(|item| item.parameter == Parameter::Pm25).unwrap().value
    };
    let plain = air(&sources).await;
    let mut check = async |lines: &str, moved: bool, named: usize| {
        std::fs::write(&list, format!("day,area,kind,source\n{lines}")).unwrap();
        sources.settings.air.events = list.clone();
        sources.events = load_events(&sources.settings).unwrap();
        let facts = air(&sources).await;
        assert_eq!((pm25(&facts) != pm25(&plain), facts.events.len()), (moved, named), "{lines}");
    };
    check("", false, 0).await;
    // Enough days of the month to move its mean.
    let dust =
        |area: &str| -> String { (1..=12).map(|d| format!("2026-11-{d:02},{area},dust,通报\n")).collect() };
    check(&dust(""), true, 12).await;
    check(&dust("本区"), true, 12).await;
    check(&dust("别处"), false, 0).await;
    check("2026-10-31,,dust,通报\n", false, 0).await;
}
