//! Made-up facts of one district, shared by the example and the golden tests. They contain the awkward cases on purpose:
//! a site without CO, one with too few hours, a section without class, an outlet over its limit, a relapsed ditch, an
//! edition that changes within the month.

#[path = "ahead.rs"]
mod ahead;
#[path = "chiefs.rs"]
mod chiefs;
#[path = "outlets.rs"]
mod outlet_reports;
#[path = "waters.rs"]
mod waters;

pub(crate) use self::waters::water;

use chrono::NaiveDate;
use lanbi_model::evaluation::{EventKind, PeriodStatistic};
use lanbi_model::standard::{AqiLevel, Confidence, Direction, WaterClass};
use lanbi_model::{
    Account, Alarm, Decimal, Flags, Instant, Parameter, RejectReason, ReportPeriod, RuleId, Severity,
    StationId, Zone,
};
use lanbi_reports::render::{FirstLook, Index, ReportKind, ReportLink};
use lanbi_reports::report::air::{AirDayFacts, AirHours, AirItem, AirSite};
use lanbi_reports::report::alarms::AlarmFacts;
use lanbi_reports::report::capture::{CaptureFacts, CapturesFacts};
use lanbi_reports::report::daily::DailyFacts;
use lanbi_reports::report::ditches::{DitchFacts, DitchGrade, DitchItem, DitchPoint};
use lanbi_reports::report::month_air::{DayTally, MonthAirFacts, MonthDay, MonthItem, SiteMonth};
use lanbi_reports::report::monthly::MonthlyFacts;
use lanbi_reports::report::outlets::{OutletFacts, OutletItem};
use lanbi_reports::report::sections::{Exceeded, SectionFacts, SectionsFacts};
use lanbi_reports::report::{Cited, HeadFacts, Measured, Reading};

pub(crate) use chiefs::{river_chief, river_chief_month};
pub(crate) use outlet_reports::{black_odor_report, outlet_report};

/// The decimal `mantissa / 10^scale`.
fn d(mantissa: i64, scale: u32) -> Decimal {
    Decimal::new(mantissa, scale)
}

fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

fn at(month: u32, day: u32, hour: u32, minute: u32) -> Instant {
    Zone::shanghai().to_instant(date(2026, month, day).and_hms_opt(hour, minute, 0).unwrap_or_default())
}

fn head(period: ReportPeriod, generated_at: Instant) -> HeadFacts {
    let cited = |number: &str, title: &str, clauses: &[&str], confidence| Cited {
        number: number.to_owned(),
        title: title.to_owned(),
        clauses: clauses.iter().map(|c| (*c).to_owned()).collect(),
        confidence,
    };
    HeadFacts {
        district: "示例区".to_owned(),
        demo: true,
        period,
        generated_at,
        zone: Zone::shanghai(),
        cited: vec![
            cited(
                "HJ 633-2026",
                "环境空气质量指数（AQI）技术规定",
                &["4.2.2", "4.2.6", "4.3.1", "5.3.1", "表3", "附录A"],
                Confidence::Official,
            ),
            cited("GB 3095-2026", "环境空气质量标准", &["表1", "表4"], Confidence::Official),
            cited("GB 3838-2002", "地表水环境质量标准", &["表1"], Confidence::TwoSources),
            cited(
                "环办〔2011〕22号",
                "地表水环境质量评价办法（试行）",
                &["单因子评价", "主要污染指标"],
                Confidence::OneSource,
            ),
            cited("DB12/599-2015", "城镇污水处理厂污染物排放标准", &["A标准"], Confidence::Unverified),
            cited("建城〔2015〕130号", "城市黑臭水体整治工作指南", &["表1"], Confidence::TwoSources),
        ],
    }
}

fn levels() -> Vec<AqiLevel> {
    [
        (1, Some(50), "一级", "优", "绿", "#00e400"),
        (2, Some(100), "二级", "良", "黄", "#ffff00"),
        (3, Some(150), "三级", "轻度污染", "橙", "#ff7e00"),
        (4, Some(200), "四级", "中度污染", "红", "#ff0000"),
        (5, Some(300), "五级", "重度污染", "紫", "#99004c"),
        (6, None, "六级", "严重污染", "褐红", "#7e0023"),
    ]
    .into_iter()
    .map(|(level, upto, name, category, colour_name, colour)| AqiLevel {
        level,
        upto,
        name: name.to_owned(),
        category: category.to_owned(),
        colour_name: colour_name.to_owned(),
        colour: colour.to_owned(),
        health: String::new(),
        advice: String::new(),
    })
    .collect()
}

fn classes() -> Vec<WaterClass> {
    [
        (1, "Ⅰ", "优", "#ccffff"),
        (2, "Ⅱ", "优", "#00ccff"),
        (3, "Ⅲ", "良好", "#00ff00"),
        (4, "Ⅳ", "轻度污染", "#ffff00"),
        (5, "Ⅴ", "中度污染", "#ff9b00"),
        (6, "劣Ⅴ", "重度污染", "#ff0000"),
    ]
    .into_iter()
    .map(|(class, name, state, colour)| WaterClass {
        class,
        name: name.to_owned(),
        state: state.to_owned(),
        colour: colour.to_owned(),
    })
    .collect()
}

/// SO2, NO2, CO (tenths), O3-8h, PM10, PM2.5, each with its IAQI; a negative value stands for a missing one.
fn site(name: &str, values: [(i64, u32); 6], aqi: Option<u32>, primary: &[Parameter]) -> AirSite {
    let order = [
        Parameter::So2,
        Parameter::No2,
        Parameter::Co,
        Parameter::O3EightHour,
        Parameter::Pm10,
        Parameter::Pm25,
    ];
    let items = order
        .into_iter()
        .zip(values)
        .map(|(parameter, (value, iaqi))| {
            let decimals = parameter.decimals();
            let reading = if value < 0 { Reading::Missing } else { Reading::Value(d(value, decimals)) };
            AirItem { measured: Measured::new(parameter, reading), iaqi: (value >= 0).then_some(iaqi) }
        })
        .collect();
    AirSite { name: name.to_owned(), items, aqi, primary: primary.to_vec() }
}

fn hours(name: &str, aqi: [u32; 24], gap: std::ops::Range<usize>) -> AirHours {
    let open = |at: usize| !gap.contains(&at);
    AirHours {
        name: name.to_owned(),
        aqi: aqi.iter().enumerate().map(|(i, v)| open(i).then_some(*v)).collect(),
        pm25: aqi.iter().enumerate().map(|(i, v)| open(i).then(|| d(i64::from(*v) * 6, 1))).collect(),
        o3: (0..24)
            .map(|i: i64| {
                let noon = (i - 14).abs();
                open(usize::try_from(i).unwrap_or(0)).then(|| d(1780 - noon * noon * 9, 1))
            })
            .collect(),
    }
}

fn air_day() -> AirDayFacts {
    let mut third = site(
        "东丽湖",
        [(7, 7), (30, 38), (0, 0), (148, 90), (74, 67), (39, 60)],
        Some(90),
        &[Parameter::O3EightHour],
    );
    // This site has no CO analyser.
    third.items.retain(|item| item.measured.parameter != Parameter::Co);
    let curve = [
        72, 75, 79, 84, 88, 92, 97, 103, 108, 112, 109, 104, 98, 94, 96, 101, 106, 112, 118, 121, 117, 109,
        101, 95,
    ];
    let lower = curve.map(|v| v - 18);
    let higher = curve.map(|v| v + 9);
    AirDayFacts {
        levels: levels(),
        sites: vec![
            site(
                "华明街道",
                [(9, 9), (38, 48), (8, 20), (152, 95), (112, 94), (64, 104)],
                Some(104),
                &[Parameter::Pm25],
            ),
            site(
                "军粮城",
                [(12, 12), (44, 55), (11, 28), (-1, 0), (131, 107), (61, 101)],
                Some(107),
                &[Parameter::Pm10],
            ),
            third,
            site("金桥街道", [(-1, 0), (-1, 0), (-1, 0), (96, 48), (88, 77), (-1, 0)], None, &[]),
        ],
        district: site(
            "全区平均",
            [(9, 9), (37, 47), (10, 25), (150, 94), (101, 87), (55, 92)],
            Some(94),
            &[Parameter::O3EightHour],
        ),
        sensitive: vec![(
            vec![Parameter::Pm25],
            "患有心血管系统疾病或呼吸系统疾病（如哮喘）的人、青少年儿童、户外活动频繁的人以及老年人"
                .to_owned(),
        )],
        advice_basis: "HJ 633-2026 表1、表2".to_owned(),
        aqi_before: Some(118),
        hours: vec![
            hours("全区", curve, 24..24),
            hours("华明街道", higher, 24..24),
            hours("军粮城", higher.map(|v| v + 8), 9..12),
            hours("东丽湖", lower, 24..24),
        ],
    }
}

fn section(
    (name, water): (&str, &str),
    target: u8,
    classes: [Option<u8>; 3],
    exceeded: &[(Parameter, Option<Decimal>)],
    values: [i64; 6],
) -> SectionFacts {
    let items = [
        (Parameter::Ph, 0),
        (Parameter::DissolvedOxygen, 1),
        (Parameter::CodMn, 1),
        (Parameter::Nh3n, 2),
        (Parameter::Tp, 3),
        (Parameter::Tn, 2),
    ];
    SectionFacts {
        name: name.to_owned(),
        water: water.to_owned(),
        target: Some(target),
        class: classes[0],
        change: classes[0].zip(classes[1]).map(|(now, before)| match now.cmp(&before) {
            std::cmp::Ordering::Less => "有所好转",
            std::cmp::Ordering::Equal => "无明显变化",
            std::cmp::Ordering::Greater => "有所变差",
        }),
        before: classes[1],
        year_before: classes[2],
        exceeded: exceeded
            .iter()
            .map(|(parameter, multiple)| Exceeded { parameter: *parameter, multiple: *multiple })
            .collect(),
        base: Some(3),
        items: items
            .into_iter()
            .zip(values)
            .map(|((parameter, decimals), value)| {
                let reading = if value < 0 { Reading::Missing } else { Reading::Value(d(value, decimals)) };
                Measured { parameter, reading, decimals }
            })
            .collect(),
        ..SectionFacts::default()
    }
}

fn sections() -> SectionsFacts {
    SectionsFacts {
        classes: classes(),
        sections: vec![
            section(("满江桥", "海河"), 4, [Some(3), Some(4), Some(4)], &[], [8, 68, 52, 41, 142, 318]),
            section(
                ("永金引河闸", "永金引河"),
                5,
                [Some(5), Some(5), Some(6)],
                &[(Parameter::Nh3n, Some(d(8, 1))), (Parameter::CodMn, Some(d(3, 1)))],
                [8, 42, 78, 184, 187, 462],
            ),
            section(
                ("西减河桥", "西减河"),
                5,
                [Some(6), Some(5), Some(5)],
                &[
                    (Parameter::Nh3n, Some(d(13, 1))),
                    (Parameter::Tp, Some(d(11, 1))),
                    (Parameter::DissolvedOxygen, None),
                ],
                [7, 23, 96, 231, 412, 688],
            ),
            section(("东减河口", "东减河"), 4, [None, Some(4), Some(5)], &[], [-1, -1, -1, -1, -1, -1]),
            section(
                ("北塘排水河桥", "北塘排水河"),
                5,
                [Some(4), Some(6), Some(5)],
                &[(Parameter::Cod, Some(d(2, 1)))],
                [8, 55, 66, 118, 231, 402],
            ),
        ],
    }
}

fn outlet_item(
    parameter: Parameter,
    (mean, decimals): (i64, u32),
    limit: Decimal,
    multiple: Option<Decimal>,
    (hours_over, days_over): (u32, u32),
    load: i64,
) -> OutletItem {
    let reading = if mean < 0 { Reading::Missing } else { Reading::Value(d(mean, decimals)) };
    OutletItem {
        mean: Measured { parameter, reading, decimals },
        worst_day: (mean >= 0).then(|| date(2026, 3, 5)),
        winter: false,
        low: (parameter == Parameter::Ph).then(|| d(6, 0)),
        limit: Some(limit),
        over: multiple.is_some(),
        multiple,
        hours_over,
        days: if mean >= 0 { 29 } else { 0 },
        days_over,
        flow_weighted: (load >= 0).then(|| d(mean, decimals)),
        load_kg: (load >= 0).then(|| d(load, 1)),
        coverage: if load >= 0 { d(935, 3) } else { d(0, 0) },
        substituted: None,
        confidence: Confidence::Unverified,
    }
}

fn outlets(month: bool) -> Vec<OutletFacts> {
    let times = if month { 29 } else { 1 };
    let outlet = |name: &str, water: &str, standard: &str, items, flow: Option<i64>| OutletFacts {
        name: name.to_owned(),
        water: water.to_owned(),
        standard: standard.to_owned(),
        confidence: Confidence::Unverified,
        first: date(2026, 3, 1),
        items,
        flow_m3: flow.map(|flow| d(flow * times, 0)),
        flow_coverage: if flow.is_some() { d(968, 3) } else { d(0, 0) },
        valid_days: if month { 29 } else { 1 },
        checks_known: false,
        without_temperature: false,
        unjudged: None,
    };
    let days = |n| if month { n } else { 0 };
    vec![
        outlet(
            "东郊污水处理厂总排口",
            "北塘排水河",
            "DB12/599-2015 A",
            vec![
                outlet_item(Parameter::Cod, (224, 1), d(30, 0), None, (0, 0), 13_440 * times),
                outlet_item(
                    Parameter::Nh3n,
                    (245, 2),
                    d(15, 1),
                    Some(d(63, 2)),
                    (14, days(3)),
                    1_470 * times,
                ),
                outlet_item(Parameter::Tp, (21, 2), d(3, 1), None, (1, 0), 126 * times),
                outlet_item(Parameter::Tn, (842, 2), d(10, 0), None, (0, 0), 5_052 * times),
                outlet_item(Parameter::Ph, (712, 2), d(9, 0), None, (0, 0), -1),
            ],
            Some(60_000),
        ),
        outlet(
            "空港工业园雨洪口",
            "西减河",
            "DB12/356-2018 二级",
            vec![
                outlet_item(Parameter::Cod, (-1, 1), d(40, 0), None, (0, 0), -1),
                outlet_item(Parameter::Nh3n, (-1, 2), d(20, 1), None, (0, 0), -1),
            ],
            None,
        ),
    ]
}

fn ditches() -> Vec<DitchFacts> {
    let ditch = |name: &str, area: &str, grade, before, values: [(i64, DitchGrade); 4]| DitchFacts {
        name: name.to_owned(),
        area: area.to_owned(),
        rural: false,
        grade: Some(grade),
        before: Some(before),
        points: vec![DitchPoint {
            name: format!("{name}监测点"),
            grade: Some(grade),
            samples: 5,
            items: [
                (Parameter::Transparency, 0, 25, Direction::AtLeast),
                (Parameter::DissolvedOxygen, 1, 2, Direction::AtLeast),
                (Parameter::Orp, 0, 50, Direction::AtLeast),
                (Parameter::Nh3n, 1, 8, Direction::AtMost),
            ]
            .into_iter()
            .zip(values)
            .map(|((parameter, decimals, pass, direction), (value, grade))| DitchItem {
                measured: Measured { parameter, reading: Reading::Value(d(value, decimals)), decimals },
                pass: d(pass, 0),
                direction,
                excludes_pass: parameter == Parameter::Orp,
                values: 5,
                light: if grade > DitchGrade::Clear { 4 } else { 0 },
                heavy: if grade == DitchGrade::Heavy { 3 } else { 0 },
            })
            .collect(),
        }],
        sampled: Some(date(2026, 10, 5)),
    };
    use DitchGrade::{Clear, Light};
    vec![
        ditch("袁家河支渠", "军粮城街道", Light, Clear, [(18, Light), (16, Light), (86, Clear), (92, Light)]),
        ditch("新地河明渠", "华明街道", Clear, Light, [(41, Clear), (52, Clear), (168, Clear), (31, Clear)]),
    ]
}

fn alarm(
    rule: (&str, &str),
    (station, place): (&str, &str),
    (parameter, severity): (Option<Parameter>, Severity),
    (raised_at, cleared_at): (Instant, Option<Instant>),
    (worst, limit): (Option<Decimal>, Option<Decimal>),
    (text, basis): (&str, &str),
) -> AlarmFacts {
    AlarmFacts {
        alarm: Alarm {
            station: StationId::new(station),
            rule: RuleId(rule.0.to_owned()),
            parameter,
            severity,
            raised_at,
            since: raised_at,
            cleared_at,
            withdrawn_at: None,
            worst,
            limit,
            text: text.to_owned(),
            basis: basis.to_owned(),
        },
        station: station.to_owned(),
        place: place.to_owned(),
        rule: rule.1.to_owned(),
    }
}

fn alarms(month: u32) -> Vec<AlarmFacts> {
    vec![
        alarm(
            ("outlet-limit", "排污口超标"),
            ("东郊污水处理厂总排口", "北塘排水河"),
            (Some(Parameter::Nh3n), Severity::Breach),
            (at(month, 5, 10, 0), None),
            (Some(d(312, 2)), Some(d(15, 1))),
            ("氨氮小时均值连续2小时超过限值，最高3.12 mg/L", "DB12/599-2015 A（未核实）"),
        ),
        alarm(
            ("section-class", "断面超目标"),
            ("西减河桥", "西减河"),
            (Some(Parameter::Nh3n), Severity::Urgent),
            (at(month, 5, 4, 0), None),
            (Some(d(246, 2)), Some(d(20, 1))),
            ("水质类别劣Ⅴ，目标Ⅴ类，氨氮超目标限值", "GB 3838-2002 表1"),
        ),
        alarm(
            ("air-hour", "空气小时超标"),
            ("华明街道", ""),
            (Some(Parameter::Pm25), Severity::Warning),
            (at(month, 5, 8, 0), Some(at(month, 5, 22, 0))),
            (Some(d(118, 0)), Some(d(115, 0))),
            ("PM2.5小时浓度超过115 μg/m³", "配置 alarm.air.pm25"),
        ),
        alarm(
            ("silent", "站点失联"),
            ("东减河口", "东减河"),
            (None, Severity::Warning),
            (at(month, 5, 6, 30), None),
            (None, None),
            ("超过6小时未收到数据", "配置 alarm.silent_hours"),
        ),
    ]
}

fn capture(days: u64) -> CapturesFacts {
    let station =
        |station: &str, kind, expected: u64, received: u64, valid: u64, late, flags: &[(Flags, u64)]| {
            CaptureFacts {
                station: station.to_owned(),
                kind,
                expected: expected * days,
                received: received * days,
                valid: valid * days,
                late,
                flags: flags.to_vec(),
            }
        };
    CapturesFacts {
        stations: vec![
            station("华明街道", "空气站", 144, 144, 141, 2, &[(Flags::CALIBRATION, 3)]),
            station("军粮城", "空气站", 144, 138, 126, 0, &[(Flags::FROZEN, 12), (Flags::INVERTED, 2)]),
            station("东丽湖", "空气站", 120, 120, 120, 0, &[]),
            station("金桥街道", "空气站", 144, 71, 66, 6, &[(Flags::FAULT, 5)]),
            station("满江桥", "水质断面", 54, 54, 54, 0, &[]),
            station("东减河口", "水质断面", 54, 0, 0, 0, &[]),
            station("东郊污水处理厂总排口", "入河排污口", 120, 120, 118, 1, &[(Flags::MAINTENANCE, 2)]),
        ],
        rejected: vec![(RejectReason::UnknownStation, 6), (RejectReason::Malformed, 2)],
    }
}

/// A day.
pub(crate) fn daily() -> DailyFacts {
    DailyFacts {
        head: head(ReportPeriod::Day(date(2026, 10, 5)), at(10, 6, 8, 0)),
        air: Some(air_day()),
        forecast: Some(ahead::forecast(date(2026, 10, 5))),
        warnings: Some(ahead::warnings(10)),
        targets: Some(ahead::targets(date(2026, 10, 5))),
        sections: sections(),
        clues: Vec::new(),
        outlets: outlets(false),
        ditches: ditches(),
        alarms: alarms(10),
        capture: capture(1),
    }
}

fn month_air() -> MonthAirFacts {
    let aqi = [
        88, 132, 156, 71, 45, 62, 98, 0, 104, 118, 83, 77, 52, 49, 66, 91, 128, 143, 208, 119, 86, 64, 58,
        73, 95, 101, 112, 84, 69, 41, 57,
    ];
    let item = |parameter, statistic, decimals, values: [Option<i64>; 3]| {
        let [value, before, year_before] = values.map(|v| v.map(|v| d(v, decimals)));
        MonthItem { parameter, statistic, value, before, year_before, decimals }
    };
    let items = vec![
        item(Parameter::Pm25, PeriodStatistic::Mean, 0, [Some(41), Some(52), Some(46)]),
        item(Parameter::Pm10, PeriodStatistic::Mean, 0, [Some(83), Some(79), Some(92)]),
        item(Parameter::So2, PeriodStatistic::Mean, 0, [Some(8), Some(9), Some(8)]),
        item(Parameter::No2, PeriodStatistic::Mean, 0, [Some(36), Some(38), None]),
        item(Parameter::Co, PeriodStatistic::Percentile(95), 1, [Some(11), Some(14), Some(12)]),
        item(Parameter::O3EightHour, PeriodStatistic::Percentile(90), 0, [Some(138), Some(96), Some(131)]),
    ];
    let site = |name: &str, values: [i64; 6], good, composite| SiteMonth {
        name: name.to_owned(),
        values: items
            .iter()
            .zip(values)
            .map(|(item, v)| (item.parameter, (v >= 0).then(|| d(v, item.decimals))))
            .collect(),
        days: DayTally { good, valid: 30 },
        composite,
    };
    let sites = vec![
        site("华明街道", [43, 88, 9, 39, 12, 141], 19, Some(d(423, 2))),
        site("军粮城", [46, 94, 11, 41, 13, 136], 18, Some(d(451, 2))),
        site("东丽湖", [35, 70, 6, 29, -1, 144], 22, None),
    ];
    MonthAirFacts {
        levels: levels(),
        days: (1_u32..)
            .zip(aqi)
            .map(|(number, aqi)| MonthDay {
                day: date(2026, 3, number),
                aqi: (aqi > 0).then_some(aqi),
                primary: match aqi {
                    0..=50 => vec![],
                    51..=80 => vec![Parameter::O3EightHour],
                    81..=120 => vec![Parameter::Pm10],
                    _ => vec![Parameter::Pm25],
                },
                edition: if number < 15 { "HJ 633-2012" } else { "HJ 633-2026" }.to_owned(),
            })
            .collect(),
        items,
        days_before: Some(DayTally { good: 17, valid: 28 }),
        days_year_before: Some(DayTally { good: 20, valid: 31 }),
        composite: [Some(d(412, 2)), Some(d(438, 2)), Some(d(447, 2))],
        sites,
        events: vec![(date(2026, 3, 11), EventKind::Dust)],
    }
}

/// A month; its edition changes in the middle, which no real March does, so that the mark can be seen.
pub(crate) fn monthly() -> MonthlyFacts {
    MonthlyFacts {
        head: head(ReportPeriod::Month(date(2026, 3, 1)), at(4, 1, 9, 30)),
        air: Some(month_air()),
        warnings: Some(ahead::warnings(3)),
        targets: Some(ahead::targets(date(2026, 3, 31))),
        sections: sections(),
        outlets: outlets(true),
        ditches: ditches(),
        alarms: alarms(3),
        capture: capture(31),
    }
}

/// The index of the sample.
pub(crate) fn index() -> Index {
    let link = |kind, period, href: &str, remark: &str| ReportLink {
        kind,
        period,
        href: href.to_owned(),
        remark: remark.to_owned(),
    };
    Index {
        district: "示例区".to_owned(),
        demo: true,
        generated_at: at(10, 6, 8, 0),
        zone: Zone::shanghai(),
        account: Account {
            incoming: 1_204_331,
            stored: 1_198_220,
            repeated: 6_103,
            rejected: 8,
            messages: 201_447,
            revised: 212,
            alarms_raised: 61,
            alarms_cleared: 58,
            recomputed: lanbi_model::Recomputed { days: 37, late: 37, ..lanbi_model::Recomputed::default() },
            ..Account::default()
        },
        reports: vec![
            link(
                ReportKind::Daily,
                ReportPeriod::Day(date(2026, 10, 4)),
                "daily-2026-10-04.html",
                "AQI 118 轻度污染",
            ),
            link(
                ReportKind::Daily,
                ReportPeriod::Day(date(2026, 10, 5)),
                "daily-2026-10-05.html",
                "AQI 94 良；1个断面未达标",
            ),
            link(
                ReportKind::Monthly,
                ReportPeriod::Month(date(2026, 3, 1)),
                "monthly-2026-03.html",
                "优良天数比例66.7%",
            ),
            link(
                ReportKind::RiverChief,
                ReportPeriod::Day(date(2026, 10, 5)),
                "river-chief-2026-10-05.html",
                "3位河长，2位有待办",
            ),
            link(
                ReportKind::RiverChief,
                ReportPeriod::Month(date(2026, 10, 1)),
                "river-chief-2026-10.html",
                "逾期问题1个",
            ),
        ],
        first: vec![FirstLook {
            href: "daily-2026-10-05.html".to_owned(),
            title: "2026年10月5日 日报".to_owned(),
            reason: "东郊污水处理厂总排口氨氮日均值超标0.63倍，报警未解除".to_owned(),
        }],
    }
}
