//! From samples in a store and events in a list to what is said of black-odorous waters.

use chrono::{NaiveDate, TimeDelta};
use lanbi_analytics::black_odor::{RosterState, WatchVerdict};
use lanbi_model::{
    AveragingPeriod, Decimal, Flags, Parameter, Registry, ReportPeriod, Sample, SampleKey, Station,
    StationId, StationKind, Zone,
};
use lanbi_reports::report::black_odor_report::{self, BlackOdorReportFacts, StandingFacts};
use lanbi_reports::report::ditches::{DitchFacts, DitchGrade};
use lanbi_store::{Batch, Incoming};

use super::Sources;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn point(id: &str, water: &str, area: &str) -> Station {
    Station {
        id: StationId::new(id),
        name: format!("{id}点"),
        kind: StationKind::Ditch { rural: false },
        area: area.to_owned(),
        water: water.to_owned(),
        downstream: None,
        zone: Zone::shanghai(),
        period: AveragingPeriod::MOMENT,
        cadence: AveragingPeriod::DAY,
        parameters: vec![Parameter::DissolvedOxygen, Parameter::Nh3n],
    }
}

/// Two points of one water, and a water of one point.
async fn sources() -> Sources {
    let stations =
        vec![point("up", "甲沟", "东街"), point("down", "甲沟", "东街"), point("pond", "乙塘", "西街")];
    let mut sources = super::tests::sources().await;
    sources.registry = std::sync::Arc::new(Registry::new(stations, Vec::new()).unwrap());
    sources
}

/// A sample of oxygen a day at ten, from a first day on.
async fn put(sources: &Sources, id: &str, from: &str, oxygen: &[&str]) {
    let zone = Zone::shanghai();
    let incoming = |(day, value): (NaiveDate, &&str)| {
        let instant = zone.start_of(day) + TimeDelta::hours(10);
        let key = SampleKey {
            station: StationId::new(id),
            parameter: Parameter::DissolvedOxygen,
            period: AveragingPeriod::MOMENT,
            instant,
        };
        let sample = Sample { key, value: value.parse().unwrap(), flags: Flags::empty() };
        Incoming { sample, day, received_at: instant }
    };
    let samples = day(from).iter_days().zip(oxygen).map(incoming).collect();
    sources.store.commit(&Batch { samples, messages: 1, ..Batch::default() }).await.unwrap();
}

async fn ditch(sources: &Sources, name: &str, period: &str) -> DitchFacts {
    let period: ReportPeriod = period.parse().unwrap();
    let all = sources.ditches(period).await.unwrap();
    all.into_iter().find(|ditch| ditch.name == name).unwrap()
}

#[tokio::test]
async fn single_samples_grade_points_and_points_grade_the_water() {
    let sources = sources().await;
    put(&sources, "up", "2026-06-01", &["5"; 10]).await;
    // The mean of 4.2 is good; one sample in five is not.
    put(&sources, "down", "2026-06-01", &["5", "5", "5", "5", "1"].repeat(2)).await;
    put(&sources, "down", "2026-05-01", &["4"; 3]).await;
    put(&sources, "pond", "2026-06-01", &["0.1"; 6]).await;
    put(&sources, "pond", "2026-06-07", &["5"; 4]).await;
    let found = ditch(&sources, "甲沟", "2026-06").await;
    assert_eq!((found.grade, found.before), (Some(DitchGrade::Light), Some(DitchGrade::Clear)));
    let points: Vec<(&str, Option<DitchGrade>, u32)> =
        found.points.iter().map(|point| (point.name.as_str(), point.grade, point.samples)).collect();
    assert_eq!(points, [("up点", Some(DitchGrade::Clear), 10), ("down点", Some(DitchGrade::Light), 10)]);
    let oxygen = found.points[1].items[0];
    assert_eq!((oxygen.measured.reading.value(), oxygen.light), (Some(Decimal::new(42, 1)), 2));
    assert_eq!(found.sampled, Some(day("2026-06-10")));
    // Six of ten at heavy.
    assert_eq!(ditch(&sources, "乙塘", "2026-06").await.grade, Some(DitchGrade::Heavy));
    assert_eq!(ditch(&sources, "乙塘", "2026-04").await.grade, None);
}

const HEADER: &str = "date,body,event,from,level,third_party,in_order,valid,satisfied,foul,document\n";

const TREATED: &str = "\
2025-01-31,甲沟,monitored,2025-01-10,heavy,1,,,,,普查报告
2025-03-01,甲沟,works_started,,,,,,,,
2026-03-01,甲沟,works_done,,,,,,,,
2026-03-02,甲沟,inspected,,,,1,,,,
2026-03-20,甲沟,monitored,2026-03-05,none,1,,,,,
2026-04-10,甲沟,satisfaction,,,,,100,95,,问卷汇总
2026-02-01,丁渠,recognition,,,,,100,,80,
";

fn with_roster(sources: &mut Sources, lines: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("roster.csv");
    std::fs::write(&list, format!("{HEADER}{lines}")).unwrap();
    sources.settings.black_odor.roster = list;
    sources.settings.black_odor.target_percent = Decimal::from(50);
    sources.lists = super::load_lists(&sources.settings, &sources.registry, &sources.standards).unwrap();
    folder
}

async fn report(sources: &Sources, period: &str) -> BlackOdorReportFacts {
    sources.black_odor_report(period.parse().unwrap()).await.unwrap()
}

fn standing<'a>(facts: &'a BlackOdorReportFacts, name: &str) -> &'a StandingFacts {
    facts.bodies.iter().find(|body| body.name == name).unwrap().standing.as_ref().unwrap()
}

#[tokio::test]
async fn stations_send_back_a_treated_water_and_list_or_clear_none() {
    let mut sources = sources().await;
    let _folder = with_roster(&mut sources, TREATED);
    // Black under treatment, in the month in which it improved, and again in July; 乙塘 is on no list.
    put(&sources, "up", "2025-10-01", &["1"; 20]).await;
    put(&sources, "up", "2026-04-01", &["1"; 5]).await;
    put(&sources, "up", "2026-05-01", &["5"; 61]).await;
    put(&sources, "down", "2026-07-10", &["1.5"; 3]).await;
    put(&sources, "pond", "2026-06-01", &["0.1"; 6]).await;
    let check = async |period: &str, state: RosterState, since: &str, by_station: bool| {
        let facts = report(&sources, period).await;
        let found = standing(&facts, "甲沟");
        assert_eq!(
            (found.state, found.since, found.by_station),
            (state, Some(day(since)), by_station),
            "{period}"
        );
        facts
    };
    check("2025-12", RosterState::InTreatment, "2025-03-01", false).await;
    let june = check("2026-06", RosterState::Improved, "2026-04-10", false).await;
    assert_eq!(june.completion.and_then(|c| c.meets(june.target.unwrap())), Some(true), "one of two");
    assert_eq!(standing(&june, "丁渠").state, RosterState::Listed);
    assert_eq!(standing(&june, "甲沟").documents, ["问卷汇总"]);
    let july = check("2026-07", RosterState::Relapsed, "2026-07-31", true).await;
    assert_eq!(july.completion.map(|c| (c.done, c.listed)), Some((0, 2)));
    check("2026-Q3", RosterState::Relapsed, "2026-07-31", true).await;
    let pond = july.bodies.iter().find(|body| body.name == "乙塘").unwrap();
    assert!(pond.standing.is_none() && pond.ditch.is_some(), "measured, and on no list");
    let built = black_odor_report::build(&july);
    assert_eq!((built.roster[0].name.as_str(), built.roster[0].relapsed), ("甲沟", true), "first");
    assert!(built.summary[0].text.contains("完成率0.0%，目标50%，未达到目标"), "{}", built.summary[0].text);
    sources.area = Some("西街".to_owned());
    let west = report(&sources, "2026-07").await;
    let names: Vec<&str> = west.bodies.iter().map(|body| body.name.as_str()).collect();
    assert_eq!(names, ["乙塘"], "waters whose street is not known stand in the district's report");
}

#[tokio::test]
async fn a_clean_point_that_comes_down_is_on_the_list_with_its_days() {
    let sources = sources().await;
    // Steady for twelve weeks, then more than half of the way to the limit lost within four.
    let level = |n: i32| if n < 84 { 6.0 + 0.1 * f64::from(n % 2) } else { 6.0 - 0.135 * f64::from(n - 84) };
    let falling: Vec<String> = (0..112).map(|n| format!("{:.2}", level(n))).collect();
    let falling: Vec<&str> = falling.iter().map(String::as_str).collect();
    put(&sources, "pond", "2026-06-11", &falling).await;
    put(&sources, "up", "2026-06-11", &["6"; 112]).await;
    let facts = report(&sources, "2026-09").await;
    let verdict =
        |name: &str| facts.bodies.iter().find(|body| body.name == name).unwrap().watch[0].watch.verdict;
    assert_eq!((verdict("乙塘"), verdict("甲沟")), (WatchVerdict::Slipping, WatchVerdict::Steady));
    let built = black_odor_report::build(&facts);
    let [row] = built.watch.as_slice() else { panic!("{:?}", built.watch) };
    assert!(row.days.starts_with('约') && row.interval.contains('天'), "{row:?}");
    assert!(built.summary[0].text.contains("未建立黑臭水体名录台账"));
    assert!(built.summary[2].text.contains("pond点（溶解氧约"), "{}", built.summary[2].text);
}
