//! Places by the sum of places, and the money that goes with them (津政办发〔2018〕3号 for the districts of Tianjin).

use lanbi_model::Decimal;
use lanbi_model::water_rule::RankSum;

/// What a rule made of one district.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SumPlace {
    /// The place in each figure of the rule, in its order.
    pub places: Vec<u32>,
    /// Their sum.
    pub sum: u32,
    /// The place by the sum, then by the first figure.
    pub place: u32,
    /// What the district gets, in 10,000 yuan; less than zero is to be paid. None for a place the rule does not know.
    pub money: Option<Decimal>,
}

/// Ranks districts; `figure` gives the figure of a district at a place of the rule's list, as published. The result stands in
/// the order of the districts, none for one that lacks a figure. Those equal in everything share a place (1, 1, 3).
#[must_use]
pub fn rank_by_sum<D>(
    rule: &RankSum,
    districts: &[D],
    figure: impl Fn(&D, usize) -> Option<Decimal>,
) -> Vec<Option<SumPlace>> {
    let rows: Vec<Option<Vec<Decimal>>> = districts
        .iter()
        .map(|district| (0..rule.figures.len()).map(|place| figure(district, place)).collect())
        .collect();
    let places = |row: &Vec<Decimal>| -> Vec<u32> {
        let place = |(i, value): (usize, &Decimal)| {
            let smaller = rows.iter().flatten().filter(|other| other.get(i).is_some_and(|o| o < value));
            after(smaller.count())
        };
        row.iter().enumerate().map(place).collect()
    };
    let placed: Vec<Option<Vec<u32>>> = rows.iter().map(|row| row.as_ref().map(places)).collect();
    let key = |places: &Vec<u32>| (places.iter().sum::<u32>(), places.first().copied());
    placed
        .iter()
        .map(|places| {
            let places = places.as_ref()?;
            let place = after(placed.iter().flatten().filter(|other| key(other) < key(places)).count());
            let paid = usize::try_from(place).ok().and_then(|place| place.checked_sub(1));
            let money = paid.and_then(|place| rule.money.get(place).copied());
            Some(SumPlace { places: places.clone(), sum: key(places).0, place, money })
        })
        .collect()
}

/// The place after so many others.
fn after(others: usize) -> u32 {
    u32::try_from(others).map_or(u32::MAX, |others| others.saturating_add(1))
}
