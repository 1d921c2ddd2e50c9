//! One chief's check for one day.

use chrono::NaiveDate;
use lanbi_model::ChiefLevel;

use super::{
    input::{ChiefInput, DitchGrade, DitchState, OutletState, SectionState, StandingAlarm},
    item::{Duty, Item},
    patrol::{after, next_patrol},
    settings::ChiefSettings,
    urgency,
};

/// The daily check of one chief.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DailyCheck {
    /// Stable key of the chief.
    pub chief: String,
    /// His name as printed.
    pub name: String,
    /// His level.
    pub level: ChiefLevel,
    /// The waters in his care.
    pub waters: Vec<String>,
    /// Local day.
    pub day: NaiveDate,
    /// What is in order: sections, outlets, listed waters, as they were given.
    pub in_order: Vec<Item>,
    /// What is out of order, the most urgent first.
    pub out_of_order: Vec<Item>,
    /// What is due today.
    pub due_today: Vec<Duty>,
    /// What is overdue, the oldest first.
    pub overdue: Vec<Duty>,
    /// The patrol that comes next, when it is neither due nor overdue.
    pub next_patrol: Option<Duty>,
}

/// Builds the check.
#[must_use]
pub fn daily_check(input: &ChiefInput<'_>, settings: &ChiefSettings) -> DailyCheck {
    let findings = input
        .sections
        .iter()
        .map(section)
        .chain(input.outlets.iter().map(outlet))
        .chain(input.ditches.iter().map(ditch))
        .chain(input.alarms.iter().map(alarm));
    let (in_order, mut out_of_order): (Vec<Item>, Vec<Item>) = findings.partition(is_in_order);
    urgency::sort(&mut out_of_order);

    let patrol = next_patrol(input.chief, input.last_patrol, input.today, settings);
    let next_patrol = (patrol.due() > input.today).then(|| patrol.clone());
    let duties = std::iter::once(patrol).chain(input.alarms.iter().map(|alarm| handle(alarm, settings)));
    let (mut overdue, not_overdue): (Vec<Duty>, Vec<Duty>) =
        duties.partition(|duty| duty.due() < input.today);
    overdue.sort_by_key(Duty::due);
    DailyCheck {
        chief: input.chief.id.clone(),
        name: input.chief.name.clone(),
        level: input.chief.level,
        waters: input.chief.waters.clone(),
        day: input.today,
        in_order,
        out_of_order,
        due_today: not_overdue.into_iter().filter(|duty| duty.due() == input.today).collect(),
        overdue,
        next_patrol,
    }
}

fn is_in_order(item: &Item) -> bool {
    matches!(item, Item::SectionInOrder { .. } | Item::OutletInOrder { .. } | Item::DitchInOrder { .. })
}

fn section(state: &SectionState) -> Item {
    let name = state.name.clone();
    let (before, target) = (state.class_before, state.target);
    let Some(class) = state.class else { return Item::NoData { name } };
    if let Some(target) = target.filter(|target| class > *target) {
        return Item::SectionOffTarget {
            name,
            class,
            before,
            target,
            exceedances: state.exceedances.clone(),
        };
    }
    match before {
        Some(before) if class > before => Item::SectionWorse { name, class, before, target },
        before => Item::SectionInOrder { name, class, before, target },
    }
}

fn outlet(state: &OutletState) -> Item {
    let name = state.name.clone();
    if !state.exceedances.is_empty() {
        Item::OutletOver { name, exceedances: state.exceedances.clone() }
    } else if state.has_data {
        Item::OutletInOrder { name }
    } else {
        Item::NoData { name }
    }
}

fn ditch(state: &DitchState) -> Item {
    let name = state.name.clone();
    match state.grade {
        None => Item::NoData { name },
        Some(DitchGrade::Clear) => Item::DitchInOrder { name },
        Some(grade) => Item::DitchBlackOdorous { name, grade },
    }
}

fn alarm(alarm: &StandingAlarm) -> Item {
    Item::Alarm { text: alarm.text.clone(), severity: alarm.severity, raised_on: alarm.raised_on }
}

fn handle(alarm: &StandingAlarm, settings: &ChiefSettings) -> Duty {
    Duty::Handle {
        text: alarm.text.clone(),
        severity: alarm.severity,
        raised_on: alarm.raised_on,
        due: after(alarm.raised_on, settings.handling_days(alarm.severity)),
        mark: settings.confidence.zh(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanbi_model::{Chief, Parameter, Severity, standard::Direction};

    use super::super::input::Exceedance;

    fn on(day: &str) -> NaiveDate {
        day.parse().unwrap()
    }

    fn chief(level: ChiefLevel, patrol_every_days: Option<u16>) -> Chief {
        Chief {
            id: "zhang".to_owned(),
            name: "示例河长".to_owned(),
            level,
            waters: vec!["示例河".to_owned()],
            stations: Vec::new(),
            patrol_every_days,
        }
    }

    fn input(chief: &Chief) -> ChiefInput<'_> {
        ChiefInput {
            chief,
            today: on("2026-10-05"),
            sections: Vec::new(),
            outlets: Vec::new(),
            ditches: Vec::new(),
            alarms: Vec::new(),
            last_patrol: Some(on("2026-10-05")),
        }
    }

    fn over(parameter: Parameter, value: &str, limit: &str, direction: Direction) -> Exceedance {
        Exceedance { parameter, value: value.parse().unwrap(), limit: limit.parse().unwrap(), direction }
    }

    fn section(name: &str, class: Option<u8>, class_before: Option<u8>, target: Option<u8>) -> SectionState {
        let exceedances = vec![
            over(Parameter::Nh3n, "2.30", "1.0", Direction::AtMost),
            over(Parameter::DissolvedOxygen, "3.1", "5", Direction::AtLeast),
            over(Parameter::Ph, "9.4", "9", Direction::AtMost),
        ];
        SectionState { name: name.to_owned(), class, class_before, target, exceedances }
    }

    fn alarm(text: &str, severity: Severity, raised_on: &str) -> StandingAlarm {
        StandingAlarm { text: text.to_owned(), severity, raised_on: on(raised_on) }
    }

    /// A day on which everything happens.
    fn busy(chief: &Chief) -> ChiefInput<'_> {
        let ditch = |name: &str, grade| DitchState { name: name.to_owned(), grade };
        let outlet =
            |name: &str, has_data, exceedances| OutletState { name: name.to_owned(), has_data, exceedances };
        ChiefInput {
            sections: vec![
                section("甲断面", Some(3), Some(3), Some(3)),
                section("乙断面", Some(4), Some(4), Some(3)),
                section("丙断面", Some(6), None, Some(3)),
                section("丁断面", Some(3), Some(2), Some(4)),
                section("戊断面", None, Some(2), Some(4)),
                section("己断面", Some(5), Some(6), None),
            ],
            outlets: vec![
                outlet("甲排污口", true, Vec::new()),
                outlet("乙排污口", true, vec![over(Parameter::Cod, "45", "30", Direction::AtMost)]),
                outlet("丙排污口", false, Vec::new()),
            ],
            ditches: vec![
                ditch("甲沟", Some(DitchGrade::Clear)),
                ditch("乙沟", Some(DitchGrade::Light)),
                ditch("丙沟", Some(DitchGrade::Heavy)),
                ditch("丁沟", None),
            ],
            alarms: vec![
                alarm("丁断面 无数据", Severity::Warning, "2026-09-28"),
                alarm("乙排污口 停运", Severity::Urgent, "2026-10-03"),
                alarm("乙排污口 恒值", Severity::Notice, "2026-10-05"),
            ],
            ..input(chief)
        }
    }

    #[test]
    fn findings_come_in_order_of_urgency() {
        let chief = chief(ChiefLevel::Town, None);
        let check = daily_check(&busy(&chief), &ChiefSettings::default());
        let zh: Vec<String> = check.out_of_order.iter().map(Item::zh).collect();
        assert_eq!(
            zh,
            [
                "紧急：乙排污口 停运（2026年10月3日起）",
                "乙排污口超标：化学需氧量45mg/L（限值30mg/L）",
                "丙沟为重度黑臭",
                "丙断面为劣Ⅴ类，差于目标Ⅲ类：氨氮2.3mg/L（限值1mg/L）、溶解氧3.1mg/L（限值不低于5mg/L）、\
                 pH值9.4（无量纲，限值9）",
                "乙断面为Ⅳ类，差于目标Ⅲ类：氨氮2.3mg/L（限值1mg/L）、溶解氧3.1mg/L（限值不低于5mg/L）、\
                 pH值9.4（无量纲，限值9）",
                "预警：丁断面 无数据（2026年9月28日起）",
                "乙沟为轻度黑臭",
                "丁断面为Ⅲ类，达到目标Ⅳ类，但比前一日（Ⅱ类）变差",
                "提示：乙排污口 恒值（2026年10月5日起）",
                "丁沟近期无有效数据，无法判断",
                "丙排污口近期无有效数据，无法判断",
                "戊断面近期无有效数据，无法判断",
            ]
        );
        let zh: Vec<String> = check.in_order.iter().map(Item::zh).collect();
        assert_eq!(
            zh,
            [
                "甲断面为Ⅲ类，达到目标Ⅲ类",
                "己断面为Ⅴ类（未设目标），比前一日（劣Ⅴ类）好转",
                "甲排污口未超标",
                "甲沟未见黑臭"
            ]
        );
    }

    #[test]
    fn alarms_are_due_by_their_urgency() {
        let chief = chief(ChiefLevel::Town, Some(7));
        let check = daily_check(&busy(&chief), &ChiefSettings::default());
        let zh = |duties: &[Duty]| duties.iter().map(|duty| duty.zh(check.day)).collect::<Vec<_>>();
        assert_eq!(
            zh(&check.overdue),
            ["处理已逾期1天：乙排污口 停运（应不晚于2026年10月4日完成，时限未核实）"]
        );
        assert_eq!(zh(&check.due_today), ["今日应处理：丁断面 无数据（时限未核实）"]);
    }

    fn check_patrol(level: ChiefLevel, every: Option<u16>, last: Option<&str>, expected: [Option<&str>; 3]) {
        let chief = chief(level, every);
        let check = daily_check(
            &ChiefInput { last_patrol: last.map(on), ..input(&chief) },
            &ChiefSettings::default(),
        );
        let first = |duties: &[Duty]| duties.first().map(|duty| duty.zh(check.day));
        let seen =
            [first(&check.overdue), first(&check.due_today), check.next_patrol.map(|d| d.zh(check.day))];
        assert_eq!(seen, expected.map(|e| e.map(str::to_owned)), "{level:?} {every:?} {last:?}");
    }

    #[test]
    fn patrols_are_due_by_level_or_by_agreement() {
        use ChiefLevel::{District, Town, Village};
        check_patrol(
            Town,
            None,
            None,
            [None, Some("今日应巡河：未见巡河记录（每7天一次，频次未核实）"), None],
        );
        check_patrol(
            Town,
            None,
            Some("2026-09-28"),
            [None, Some("今日应巡河：上次为2026年9月28日（每7天一次，频次未核实）"), None],
        );
        check_patrol(
            Town,
            None,
            Some("2026-09-25"),
            [
                Some("巡河已逾期3天：上次为2026年9月25日，应于2026年10月2日巡河（每7天一次，频次未核实）"),
                None,
                None,
            ],
        );
        check_patrol(
            District,
            None,
            Some("2026-09-25"),
            [None, None, Some("下次巡河不晚于2026年10月25日（每30天一次，频次未核实）")],
        );
        check_patrol(
            District,
            Some(10),
            Some("2026-09-25"),
            [None, Some("今日应巡河：上次为2026年9月25日（每10天一次）"), None],
        );
        check_patrol(
            Village,
            None,
            Some("2026-10-05"),
            [None, None, Some("下次巡河不晚于2026年10月6日（每1天一次，频次未核实）")],
        );
    }

    #[test]
    fn a_chief_without_waters_has_only_his_patrol() {
        let chief = chief(ChiefLevel::Village, None);
        let check = daily_check(&input(&chief), &ChiefSettings::default());
        assert!(check.in_order.is_empty() && check.out_of_order.is_empty());
        assert!(check.due_today.is_empty() && check.overdue.is_empty());
    }

    /// Behind every number stands what it counts; dates and class numerals are no bare numbers.
    #[test]
    fn no_number_stands_without_its_unit() {
        let units = ["mg/L", "年", "月", "日", "天", "（无量纲", "）"];
        let chief = chief(ChiefLevel::Town, None);
        let check = daily_check(&busy(&chief), &ChiefSettings::default());
        let items = check.in_order.iter().chain(&check.out_of_order).map(Item::zh);
        let duties = check.due_today.iter().chain(&check.overdue).map(|duty| duty.zh(check.day));
        for line in items.chain(duties) {
            let mut rest = line.as_str();
            while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
                rest = rest[start..].trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
                assert!(units.iter().any(|unit| rest.starts_with(unit)), "`{line}`: nothing before `{rest}`");
            }
        }
    }
}
