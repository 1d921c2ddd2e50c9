//! Made-up facts of the report on outlets, with the awkward cases: an allowance that is overdrawn, an outlet that came back, one
//! that nobody registered.

use chrono::NaiveDate;
use lanbi_analytics::outlet::{YearEnd, burn_down};
use lanbi_model::outlet::{OutletClass, OutletEntry, OutletFinding, OutletState};
use lanbi_model::{Decimal, Parameter, ReportPeriod};
use lanbi_reports::report::allowances::AllowanceFacts;
use lanbi_reports::report::outlet_register::{RegisterFacts, RegisteredFacts};
use lanbi_reports::report::outlet_report::OutletReportFacts;
use lanbi_reports::report::outlets::Substituted;

use super::{at, d, date, head, outlets};

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
