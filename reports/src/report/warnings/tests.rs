//! Warnings of a month, held against whole rows and sentences.

use lanbi_analytics::heavy::{Basis, Response};
use lanbi_model::{ReportPeriod, Zone};

use super::*;

/// October 2026, local times.
fn head() -> HeadFacts {
    HeadFacts {
        district: String::new(),
        demo: false,
        period: ReportPeriod::Month("2026-10-01".parse().unwrap()),
        generated_at: at("2026-11-02T08:00:00"),
        zone: Zone::shanghai(),
        cited: Vec::new(),
    }
}

fn at(text: &str) -> Instant {
    Zone::shanghai().to_instant(text.parse().unwrap())
}

fn event(level: WarningLevel, from: &str, until: Option<&str>) -> WarningEvent {
    WarningEvent {
        level,
        before: None,
        from: at(from),
        until: until.map(at),
        pollution_from: at(from),
        last_met: at(from),
        peak: 231,
        primary: vec![Parameter::Pm25, Parameter::O3],
        basis: Basis::Observed,
        response: Response::Full,
        rule: "AQI>200持续24小时".to_owned(),
        edition: "warning-2024".to_owned(),
    }
}

fn facts(events: Vec<WarningEvent>) -> WarningsFacts {
    let rules = WarningRules {
        id: "warning-2024".to_owned(),
        number: "环大气〔2024〕6号".to_owned(),
        release: "解除条件据此推断（未核实）".to_owned(),
        clear_hours: 36,
    };
    WarningsFacts { events, with_forecasts: false, rules: vec![rules] }
}

#[test]
fn a_period_without_a_warning_has_one_sentence() {
    let before = event(WarningLevel::Red, "2026-09-20T00:00:00", Some("2026-10-01T00:00:00"));
    let built = build(&facts(vec![before]), &head());
    assert_eq!(built.sentence, "本期未达到重污染天气预警条件（仅依据实测）。");
    assert!(built.rows.is_empty() && built.note.is_empty());
}

#[test]
fn levels_that_touch_the_period_are_listed_with_their_rule() {
    let events = vec![
        event(WarningLevel::Yellow, "2026-09-30T08:00:00", Some("2026-10-01T06:00:00")),
        event(WarningLevel::Orange, "2026-10-01T06:00:00", Some("2026-10-03T20:00:00")),
        event(WarningLevel::Yellow, "2026-10-30T10:00:00", None),
    ];
    let built = build(&facts(events.clone()), &head());
    assert_eq!(
        built.sentence,
        "本期按实测达到重污染天气预警条件：橙色预警1次、黄色预警2次（级别升降分别计次），滑动24小时AQI最高231，\
         期末黄色预警持续中。"
    );
    let row = &built.rows[1];
    assert_eq!(
        [
            row.level,
            row.level_key,
            &row.from,
            &row.until,
            &row.primary,
            row.basis,
            row.response,
            &row.edition
        ],
        [
            "橙色预警",
            "orange",
            "2026-10-01 06:00",
            "2026-10-03 20:00",
            "PM2.5、O3",
            "实测",
            "应急响应",
            "环大气〔2024〕6号"
        ]
    );
    assert_eq!((built.rows[2].until.as_str(), built.rows[2].standing), ("期末持续中", true));
    assert_eq!(
        built.note,
        "由逐时滑动24小时AQI推算，仅依据实测，未用预报，不代替政府发布的预警。环大气〔2024〕6号；AQI连续36小时不超过该级\
         最低阈值即视为解除：解除条件据此推断（未核实）。"
    );
    let known = WarningsFacts { with_forecasts: true, ..facts(events) };
    let built = build(&known, &head());
    assert!(built.sentence.starts_with("本期按实测和预报达到"), "{}", built.sentence);
    let note = built.note;
    assert!(note.starts_with("由逐时滑动24小时AQI推算，依据实测和已发布的预报，不代替"), "{note}");
}
