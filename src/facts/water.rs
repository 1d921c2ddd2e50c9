//! The facts of a report on waters: what sections, rivers, lakes and the district come to over a month, quarter or year.

use chrono::{Datelike, Months};
use lanbi_analytics::network::Place;
use lanbi_analytics::water::{
    BasinAssessment, EvaluatedSection, IndexPart, WaterLaw, assess_basin, basin_change, index_change,
    index_parts, place_index, space_mean, trophic_index,
};
use lanbi_model::{Decimal, Parameter, ReportPeriod, WaterBody, decimal, standard, water_rule::CityIndex};
use lanbi_reports::report::basins::{BasinFacts, IndexFacts, TrophicFacts};
use lanbi_reports::report::water::{CourseFacts, MapFacts, MapPlace, WaterFacts};
use lanbi_store::StoreError;

use super::section::{Judged, sections};
use super::{Sources, cite};

/// The district as a basin.
const DISTRICT: &str = "全区";

/// Decimals of a printed trophic index.
const TROPHIC_DECIMALS: u32 = 1;

/// Topics of the evaluation rule that a reader is told of where they are not confirmed.
const TOPICS: [(&str, &str); 4] = [
    ("statistics", "均值统计方法"),
    ("minimums", "自动站月均值最少天数"),
    ("main", "主要污染指标的确定"),
    ("change", "水质变化的判定"),
];

/// A period of all sections with those it is compared with.
struct Periods<'a> {
    now: Vec<Judged<'a>>,
    before: Vec<Judged<'a>>,
    year_before: Vec<Judged<'a>>,
}

impl Sources {
    /// Gathers everything a report on waters says; none where no edition was in force.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(crate) async fn waters(&self, period: ReportPeriod) -> Result<Option<WaterFacts>, StoreError> {
        let Some(law) = self.water_law(period) else { return Ok(None) };
        let (before, year_before) = (period.before(), period.year_before());
        let all = Periods {
            now: self.judged(&law, period).await?,
            before: self.judged_by_then(before).await?,
            year_before: self.judged_by_then(year_before).await?,
        };
        let place = |judged: &[Judged<'_>], period| {
            self.water_law(period).zip(self.city_index(period)).map(|(law, rule)| {
                let made: Vec<&EvaluatedSection> = judged.iter().map(|section| &section.made).collect();
                index_parts(rule, law.standard, &made)
            })
        };
        let index = self.city_index(period).map(|rule| {
            let now = place(&all.now, period).unwrap_or_default();
            index(rule, &now, place(&all.year_before, year_before).as_deref())
        });
        let unverified = TOPICS.iter().filter(|(topic, _)| law.rule.unverified.contains(*topic));
        Ok(Some(WaterFacts {
            head: self.head(period, self.cited_waters(&law, period)),
            basins: self.basins(&law, &all, before, year_before),
            index: index.filter(|_| !all.now.is_empty()),
            lakes: lakes(&law, &all.now),
            course: self.course(period).await?,
            clues: self.clues(period).await?,
            map: self.map(&all.now),
            sections: sections(&law, &all.now, &all.before, &all.year_before),
            unverified: unverified.map(|(_, words)| *words).collect(),
        }))
    }

    fn city_index(&self, period: ReportPeriod) -> Option<&CityIndex> {
        standard::on_day(&self.standards.city_index, period.last())
    }

    /// The district, then each river or lake with more than one section.
    fn basins(
        &self,
        law: &WaterLaw<'_>,
        all: &Periods<'_>,
        before: ReportPeriod,
        year_before: ReportPeriod,
    ) -> Vec<BasinFacts> {
        let assess = |judged: &[Judged<'_>], law: &WaterLaw<'_>, water: Option<&str>| -> BasinAssessment {
            let own =
                judged.iter().filter(|section| water.is_none_or(|water| section.station.water == water));
            assess_basin(law, &own.map(|section| section.made.in_basin()).collect::<Vec<_>>())
        };
        let mut waters: Vec<&str> = Vec::new();
        for section in &all.now {
            if !waters.contains(&section.station.water.as_str()) {
                waters.push(&section.station.water);
            }
        }
        let of = |water: Option<&str>| {
            let now = assess(&all.now, law, water);
            let change = |judged: &[Judged<'_>], period| {
                let law = self.water_law(period)?;
                basin_change(law.rule, &now, &assess(judged, &law, water))
            };
            let own = all.now.iter().filter(|s| water.is_none_or(|water| s.station.water == water));
            BasinFacts {
                name: water.unwrap_or(DISTRICT).to_owned(),
                sections: own.count(),
                state: now.state(law.rule).map(|state| state.state.clone()),
                change: change(&all.before, before),
                year_change: change(&all.year_before, year_before),
                now,
            }
        };
        std::iter::once(None).chain(waters.into_iter().map(Some)).map(of).collect()
    }

    /// Classes of the months of the period's year, up to its end.
    async fn course(&self, period: ReportPeriod) -> Result<CourseFacts, StoreError> {
        let last = period.last();
        let mut course = CourseFacts::default();
        for station in self.registry.sections().filter(|s| self.covers(s)) {
            course.rows.push((station.name.clone(), Vec::new()));
        }
        let january = last.with_day(1).and_then(|day| day.with_month(1)).unwrap_or(last);
        for month in (0..last.month()).filter_map(|months| january.checked_add_months(Months::new(months))) {
            let judged = self.judged_by_then(ReportPeriod::Month(month)).await?;
            course.months.push(format!("{}月", month.month()));
            for (row, place) in course.rows.iter_mut().zip(0..) {
                row.1.push(judged.get(place).and_then(Judged::class));
            }
        }
        Ok(course)
    }

    /// The network as a map, with the sections' classes.
    fn map(&self, judged: &[Judged<'_>]) -> Option<MapFacts> {
        let rivers = self.lists.waters.rivers.as_ref().filter(|rivers| !rivers.positions.is_empty())?;
        let mut map = MapFacts { lines: rivers.lines.clone(), ..MapFacts::default() };
        for (id, at) in &rivers.positions {
            let section = judged.iter().find(|section| section.station.id.as_str() == id);
            let station = section.map(|section| section.station).or_else(|| self.registry.find(id));
            let place = MapPlace {
                name: station.map_or_else(|| id.clone(), |station| station.name.clone()),
                at: *at,
                class: section.and_then(Judged::class),
            };
            match (section, rivers.kind(id)) {
                (Some(_), _) => map.sections.push(place),
                (None, Place::Outlet | Place::Ditch) => map.sources.push(place),
                // A section of another area, or a fork.
                (None, Place::Section | Place::Junction) => {}
            }
        }
        Some(map)
    }

    fn cited_waters(&self, law: &WaterLaw<'_>, period: ReportPeriod) -> Vec<lanbi_reports::report::Cited> {
        let mut cited = Vec::new();
        let (standard, rule) = (law.standard, law.rule);
        cite(&mut cited, &standard.edition, &standard.clauses, &["limits", "single-factor", "multiple"]);
        let topics = ["statistics", "merging", "main", "basin", "change", "trophic"];
        cite(&mut cited, &rule.edition, &rule.clauses, &topics);
        if let Some(index) = self.city_index(period) {
            cite(&mut cited, &index.edition, &index.clauses, &["terms", "weights"]);
        }
        cited
    }
}

fn index(rule: &CityIndex, now: &[IndexPart], year_before: Option<&[IndexPart]>) -> IndexFacts {
    let printed = |index: Option<Decimal>| index.map(|i| decimal::round_half_even(i, rule.decimals));
    let of = |body| now.iter().find(|part| part.body == body).and_then(|part| printed(part.index.sum));
    let terms = |parts: &[IndexPart]| -> Vec<(WaterBody, Vec<Parameter>)> {
        let items = |part: &IndexPart| part.index.terms.iter().map(|(item, _)| *item).collect();
        parts.iter().map(|part| (part.body, items(part))).collect()
    };
    let all = printed(place_index(now));
    // Indices of different items cannot be compared.
    let base = year_before.filter(|before| terms(before) == terms(now));
    let base = base.and_then(|before| printed(place_index(before)));
    IndexFacts {
        rivers: of(WaterBody::River),
        lakes: of(WaterBody::Lake),
        all,
        year_change: all.zip(base).and_then(|(now, base)| index_change(rule, now, base)),
        items: (now.iter().map(|part| part.index.terms.len()).min().unwrap_or(0), rule.items.len()),
    }
}

/// Lakes by the means over their points.
fn lakes(law: &WaterLaw<'_>, judged: &[Judged<'_>]) -> Vec<TrophicFacts> {
    let points = || judged.iter().filter(|section| section.made.body == WaterBody::Lake);
    let mut waters: Vec<&str> = Vec::new();
    for point in points() {
        if !waters.contains(&point.station.water.as_str()) {
            waters.push(&point.station.water);
        }
    }
    let rule = &law.rule.trophic;
    let of = |water: &str| {
        let own: Vec<&EvaluatedSection> =
            points().filter(|point| point.station.water == water).map(|point| &point.made).collect();
        let means: Vec<&[(Parameter, Decimal)]> =
            own.iter().map(|made| made.means.as_slice()).filter(|means| !means.is_empty()).collect();
        let over = |item: Parameter| Some((item, space_mean(item, &means)?));
        let values: Vec<(Parameter, Decimal)> =
            rule.items.iter().filter_map(|item| over(item.parameter)).collect();
        let trophic = trophic_index(rule, &values);
        let tn = space_mean(Parameter::Tn, &means).and_then(|value| {
            let decimals = law.standard.item(Parameter::Tn)?.decimals;
            let value = lanbi_analytics::water::round_for_evaluation(value, decimals);
            lanbi_analytics::water::item_class(law.standard, WaterBody::Lake, Parameter::Tn, value)
        });
        TrophicFacts {
            name: water.to_owned(),
            index: trophic.index.map(|index| decimal::round_half_even(index, TROPHIC_DECIMALS)),
            level: trophic.level.map(|level| level.name.clone()),
            is_partial: trophic.parts.len() < rule.items.len(),
            items: trophic.parts.iter().map(|(item, _)| *item).collect(),
            tn_class: tn,
        }
    };
    waters.into_iter().map(of).collect()
}
