//! Values and their history as rows of CSV.

use std::io::{Read, Write};

use anyhow::Context as _;
use lanbi_model::{Revision, Sample, SampleKey, StationId};
use lanbi_store::{Archive, StoredSample};

use super::word;

const SAMPLE: [&str; 9] = [
    "station",
    "parameter",
    "period",
    "instant",
    "value",
    "flags",
    "device_flags",
    "revision",
    "received_at",
];

const REVISION: [&str; 12] = [
    "station",
    "parameter",
    "period",
    "instant",
    "value",
    "flags",
    "device_flags",
    "received_at",
    "replaced_at",
    "source",
    "by",
    "reason",
];

/// Writes values and earlier values to two files, in an order that does not depend on the backend.
pub(super) struct Writers<A: Write, B: Write> {
    pub samples: csv::Writer<A>,
    pub revisions: csv::Writer<B>,
    pub counts: Counts,
}

/// How many rows went through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub samples: u64,
    pub revisions: u64,
}

impl<A: Write, B: Write> Writers<A, B> {
    /// Begins both files with their headers.
    pub(super) fn new(samples: A, revisions: B) -> anyhow::Result<Self> {
        let (mut samples, mut revisions) =
            (csv::Writer::from_writer(samples), csv::Writer::from_writer(revisions));
        samples.write_record(SAMPLE)?;
        revisions.write_record(REVISION)?;
        Ok(Self { samples, revisions, counts: Counts::default() })
    }

    /// Writes what one stretch of one station holds. Stretches follow each other in time.
    pub(super) fn write(&mut self, mut archive: Archive) -> anyhow::Result<()> {
        let order = |key: &SampleKey| (key.instant, key.period, key.parameter);
        archive.samples.sort_by_key(|stored| order(&stored.sample.key));
        // Stable, so that the values of one key stay in their order.
        archive.revisions.sort_by_key(|revision| order(&revision.sample.key));
        for stored in &archive.samples {
            let [flags, device, revision] =
                [stored.sample.flags.bits(), stored.device_flags.bits(), stored.revision]
                    .map(|n| n.to_string());
            let rest = [flags, device, revision, word::of_instant(stored.received_at)];
            self.samples.write_record(key_and_value(&stored.sample).iter().chain(&rest))?;
            self.counts.samples += 1;
        }
        for revision in &archive.revisions {
            let rest = [
                revision.sample.flags.bits().to_string(),
                revision.device_flags.bits().to_string(),
                word::of_instant(revision.received_at),
                word::of_instant(revision.replaced_at),
                revision.source.clone(),
                revision.by.clone().unwrap_or_default(),
                revision.reason.clone().unwrap_or_default(),
            ];
            self.revisions.write_record(key_and_value(&revision.sample).iter().chain(&rest))?;
            self.counts.revisions += 1;
        }
        Ok(())
    }

    /// Gives the two files back.
    pub(super) fn finish(self) -> anyhow::Result<(A, B, Counts)> {
        let samples = self.samples.into_inner().map_err(csv::IntoInnerError::into_error)?;
        let revisions = self.revisions.into_inner().map_err(csv::IntoInnerError::into_error)?;
        Ok((samples, revisions, self.counts))
    }
}

fn key_and_value(sample: &Sample) -> [String; 5] {
    let key = &sample.key;
    [
        key.station.to_string(),
        key.parameter.to_string(),
        key.period.to_string(),
        word::of_instant(key.instant),
        sample.value.to_string(),
    ]
}

/// Reads the rows of `samples.csv`.
pub(super) fn samples<R: Read>(
    input: R,
) -> anyhow::Result<impl Iterator<Item = anyhow::Result<StoredSample>>> {
    rows(input, SAMPLE, |[station, parameter, period, instant, value, flags, device, revision, received]| {
        Ok(StoredSample {
            sample: sample([station, parameter, period, instant, value, flags])?,
            device_flags: word::flags(device)?,
            revision: revision.parse().with_context(|| format!("`{revision}` is no count"))?,
            received_at: word::instant(received)?,
        })
    })
}

/// Reads the rows of `revisions.csv`.
pub(super) fn revisions<R: Read>(input: R) -> anyhow::Result<impl Iterator<Item = anyhow::Result<Revision>>> {
    let named = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    rows(
        input,
        REVISION,
        move |[
            station,
            parameter,
            period,
            instant,
            value,
            flags,
            device,
            received,
            replaced,
            source,
            by,
            reason,
        ]| {
            Ok(Revision {
                sample: sample([station, parameter, period, instant, value, flags])?,
                device_flags: word::flags(device)?,
                received_at: word::instant(received)?,
                replaced_at: word::instant(replaced)?,
                source: source.to_owned(),
                by: named(by),
                reason: named(reason),
            })
        },
    )
}

fn sample([station, parameter, period, instant, value, flags]: [&str; 6]) -> anyhow::Result<Sample> {
    Ok(Sample {
        key: SampleKey {
            station: StationId::new(station),
            parameter: word::parameter(parameter)?,
            period: word::period(period)?,
            instant: word::instant(instant)?,
        },
        value: word::decimal(value)?,
        flags: word::flags(flags)?,
    })
}

fn rows<R: Read, T, const N: usize>(
    input: R,
    columns: [&'static str; N],
    read: impl Fn([&str; N]) -> anyhow::Result<T>,
) -> anyhow::Result<impl Iterator<Item = anyhow::Result<T>>> {
    let mut reader = csv::Reader::from_reader(input);
    let header = reader.headers()?;
    anyhow::ensure!(
        header.iter().eq(columns),
        "the columns are {}, not {}; restore with the version of lanbi that made the backup",
        header.iter().collect::<Vec<_>>().join(","),
        columns.join(",")
    );
    Ok(reader.into_records().map(move |record| {
        let record = record?;
        let mut cells = record.iter();
        let cells = std::array::from_fn(|_| cells.next().unwrap_or_default());
        read(cells).with_context(|| format!("line {}", record.position().map_or(0, csv::Position::line)))
    }))
}
