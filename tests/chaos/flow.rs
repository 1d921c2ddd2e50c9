//! The flow: what is sent, and what must be found afterwards.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use lanbi_ingest::mqtt::{MqttSettings, Publisher};
use lanbi_model::{AveragingPeriod, Parameter, StationId};
use lanbi_store::{DeadLetterFilter, SampleQuery, Store};

pub(crate) const STATIONS: u64 = 40;
const PARAMETERS: [Parameter; 6] =
    [Parameter::Pm25, Parameter::Pm10, Parameter::So2, Parameter::No2, Parameter::Co, Parameter::O3];

/// Messages that may be on their way: more would only fill the broker's memory.
const AHEAD: u64 = 30_000;

/// What message `n` is.
enum Kind {
    /// New values of a station's minute.
    Fresh { station: u64, minute: i64 },
    /// The same bytes as an earlier message.
    Repeat(u64),
    /// Cannot be stored.
    Poison,
}

fn kind(n: u64) -> Kind {
    match n % 200 {
        7 | 57 | 107 | 157 if n > 4 * STATIONS => Kind::Repeat(n - 3),
        99 => Kind::Poison,
        // A minute of weeks before.
        33 | 133 => Kind::Fresh { station: n % STATIONS, minute: -40_000 - i64::try_from(n / 100).unwrap() },
        _ => Kind::Fresh { station: n % STATIONS, minute: i64::try_from(n / STATIONS).unwrap() },
    }
}

fn start() -> DateTime<Utc> {
    "2025-06-01T00:00:00Z".parse().unwrap()
}

fn value(n: u64, place: usize) -> u64 {
    (n * 7 + u64::try_from(place).unwrap() * 13) % 4_999
}

pub(crate) fn station_id(number: u64) -> String {
    format!("chaos-{number:02}")
}

/// Topic and payload of message `n`. Half of the stations are on one branch of topics and half on the other.
fn message(n: u64) -> (String, Vec<u8>) {
    match kind(n) {
        Kind::Repeat(earlier) => message(earlier),
        Kind::Poison => (
            format!("lanbi/v1/{}/stranger", n / 200 % 2),
            format!("{{\"values\":{{\"pm25\":{n}}}}}").into_bytes(),
        ),
        Kind::Fresh { station, minute } => {
            let id = station_id(station);
            let time = (start() + TimeDelta::minutes(minute)).to_rfc3339();
            let values: Vec<String> = PARAMETERS
                .iter()
                .enumerate()
                .map(|(place, parameter)| {
                    format!("\"{}\":{}.{}", parameter.key(), value(n, place) / 10, value(n, place) % 10)
                })
                .collect();
            let payload = format!(
                "{{\"station\":\"{id}\",\"time\":\"{time}\",\"period\":\"1m\",\"values\":{{{}}}}}",
                values.join(",")
            );
            (format!("lanbi/v1/{}/{id}", station % 2), payload.into_bytes())
        }
    }
}

/// What the messages before `end` hold.
pub(crate) struct Manifest {
    /// Number of the message by station and minute.
    minutes: BTreeMap<(u64, i64), u64>,
    pub(crate) poison: u64,
    pub(crate) values: u64,
}

impl Manifest {
    pub(crate) fn of(end: u64) -> Self {
        let mut minutes = BTreeMap::new();
        let mut poison = 0;
        for n in 0..end {
            match kind(n) {
                Kind::Fresh { station, minute } => {
                    assert_eq!(
                        minutes.insert((station, minute), n),
                        None,
                        "every fresh message has its own minute"
                    );
                }
                Kind::Poison => poison += 1,
                Kind::Repeat(earlier) => assert!(matches!(kind(earlier), Kind::Fresh { .. })),
            }
        }
        let values = u64::try_from(minutes.len() * PARAMETERS.len()).unwrap();
        Self { minutes, poison, values }
    }

    /// Compares the store with the manifest, value by value, and the dead letters with the poison; gives the number of
    /// values compared.
    pub(crate) async fn compare(&self, store: &dyn Store) -> u64 {
        let mut compared = 0;
        for station in 0..STATIONS {
            let samples = store
                .samples(&SampleQuery {
                    station: StationId::new(&station_id(station)),
                    parameters: Vec::new(),
                    period: Some(AveragingPeriod::MINUTE),
                    after: DateTime::UNIX_EPOCH,
                    until: start() + TimeDelta::days(10_000),
                })
                .await
                .unwrap();
            let own: Vec<_> = self.minutes.range((station, i64::MIN)..=(station, i64::MAX)).collect();
            assert_eq!(samples.len(), own.len() * PARAMETERS.len(), "values of station {station}");
            for (place, parameter) in PARAMETERS.iter().enumerate() {
                let found = samples.iter().filter(|s| s.key.parameter == *parameter);
                for (sample, ((_, minute), n)) in found.zip(&own) {
                    assert_eq!(sample.key.instant, start() + TimeDelta::minutes(*minute));
                    assert_eq!(
                        sample.value,
                        lanbi_model::Decimal::new(i64::try_from(value(**n, place)).unwrap(), 1)
                    );
                    compared += 1;
                }
            }
        }
        let letters = store.dead_letters(&DeadLetterFilter::default()).await.unwrap();
        let distinct: std::collections::BTreeSet<&[u8]> =
            letters.iter().map(|l| l.letter.raw.as_slice()).collect();
        assert_eq!(
            u64::try_from(distinct.len()).unwrap(),
            self.poison,
            "every poison message has its letter"
        );
        compared
    }
}

/// Sends all messages, never far ahead of what is committed. Ends when the broker has acknowledged every one.
pub(crate) async fn send(broker: String, end: u64, sent: Arc<AtomicU64>, committed: Arc<AtomicU64>) {
    let settings =
        MqttSettings { url: broker, client_id: "chaos-source".to_owned(), ..MqttSettings::default() };
    let publisher = Publisher::connect(&settings, 500, Duration::from_secs(20)).await.unwrap();
    for n in 0..end {
        while n >= committed.load(Ordering::Relaxed) + AHEAD {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let (topic, payload) = message(n);
        publisher.publish(&topic, payload).await.unwrap();
        sent.store(n + 1, Ordering::Relaxed);
    }
    let counts = publisher.finish().await.unwrap();
    assert_eq!((counts.acknowledged, counts.refused), (end, 0), "{counts:?}");
    assert_eq!(counts.unheard, 0, "the broker had nobody to give them to: {counts:?}");
}
