use lanbi_analytics::outlook::{self, Quantiles, Standing};
use lanbi_model::Parameter;

use super::*;
use crate::report::targets::{TargetsFacts, build};

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A target with a figure so far, seen at the end of a day of 2026.
struct Case {
    kind: TargetKind,
    bound: &'static str,
    figure: Option<&'static str>,
    on: &'static str,
    room: Option<Room>,
    verdict: Verdict,
    chance: Result<(f64, f64, f64), Lacking>,
}

const PM25: TargetKind = TargetKind::Item(Parameter::Pm25);

/// The example of a year that is nearly over.
fn november() -> Case {
    Case {
        kind: PM25,
        bound: "35",
        figure: Some("36"),
        on: "2026-11-30",
        room: Some(mean("24.39", false)),
        verdict: Verdict::Open,
        chance: Ok((0.183, 0.1, 0.294)),
    }
}

fn mean(published: &str, inclusive: bool) -> Room {
    Room::Mean(RestMean { published: dec(published), inclusive, exact: dec(published) })
}

impl Case {
    fn facts(&self) -> TargetsFacts {
        let year: ReportPeriod = "2026".parse().unwrap();
        let on = day(self.on);
        let target = Target { kind: self.kind, value: dec(self.bound) };
        let (decimals, item_decimals) = match self.kind {
            TargetKind::Item(Parameter::Co) => (1, 1),
            TargetKind::Item(_) | TargetKind::GoodDays | TargetKind::HeavyDays => (0, 0),
            _ => (1, 0),
        };
        let count = |days: i64| u32::try_from(days).unwrap();
        let standing = Standing {
            target: lanbi_model::target::Target { kind: TargetKind::Index, value: target.value },
            on,
            passed: count((on - year.first()).num_days() + 1),
            valid: 330,
            left: count((year.last() - on).num_days()),
            figure: self.figure.map(dec),
            last_year: Some(dec("38")),
            room: self.room,
            verdict: self.verdict,
        };
        let chance = self.chance.map(|(probability, low, high)| Chance {
            probability,
            low,
            high,
            figure: Quantiles([36.0; 7]),
            fan: vec![outlook::FanPoint { day: year.last(), figure: Quantiles([36.0; 7]) }],
            years: 8,
        });
        let facts = TargetFacts {
            target,
            source: "示例方案".to_owned(),
            decimals,
            item_decimals,
            outlook: Outlook { standing, chance },
            running: Vec::new(),
            last_year: Vec::new(),
        };
        TargetsFacts { year, on, targets: vec![facts] }
    }
}

#[test]
fn a_probability_is_told_to_whole_percent_and_never_as_certain() {
    for (probability, expected) in [
        (0.0, "不足1%"),
        (0.009, "不足1%"),
        (0.01, "约1%"),
        (0.183, "约18%"),
        (0.5, "约50%"),
        (0.99, "约99%"),
        (0.991, "超过99%"),
        (0.9999, "超过99%"),
    ] {
        assert_eq!(about(probability), expected, "{probability}");
    }
}

#[test]
fn a_sentence_says_what_is_left_to_do_and_how_probable_it_is() {
    let check = |case: Case, expected: &str| {
        assert_eq!(build(&case.facts()).rows[0].sentence, expected);
    };
    check(
        november(),
        "截至11月30日，PM2.5年均浓度36 μg/m³，目标不高于35 μg/m³；12月均值不超过24.3 μg/m³方可达标，\
         完成概率约18%（区间10%—29%）。",
    );
    check(
        Case { on: "2026-09-30", room: Some(mean("30.5", false)), ..november() },
        "截至9月30日，PM2.5年均浓度36 μg/m³，目标不高于35 μg/m³；10—12月均值低于30.5 μg/m³方可达标，\
         完成概率约18%（区间10%—29%）。",
    );
    check(
        Case {
            kind: TargetKind::Fall(Parameter::Pm25),
            bound: "3",
            figure: Some("-2.7"),
            on: "2026-12-14",
            room: Some(mean("24.0", true)),
            chance: Ok((0.003, 0.0, 0.02)),
            ..november()
        },
        "截至12月14日，PM2.5年均浓度同比下降2.7%，目标下降3%以上；剩余17天均值不超过24.0 μg/m³方可达标，\
         完成概率不足1%（区间不足1%—2%）。",
    );
    check(
        Case {
            kind: TargetKind::GoodRatio,
            bound: "72.6",
            figure: Some("74.0"),
            room: Some(Room::Days(Some(13))),
            chance: Err(Lacking::Years { have: 0, needed: 2 }),
            ..november()
        },
        "截至11月30日，优良天数比例74.0%，目标不低于72.6%；12月还可出现超标13天，\
         历史数据不足2个完整年度（现有0个），未估算完成概率。",
    );
    check(
        Case {
            kind: TargetKind::HeavyDays,
            bound: "4",
            figure: Some("5"),
            room: Some(Room::Days(None)),
            verdict: Verdict::Missed,
            chance: Ok((0.0, 0.0, 0.0)),
            ..november()
        },
        "截至11月30日，重污染天数5天，目标不多于4天，余下31天无论如何已无法完成。",
    );
    check(
        Case { on: "2026-12-31", room: None, verdict: Verdict::Missed, ..november() },
        "2026年全年，PM2.5年均浓度36 μg/m³，目标不高于35 μg/m³，未完成。",
    );
    check(Case { figure: None, room: None, ..november() }, "截至11月30日，PM2.5年均浓度因无有效数据未统计。");
}

#[test]
fn a_row_agrees_with_its_sentence() {
    let check = |case: Case, expected: [&str; 4], bad: bool| {
        let row = &build(&case.facts()).rows[0];
        assert_eq!([row.room.as_str(), &row.probability, &row.interval, row.verdict], expected);
        assert_eq!(row.bad, bad, "{expected:?}");
    };
    check(november(), ["均值不超过24.3 μg/m³", "约18%", "10%—29%", "未定，目前未达目标"], true);
    check(
        Case { figure: Some("35"), chance: Err(Lacking::Figure), ..november() },
        ["均值不超过24.3 μg/m³", "—", "", "未定，目前在目标内"],
        false,
    );
    // What is certain is not told as a probability.
    check(
        Case { verdict: Verdict::Made, room: Some(Room::Days(Some(31))), ..heavy() },
        ["还可出现重污染31天", "—", "", "已完成"],
        false,
    );
    check(
        Case { verdict: Verdict::Missed, room: Some(Room::Days(None)), ..heavy() },
        ["—", "—", "", "已无法完成"],
        true,
    );
}

fn heavy() -> Case {
    Case { kind: TargetKind::HeavyDays, bound: "40", figure: Some("2"), ..november() }
}

#[test]
fn a_daily_report_says_it_in_a_few_words() {
    let check = |case: Case, expected: &str| {
        assert_eq!(crate::report::targets::paragraph(&build(&case.facts())), expected);
    };
    check(
        november(),
        "截至2026-11-30：PM2.5年均浓度36 μg/m³（目标不高于35 μg/m³，未定，目前未达目标，完成概率约18%）。",
    );
    check(
        Case { verdict: Verdict::Missed, ..heavy() },
        "截至2026-11-30：重污染天数2天（目标不多于40天，已无法完成）。",
    );
    check(Case { figure: None, ..heavy() }, "截至2026-11-30：重污染天数无数据。");
}

#[test]
fn the_notes_name_the_sources_and_why_there_is_no_probability() {
    let lacking = Lacking::Years { have: 1, needed: 2 };
    let notes = build(&Case { chance: Err(lacking), ..november() }.facts()).notes;
    assert_eq!(
        notes[1..],
        [
            "PM2.5年均浓度：历史数据不足2个完整年度（现有1个），不估算完成概率。",
            "目标依据：PM2.5年均浓度——示例方案。"
        ]
    );
    let notes = build(&november().facts()).notes;
    assert!(notes[1].contains("估算") && notes[1].contains("8个完整年度"), "{notes:?}");
}

#[test]
fn the_course_opens_at_the_figure_so_far_and_turns_a_fall_over() {
    let course = |case: Case| build(&case.facts()).rows.remove(0).course;
    let fan = course(november()).fan;
    assert_eq!((fan[0].number, fan[0].quantiles[0].as_str()), (334, "36"));
    assert_eq!((fan[1].day.as_str(), fan[1].quantiles[4].as_str()), ("2026-12-31", "36.0"));
    assert_eq!(course(Case { chance: Err(Lacking::Figure), ..november() }).fan, []);
    assert_eq!(course(november()).target, "35");
    let fall = Case { kind: TargetKind::Fall(Parameter::Pm25), bound: "3.0", ..november() };
    assert_eq!(course(fall).target, "-3");
}
