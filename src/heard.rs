//! What messages tell of devices besides values: how loggers deviate from HJ 212, and who has come or gone.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
};

use lanbi_ingest::{
    decode::{Decoded, Presence},
    hj212::deviation::Deviation,
};
use lanbi_model::{DeviceRecord, Instant, Registry};
use prometheus_client::metrics::{counter::Counter, family::Family, gauge::Gauge};

/// Deviations that are told once, and devices whose presence is remembered; beyond it they are only counted.
const REMEMBERED: usize = 10_000;

/// Labels of a deviation: the logger and the kind.
type Labels = [(&'static str, String); 2];

/// What has been heard since the start.
#[derive(Default)]
pub(crate) struct Heard {
    deviations: Family<Labels, Counter>,
    absent: Gauge,
    told: Mutex<HashSet<(String, Deviation)>>,
    online: Mutex<HashMap<String, bool>>,
}

impl Heard {
    /// Puts its figures among those of the process.
    pub(crate) fn register(&self, registry: &mut prometheus_client::registry::Registry) {
        registry.register(
            "hj212_deviations",
            "Frames that differ from HJ 212 and could be read, by logger and kind",
            self.deviations.clone(),
        );
        registry.register(
            "devices_absent",
            "Devices that said good-bye and have not come back",
            self.absent.clone(),
        );
    }

    /// Notes what a message tells. A station that has come or gone gives a record.
    pub(crate) fn note(&self, decoded: &Decoded, registry: &Registry, at: Instant) -> Option<DeviceRecord> {
        for logger in &decoded.deviations {
            // A stranger may call himself anything.
            let mn = if registry.by_mn(&logger.mn).is_some() { logger.mn.as_str() } else { "unknown" };
            for deviation in &logger.deviations {
                self.deviates(mn, *deviation);
            }
        }
        decoded.presence.as_ref().and_then(|presence| self.comes_or_goes(presence, at))
    }

    fn deviates(&self, mn: &str, deviation: Deviation) {
        let labels = [("mn", mn.to_owned()), ("kind", deviation.key().to_owned())];
        self.deviations.get_or_create(&labels).inc();
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() < REMEMBERED && told.insert((mn.to_owned(), deviation)) {
            tracing::info!(mn, deviation = deviation.zh(), remedy = deviation.remedy(), "told once");
        }
    }

    fn comes_or_goes(&self, presence: &Presence, at: Instant) -> Option<DeviceRecord> {
        let Presence { station, device, online: is_online } = presence;
        let mut online = self.online.lock().unwrap_or_else(PoisonError::into_inner);
        if online.get(device) == Some(is_online) {
            return None;
        }
        if online.len() < REMEMBERED || online.contains_key(device) {
            online.insert(device.clone(), *is_online);
        }
        let absent = online.values().filter(|is_online| !**is_online).count();
        self.absent.set(i64::try_from(absent).unwrap_or(i64::MAX));
        tracing::info!(device, online = is_online, "a device has come or gone");
        Some(DeviceRecord {
            station: station.clone()?,
            command: "presence".to_owned(),
            instant: at,
            received_at: at,
            part: None,
            text: if *is_online { "online" } else { "offline" }.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use lanbi_model::StationId;

    use super::*;

    #[test]
    fn who_comes_and_goes_is_noted_when_it_changes() {
        let heard = Heard::default();
        let registry = Registry::new(Vec::new(), Vec::new()).unwrap();
        let at = Instant::UNIX_EPOCH;
        let note = |device: &str, station: Option<&str>, online: bool| {
            let presence =
                Presence { station: station.map(StationId::new), device: device.to_owned(), online };
            let decoded = Decoded { presence: Some(presence), ..Decoded::default() };
            let record = heard.note(&decoded, &registry, at);
            (record.map(|record| format!("{} {}", record.station, record.text)), heard.absent.get())
        };
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(note("a", Some("s1"), true), (text("s1 online"), 0));
        // A kept message comes again with every connection.
        assert_eq!(note("a", Some("s1"), true), (None, 0));
        assert_eq!(note("a", Some("s1"), false), (text("s1 offline"), 1));
        assert_eq!(note("b", None, false), (None, 2), "of no station: counted");
        assert_eq!(note("a", Some("s1"), true), (text("s1 online"), 1));
    }
}
