//! Made-up facts of the reports on outlets and on black-odorous waters, with the awkward cases: an allowance that is overdrawn, an outlet that came back, one
//! that nobody registered.

use chrono::NaiveDate;
use lanbi_analytics::black_odor::{
    Completion, DatedEvent, DaysLeft, IndicatorWatch, Lack, Loss, OdorLevel, PointWatch, RosterEvent,
    RosterState, WatchSettings, WatchVerdict,
};
use lanbi_analytics::outlet::{YearEnd, burn_down};
use lanbi_model::outlet::{OutletClass, OutletEntry, OutletFinding, OutletState};
use lanbi_model::standard::{Elimination, OdorJudging};
use lanbi_model::{Decimal, Parameter, ReportPeriod};
use lanbi_reports::report::allowances::AllowanceFacts;
use lanbi_reports::report::black_odor_report::{
    BlackOdorReportFacts, GuideNumbers, OdorBodyFacts, PointWatchFacts, StandingFacts, SurveyFacts,
};
use lanbi_reports::report::outlet_register::{RegisterFacts, RegisteredFacts};
use lanbi_reports::report::outlet_report::OutletReportFacts;
use lanbi_reports::report::outlets::Substituted;

use super::{at, d, date, ditches, head, outlets};

fn registered(
    (id, name, class): (&str, &str, OutletClass),
    (water, responsible): (&str, &str),
    (state, since, before): (OutletState, NaiveDate, Option<OutletState>),
    findings: &[OutletFinding],
) -> RegisteredFacts {
    RegisteredFacts {
        entry: OutletEntry {
            id: id.to_owned(),
            name: name.to_owned(),
            code: String::new(),
            class,
            water: water.to_owned(),
            area: String::new(),
            section: None,
            station: None,
            responsible: responsible.to_owned(),
            permit: String::new(),
            sign: false,
            place: None,
            state,
            since,
            measure: None,
            remark: String::new(),
        },
        since,
        before,
        findings: findings.to_vec(),
    }
}

fn register() -> RegisterFacts {
    use OutletClass::{Factory, RuralScattered, UrbanPlant};
    use OutletFinding::{NoPermit, NoSign, NobodyResponsible, NotTraced, Relapsed};
    use OutletState::{InRectification, Sealed, Settled, Supervised, Surveyed};
    RegisterFacts {
        outlets: vec![
            registered(
                ("p-01", "东郊污水处理厂总排口", UrbanPlant),
                ("北塘排水河", "东郊污水处理厂"),
                (Supervised, date(2025, 3, 1), Some(Settled)),
                &[],
            ),
            registered(
                ("p-02", "某机械厂排口", Factory),
                ("西减河", "某机械厂"),
                (InRectification, date(2026, 3, 6), Some(Settled)),
                &[Relapsed, NoPermit(Factory)],
            ),
            registered(
                ("p-03", "某村散排口", RuralScattered),
                ("西减河", ""),
                (Surveyed, date(2026, 1, 9), None),
                &[NoPermit(RuralScattered), NotTraced, NobodyResponsible, NoSign],
            ),
            registered(
                ("p-04", "某食品厂排口", Factory),
                ("西减河", "某食品厂"),
                (Sealed, date(2026, 3, 20), Some(InRectification)),
                &[],
            ),
        ],
        unregistered: vec!["空港工业园雨洪口".to_owned()],
    }
}

/// A year's loads up to the end of March, some days without.
fn allowance(parameter: Parameter, kg_a_day: i64, kg: i64, end: Option<YearEnd>) -> AllowanceFacts {
    let on = date(2026, 3, 31);
    let days = date(2026, 1, 1).iter_days().take_while(|day| *day <= on);
    let loads: Vec<(NaiveDate, Decimal)> =
        (0..).zip(days).filter(|(n, _)| n % 11 != 5).map(|(n, day)| (day, d(kg_a_day + n % 7, 1))).collect();
    let allowance_kg = Decimal::from(kg);
    AllowanceFacts {
        outlet: "东郊污水处理厂总排口".to_owned(),
        parameter,
        allowance_kg,
        on,
        stand: burn_down(allowance_kg, &loads, on),
        end,
        loads,
    }
}

/// A month.
pub(crate) fn outlet_report() -> OutletReportFacts {
    let mut outlets = outlets(true);
    outlets[0].unjudged = Some("GB 18918-2002 修改单：瞬时值限值自2026年3月1日起实施，数值未取得".to_owned());
    outlets[0].checks_known = true;
    outlets[0].items[1].substituted = Some(Substituted { days: 2, kg: d(3014, 1) });
    outlets[0].items[1].winter = true;
    outlets[1].without_temperature = true;
    let end = |expected, low, high, keeps| YearEnd { expected, low, high, keeps, is_seasonal: true };
    OutletReportFacts {
        head: head(ReportPeriod::Month(date(2026, 3, 1)), at(4, 1, 9, 30)),
        register: Some(register()),
        outlets,
        allowances: vec![
            allowance(Parameter::Cod, 13_000, 520_000, Some(end(486_210.4, 441_050.0, 531_370.0, 0.83))),
            allowance(Parameter::Nh3n, 1_450, 11_500, None),
        ],
        day_hours: 18,
    }
}

fn watched(point: &str, verdict: WatchVerdict, indicators: Vec<IndicatorWatch>) -> Vec<PointWatchFacts> {
    vec![PointWatchFacts { point: point.to_owned(), watch: PointWatch { verdict, indicators } }]
}

fn indicator(
    parameter: Parameter,
    (base, recent): (f64, f64),
    share: f64,
    left: Option<DaysLeft>,
) -> IndicatorWatch {
    IndicatorWatch { parameter, base, recent, loss: Loss { spreads: 4.0, share }, is_seasonal: false, left }
}

/// A quarter: a water that came back, one that slips, one under treatment without a station.
pub(crate) fn black_odor_report() -> BlackOdorReportFacts {
    let ditches = ditches();
    let event = |day, event| DatedEvent { day, event };
    let standing = |state, since, grounds: Vec<DatedEvent>, lacking: &[Lack], by_station| StandingFacts {
        state,
        since: Some(since),
        grounds,
        documents: if by_station { Vec::new() } else { vec!["某街道竣工验收表".to_owned()] },
        lacking: lacking.to_vec(),
        by_station,
    };
    let clear = RosterEvent::Monitored { from: date(2026, 5, 10), level: OdorLevel::None, third_party: true };
    let light =
        RosterEvent::Monitored { from: date(2026, 9, 1), level: OdorLevel::Light, third_party: false };
    let left = DaysLeft { expected: 34.6, earliest: Some(21.2), latest: None };
    let survey =
        |valid, satisfied, passes| Some(SurveyFacts { day: date(2026, 6, 10), valid, satisfied, passes });
    BlackOdorReportFacts {
        head: head(ReportPeriod::Quarter(date(2026, 7, 1)), at(10, 1, 9, 30)),
        bodies: vec![
            OdorBodyFacts {
                name: "新地河明渠".to_owned(),
                standing: Some(standing(
                    RosterState::Improved,
                    date(2026, 6, 10),
                    vec![
                        event(date(2026, 5, 31), clear),
                        event(date(2026, 6, 10), RosterEvent::Satisfaction { valid: 120, satisfied: 113 }),
                    ],
                    &[Lack::ClearMonths, Lack::Mechanism],
                    false,
                )),
                survey: survey(120, 113, true),
                ditch: Some(ditches[1].clone()),
                watch: watched(
                    "新地河明渠监测点",
                    WatchVerdict::Slipping,
                    vec![
                        indicator(Parameter::DissolvedOxygen, (5.6, 3.1), 0.43, Some(left)),
                        indicator(Parameter::Orp, (168.0, 120.0), 0.41, None),
                    ],
                ),
            },
            OdorBodyFacts {
                name: "袁家河支渠".to_owned(),
                standing: Some(standing(
                    RosterState::Relapsed,
                    date(2026, 9, 30),
                    vec![event(date(2026, 9, 30), light)],
                    &[Lack::WorksStarted],
                    true,
                )),
                survey: survey(80, 79, false),
                ditch: Some(ditches[0].clone()),
                watch: watched("袁家河支渠监测点", WatchVerdict::Light, Vec::new()),
            },
            OdorBodyFacts {
                name: "某村坑塘".to_owned(),
                standing: Some(standing(
                    RosterState::InTreatment,
                    date(2026, 8, 3),
                    vec![event(date(2026, 8, 3), RosterEvent::WorksStarted)],
                    &[Lack::WorksDone, Lack::Inspection],
                    false,
                )),
                survey: None,
                ditch: None,
                watch: Vec::new(),
            },
        ],
        completion: Some(Completion { done: 1, listed: 3 }),
        target: Some(d(40, 0)),
        guide: Some(GuideNumbers {
            judging: OdorJudging {
                inclusive: true,
                one_indicator: d(6, 1),
                each_indicator: d(3, 1),
                indicators: 2,
                reach_points: 3,
                body_share: d(6, 1),
                least_points: 3,
                least_samples: 3,
            },
            elimination: Elimination {
                questionnaires: 100,
                satisfied: d(9, 1),
                recognised: d(6, 1),
                months: 6,
                largest_gap_days: 14,
            },
            shallow_below: d(25, 0),
            shallow_share: d(4, 1),
        }),
        watch: WatchSettings::default(),
        on: date(2026, 9, 30),
    }
}
