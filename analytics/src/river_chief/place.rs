//! Places by published scores, the largest first; equal ones share a place (1, 1, 3; clause `ties`).

use lanbi_model::Decimal;

/// The place of each score, in the order given; none for one that has no score. Give scores as they are published.
#[must_use]
pub fn places(scores: &[Option<Decimal>]) -> Vec<Option<u32>> {
    let place = |score: &Decimal| {
        let better = scores.iter().flatten().filter(|other| *other > score).count();
        u32::try_from(better).map_or(u32::MAX, |better| better.saturating_add(1))
    };
    scores.iter().map(|score| score.as_ref().map(place)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_scores_share_a_place_and_the_next_is_left_empty() {
        let check = |scores: &[&str], expected: &[u32]| {
            let scores: Vec<Option<Decimal>> = scores.iter().map(|score| score.parse().ok()).collect();
            let places: Vec<u32> = places(&scores).into_iter().map(|place| place.unwrap_or(0)).collect();
            assert_eq!(places, expected, "{scores:?}");
        };
        check(&["97.7", "86.2", "91.0"], &[1, 3, 2]);
        check(&["86.2", "91.0", "91", "90.9", "", "0"], &[4, 1, 1, 3, 0, 5]);
        check(&[], &[]);
    }
}
