//! Worked cases of the standards, from the official texts and from published figures, against the built-in law.

#![expect(clippy::unwrap_used, reason = "a test stops at what it cannot read")]

use lanbi_analytics::air::{self, AirClass, AirStatus, AqiTime, Concentrations};
use lanbi_analytics::black_odor::{self, OdorLevel};
use lanbi_analytics::outlet::{self, Conditions, OutletTime, Verdict};
use lanbi_analytics::water::{self, Rounding};
use lanbi_config::standards::builtin;
use lanbi_model::standard::{ClassLimits, LimitTime, Standards, by_id};
use lanbi_model::{Decimal, Parameter, WaterBody, decimal};

#[path = "standards/binary.rs"]
mod binary;

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn law() -> Standards {
    builtin().unwrap()
}

/// Reads `do=2.0 nh3n=8`.
fn values(text: &str) -> Vec<(Parameter, Decimal)> {
    text.split_whitespace()
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(key, value)| (Parameter::from_key(key).unwrap(), dec(value)))
        .collect()
}

/// The index of one item alone.
fn iaqi(law: &Standards, edition: &str, time: AqiTime, item: Parameter, value: &str) -> Option<u32> {
    let place = Parameter::AQI.iter().position(|p| *p == item).unwrap();
    let mut concentrations = Concentrations::default();
    concentrations.0[place] = Some(dec(value));
    air::assess(by_id(&law.aqi, edition).unwrap(), time, &concentrations, &[]).iaqi[place]
}

#[test]
fn individual_indices_are_exact() {
    use AqiTime::{Day, Hour};
    use Parameter::{Co, No2, O3, Pm10, Pm25, So2};
    const BOTH: &[&str] = &["HJ633-2012", "HJ633-2026"];
    const OLD: &[&str] = &["HJ633-2012"];
    const NEW: &[&str] = &["HJ633-2026"];
    let law = law();
    // Each case is `concentration>index`; `-` is no index.
    let check = |editions: &[&str], times: &[AqiTime], item: Parameter, cases: &str| {
        for case in cases.split_whitespace() {
            let (value, expected) = case.split_once('>').unwrap();
            let expected = expected.parse().ok();
            for edition in editions {
                for time in times {
                    let got = iaqi(&law, edition, *time, item, value);
                    assert_eq!(got, expected, "{edition} {time:?} {item} {value}");
                }
            }
        }
    };
    let pm = &[Hour, Day];
    check(
        OLD,
        pm,
        Pm25,
        "35>50 36>52 60>82 75>100 76>102 115>150 116>152 120>158 150>200 151>201 250>300 251>301",
    );
    check(
        NEW,
        pm,
        Pm25,
        "35>50 36>52 45>70 60>100 61>101 75>114 76>115 115>150 120>158 150>200 250>300 500>500",
    );
    check(OLD, pm, Pm25, "35.01>51 60.5>82 0>0 500.1>500");
    check(NEW, pm, Pm25, "35.01>50 35.5>52 60.5>100 60.6>101 0.4>0 800>500");
    check(OLD, pm, Pm10, "51>51 80>65 150>100 151>101 180>115 250>150 601>500");
    check(NEW, pm, Pm10, "51>51 80>72 120>100 121>101 150>112 180>124 250>150 601>500");
    check(BOTH, &[Day], O3, "100>50 101>51 119>66 160>100 161>101 200>137 215>150 265>200 266>201 800>300");
    check(NEW, &[Day], O3, "801>300 800.5>300 800.6>300");
    check(OLD, &[Day], O3, "801>- 800.1>-");
    check(BOTH, &[Hour], O3, "160>50 161>52 200>100 201>101 1000>400 1200>500 1201>500");
    check(BOTH, &[Day], So2, "50>50 60>55 65>58 150>100 475>150 2620>500 2621>500");
    check(BOTH, &[Hour], So2, "65>22 150>50 475>97 500>100 800>200");
    check(NEW, &[Hour], So2, "801>200");
    check(OLD, &[Hour], So2, "801>-");
    check(BOTH, &[Day], No2, "41>52 81>101 150>135");
    check(BOTH, &[Hour], No2, "85>43 350>115 3840>500 3841>500");
    check(BOTH, &[Day], Co, "0.7>18 1.7>43 2.1>53 2.2>55 60>500 60.1>500");
    check(BOTH, &[Hour], Co, "3>30 7.5>75 65.4>218");
    check(NEW, &[Day], Co, "2.25>55 2.35>60");
    check(OLD, &[Day], Co, "2.25>57");
}

#[test]
fn the_index_names_its_primary_pollutants_or_withholds_itself() {
    let law = law();
    // In the order pm25 pm10 so2 no2 co o3; `-` is missing.
    let check = |edition: &str, time, cells: &str, aqi: Option<u32>, primary: &str, status: AirStatus| {
        let mut concentrations = Concentrations::default();
        for (place, text) in concentrations.0.iter_mut().zip(cells.split_whitespace()) {
            *place = text.parse().ok();
        }
        let result = air::assess(by_id(&law.aqi, edition).unwrap(), time, &concentrations, &[]);
        let named: Vec<&str> = result.primary.iter().map(|p| p.key()).collect();
        let got = (result.aqi, named.join("+"), result.status);
        assert_eq!(got, (aqi, primary.to_owned(), status), "{edition} {cells}");
        assert_eq!(result.level.is_some(), aqi.is_some());
    };
    let (old, new) = ("HJ633-2012", "HJ633-2026");
    let (day, hour) = (AqiTime::Day, AqiTime::Hour);
    check(new, day, "60 120 10 15 0.5 60", Some(100), "pm25+pm10", AirStatus::Ok);
    check(new, day, "20 30 10 15 0.5 60", Some(30), "", AirStatus::Ok);
    check(new, day, "7 10 10 15 0.5 119", Some(66), "o3", AirStatus::Ok);
    check(new, day, "35 50 50 40 2 100", Some(50), "", AirStatus::Ok);
    check(new, day, "36 50 50 40 2 100", Some(52), "pm25", AirStatus::Ok);
    check(new, day, "40 - - - - -", None, "", AirStatus::NotPublished);
    check(new, day, "80 - - - - -", Some(119), "pm25", AirStatus::Partial);
    check(old, day, "40 - - - - -", Some(57), "pm25", AirStatus::Partial);
    check(new, day, "- - - - - -", None, "", AirStatus::Missing);
    check(new, day, "20 10 10 15 0.5 160", Some(100), "o3", AirStatus::Ok);
    check(new, hour, "20 10 10 15 0.5 160", Some(50), "", AirStatus::Ok);
}

#[test]
fn an_item_not_measured_by_design_does_not_withhold_the_index() {
    let law = law();
    let standard = by_id(&law.aqi, "HJ633-2026").unwrap();
    let [pm25, pm10, so2, no2, o3] = ["40", "50", "8", "20", "90"].map(|v| Some(dec(v)));
    let concentrations = Concentrations([pm25, pm10, so2, no2, None, o3]);
    let check = |not_equipped: &[Parameter], aqi, status| {
        let result = air::assess(standard, AqiTime::Day, &concentrations, not_equipped);
        assert_eq!((result.aqi, result.status), (aqi, status));
        assert_eq!(result.iaqi[0], Some(60));
    };
    check(&[], None, AirStatus::NotPublished);
    check(&[Parameter::Co], Some(60), AirStatus::Ok);
    check(&[Parameter::So2], None, AirStatus::NotPublished);
}

#[test]
fn levels_begin_and_end_as_the_table_prints_them() {
    let law = law();
    for standard in &law.aqi {
        let check = |aqi: u32, level: u8, category: &str, colour: &str| {
            let found = standard.level(aqi).unwrap();
            let found = (found.level, found.category.as_str(), found.colour.as_str());
            assert_eq!(found, (level, category, colour), "{aqi}");
        };
        check(0, 1, "优", "#00e400");
        check(50, 1, "优", "#00e400");
        check(51, 2, "良", "#ffff00");
        check(100, 2, "良", "#ffff00");
        check(101, 3, "轻度污染", "#ff7e00");
        check(151, 4, "中度污染", "#ff0000");
        check(201, 5, "重度污染", "#99004c");
        check(300, 5, "重度污染", "#99004c");
        check(301, 6, "严重污染", "#7e0023");
        check(500, 6, "严重污染", "#7e0023");
    }
    assert_eq!(air::primary_zh(Parameter::O3, AqiTime::Day), "臭氧8小时");
    assert_eq!(air::primary_zh(Parameter::Pm25, AqiTime::Hour), "细颗粒物(PM2.5)");
}

#[test]
fn air_limits_change_with_the_phase_of_the_standard() {
    use LimitTime::{Day, DayMaxEightHour, Hour, Year};
    use Parameter::{Co, No2, O3, O3EightHour, Pm10, Pm25, So2};
    let law = law();
    let check = |edition: &str, time, class, item, value: &str, expected: Option<(&str, &str)>| {
        let standard = by_id(&law.air, edition).unwrap();
        let found = air::limit_exceedances(standard, time, class, &[(item, dec(value))]);
        let found = found.first().map(|e| (e.limit, e.multiple));
        assert_eq!(found, expected.map(|(l, m)| (dec(l), dec(m))), "{edition} {time:?} {item} {value}");
    };
    let (old, now, then) = ("GB3095-2012", "GB3095-2026-transition", "GB3095-2026");
    check(old, Year, AirClass::Two, Pm25, "54", Some(("35", "0.54")));
    check(now, Year, AirClass::Two, Pm25, "54", Some(("30", "0.80")));
    check(then, Year, AirClass::Two, Pm25, "54", Some(("25", "1.16")));
    check(then, Year, AirClass::One, Pm25, "10", None);
    check(old, Day, AirClass::Two, Pm10, "150", None);
    check(now, Day, AirClass::Two, Pm10, "150", Some(("120", "0.25")));
    check(then, Day, AirClass::Two, No2, "60", Some(("50", "0.20")));
    check(then, Day, AirClass::Two, So2, "51", Some(("50", "0.02")));
    check(now, DayMaxEightHour, AirClass::Two, O3EightHour, "222", Some(("160", "0.39")));
    check(now, Hour, AirClass::One, O3, "161", Some(("160", "0.01")));
    check(now, Hour, AirClass::Two, Co, "10", None);
    check(now, Hour, AirClass::Two, Pm25, "500", None);
}

/// Grades against the river limits.
fn river<'a>(law: &'a Standards, target: Option<u8>, text: &str) -> water::WaterAssessment<'a> {
    water::assess(&law.water[0], WaterBody::River, target, Rounding::AsGiven, &values(text))
}

/// Guangdong's report of 2016-04 prints 劣Ⅴ, `氨氮/1.3、总磷/0.6、化学需氧量/0.2` for these three.
#[test]
fn exceedances_print_as_a_published_report_does() {
    let law = law();
    let result = river(&law, Some(3), "cod=24 nh3n=2.3 tp=0.32");
    assert_eq!(result.class, Some(6));
    assert_eq!(result.worst, [Parameter::Nh3n]);
    assert_eq!(water::with_slashes(&result.exceeding), "氨氮/1.3、总磷/0.6、化学需氧量/0.2");
    assert_eq!(water::with_brackets(&result.exceeding), "氨氮(1.3)、总磷(0.6)、化学需氧量(0.2)");
    let without_multiple = river(&law, None, "do=1.5 ph=9.5 nh3n=1.2");
    assert_eq!(water::with_brackets(&without_multiple.exceeding), "pH、溶解氧、氨氮(0.2)");
}

#[test]
fn every_limit_is_inclusive_and_the_step_after_it_is_a_worse_class() {
    let law = law();
    let standard = &law.water[0];
    let tiny = dec("0.000001");
    for item in standard.items.iter().filter(|item| item.decides && item.multiple) {
        for body in [WaterBody::River, WaterBody::Lake] {
            let Some(ClassLimits::Steps { limits, .. }) = item.limits(body) else { continue };
            for (class, limit) in (1_u8..).zip(limits) {
                let class_at = |value| water::item_class(standard, body, item.parameter, value).unwrap();
                assert!(class_at(*limit) <= class, "{} {body:?} {limit}", item.parameter);
                assert!(class_at(limit + tiny) > class, "{} {body:?} {limit}", item.parameter);
            }
        }
    }
}

#[test]
fn total_nitrogen_and_temperature_never_decide() {
    let law = law();
    assert_eq!(river(&law, None, "temp=35 tn=20").class, None);
    assert_eq!(river(&law, None, "temp=35 tn=20 codmn=2").class, Some(1));
    let lake = values("tn=9 tp=0.05");
    let lake = water::assess(&law.water[0], WaterBody::Lake, None, Rounding::AsGiven, &lake);
    assert_eq!((lake.class, lake.exceeding.len()), (Some(3), 0));
}

#[test]
fn means_are_averaged_rounded_and_then_graded() {
    let law = law();
    let ph = water::mean_ph(["6.5", "7.9", "8.8", "9.0", "6.78", "8.87"].map(dec)).unwrap();
    assert_eq!(decimal::round_half_even(ph, 2), dec("7.08"));
    let nh3n = decimal::mean(["0.9", "1.11"].map(dec)).unwrap();
    let graded = |rounding| {
        water::assess(&law.water[0], WaterBody::River, None, rounding, &[(Parameter::Nh3n, nh3n)]).class
    };
    assert_eq!(graded(Rounding::AsGiven), Some(4));
    assert_eq!(graded(Rounding::Evaluation), Some(3));
}

#[test]
fn a_ditch_is_judged_by_what_was_measured() {
    use OdorLevel::{Heavy, Light};
    const GOOD: Option<OdorLevel> = Some(OdorLevel::None);
    let law = law();
    let check = |rural: bool, text: &str, clear: bool, expected: Option<OdorLevel>, reasons: &str| {
        let grade = black_odor::grade(&law.black_odor[0], rural, &values(text), clear);
        let named: Vec<_> = grade.iter().flat_map(|g| g.reasons()).map(|(p, _)| p.key()).collect();
        let got = (grade.as_ref().map(|g| g.level), named.join("+"));
        assert_eq!(got, (expected, reasons.to_owned()), "{text}");
    };
    let urban = |text, expected, reasons| check(false, text, false, expected, reasons);
    urban("depth=20 transparency=7.9", Some(Heavy), "transparency");
    urban("depth=20 transparency=8.0", Some(Light), "transparency");
    urban("depth=25 transparency=10", Some(Light), "transparency");
    urban("depth=25 transparency=9.9", Some(Heavy), "transparency");
    urban("depth=100 transparency=25", GOOD, "");
    check(false, "depth=20 transparency=20", true, GOOD, "");
    check(false, "depth=20 nh3n=16", true, Some(Heavy), "nh3n");
    urban("do=2.0 nh3n=8.0 orp=50.1", GOOD, "");
    urban("orp=50", Some(Light), "orp");
    urban("orp=-200", Some(Light), "orp");
    urban("orp=-200.1", Some(Heavy), "orp");
    urban("do=1.99", Some(Light), "do");
    urban("do=0.2", Some(Light), "do");
    urban("do=0.19 nh3n=8.1 transparency=30", Some(Heavy), "do+nh3n");
    urban("nh3n=15", Some(Light), "nh3n");
    urban("nh3n=15.1", Some(Heavy), "nh3n");
    urban("depth=20", None, "");
    check(true, "nh3n=15.1", false, Some(Light), "nh3n");
    check(true, "nh3n=15 do=2 orp=-300 transparency=25", false, GOOD, "");
    check(true, "depth=20 transparency=8", false, GOOD, "");
    check(true, "depth=20 transparency=7", false, Some(Light), "transparency");
}

#[test]
fn effluent_limits_go_by_grade_and_season() {
    let law = law();
    let check = |spelling: &str, item, day: &str, temperature: Option<&str>, value: &str, expected| {
        let (standard, limits) = law.effluent_limits(spelling).unwrap();
        let limit = limits.iter().find(|limit| limit.parameter == item).unwrap();
        let conditions = Conditions { day: day.parse().unwrap(), temperature: temperature.map(dec) };
        let result = outlet::check(limit, standard.winter, conditions, OutletTime::Day, dec(value));
        assert_eq!((result.verdict, result.multiple), expected, "{spelling} {item} {day} {value}");
    };
    let within = (Verdict::Within, None);
    let over = |multiple| (Verdict::Exceeds, Some(dec(multiple)));
    check("DB12-599-2015/A", Parameter::Nh3n, "2026-07-01", None, "1.5", within);
    check("DB12-599-2015/A", Parameter::Nh3n, "2026-07-01", None, "3.0", over("1"));
    check("DB12-599-2015/A", Parameter::Nh3n, "2026-12-01", None, "3.0", within);
    check("GB18918-2002/1A", Parameter::Nh3n, "2026-12-01", Some("12.5"), "6", over("0.20"));
    check("GB18918-2002/1A", Parameter::Nh3n, "2026-12-01", Some("11"), "6", within);
    check("GB18918-2002/1B", Parameter::Cod, "2026-07-01", None, "61", over("0.02"));
    check("DB12-599-2015/C", Parameter::Ph, "2026-07-01", None, "9.2", (Verdict::Exceeds, None));
    assert!(law.effluent_limits("DB12-599-2015/D").is_none());
}
