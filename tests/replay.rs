//! Recorded data through a real broker into SQLite, and what was officially published for them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss,
    clippy::cast_lossless,
    reason = "a test may stop at the first surprise"
)]

mod common;

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    time::Duration,
};

use chrono::{NaiveDate, NaiveDateTime};
use common::{Mosquitto, Site, lanbi, output, shared_data};
use lanbi_analytics::{
    air::{AqiTime, Concentrations, assess as assess_air},
    water::{Rounding, assess as assess_water},
};
use lanbi_model::{Decimal, Instant, Parameter, Sample, StationId, WaterBody, Zone, standard::on_day};
use lanbi_store::{SampleQuery, Store};

/// Rates that the replay must reach, in per mille.
const AIR_RATE: u64 = 999;
const WATER_RATE: u64 = 990;

/// `lanbi stations draft` for files of one mapping.
fn draft(files: &[PathBuf], mapping: &str) -> String {
    output(lanbi().arg("stations").arg("draft").args(files).args(["--mapping", mapping]))
}

fn replay(files: &[PathBuf], mapping: &str, broker: &Mosquitto, more: &[&str]) {
    let mut command = lanbi();
    command.arg("replay").args(files).args(["--mapping", mapping, "--broker", &broker.url()]).args(more);
    let ended = command.output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
}

/// Waits until the account stands still, and gives it.
async fn settled(store: &dyn Store) -> lanbi_model::Account {
    let mut last = store.account().await.unwrap();
    let mut quiet = 0;
    while quiet < 5 || last.messages == 0 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let now = store.account().await.unwrap();
        quiet = if now == last { quiet + 1 } else { 0 };
        last = now;
    }
    last
}

async fn everything(store: &dyn Store, station: &str) -> Vec<Sample> {
    store
        .samples(&SampleQuery {
            station: StationId::new(station),
            parameters: Vec::new(),
            period: None,
            after: "2000-01-01T00:00:00Z".parse().unwrap(),
            until: "2100-01-01T00:00:00Z".parse().unwrap(),
        })
        .await
        .unwrap()
}

/// Values of stations by instant.
async fn by_instant(
    store: &dyn Store,
    stations: impl IntoIterator<Item = String>,
) -> HashMap<(String, Instant), Vec<(Parameter, Decimal)>> {
    let mut all: HashMap<(String, Instant), Vec<(Parameter, Decimal)>> = HashMap::new();
    for station in stations {
        for sample in everything(store, &station).await {
            all.entry((station.clone(), sample.key.instant))
                .or_default()
                .push((sample.key.parameter, sample.value));
        }
    }
    all
}

/// Counts of agreement, printed and asserted.
#[derive(Default)]
struct Agreement {
    equal: u64,
    of: u64,
}

impl Agreement {
    fn add(&mut self, equal: bool) {
        self.of += 1;
        self.equal += u64::from(equal);
    }

    fn reaches(&self, what: &str, per_mille: u64) {
        println!(
            "{what}: {} of {} ({:.3} %)",
            self.equal,
            self.of,
            self.equal as f64 * 100.0 / self.of as f64
        );
        assert!(
            self.of > 0 && self.equal * 1000 >= self.of * per_mille,
            "{what}: {} of {}",
            self.equal,
            self.of
        );
    }
}

fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let header: Vec<String> = reader.headers().unwrap().iter().map(|h| h.trim().to_owned()).collect();
    reader
        .records()
        .map(|record| {
            header.iter().cloned().zip(record.unwrap().iter().map(|c| c.trim().to_owned())).collect()
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn published_hourly_indices_of_a_day_come_out_of_the_store() {
    let Some(file) = shared_data("air_site_hourly/天津.csv") else { return };
    let files = [file.clone()];
    let dir = tempfile::tempdir().unwrap();
    let broker = Mosquitto::start(dir.path());
    let site = Site::new(&broker, &draft(&files, "air-site-hourly"), "");
    let running = site.run();
    let days = ["--from", "2020-04-05", "--to", "2020-04-05"];
    replay(&files, "air-site-hourly", &broker, &days);
    let store = site.store().await;
    let first = settled(store.as_ref()).await;
    assert!(first.balances() && first.stored > 1000, "{first:?}");

    let zone = Zone::shanghai();
    let law = lanbi_config::standards::builtin().unwrap();
    let day: NaiveDate = "2020-04-05".parse().unwrap();
    let standard = on_day(&law.aqi, day).unwrap();
    let rows = rows(&file);
    let stations: std::collections::BTreeSet<String> = rows.iter().map(|r| r["WatchPoint"].clone()).collect();
    let values = by_instant(store.as_ref(), stations).await;
    let (mut index, mut level, mut primary) =
        (Agreement::default(), Agreement::default(), Agreement::default());
    for row in &rows {
        let stamp = format!("{} {}", row["Date"], row["Hour"]);
        let stamp = NaiveDateTime::parse_from_str(&format!("{stamp}00"), "%Y%m%d %H%M").unwrap();
        let instant = zone.to_instant(stamp);
        let Ok(published) = row["AQI"].parse::<u32>() else { continue };
        if zone.day_of_end(instant) != day {
            continue;
        }
        let Some(stored) = values.get(&(row["WatchPoint"].clone(), instant)) else {
            index.add(false);
            continue;
        };
        let value = |p: Parameter| stored.iter().find(|(q, _)| *q == p).map(|(_, v)| *v);
        let assessed = assess_air(standard, AqiTime::Hour, &Concentrations(Parameter::AQI.map(value)), &[]);
        index.add(assessed.aqi == Some(published));
        level.add(assessed.level.is_some_and(|l| l.category == row["Level"]));
        if published > 50 {
            let mut ours: Vec<&str> = assessed.primary.iter().map(|p| p.symbol()).collect();
            let text = row["PrimaryPollution"].replace("臭氧1小时", "(O3)").replace("二氧化氮", "(NO2)");
            let mut theirs: Vec<&str> = Parameter::AQI
                .iter()
                .map(|p| p.symbol())
                .filter(|symbol| text.contains(&format!("({symbol})")))
                .collect();
            ours.sort_unstable();
            theirs.sort_unstable();
            primary.add(ours == theirs);
        }
    }
    index.reaches("Tianjin 2020-04-05, hourly AQI", AIR_RATE);
    level.reaches("Tianjin 2020-04-05, level", 1000);
    primary.reaches("Tianjin 2020-04-05, primary pollutant", 1000);

    replay(&files, "air-site-hourly", &broker, &days);
    let second = settled(store.as_ref()).await;
    assert!(second.messages > first.messages, "the second replay did not arrive");
    assert_eq!(second.stored, first.stored, "the second replay stored something");
    assert!(second.balances(), "{second:?}");
    running.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn published_water_classes_come_out_of_the_store() {
    let Some(folder) = shared_data("water_cnemc/by_station/天津市/海河流域") else { return };
    let Some(kinds) = shared_data("water_cnemc/stations.csv") else { return };
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|section| {
            let section = section.unwrap();
            section.path().join("2021-04").join(section.file_name()).with_extension("csv")
        })
        .collect();
    files.sort();
    assert_eq!(files.len(), 25);
    // The source does not say which sections are graded as lakes; it was inferred from the published classes.
    let lakes: Vec<String> = rows(&kinds)
        .into_iter()
        .filter(|r| r["province"] == "天津市" && r["tp_table_inferred"] == "lake")
        .map(|r| r["section"].clone())
        .collect();

    let dir = tempfile::tempdir().unwrap();
    let broker = Mosquitto::start(dir.path());
    let site = Site::new(&broker, &draft(&files, "water-cnemc-section"), "");
    let running = site.run();
    replay(&files, "water-cnemc-section", &broker, &[]);
    let store = site.store().await;
    let first = settled(store.as_ref()).await;
    assert!(first.balances() && first.stored > 3000 && first.rejected == 0, "{first:?}");

    let law = lanbi_config::standards::builtin().unwrap();
    let standard = on_day(&law.water, "2021-04-01".parse().unwrap()).unwrap();
    let zone = Zone::shanghai();
    let rows: Vec<BTreeMap<String, String>> = files.iter().flat_map(|file| rows(file)).collect();
    let sections: std::collections::BTreeSet<String> = rows.iter().map(|r| r["断面名称"].clone()).collect();
    let values = by_instant(store.as_ref(), sections).await;
    let mut class = Agreement::default();
    for row in &rows {
        let Some(published) = ["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ"].iter().position(|c| *c == row["水质类别"])
        else {
            continue;
        };
        let stamp =
            NaiveDateTime::parse_from_str(&format!("2021-{}", row["监测时间"]), "%Y-%m-%d %H:%M").unwrap();
        let section = &row["断面名称"];
        let body = if lakes.contains(section) { WaterBody::Lake } else { WaterBody::River };
        let stored = values.get(&(section.clone(), zone.to_instant(stamp)));
        let graded = stored.and_then(|v| assess_water(standard, body, None, Rounding::AsGiven, v).class);
        class.add(graded.map(usize::from) == Some(published + 1));
    }
    class.reaches("Tianjin sections, April 2021, class", WATER_RATE);

    replay(&files, "water-cnemc-section", &broker, &[]);
    let second = settled(store.as_ref()).await;
    assert!(second.messages > first.messages && second.balances());
    assert_eq!(second.stored, first.stored, "the second replay stored something");
    running.stop();
}
