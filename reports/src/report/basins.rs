//! State of the district and of its rivers and lakes over a period, with 城市水质指数 and the trophic state of lakes
//! (环办〔2011〕22号; 城市地表水环境质量排名技术规定（试行）, 2017).

use lanbi_analytics::water::{BasinAssessment, BasinChange, BasinMethod};
use lanbi_model::{Decimal, Parameter, standard::WaterClass};
use serde::Serialize;

use super::figure::Figure;
use super::sections::ClassCell;
use super::words;

/// A river, a lake or the whole district.
#[derive(Clone, Debug)]
pub struct BasinFacts {
    /// Name; 全区 for all sections together.
    pub name: String,
    /// Its sections in the registry.
    pub sections: usize,
    /// What the law says of it.
    pub now: BasinAssessment,
    /// Its state.
    pub state: Option<String>,
    /// Change from the period before.
    pub change: Option<BasinChange>,
    /// Change from the same period a year before.
    pub year_change: Option<BasinChange>,
}

/// A river, a lake or the district as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BasinRow {
    /// Name.
    pub name: String,
    /// Sections with a class, of all sections.
    pub graded: String,
    /// Share of Ⅰ–Ⅲ in percent.
    pub good: Figure,
    /// Share of 劣Ⅴ in percent.
    pub worst: Figure,
    /// Class of the means; none where shares decide.
    pub class: Option<ClassCell>,
    /// State, or NA.
    pub state: String,
    /// Change from the period before; a dash where it is not known.
    pub change: &'static str,
    /// Change from a year before.
    pub year_change: &'static str,
    /// 主要污染指标 with the share of sections beyond Ⅲ; a dash where shares do not decide or nothing is beyond.
    pub main: String,
}

/// 城市水质指数.
#[derive(Clone, Debug)]
pub struct IndexFacts {
    /// Of rivers, lakes and both, as published; smaller is better.
    pub rivers: Option<Decimal>,
    /// Of lakes.
    pub lakes: Option<Decimal>,
    /// Of both.
    pub all: Option<Decimal>,
    /// Change of the last in percent against the same period a year before; less than 0 is better.
    pub year_change: Option<Decimal>,
    /// Items it is made of, of those that the rule names.
    pub items: (usize, usize),
}

/// A lake's trophic state.
#[derive(Clone, Debug)]
pub struct TrophicFacts {
    /// Name.
    pub name: String,
    /// TLI(Σ) at one decimal.
    pub index: Option<Decimal>,
    /// 贫营养 … 重度富营养.
    pub level: Option<String>,
    /// Items it is made of.
    pub items: Vec<Parameter>,
    /// Whether the rule names more items.
    pub is_partial: bool,
    /// Class of total nitrogen, told apart.
    pub tn_class: Option<u8>,
}

/// The row of a basin.
#[must_use]
pub fn row(facts: &BasinFacts, classes: &[WaterClass]) -> BasinRow {
    let percent = |share: Option<Decimal>| Figure::reading(share.into(), 1, "%");
    let change = |change: Option<BasinChange>| change.map_or("—", |change| change.change.zh());
    BasinRow {
        name: facts.name.clone(),
        graded: format!("{}/{}", facts.now.graded, facts.sections),
        good: percent(facts.now.good_share),
        worst: percent(facts.now.worst_share),
        class: ClassCell::of(classes, facts.now.class),
        state: facts.state.clone().unwrap_or_else(|| "NA".to_owned()),
        change: change(facts.change),
        year_change: change(facts.year_change),
        main: main(&facts.now),
    }
}

fn main(now: &BasinAssessment) -> String {
    if now.main.is_empty() {
        return "—".to_owned();
    }
    let items = now.main.iter().map(|(item, share)| format!("{}({share:.1}%)", item.zh()));
    words::list(&items.collect::<Vec<_>>())
}

/// The sentence on a basin.
#[must_use]
pub fn sentence(facts: &BasinFacts, classes: &[WaterClass]) -> String {
    let BasinFacts { name, now, state, .. } = facts;
    let Some(state) = state else {
        return match now.graded {
            0 => format!("{name}无可评价断面，不作评价。"),
            n => format!("{name}河流断面与湖库点位合计{n}个，不足以按断面比例合并定性，分别评价见附表。"),
        };
    };
    let how = match (now.method, ClassCell::of(classes, now.class)) {
        (BasinMethod::Means, Some(class)) => {
            let suffix = if class.class < 6 { "类" } else { "" };
            format!("按{}个断面（点位）均值评价为{}{suffix}，", now.graded, class.name)
        }
        _ => String::new(),
    };
    let mut text = format!("{name}水质{how}状况为{state}");
    for (change, against) in [(facts.change, "与上期相比"), (facts.year_change, "与上年同期相比")]
    {
        if let Some(change) = change {
            text.push_str(&format!("，{against}{}", change.change.zh()));
            if now.method == BasinMethod::Shares {
                text.push_str(&format!(
                    "（Ⅰ～Ⅲ类比例{}，劣Ⅴ类比例{}）",
                    points(change.good_points),
                    points(change.worst_points)
                ));
            }
        }
    }
    if !now.main.is_empty() {
        text.push_str(&format!("；主要污染指标（断面超标率）为{}", main(now)));
    }
    text.push('。');
    text
}

/// A change in percentage points: `上升3.2个百分点`, or 持平.
fn points(change: Decimal) -> String {
    if change.is_zero() {
        return "持平".to_owned();
    }
    let way = if change.is_sign_negative() { "下降" } else { "上升" };
    format!("{way}{:.1}个百分点", change.abs())
}

/// The sentence on 城市水质指数.
#[must_use]
pub fn index_sentence(facts: &IndexFacts) -> String {
    let Some(all) = facts.all else {
        return "城市水质指数因缺少数据不作计算。".to_owned();
    };
    let mut text = format!("城市水质指数为{all:.4}（越小越好）");
    let parts = [("河流", facts.rivers), ("湖库", facts.lakes)];
    if parts.iter().all(|(_, index)| index.is_some()) {
        let parts = parts.iter().filter_map(|(name, index)| Some(format!("{name}{:.4}", (*index)?)));
        text.push_str(&format!("，其中{}", words::list(&parts.collect::<Vec<_>>())));
    }
    if let Some(change) = facts.year_change {
        let way = match change {
            change if change.is_zero() => "持平".to_owned(),
            change if change.is_sign_negative() => format!("下降{:.2}%，有所改善", change.abs()),
            change => format!("上升{change:.2}%，有所变差"),
        };
        text.push_str(&format!("，与上年同期相比{way}"));
    }
    let (items, of) = facts.items;
    if items < of {
        text.push_str(&format!(
            "；以{of}项指标中的{items}项计算，不能与指标数不同的指数相比，未扣除上游来水影响"
        ));
    } else {
        text.push_str("；未扣除上游来水影响");
    }
    text.push('。');
    text
}

/// The sentence on a lake's trophic state and its total nitrogen.
#[must_use]
pub fn trophic_sentence(facts: &TrophicFacts, classes: &[WaterClass]) -> String {
    let mut text = match (facts.index, &facts.level) {
        (Some(index), Some(level)) => {
            let items: Vec<String> = facts.items.iter().map(|item| item.zh().to_owned()).collect();
            let partial = if facts.is_partial {
                format!("（仅以{}计算）", words::list(&items))
            } else {
                String::new()
            };
            format!("{}综合营养状态指数{index:.1}，{level}{partial}", facts.name)
        }
        _ => format!("{}无营养状态评价所需数据", facts.name),
    };
    if let Some(class) = ClassCell::of(classes, facts.tn_class) {
        let suffix = if class.class < 6 { "类" } else { "" };
        text.push_str(&format!("；总氮单独评价为{}{suffix}，不参与水质类别", class.name));
    }
    text.push('。');
    text
}
