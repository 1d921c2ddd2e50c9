//! From hours in a store to what is said of outlets.

use chrono::{NaiveDate, TimeDelta};
use lanbi_model::{
    AveragingPeriod, Decimal, Flags, Parameter, Registry, ReportPeriod, Sample, SampleKey, Station,
    StationId, StationKind, Zone,
};
use lanbi_reports::report::outlets::{OutletFacts, OutletItem};
use lanbi_store::{Batch, Incoming};

use super::{Lists, Sources};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn outlet(id: &str, limits: &str, parameters: &[Parameter]) -> Station {
    Station {
        id: StationId::new(id),
        name: id.to_owned(),
        kind: StationKind::Outlet { limits: limits.to_owned() },
        area: "东街".to_owned(),
        water: "甲河".to_owned(),
        downstream: None,
        zone: Zone::shanghai(),
        period: AveragingPeriod::HOUR,
        cadence: AveragingPeriod::HOUR,
        parameters: parameters.to_vec(),
    }
}

/// Three plants: one limited in winter by the date, two by the water temperature, which one of them measures.
async fn sources() -> Sources {
    use Parameter::{Cod, Flow, Nh3n, Ph, WaterTemperature};
    let stations = vec![
        outlet("o1", "DB12-599-2015/A", &[Flow, Ph, Cod, Nh3n]),
        outlet("o2", "GB18918-2002/1A", &[Flow, Nh3n, WaterTemperature]),
        outlet("o3", "GB18918-2002/1A", &[Nh3n]),
    ];
    let mut sources = super::tests::sources().await;
    sources.registry = std::sync::Arc::new(Registry::new(stations, Vec::new()).unwrap());
    sources
}

/// Hours of a day, the same value from one to another hour (both counted from 1), with flags.
async fn put(
    sources: &Sources,
    (id, parameter): (&str, Parameter),
    on: &str,
    (from, to): (i64, i64),
    value: &str,
    flags: Flags,
) {
    let start = Zone::shanghai().start_of(day(on));
    let incoming = |hour: i64| {
        let instant = start + TimeDelta::hours(hour);
        let key =
            SampleKey { station: StationId::new(id), parameter, period: AveragingPeriod::HOUR, instant };
        let sample = Sample { key, value: dec(value), flags };
        Incoming { sample, day: day(on), received_at: instant }
    };
    let batch = Batch { samples: (from..=to).map(incoming).collect(), messages: 1, ..Batch::default() };
    sources.store.commit(&batch).await.unwrap();
}

async fn facts(sources: &Sources, id: &str, period: &str) -> OutletFacts {
    let period: ReportPeriod = period.parse().unwrap();
    let all = sources.outlets(period).await.unwrap();
    all.into_iter().find(|facts| facts.name == id).unwrap()
}

fn item(facts: &OutletFacts, parameter: Parameter) -> OutletItem {
    *facts.items.iter().find(|item| item.mean.parameter == parameter).unwrap()
}

#[tokio::test]
async fn a_day_is_weighted_by_flow_and_judged_from_enough_hours() {
    let sources = sources().await;
    let none = Flags::empty();
    // 20 hours of little water with much COD, 4 hours of much water with little: 12 000 g in 500 m³.
    put(&sources, ("o1", Parameter::Flow), "2026-06-01", (1, 20), "10", none).await;
    put(&sources, ("o1", Parameter::Flow), "2026-06-01", (21, 24), "75", none).await;
    put(&sources, ("o1", Parameter::Cod), "2026-06-01", (1, 20), "45", none).await;
    put(&sources, ("o1", Parameter::Cod), "2026-06-01", (21, 24), "10", none).await;
    // 17 hours are too few to judge; their load counts all the same. Hours under calibration count for nothing.
    put(&sources, ("o1", Parameter::Flow), "2026-06-02", (1, 24), "10", none).await;
    put(&sources, ("o1", Parameter::Cod), "2026-06-02", (1, 17), "100", none).await;
    put(&sources, ("o1", Parameter::Cod), "2026-06-02", (18, 24), "100", Flags::CALIBRATION).await;
    let month = facts(&sources, "o1", "2026-06").await;
    let cod = item(&month, Parameter::Cod);
    assert_eq!((cod.mean.reading.value(), cod.worst_day), (Some(dec("24")), Some(day("2026-06-01"))));
    assert_eq!((cod.days, cod.days_over, cod.hours_over, cod.over), (1, 0, 37, false));
    assert_eq!(cod.load_kg, Some(dec("29")), "12 kg and 17 kg");
    assert_eq!(cod.flow_weighted, Some(dec("29000") / dec("670")));
    assert_eq!(cod.coverage, Decimal::from(41) / Decimal::from(720));
    assert_eq!(
        (month.flow_m3, month.flow_coverage),
        (Some(dec("740")), Decimal::from(48) / Decimal::from(720))
    );
    assert_eq!((month.valid_days, cod.substituted, month.checks_known), (1, None, false));
    let ammonia = item(&month, Parameter::Nh3n);
    assert_eq!(
        (ammonia.load_kg, ammonia.coverage, ammonia.days),
        (None, Decimal::ZERO, 0),
        "missing is not zero"
    );
}

#[tokio::test]
async fn the_winter_value_goes_by_the_date_or_by_the_days_water_temperature() {
    let sources = sources().await;
    let none = Flags::empty();
    for id in ["o1", "o2", "o3"] {
        for on in ["2026-10-31", "2026-11-01"] {
            put(&sources, (id, Parameter::Nh3n), on, (1, 24), "2.5", none).await;
            if id != "o3" {
                put(&sources, (id, Parameter::Flow), on, (1, 24), "10", none).await;
            }
        }
    }
    put(&sources, ("o2", Parameter::WaterTemperature), "2026-10-31", (1, 24), "12", none).await;
    put(&sources, ("o2", Parameter::WaterTemperature), "2026-11-01", (1, 24), "12.1", none).await;
    let check = async |id: &str, on: &str, limit: &str, winter: bool, over: bool| {
        let facts = facts(&sources, id, on).await;
        let found = item(&facts, Parameter::Nh3n);
        assert_eq!((found.limit, found.winter, found.over), (Some(dec(limit)), winter, over), "{id} {on}");
        facts
    };
    check("o1", "2026-10-31", "1.5", false, true).await;
    check("o1", "2026-11-01", "3.0", true, false).await;
    check("o2", "2026-10-31", "8", true, false).await;
    let warm = check("o2", "2026-11-01", "5", false, false).await;
    assert!(!warm.without_temperature && warm.unjudged.unwrap().contains("修改单"));
    // Nobody measures temperature or flow there: the stricter value, and a plain mean without load.
    let blind = check("o3", "2026-10-31", "5", false, false).await;
    let ammonia = item(&blind, Parameter::Nh3n);
    assert!(blind.without_temperature);
    assert_eq!((ammonia.mean.reading.value(), ammonia.load_kg), (Some(dec("2.5")), None));
}

#[tokio::test]
async fn the_highest_day_of_the_last_passed_period_stands_beside_what_was_measured() {
    let mut sources = sources().await;
    let none = Flags::empty();
    for (on, value) in [("2026-05-02", "20"), ("2026-05-03", "30"), ("2026-06-01", "10")] {
        put(&sources, ("o1", Parameter::Flow), on, (1, 24), "10", none).await;
        put(&sources, ("o1", Parameter::Cod), on, (1, 24), value, none).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("checks.csv");
    sources.settings.outlets.checks = list.clone();
    let mut load = async |lines: &str| {
        std::fs::write(&list, format!("outlet,from,to,passed\n{lines}")).unwrap();
        let lists = super::load_lists(&sources.settings, &sources.registry, &sources.standards);
        match lists {
            Ok(lists) => sources.lists = lists,
            Err(error) => return Err(format!("{error:#}")),
        }
        let facts = facts(&sources, "o1", "2026-06").await;
        Ok((facts.checks_known, item(&facts, Parameter::Cod)))
    };
    let (known, cod) = load("o1,2026-05-01,2026-05-31,1\n").await.unwrap();
    // 29 days of June at 30 mg/L × 240 m³, beside the 2.4 kg that were measured.
    let stand_in = cod.substituted.unwrap();
    assert_eq!((known, stand_in.days, stand_in.kg, cod.load_kg), (true, 29, dec("208.8"), Some(dec("2.4"))));
    let (known, cod) = load("o1,2026-05-01,2026-05-31,0\n").await.unwrap();
    assert_eq!((known, cod.substituted), (true, None), "a period that was not passed gives nothing");
    for (lines, words) in [
        ("o9,2026-05-01,2026-05-31,1\n", "no outlet of the station file"),
        ("o1,May,2026-05-31,1\n", "line 2: `May` is no day"),
        ("o1,2026-05-01,2026-05-31,yes\n", "neither 1 nor 0"),
        ("o1,2026-05-31,2026-05-01,1\n", "ends before it begins"),
    ] {
        let error = load(lines).await.unwrap_err();
        assert!(error.contains(words), "{error}");
    }
}

#[tokio::test]
async fn an_allowance_is_used_by_effective_days_and_named_by_outlet_and_item() {
    let mut sources = sources().await;
    let none = Flags::empty();
    for on in day("2026-01-01").iter_days().take_while(|on| *on <= day("2026-03-31")) {
        let on = on.to_string();
        put(&sources, ("o1", Parameter::Flow), &on, (1, 24), "100", none).await;
        // Ten hours on the second: no effective day.
        put(&sources, ("o1", Parameter::Cod), &on, (1, if on == "2026-01-02" { 10 } else { 24 }), "20", none)
            .await;
    }
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("allowances.csv");
    sources.settings.outlets.allowances = list.clone();
    let load = |sources: &mut Sources, line: &str| {
        std::fs::write(&list, format!("site,year,allowance_kg\n{line}\n")).unwrap();
        let lists = super::load_lists(&sources.settings, &sources.registry, &sources.standards);
        lists.map(|lists| sources.lists = lists).map_err(|error| format!("{error:#}"))
    };
    for line in ["o1/tn,2026,9", "o1/ph,2026,9", "o3/nh3n,2026,9", "o9/cod,2026,9", "o1,2026,9"] {
        let error = load(&mut sources, line).unwrap_err();
        assert!(error.contains("as out-01/cod"), "{line}: {error}");
    }
    load(&mut sources, "o1/cod,2026,17520").unwrap();
    let month: ReportPeriod = "2026-03".parse().unwrap();
    let facts = sources.outlet_report(month).await.unwrap();
    let [allowance] = facts.allowances.as_slice() else { panic!("{:?}", facts.allowances) };
    let stand = allowance.stand;
    assert_eq!((stand.days_gone, stand.days_measured, stand.used), (90, 89, dec("4272")), "89 days of 48 kg");
    let end = allowance.end.unwrap();
    assert!((end.expected - 365.0 * 48.0).abs() < 1.0 && end.low >= 4272.0 && !end.is_seasonal, "{end:?}");
    assert_eq!((facts.register, facts.outlets.len()), (None, 3));
    sources.lists = Lists::default();
    assert!(sources.outlet_report(month).await.unwrap().allowances.is_empty());
    sources.area = Some("西街".to_owned());
    load(&mut sources, "o1/cod,2026,17520").unwrap();
    assert!(sources.outlet_report(month).await.unwrap().allowances.is_empty(), "another street's outlet");
}
