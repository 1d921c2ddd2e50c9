//! Heavy-pollution warnings of the district as alarms.

use super::*;
use lanbi_model::Severity;

fn two_sites() -> Vec<Station> {
    ["east", "west"].map(|id| station(id, StationKind::Air, "1h", "1h", &Parameter::AQI)).to_vec()
}

/// Two hourly sites; `lists` changes the settings.
async fn house(lists: impl FnOnce(&mut Settings)) -> House {
    let mut house = House::of(two_sites(), false).await;
    house.parts.settings.alarms.air_iaqi.enabled = false;
    house.parts.settings.alarms.frozen.enabled = false;
    lists(&mut house.parts.settings);
    house.restart().await;
    house
}

impl House {
    /// Clean hours of both sites with this PM2.5, the first ending at `from`.
    async fn pm25(&mut self, from: i64, values: &[i64], now: i64) {
        let mut samples = Vec::new();
        for site in two_sites() {
            for (end, pm25) in (from..).zip(values) {
                for item in Parameter::AQI {
                    let value = if item == Parameter::Pm25 { *pm25 } else { 1 };
                    samples.push(sample(&site, item, hour(end), value.into()));
                }
            }
        }
        self.take(&samples, hour(now)).await;
    }

    /// `severity raised-cleared peak`.
    async fn warnings(&self, expected: &[&str]) -> Vec<Alarm> {
        let hours = |at: Instant| (at - hour(0)).num_hours();
        let alarms = self.alarms().await;
        let shown = |a: &Alarm| {
            let cleared = a.cleared_at.map_or_else(String::new, |at| hours(at).to_string());
            format!("{} {}-{cleared} {}", a.severity.key(), hours(a.raised_at), a.worst.unwrap())
        };
        assert_eq!(alarms.iter().map(shown).collect::<Vec<_>>(), expected);
        assert!(alarms.iter().all(|a| a.station.as_str() == StationId::DISTRICT && a.rule.0 == "heavy-air"));
        alarms
    }
}

#[tokio::test]
async fn a_level_is_raised_stepped_up_and_released() {
    let mut house = house(|_| {}).await;
    house.pm25(1, &[20; 24], 24).await;
    house.pm25(25, &[190; 30], 54).await;
    let alarms = house.warnings(&["warning 43- 240"]).await;
    assert_eq!(alarms[0].text, "全区进入黄色预警（实测）：24小时滑动AQI最高240，首要污染物PM2.5；应急响应");
    assert!(alarms[0].basis.contains("AQI>") && alarms[0].basis.contains("6号"), "{}", alarms[0].basis);
    assert_eq!(house.told().await, ["raised"]);
    // Within the hour nobody looks again.
    house.pm25(55, &[190; 30], 54).await;
    house.warnings(&["warning 43- 240"]).await;
    house.rollup.settle(hour(84)).await.unwrap();
    let alarms = house.warnings(&["warning 43-67 240", "urgent 67- 240"]).await;
    assert!(alarms[1].text.starts_with("全区由黄色预警升为橙色预警（实测）"), "{}", alarms[1].text);
    assert_eq!(house.told().await, ["cleared", "raised"]);
    house.pm25(85, &[20; 72], 156).await;
    let alarms = house.alarms().await;
    assert!(alarms.iter().all(|a| a.cleared_at.is_some_and(|at| at <= hour(156))), "{alarms:?}");
    assert_eq!(alarms[1].severity, Severity::Urgent);
    // What is over is not told twice.
    house.told().await;
    house.pm25(157, &[20; 5], 161).await;
    assert_eq!(house.alarms().await, alarms);
    assert!(house.told().await.is_empty());
}

#[tokio::test]
async fn late_values_bring_warnings_into_line_as_if_they_had_come_in_time() {
    let mut house = house(|_| {}).await;
    house.pm25(1, &[20; 24], 24).await;
    house.pm25(25, &[190; 60], 84).await;
    house.told().await;
    // A whole day was measured wrongly: nothing lasted long enough for the second level.
    house.pm25(49, &[20; 36], 85).await;
    house.restart().await;
    house.rollup.settle(hour(86)).await.unwrap();
    let after = house.alarms().await;
    let account = house.parts.store.account().await.unwrap();
    assert_eq!(account.alarms_withdrawn, 1, "{after:?}");
    let told = house.told().await;
    assert!(told.contains(&"withdrawn".to_owned()), "{told:?}");

    let mut other = self::house(|_| {}).await;
    other.pm25(1, &[20; 24], 24).await;
    other.pm25(25, &[190; 24], 48).await;
    other.pm25(49, &[20; 36], 86).await;
    assert_eq!(after, other.alarms().await);
    assert!(!after.is_empty());

    // And mended once more: the level that was withdrawn counts again.
    house.pm25(49, &[191; 36], 90).await;
    house.rollup.settle(hour(91)).await.unwrap();
    house.warnings(&["warning 43-67 241", "urgent 67- 241"]).await;
    assert_eq!(house.parts.store.account().await.unwrap().alarms_withdrawn, 0);
}

#[tokio::test]
async fn a_forecast_enters_a_level_and_a_broken_list_ends_none() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("forecasts.csv");
    std::fs::write(&list, "issued,day,high,primary\n").unwrap();
    let mut house = house(|settings| settings.air.forecasts = list.clone()).await;
    house.pm25(1, &[20; 30], 30).await;
    house.warnings(&[]).await;
    let issue = "2026-06-02T06:00,2026-06-03,220,pm25\n2026-06-02T06:00,2026-06-04,230,pm25\n";
    std::fs::write(&list, format!("issued,day,high,primary\n{issue}")).unwrap();
    house.rollup.settle(hour(31)).await.unwrap();
    let alarms = house.warnings(&["urgent 30- 230"]).await;
    assert!(alarms[0].text.starts_with("全区进入橙色预警（预测）"), "{}", alarms[0].text);
    std::fs::write(&list, "issued,day\n").unwrap();
    house.pm25(31, &[20; 2], 33).await;
    assert_eq!(house.alarms().await, alarms);
    // The next issue stands alone in the list: what the earlier one brought about stays explained.
    std::fs::write(&list, "issued,day,high,primary\n2026-06-02T10:00,2026-06-03,60,pm25\n").unwrap();
    house.rollup.settle(hour(34)).await.unwrap();
    let alarms = house.alarms().await;
    assert_eq!(alarms.len(), 1);
    assert_eq!(alarms[0].raised_at, hour(30));
}

#[tokio::test]
async fn nobody_is_told_where_the_rule_is_off() {
    let mut house = house(|settings| settings.alarms.heavy_air.enabled = false).await;
    house.pm25(1, &[190; 84], 84).await;
    house.warnings(&[]).await;
}
