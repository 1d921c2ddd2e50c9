//! What holds for every page, whatever it says: names are escaped, nothing is fetched, drawings are well formed, and
//! an empty report is still a report.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

#[path = "../examples/sample/facts.rs"]
mod facts;

use lanbi_analytics::outlook::ForecastLacking;
use lanbi_reports::ReportError;
use lanbi_reports::render::{html, text};
use lanbi_reports::report::{
    air::AirDayFacts, black_odor_report, daily, month_air::MonthAirFacts, monthly, outlet_report,
    river_chief, river_chief_month, water,
};

const EVIL: &str = "<script>alert('甲')</script>\" onload=\"x";

fn pages() -> Vec<String> {
    let chiefs = river_chief::build(&facts::river_chief());
    vec![
        html::daily(&daily::build(&facts::daily())).unwrap(),
        html::monthly(&monthly::build(&facts::monthly())).unwrap(),
        html::water(&water::build(&facts::water())).unwrap(),
        html::river_chiefs(&chiefs).unwrap(),
        html::river_chief(&chiefs, "liu").unwrap(),
        html::river_chiefs_month(&river_chief_month::build(&facts::river_chief_month())).unwrap(),
        html::outlet(&outlet_report::build(&facts::outlet_report())).unwrap(),
        html::black_odor(&black_odor_report::build(&facts::black_odor_report())).unwrap(),
        html::index(&facts::index()).unwrap(),
    ]
}

/// Whether every tag is closed in order; void elements of HTML do not occur inside drawings.
fn well_formed(svg: &str) -> bool {
    let mut open: Vec<&str> = Vec::new();
    for tag in svg.split('<').skip(1) {
        let Some((inside, _)) = tag.split_once('>') else { return false };
        let name = inside.trim_start_matches('/').split([' ', '/', '\n']).next().unwrap_or_default();
        if inside.starts_with('/') {
            if open.pop() != Some(name) {
                return false;
            }
        } else if !inside.ends_with('/') {
            open.push(name);
        }
    }
    open.is_empty()
}

#[test]
fn names_from_outside_are_escaped_everywhere() {
    let mut day = facts::daily();
    day.head.district = EVIL.to_owned();
    let air = day.air.as_mut().unwrap();
    air.sites[0].name = EVIL.to_owned();
    air.hours[0].name = EVIL.to_owned();
    air.levels[1].colour = EVIL.to_owned();
    air.levels[1].category = EVIL.to_owned();
    day.sections.sections[0].name = EVIL.to_owned();
    day.outlets[0].name = EVIL.to_owned();
    day.ditches[0].name = EVIL.to_owned();
    day.alarms[0].alarm.text = EVIL.to_owned();
    day.capture.stations[0].station = EVIL.to_owned();
    day.targets.as_mut().unwrap().targets[0].source = EVIL.to_owned();
    let mut outlets = facts::outlet_report();
    outlets.outlets[0].name = EVIL.to_owned();
    outlets.allowances[0].outlet = EVIL.to_owned();
    outlets.register.as_mut().unwrap().outlets[1].entry.responsible = EVIL.to_owned();
    outlets.register.as_mut().unwrap().unregistered[0] = EVIL.to_owned();
    let mut odor = facts::black_odor_report();
    odor.bodies[0].name = EVIL.to_owned();
    odor.bodies[0].watch[0].point = EVIL.to_owned();
    odor.bodies[2].standing.as_mut().unwrap().documents[0] = EVIL.to_owned();
    let mut chiefs = facts::river_chief();
    chiefs.chiefs[0].chief.id = EVIL.to_owned();
    chiefs.chiefs[0].chief.name = EVIL.to_owned();
    let mut waters = facts::water();
    waters.sections.sections[0].name = EVIL.to_owned();
    waters.basins[1].name = EVIL.to_owned();
    let map = waters.map.as_mut().unwrap();
    map.sections[0].name = EVIL.to_owned();
    waters.course.rows[0].0 = EVIL.to_owned();
    waters.clues.as_mut().unwrap()[0].candidates[0].name = EVIL.to_owned();
    chiefs.chiefs[0].problems[0].problem.place = EVIL.to_owned();
    let mut month = facts::river_chief_month();
    month.problems[0].problem.place = EVIL.to_owned();
    month.problems[0].town = EVIL.to_owned();
    let mut index = facts::index();
    index.reports[0].href = EVIL.to_owned();
    index.first[0].reason = EVIL.to_owned();
    for page in [
        html::daily(&daily::build(&day)).unwrap(),
        html::river_chiefs(&river_chief::build(&chiefs)).unwrap(),
        html::water(&water::build(&waters)).unwrap(),
        html::river_chiefs_month(&river_chief_month::build(&month)).unwrap(),
        html::outlet(&outlet_report::build(&outlets)).unwrap(),
        html::black_odor(&black_odor_report::build(&odor)).unwrap(),
        html::index(&index).unwrap(),
    ] {
        assert!(!page.contains("<script"), "a name got through as markup");
        assert!(!page.contains("\" onload"), "a name left its attribute");
        assert!(page.contains("script&#62;") || page.contains("script&gt;"), "the name is still shown");
    }
}

#[test]
fn pages_fetch_nothing_and_say_their_language() {
    for page in pages() {
        let page = page.replace("http://www.w3.org/2000/svg", "");
        for outside in ["http://", "https://", "src=", "@import", "url(", "<script", "<link"] {
            assert!(!page.contains(outside), "{outside}");
        }
        assert!(page.contains("<html lang=\"zh-CN\">") && page.contains("name=\"viewport\""));
        assert!(page.contains("示例数据"), "made-up data are marked");
    }
}

#[test]
fn drawings_are_well_formed_and_hold_no_nan() {
    let mut drawings = 0;
    for page in pages() {
        for part in page.split("<svg ").skip(1) {
            let svg = format!("<svg {}</svg>", part.split("</svg>").next().unwrap());
            assert!(well_formed(&svg), "{svg}");
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
            drawings += 1;
        }
    }
    assert_eq!(
        drawings, 24,
        "two charts in two sizes, of the day, the month and the waters, one for each of four targets and of two allowances"
    );
    assert!(!well_formed("<svg><g></svg>"), "the check itself can fail");
}

#[test]
fn a_period_without_any_data_still_gives_a_report() {
    let mut day = facts::daily();
    day.air = Some(AirDayFacts::default());
    day.forecast = Some(Err(ForecastLacking::Stale { last: None, allowed: 3 }));
    day.warnings.as_mut().unwrap().events.clear();
    day.targets = None;
    day.sections.sections.clear();
    day.outlets.clear();
    day.ditches.clear();
    day.alarms.clear();
    day.capture.stations.clear();
    day.capture.rejected.clear();
    let page = html::daily(&daily::build(&day)).unwrap();
    for expected in
        ["无数据", "不予发布", "本期无报警", "本期无水质断面数据", "无法预报", "未达到重污染天气预警条件"]
    {
        assert!(page.contains(expected), "{expected}");
    }
    assert!(!page.contains("年度目标"), "without targets nothing is said of them");
    let mut month = facts::monthly();
    month.air = Some(MonthAirFacts::default());
    for target in &mut month.targets.as_mut().unwrap().targets {
        target.outlook.standing.figure = None;
        target.running.clear();
    }
    let page = html::monthly(&monthly::build(&month)).unwrap();
    assert!(page.contains("优良天数未统计") && page.contains("无数据"));
    assert!(page.contains("PM2.5年均浓度因无有效数据未统计"));
}

#[test]
fn a_bureau_without_outlets_still_gets_their_report() {
    let mut facts = facts::outlet_report();
    facts.outlets.clear();
    facts.allowances.clear();
    facts.register = None;
    let page = html::outlet(&outlet_report::build(&facts)).unwrap();
    assert!(page.contains("本期无入河排污口在线监测数据") && !page.contains("台账"));
}

#[test]
fn a_bureau_without_a_roster_still_gets_its_report() {
    let mut facts = facts::black_odor_report();
    facts.completion = None;
    facts.bodies.clear();
    let page = html::black_odor(&black_odor_report::build(&facts)).unwrap();
    assert!(page.contains("未建立黑臭水体名录台账") && page.contains("名录内无监测水体"));
}

#[test]
fn standing_alarms_come_first_and_others_periods_are_left_out() {
    let mut day = facts::daily();
    let mut old = day.alarms[2].clone();
    old.alarm.raised_at -= chrono::TimeDelta::days(9);
    old.alarm.cleared_at = Some(old.alarm.raised_at + chrono::TimeDelta::hours(1));
    old.alarm.text = "早已解除".to_owned();
    day.alarms.push(old);
    let alarms = daily::build(&day).alarms;
    let order: Vec<_> = alarms.rows.iter().map(|r| (r.standing, r.severity)).collect();
    assert_eq!(order, [(true, "紧急"), (true, "超标"), (true, "预警"), (false, "预警")]);
    assert_eq!((alarms.raised, alarms.cleared, alarms.standing), (4, 1, 3));
}

#[test]
fn a_missing_chief_is_an_error_and_a_blind_station_is_not_in_order() {
    let report = river_chief::build(&facts::river_chief());
    assert!(matches!(html::river_chief(&report, "nobody"), Err(ReportError::NoSuchChief(_))));
    assert!(matches!(text::river_chief(&report, "nobody"), Err(ReportError::NoSuchChief(_))));
    assert_eq!(report.chief("zhao").unwrap().headline, "需关注：1起报警未解除，1个点位无有效数据");
    assert_eq!(report.chief("chen").unwrap().headline, "近24小时未发现异常");
    let mut facts = facts::river_chief();
    facts.chiefs[1].sections.clear();
    let report = river_chief::build(&facts);
    assert_eq!(report.chief("chen").unwrap().headline, "所辖水体无监测点位，水质情况不明，请现场查看");
}

#[test]
fn what_is_overdue_stands_before_what_is_due_today_and_both_before_findings() {
    let report = river_chief::build(&facts::river_chief());
    let liu = report.chief("liu").unwrap();
    assert!(liu.overdue[0].starts_with("巡河：已逾期3天"), "{:?}", liu.overdue);
    assert!(liu.overdue[1].starts_with("逾期2天：岸线垃圾") && liu.today[0].ends_with("到期"), "{liu:?}");
    assert_eq!(liu.tasks(), "逾期2项，今日到期1项，在办问题4个");
    for text in [text::river_chief(&report, "liu").unwrap(), html::river_chief(&report, "liu").unwrap()] {
        let place = |words: &str| text.find(words).unwrap_or_else(|| panic!("{words} is not in {text}"));
        assert!(
            place("逾期") < place("今日到期") && place("今日到期") < place("东郊污水处理厂总排口"),
            "{text}"
        );
    }
}

#[test]
fn the_message_of_a_chief_fits_a_phone_whatever_is_wrong() {
    let mut facts = facts::river_chief();
    let chief = &mut facts.chiefs[0];
    chief.problems = std::iter::repeat_n(chief.problems.clone(), 7).flatten().collect();
    chief.alarms = std::iter::repeat_n(chief.alarms.clone(), 7).flatten().collect();
    chief.sections = std::iter::repeat_n(chief.sections.clone(), 7).flatten().collect();
    chief.outlets = std::iter::repeat_n(chief.outlets.clone(), 7).flatten().collect();
    let report = river_chief::build(&facts);
    for chief in &report.chiefs {
        let text = text::river_chief(&report, &chief.id).unwrap();
        let (lines, characters) = (text.trim_end().lines().count(), text.chars().count());
        assert!(lines <= 20 && characters <= 650, "{lines} lines, {characters} characters: {text}");
    }
    let text = text::river_chief(&report, "liu").unwrap();
    assert!(text.contains("……等") && text.contains("【逾期】8项"), "{text}");
    // As it is, each is short.
    let report = river_chief::build(&facts::river_chief());
    for chief in &report.chiefs {
        let text = text::river_chief(&report, &chief.id).unwrap();
        assert!(text.chars().count() <= 500, "{} characters: {text}", text.chars().count());
    }
}

#[test]
fn a_month_without_records_asks_for_them_and_praises_nobody() {
    let mut facts = facts::river_chief_month();
    facts.problems.clear();
    facts.reaches = None;
    facts.sections.clear();
    facts.chiefs.clear();
    let report = river_chief_month::build(&facts);
    let texts: Vec<&str> =
        report.chapters.iter().flat_map(|c| &c.paragraphs).map(|p| p.text.as_str()).collect();
    let expected = [
        "未登记河长。应巡0次，有效巡查0次。新发现问题0个，销号0个，期末在办0个，其中逾期0个。",
        "本期无水质断面数据。",
        "本期无问题记录。",
        "本期各河长均无应巡任务。",
        "未配置河段名录，不作排名。",
        "本期可用数据不足，请先完善河长、断面登记和巡查记录。",
    ];
    assert_eq!(texts, expected);
}
