//! The promise that a check that has changed looks at history again.

use chrono::NaiveDate;

use super::*;

/// An hourly station with two values of -3 µg/m³ on its first day, the second of which a person has let stand.
async fn house() -> House {
    let air = station("air", StationKind::Air, "1h", "1h", &[Parameter::Pm25]);
    let mut house = House::of(vec![air.clone()], false).await;
    let values: Vec<Sample> = (1..=48)
        .map(|h| {
            sample(&air, Parameter::Pm25, hour(h), (if h == 5 || h == 9 { -3 } else { 20 + h % 2 }).into())
        })
        .collect();
    house.take(&values, hour(48)).await;
    house.decide(&values[8], Decision::Restore, 49).await;
    house.take(&[], hour(50)).await;
    house
}

async fn recheck(house: &House) -> u64 {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let air = StationId::new("air");
    house.parts.store.mark_stale(&air, day("2026-06-01"), day("2026-06-01")).await.unwrap()
}

async fn means(house: &House) -> Vec<Option<Decimal>> {
    let (first, last) = ("2026-06-01".parse().unwrap(), "2026-06-02".parse().unwrap());
    let means = house.parts.store.daily(None, first, last).await.unwrap();
    means.iter().map(|mean| mean.value.map(|value| value.round_dp(2))).collect()
}

#[tokio::test]
async fn a_stricter_check_finds_what_a_looser_one_let_through() {
    let mut house = house().await;
    let (values, before) = (house.values("air").await, means(&house).await);
    let counted = house.parts.store.account().await.unwrap().recomputed;
    assert_eq!(values[4].flags, Flags::LOW_LEVEL);
    house.parts.settings.qc.zero_noise.insert(Parameter::Pm25, Decimal::from(-1));
    house.restart().await;
    house.take(&[], hour(51)).await;
    assert_eq!(house.values("air").await, values, "nothing is looked at before somebody asks");

    assert_eq!(recheck(&house).await, 1);
    house.take(&[], hour(52)).await;
    let mut expected = values;
    let found = Flags::NEGATIVE | Flags::RANGE;
    for at in [4, 8] {
        expected[at].flags |= found;
    }
    let now = house.values("air").await;
    assert_eq!(now, expected, "flags are added, and nothing else changes");
    assert!(!now[4].flags.is_valid() && now[8].flags.is_valid(), "the person's word stands");
    // (12 * 20 + 10 * 21 - 3) / 23
    let after = means(&house).await;
    assert_eq!((after[0], after[1]), (Some(Decimal::new(1943, 2)), before[1]));
    assert_ne!(after[0], before[0]);
    let recomputed = house.parts.store.account().await.unwrap().recomputed;
    let more = Recomputed { days: counted.days + 1, rechecked: 1, ..counted };
    assert_eq!(recomputed, more);

    recheck(&house).await;
    house.take(&[], hour(53)).await;
    assert_eq!(
        (house.values("air").await, means(&house).await),
        (expected, after),
        "a second look adds nothing"
    );
}

#[tokio::test]
async fn what_a_looser_check_would_not_find_stays_until_a_person_decides() {
    let mut house = house().await;
    house.parts.settings.qc.zero_noise.insert(Parameter::Pm25, Decimal::from(-1));
    house.restart().await;
    recheck(&house).await;
    house.take(&[], hour(52)).await;
    let values = house.values("air").await;
    house.parts.settings.qc.zero_noise.insert(Parameter::Pm25, Decimal::from(-5));
    house.restart().await;
    recheck(&house).await;
    house.take(&[], hour(53)).await;
    assert_eq!(house.values("air").await, values);
}
