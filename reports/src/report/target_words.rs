//! Words on a target: its bound, what is left, how probable it is kept, and the sentence of all of it.

use chrono::{Datelike, NaiveDate};
use lanbi_analytics::outlook::{Chance, Lacking, Outlook, RestMean, Room, Verdict};
use lanbi_model::target::{Target, TargetKind};
use lanbi_model::{Decimal, ReportPeriod};

use super::figure::{Figure, Reading};
use super::targets::TargetFacts;
use super::words;

/// `不高于35 μg/m³`, `不少于260天`, `下降3%以上`.
pub(super) fn bound(target: &Target) -> String {
    let value = Figure::plain(Some(target.value.normalize()), target.kind.unit()).with_unit();
    match target.kind {
        TargetKind::Fall(_) => format!("下降{value}以上"),
        TargetKind::GoodDays => format!("不少于{value}"),
        TargetKind::HeavyDays => format!("不多于{value}"),
        kind if kind.is_at_least() => format!("不低于{value}"),
        _ => format!("不高于{value}"),
    }
}

/// The probability of a target that is not decided.
pub(super) fn open_chance(outlook: &Outlook) -> Option<&Chance> {
    outlook.chance.as_ref().ok().filter(|_| outlook.standing.verdict == Verdict::Open)
}

/// A probability to whole percent; what would round to certainty is told as a bound.
pub(super) fn percent(probability: f64) -> String {
    match probability {
        p if p < 0.01 => "不足1%".to_owned(),
        p if p > 0.99 => "超过99%".to_owned(),
        p => format!("{:.0}%", 100.0 * p),
    }
}

/// `约18%`, `不足1%`.
pub(super) fn about(probability: f64) -> String {
    let words = percent(probability);
    if words.starts_with(|first: char| first.is_ascii_digit()) { format!("约{words}") } else { words }
}

/// `10%—29%`.
pub(super) fn interval(chance: &Chance) -> String {
    let (low, high) = (percent(chance.low), percent(chance.high));
    if low == high { low } else { format!("{low}—{high}") }
}

/// What the days left may come to: `均值不超过24.3 μg/m³`, `还可出现重污染2天`.
pub(super) fn room(facts: &TargetFacts) -> Option<String> {
    match (facts.outlook.standing.room?, facts.target.kind) {
        (_, _) if facts.outlook.standing.verdict == Verdict::Missed => None,
        (Room::Mean(rest), TargetKind::Item(item) | TargetKind::Fall(item)) => {
            Some(format!("均值{}", at_most(&rest, facts.item_decimals + 1, item.unit().symbol())))
        }
        (Room::Days(days), TargetKind::GoodDays | TargetKind::GoodRatio) => {
            Some(format!("还可出现超标{}天", days?))
        }
        (Room::Days(days), TargetKind::HeavyDays | TargetKind::HeavyRatio) => {
            Some(format!("还可出现重污染{}天", days?))
        }
        _ => None,
    }
}

/// The largest mean of the days left, cut rather than rounded, so that who keeps it keeps the target.
fn at_most(rest: &RestMean, decimals: u32, unit: &'static str) -> String {
    let cut = rest.published.trunc_with_scale(decimals);
    let word = if cut == rest.published && !rest.inclusive { "低于" } else { "不超过" };
    format!("{word}{}", Figure::reading(Reading::Value(cut), decimals, unit).with_unit())
}

/// Why there is no probability.
pub(super) fn lacking(lacking: Lacking) -> String {
    match lacking {
        Lacking::Years { have, needed } => format!("历史数据不足{needed}个完整年度（现有{have}个）"),
        Lacking::LastYear(item) => format!("上年同期{}有效数据不足", words::symbol(item)),
        Lacking::Edition(day) => format!("{day}没有在用的AQI技术规定"),
        Lacking::Figure => "余下各日的数值无法推算".to_owned(),
    }
}

/// The sentence on one target.
pub(super) fn sentence(facts: &TargetFacts, year: ReportPeriod) -> String {
    let standing = &facts.outlook.standing;
    let upto = if standing.left == 0 {
        format!("{}年全年", year.first().year())
    } else {
        format!("截至{}月{}日", standing.on.month(), standing.on.day())
    };
    let name = facts.target.kind.zh();
    let Some(figure) = standing.figure else {
        return format!("{upto}，{name}因无有效数据未统计。");
    };
    let mut text = format!("{upto}，{}，目标{}", reached(facts, figure), bound(&facts.target));
    text.push_str(&match (standing.verdict, standing.left) {
        (Verdict::Made, 0) => "，已完成".to_owned(),
        (Verdict::Missed, 0) => "，未完成".to_owned(),
        (Verdict::Made, left) => format!("，余下{left}天无论如何已可完成"),
        (Verdict::Missed, left) => format!("，余下{left}天无论如何已无法完成"),
        (Verdict::Open, _) => still_open(facts, year),
    });
    text.push('。');
    text
}

/// The target in a few words: `PM2.5年均浓度41 μg/m³（目标不高于35 μg/m³，未定，目前未达目标，完成概率约18%）`.
pub(super) fn brief(facts: &TargetFacts, verdict: &str) -> String {
    let Some(figure) = facts.outlook.standing.figure else {
        return format!("{}无数据", facts.target.kind.zh());
    };
    let chance = open_chance(&facts.outlook);
    let chance = chance.map_or_else(String::new, |chance| format!("，完成概率{}", about(chance.probability)));
    format!("{}（目标{}，{verdict}{chance}）", reached(facts, figure), bound(&facts.target))
}

/// `PM2.5年均浓度36 μg/m³`, `PM2.5年均浓度同比下降2.7%`, `重污染天数2天`.
fn reached(facts: &TargetFacts, figure: Decimal) -> String {
    let kind = facts.target.kind;
    let figure_of = |value| Figure::reading(Reading::Value(value), facts.decimals, kind.unit()).with_unit();
    match kind {
        TargetKind::Fall(item) => {
            let name = TargetKind::Item(item).zh();
            match figure {
                figure if figure.is_zero() => format!("{name}同比持平"),
                figure if figure.is_sign_negative() => format!("{name}同比下降{}", figure_of(-figure)),
                figure => format!("{name}同比上升{}", figure_of(figure)),
            }
        }
        kind => format!("{}{}", kind.zh(), figure_of(figure)),
    }
}

/// What is left to do, and how probable it is.
fn still_open(facts: &TargetFacts, year: ReportPeriod) -> String {
    let Outlook { standing, chance } = &facts.outlook;
    let mut text = String::from("；");
    if let Some(room) = room(facts) {
        let rest = rest(standing.on, year.last(), standing.left);
        text.push_str(&match standing.room {
            Some(Room::Mean(_)) => format!("{rest}{room}方可达标，"),
            _ => format!("{rest}{room}，"),
        });
    }
    text.push_str(&match chance {
        Ok(chance) => format!("完成概率{}（区间{}）", about(chance.probability), interval(chance)),
        Err(reason) => format!("{}，未估算完成概率", lacking(*reason)),
    });
    text
}

/// The days left in words: `12月`, `11—12月`, `剩余17天`.
fn rest(on: NaiveDate, last: NaiveDate, left: u32) -> String {
    match on.succ_opt().filter(|next| next.day() == 1) {
        Some(next) if next.month() == last.month() => format!("{}月", last.month()),
        Some(next) => format!("{}—{}月", next.month(), last.month()),
        None => format!("剩余{left}天"),
    }
}

#[cfg(test)]
mod tests;
