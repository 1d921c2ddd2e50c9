//! Stations whose values are older than their entry in the station file.

use super::*;

/// Days of COD means of the outlet.
async fn means(house: &House) -> usize {
    let (first, last) = ("2000-01-01".parse().unwrap(), "2099-01-01".parse().unwrap());
    house.parts.store.daily(Some(&StationId::new("outlet")), first, last).await.unwrap().len()
}

#[tokio::test]
async fn days_that_came_before_their_station_are_derived_when_it_is_known() {
    let mut house = House::new().await;
    let all = Arc::clone(&house.parts.registry);
    let others = all.stations().iter().filter(|s| s.id.as_str() != "outlet").cloned().collect();
    let without = Arc::new(Registry::new(others, Vec::new()).unwrap());

    house.parts.registry = Arc::clone(&without);
    house.restart().await;
    house.parts.registry = Arc::clone(&all);
    house.cod(1, &[20; 24], 48).await;
    assert_eq!(house.parts.store.stale(10).await.unwrap(), [], "settled by one who does not know it");
    assert_eq!(means(&house).await, 0);

    house.restart().await;
    house.rollup.settle(hour(48)).await.unwrap();
    assert!(means(&house).await > 0);
    house.restart().await;
    assert_eq!(house.parts.store.stale(10).await.unwrap(), [], "marked once");
}
