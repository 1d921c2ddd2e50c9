//! 排名: districts by their figures. Equal figures share a place and the next place is left out (1, 1, 3).
//!
//! A rule adds places, each with its weight; one figure alone is a rule with one part. A district that lacks a figure of the
//! rule takes no part in it. What separates equal scores in published lists is not known; here they share a place.

use lanbi_model::Decimal;
use lanbi_model::evaluation::{RankFigure, Ranking};

/// What a rule made of one district.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranked {
    /// Place by score.
    pub place: u32,
    /// Sum of the places, each by its weight.
    pub score: Decimal,
    /// The place in each part of the rule, in its order.
    pub places: Vec<u32>,
}

/// Ranks districts; `figures` gives a district's figure as published. The result stands in the order of the districts, none
/// for one that lacks a figure.
#[must_use]
pub fn rank<D>(
    rule: &Ranking,
    districts: &[D],
    figures: impl Fn(&D, RankFigure) -> Option<Decimal>,
) -> Vec<Option<Ranked>> {
    // Each part as a number whose smallest is best; a row only where all parts are there.
    let rows: Vec<Option<Vec<Decimal>>> = districts
        .iter()
        .map(|district| {
            let best_first = |figure: RankFigure, value: Decimal| {
                if figure.larger_is_better() { -value } else { value }
            };
            rule.parts
                .iter()
                .map(|part| Some(best_first(part.figure, figures(district, part.figure)?)))
                .collect()
        })
        .collect();
    let among: Vec<&Vec<Decimal>> = rows.iter().flatten().collect();
    let scored: Vec<Option<(Decimal, Vec<u32>)>> = rows
        .iter()
        .map(|row| {
            let row = row.as_ref()?;
            let column = |i: usize| among.iter().filter_map(move |other| other.get(i).copied());
            let places: Vec<u32> =
                row.iter().enumerate().map(|(i, value)| competition_place(*value, column(i))).collect();
            let weighted = rule.parts.iter().zip(&places).map(|(part, p)| part.weight * Decimal::from(*p));
            Some((weighted.sum::<Decimal>() / Decimal::ONE_HUNDRED, places))
        })
        .collect();
    let scores: Vec<Decimal> = scored.iter().flatten().map(|(score, _)| *score).collect();
    let ranked = |(score, places): &(Decimal, Vec<u32>)| Ranked {
        place: competition_place(*score, scores.iter().copied()),
        score: score.normalize(),
        places: places.clone(),
    };
    scored.iter().map(|scored| scored.as_ref().map(ranked)).collect()
}

/// One more than the number of smaller values.
fn competition_place(value: Decimal, all: impl Iterator<Item = Decimal>) -> u32 {
    let smaller = all.filter(|other| *other < value).count();
    u32::try_from(smaller).map_or(u32::MAX, |smaller| smaller.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use lanbi_model::evaluation::RankPart;

    use super::super::test_law::edition;
    use super::*;

    fn rule(parts: &[(RankFigure, i64)]) -> Ranking {
        let part =
            |(figure, weight): &(RankFigure, i64)| RankPart { figure: *figure, weight: (*weight).into() };
        Ranking {
            edition: edition(),
            parts: parts.iter().map(part).collect(),
            clauses: std::collections::BTreeMap::new(),
        }
    }

    /// The districts of Tianjin in the published order of 2022-07: index, good days %, PM2.5, its change %, and the score.
    const TIANJIN: [(&str, [&str; 5]); 16] = [
        ("西青", ["3.08", "71.0", "21", "5.0", "3.3"]),
        ("静海", ["3.01", "80.6", "22", "4.8", "3.4"]),
        ("蓟州", ["2.84", "74.2", "21", "10.5", "3.8"]),
        ("东丽", ["3.19", "54.8", "19", "-17.4", "4.6"]),
        ("河东", ["3.03", "64.5", "21", "10.5", "5.8"]),
        ("和平", ["3.06", "71.0", "23", "21.1", "7.2"]),
        ("宁河", ["3.30", "51.6", "21", "10.5", "7.8"]),
        ("滨海", ["3.19", "61.3", "23", "9.5", "7.8"]),
        ("河西", ["3.15", "67.7", "23", "27.8", "8.6"]),
        ("南开", ["3.04", "67.7", "23", "27.8", "8.6"]),
        ("津南", ["3.25", "64.5", "26", "8.3", "9.4"]),
        ("河北", ["3.27", "51.6", "23", "15.0", "10.2"]),
        ("红桥", ["3.30", "48.4", "24", "-4.0", "10.2"]),
        ("北辰", ["3.56", "38.7", "25", "-3.8", "11.5"]),
        ("武清", ["3.27", "51.6", "24", "20.0", "12.0"]),
        ("宝坻", ["3.25", "54.8", "25", "25.0", "12.4"]),
    ];

    fn figure(row: &(&str, [&str; 5]), figure: RankFigure) -> Option<Decimal> {
        let [index, good, pm25, change, _] = row.1;
        let cell = match figure {
            RankFigure::Index => index,
            RankFigure::GoodDaysRatio => good,
            RankFigure::Pm25 => pm25,
            RankFigure::Pm25Change => change,
            RankFigure::IndexChange => "",
        };
        cell.parse().ok()
    }

    #[test]
    fn the_districts_of_tianjin_come_out_in_the_published_order() {
        let rule =
            rule(&[(RankFigure::Pm25, 30), (RankFigure::Pm25Change, 30), (RankFigure::GoodDaysRatio, 40)]);
        let ranked = rank(&rule, &TIANJIN, figure);
        let mut last = Decimal::ZERO;
        for ((name, row), ranked) in TIANJIN.iter().zip(&ranked) {
            let ranked = ranked.as_ref().unwrap();
            assert_eq!(ranked.score, row[4].parse().unwrap(), "{name} {ranked:?}");
            assert!(ranked.score >= last, "{name} stands after a larger score");
            last = ranked.score;
        }
        let place = |i: usize| ranked[i].as_ref().unwrap().place;
        assert_eq!([0, 3, 6, 7, 8, 9, 15].map(place), [1, 4, 7, 7, 9, 9, 16]);
        // Dongli: first in PM2.5 and its change, tenth in good days.
        assert_eq!(ranked[3].as_ref().unwrap().places, [1, 1, 10]);
    }

    #[test]
    fn equal_figures_share_a_place_and_a_missing_one_takes_no_part() {
        let rule = rule(&[(RankFigure::Index, 100)]);
        let places = |values: &[&str]| -> Vec<Option<u32>> {
            rank(&rule, values, |text, _| text.parse().ok())
                .iter()
                .map(|r| r.as_ref().map(|r| r.place))
                .collect()
        };
        assert_eq!(places(&["3.1", "2.9", "2.90", "3.0"]), [Some(4), Some(1), Some(1), Some(3)]);
        assert_eq!(places(&["3.1", "", "2.9"]), [Some(2), None, Some(1)]);
        assert_eq!(places(&[]), []);
    }

    #[test]
    fn no_figure_makes_no_place() {
        let change = rule(&[(RankFigure::IndexChange, 100)]);
        assert!(rank(&change, &TIANJIN, figure).iter().all(Option::is_none));
    }
}
