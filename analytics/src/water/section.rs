//! A period of one section: its months, automatic data first, and the means the class is given from.
//!
//! Monthly values are means of valid data, quarter and year are means of months (环办〔2011〕22号, 未核实). Of the items that the
//! national network measures automatically a month of the station counts where it has enough days, otherwise the manual value
//! steps in; all others are taken by hand (环办监测函〔2020〕82号). Means are not rounded.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Months, NaiveDate};
use lanbi_model::standard::WaterStandard;
use lanbi_model::water_rule::WaterEvaluation;
use lanbi_model::{Decimal, Parameter, ReportPeriod};

use super::month::{self, Month, Span};
use super::readings::Readings;
use crate::aggregate::Combine;

/// Why a section was not sampled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Hindrance {
    /// 暂停监测.
    Suspended,
    /// 断流、河干.
    Dry,
    /// 冰封.
    Frozen,
}

impl Hindrance {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Suspended, Self::Dry, Self::Frozen];

    /// Word of the command line.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Suspended => "suspended",
            Self::Dry => "dry",
            Self::Frozen => "frozen",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hindrance| hindrance.key() == key)
    }

    /// Word of reports.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Suspended => "暂停监测",
            Self::Dry => "断流",
            Self::Frozen => "冰封",
        }
    }
}

/// What a row of the station is. A manual row is always one sampling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RowTime {
    /// A reading; a day needs several (GB 3838 file, `day_readings`).
    Reading,
    /// A day mean.
    Day,
    /// A month mean.
    Month,
}

/// Where the rows come from; all of them hold the same items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sources {
    /// Nobody says; every item is taken from them.
    Unnamed(Readings),
    /// Automatic station and manual samplings.
    Named {
        /// 自动监测.
        automatic: Readings,
        /// 手工监测.
        manual: Readings,
    },
}

/// What is known of a section. Rows must be settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionData {
    /// What a row of the station is.
    pub rows: RowTime,
    /// Values.
    pub sources: Sources,
    /// Days (with rows of months: their first days) on which it was not sampled, and why.
    pub hindered: BTreeSet<(NaiveDate, Hindrance)>,
}

/// One item over a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemMean {
    /// Item.
    pub parameter: Parameter,
    /// Mean of its months, not rounded.
    pub value: Option<Decimal>,
    /// Months with a value.
    pub months: u32,
    /// Of these the months taken by hand.
    pub manual_months: u32,
    /// Months in which the station had too few days and nobody sampled.
    pub short_months: u32,
    /// Months with values of the station alone, of an item that is to be taken by hand.
    pub unused_months: u32,
}

/// Whether a period has its months.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// It has.
    Enough,
    /// A year lacks months that neither ice nor a dry bed explains, but has the least number; figures stay.
    Short {
        /// Months it should have.
        needed: u32,
    },
    /// There are too few for a class.
    TooFew {
        /// Months it must have.
        needed: u32,
    },
}

/// A period of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionPeriod {
    /// Items in the order of the data.
    pub items: Vec<ItemMean>,
    /// Months with a value of any item.
    pub months: u32,
    /// Days with a mean of the station or a sampling (with rows of months: months).
    pub days: u32,
    /// Whether the months are enough.
    pub coverage: Coverage,
    /// Days of the period without sampling, by their reason.
    pub hindered: BTreeMap<Hindrance, u32>,
}

impl SectionPeriod {
    /// The means that there are.
    #[must_use]
    pub fn means(&self) -> Vec<(Parameter, Decimal)> {
        self.items.iter().filter_map(|item| Some((item.parameter, item.value?))).collect()
    }

    /// Why there was no sampling on most of the days without it; of equal ones the first in [`Hindrance::ALL`].
    #[must_use]
    pub fn hindrance(&self) -> Option<Hindrance> {
        let days = |hindrance: &Hindrance| self.hindered.get(hindrance).copied().unwrap_or(0);
        let most = Hindrance::ALL.iter().map(days).max().filter(|most| *most > 0)?;
        Hindrance::ALL.into_iter().find(|hindrance| days(hindrance) == most)
    }
}

/// Makes the period of a section.
#[must_use]
pub fn section_period(
    standard: &WaterStandard,
    rule: &WaterEvaluation,
    period: ReportPeriod,
    data: &SectionData,
) -> SectionPeriod {
    let spans = spans(period);
    let least = match data.rows {
        RowTime::Reading => standard.day_readings,
        RowTime::Day | RowTime::Month => 1,
    };
    let (station, by_hand) = match &data.sources {
        Sources::Unnamed(readings) => (readings, None),
        Sources::Named { automatic, manual } => (automatic, Some(manual)),
    };
    let automatic = month::months(station, &spans, least);
    let manual = by_hand.map_or_else(Vec::new, |manual| month::months(manual, &spans, 1));
    let mut sampled = vec![false; spans.len()];
    let mut values = Vec::with_capacity(spans.len());
    let items = station.items().iter().enumerate().map(|(place, &parameter)| {
        let mut item = ItemMean {
            parameter,
            value: None,
            months: 0,
            manual_months: 0,
            short_months: 0,
            unused_months: 0,
        };
        let is_automatic = by_hand.is_none() || rule.automatic.contains(&parameter);
        values.clear();
        for (i, span) in spans.iter().enumerate() {
            let mean = |months: &[Month]| months.get(i).and_then(|month| *month.means.get(place)?);
            let (station, by_hand) = (mean(&automatic), mean(&manual));
            let enough = station.filter(|mean| {
                data.rows == RowTime::Month || mean.days * 100 >= length(*span) * rule.minimums.month_percent
            });
            let chosen = enough.filter(|_| is_automatic).or(by_hand);
            match (chosen, station) {
                (Some(chosen), _) => {
                    values.push(chosen.value);
                    sampled[i] = true;
                    item.months += 1;
                    item.manual_months += u32::from(enough.is_none() || !is_automatic);
                }
                (None, Some(_)) if is_automatic => item.short_months += 1,
                (None, Some(_)) => item.unused_months += 1,
                (None, None) => {}
            }
        }
        item.value = Combine::of(parameter).apply(&values);
        item
    });
    let items = items.collect();
    let days = automatic.iter().chain(&manual).map(|month| month.days).sum();
    let hindered_in = |(first, last): &Span, hindrances: &[Hindrance]| {
        data.hindered.iter().any(|(day, why)| first <= day && day <= last && hindrances.contains(why))
    };
    let excused = spans
        .iter()
        .zip(&sampled)
        .filter(|(span, sampled)| !**sampled && hindered_in(span, &[Hindrance::Dry, Hindrance::Frozen]));
    let months = count(sampled.iter().filter(|sampled| **sampled));
    let coverage = coverage(rule, period, months, count(excused));
    let mut hindered = BTreeMap::new();
    for (_, why) in data.hindered.iter().filter(|(day, _)| period.first() <= *day && *day <= period.last()) {
        *hindered.entry(*why).or_default() += 1;
    }
    SectionPeriod { items, months, days, coverage, hindered }
}

fn coverage(rule: &WaterEvaluation, period: ReportPeriod, months: u32, excused: u32) -> Coverage {
    let minimums = &rule.minimums;
    let least = match period {
        ReportPeriod::Day(_) | ReportPeriod::Month(_) => 1,
        ReportPeriod::Quarter(_) => minimums.quarter_months,
        ReportPeriod::Year(_) => minimums.year_months_least,
    };
    match period {
        _ if months < least => Coverage::TooFew { needed: least },
        ReportPeriod::Year(_) if months + excused < minimums.year_months => {
            Coverage::Short { needed: minimums.year_months }
        }
        _ => Coverage::Enough,
    }
}

fn count(items: impl Iterator) -> u32 {
    u32::try_from(items.count()).unwrap_or(u32::MAX)
}

/// The months of a period; a day stands for itself.
fn spans(period: ReportPeriod) -> Vec<Span> {
    let last = period.last();
    let mut spans = Vec::new();
    let mut first = period.first();
    while first <= last {
        let next = first.with_day(1).and_then(|first| first.checked_add_months(Months::new(1)));
        let Some(end) = next.and_then(|next| next.pred_opt()) else { break };
        spans.push((first, end.min(last)));
        let Some(next) = next else { break };
        first = next;
    }
    spans
}

fn length((first, last): Span) -> u32 {
    u32::try_from((last - first).num_days() + 1).unwrap_or(1)
}

#[cfg(test)]
mod tests;
