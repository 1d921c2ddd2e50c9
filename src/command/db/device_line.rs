//! A device record as JSON.

use lanbi_model::{DeviceRecord, StationId};
use lanbi_store::StoredDeviceRecord;
use serde::{Deserialize, Serialize};

use super::word;

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeviceLine {
    station: String,
    command: String,
    instant: String,
    received_at: String,
    /// Number of the part and of all.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    part: Option<(u16, u16)>,
    text: String,
}

impl From<&StoredDeviceRecord> for DeviceLine {
    fn from(StoredDeviceRecord { record, .. }: &StoredDeviceRecord) -> Self {
        Self {
            station: record.station.to_string(),
            command: record.command.clone(),
            instant: word::of_instant(record.instant),
            received_at: word::of_instant(record.received_at),
            part: record.part,
            text: record.text.clone(),
        }
    }
}

impl TryFrom<DeviceLine> for StoredDeviceRecord {
    type Error = anyhow::Error;

    fn try_from(line: DeviceLine) -> anyhow::Result<Self> {
        let record = DeviceRecord {
            station: StationId::new(&line.station),
            command: line.command,
            instant: word::instant(&line.instant)?,
            received_at: word::instant(&line.received_at)?,
            part: line.part,
            text: line.text,
        };
        Ok(Self { id: 0, record })
    }
}
