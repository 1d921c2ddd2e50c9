//! The promise that a station far from its neighbours is flagged whichever of them sent first.

use std::collections::BTreeSet;

use lanbi_analytics::qc::flag_outliers_among;

use super::*;
use crate::checks::thresholds;

fn area() -> Vec<Station> {
    let air = |id: &str| station(id, StationKind::Air, "1h", "1h", &[Parameter::Pm25, Parameter::O3]);
    ["n1", "n2", "n3", "n4"].map(|id| Station { area: "城区".to_owned(), ..air(id) }).into()
}

/// Six days of four stations; now and then one of them is far above the others, for one hour to nine.
fn history(rng: &mut ChaCha8Rng) -> Vec<Sample> {
    let mut all = Vec::new();
    for station in area() {
        let mut far = 0;
        for h in 1..=6 * 24 {
            if far == 0 && rng.random_ratio(1, 15) {
                far = rng.random_range(1..10);
            }
            let value = rng.random_range(40..80) + if far > 0 { 300 } else { 0 };
            far -= i32::from(far > 0);
            if !rng.random_ratio(1, 20) {
                all.push(sample(&station, Parameter::Pm25, hour(h), value.into()));
            }
        }
    }
    all
}

async fn flagged(house: &House) -> BTreeSet<SampleKey> {
    let mut keys = BTreeSet::new();
    for station in area() {
        let own = house.values(station.id.as_str()).await;
        keys.extend(own.into_iter().filter(|s| s.flags.contains(Flags::NEIGHBOURS)).map(|s| s.key));
    }
    keys
}

#[tokio::test]
async fn the_order_of_arrival_does_not_matter() {
    let mut rng = ChaCha8Rng::seed_from_u64(20_260_602);
    for round in 0..3 {
        let history = history(&mut rng);
        let mut pieces: Vec<Vec<Sample>> =
            history.chunks(rng.random_range(3..9)).map(<[Sample]>::to_vec).collect();
        pieces.shuffle(&mut rng);
        let mut house = House::of(area(), false).await;
        let checks = thresholds(&house.parts.settings.qc);
        for piece in &pieces {
            house.take(piece, hour(6 * 24)).await;
        }
        let all_at_once = flag_outliers_among(&history, &checks);
        let expected: BTreeSet<SampleKey> = all_at_once.into_iter().map(|(key, _)| key).collect();
        assert!(expected.len() > 20, "too tame a history: {}", expected.len());
        assert_eq!(flagged(&house).await, expected, "round {round}");
    }
}

#[tokio::test]
async fn what_the_neighbours_say_stands_beside_what_the_station_itself_shows() {
    let mut house = House::of(area(), false).await;
    let of = |station: &Station, values: [i64; 24]| -> Vec<Sample> {
        (1..).zip(values).map(|(h, v)| sample(station, Parameter::Pm25, hour(h), v.into())).collect()
    };
    let stations = area();
    let (far, others) = stations.split_first().unwrap();
    house.take(&of(far, [400; 24]), hour(24)).await;
    let mut rising = [0; 24];
    (50..).zip(&mut rising).for_each(|(value, slot)| *slot = value);
    for other in others {
        house.take(&of(other, rising), hour(25)).await;
    }
    let values = house.values("n1").await;
    assert!(values.iter().all(|s| s.flags == Flags::FROZEN | Flags::NEIGHBOURS), "{values:?}");
}
