//! The sentences on the air of a month: one per indicator, good days, primary pollutants, composite index, edition, dust days.

use chrono::{Datelike as _, NaiveDate};
use lanbi_model::{Decimal, evaluation::EventKind};

use super::figure::{Figure, fixed, share};
use super::month_air::{
    DayCell, DayTally, EditionSwitch, MonthAirFacts, MonthItem, by_primary, count, statistic,
};
use super::words;

/// The numbered sentence of one indicator, from the printed values of the month, the month before and a year before.
pub(super) fn indicator(
    item: &MonthItem,
    now: Option<Decimal>,
    before: Option<Decimal>,
    year: Option<Decimal>,
) -> String {
    let symbol = words::symbol(item.parameter);
    let figure = Figure::reading(now.into(), item.decimals, item.parameter.unit().symbol());
    match now {
        None => format!("{symbol}{}因有效数据不足未统计。", statistic(item)),
        Some(_) => {
            let compared = |word: &str, before: Option<Decimal>| match before {
                Some(before) => {
                    format!("{}（{}）", words::change(word, now, Some(before)), fixed(before, item.decimals))
                }
                None => words::change(word, now, None),
            };
            format!(
                "{symbol}{}为{}，{}，{}。",
                statistic(item),
                figure.with_unit(),
                compared("同比", year),
                compared("环比", before)
            )
        }
    }
}

/// The sentences after the indicators.
pub(super) fn sentences(
    facts: &MonthAirFacts,
    days: &[DayCell],
    now: DayTally,
    switch: Option<&EditionSwitch>,
) -> Vec<String> {
    let percent = |t: DayTally| share(t.good.into(), t.valid.into());
    let mut all = Vec::new();
    if now.valid == 0 {
        all.push("本月无有效AQI日报数据，优良天数未统计。".to_owned());
    } else {
        let versus = |word: &str, other: Option<DayTally>| match other {
            Some(other) => format!(
                "{}（{}天，{}%）",
                words::points(word, percent(now), percent(other)),
                other.good,
                percent(other).map_or_else(|| "—".to_owned(), |p| fixed(p, 1))
            ),
            None => words::points(word, None, None),
        };
        let mut text = format!(
            "优良天数{}天（有效{}天），优良天数比例{}，{}，{}。",
            now.good,
            now.valid,
            Figure::percent(now.good.into(), now.valid.into()).with_unit(),
            versus("同比", facts.days_year_before),
            versus("环比", facts.days_before)
        );
        let by_level: Vec<String> = facts
            .levels
            .iter()
            .map(|level| {
                let n = count(days, |d| d.level.as_ref().is_some_and(|l| l.level == level.level));
                (level.category.clone(), n)
            })
            .filter(|(_, n)| *n > 0)
            .map(|(category, n)| format!("{category}{n}天"))
            .collect();
        text.push_str(&format!("其中{}。", words::list(&by_level)));
        all.push(text);
    }
    let primary = by_primary(&facts.days);
    all.push(if primary.is_empty() {
        "全月无首要污染物。".to_owned()
    } else {
        let list: Vec<String> = primary.iter().map(|p| format!("{} {}天", p.symbol, p.days)).collect();
        format!("首要污染物日数：{}（一日有多个首要污染物的分别计数）。", words::list(&list))
    });
    let [composite, before, year] = facts.composite;
    if composite.is_some() {
        all.push(format!(
            "环境空气质量综合指数为{}，{}，{}。",
            Figure::reading(composite.into(), 2, "").with_unit(),
            words::change("同比", composite, year),
            words::change("环比", composite, before)
        ));
    }
    if let Some(switch) = switch {
        all.push(format!(
            "自{}日起执行{}（此前为{}），前后AQI、首要污染物和优良天数的评价标准不同，不宜直接比较。",
            switch.number, switch.to, switch.from
        ));
    }
    all
}

/// Says which days stand on the list of dust days and exceptional events; nothing where none does.
pub(super) fn event_note(events: &[(NaiveDate, EventKind)]) -> Option<String> {
    let of_kind = |kind: EventKind| {
        let days: Vec<String> =
            events.iter().filter(|(_, k)| *k == kind).map(|(day, _)| format!("{}日", day.day())).collect();
        (!days.is_empty()).then(|| format!("{}日{}", kind.zh(), days.join("、")))
    };
    let kinds: Vec<String> = EventKind::ALL.into_iter().filter_map(of_kind).collect();
    (!kinds.is_empty()).then(|| format!("{}按HJ 663的规定扣除相应数据后统计。", kinds.join("，")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_on_the_list_are_named_by_kind() {
        let event = |day: &str, kind| (day.parse().unwrap(), kind);
        let check = |events: Vec<_>, expected: Option<&str>| {
            assert_eq!(event_note(&events).as_deref(), expected);
        };
        check(vec![], None);
        check(
            vec![
                event("2026-03-09", EventKind::Exceptional),
                event("2026-03-11", EventKind::Dust),
                event("2026-03-12", EventKind::Dust),
            ],
            Some("沙尘日11日、12日，例外事件日9日按HJ 663的规定扣除相应数据后统计。"),
        );
    }
}
