//! The loggers that HJ 212 frames come from.

use lanbi_model::{AveragingPeriod, Zone};

use super::sighting::{Naming, Seen, Sighting, number};
use crate::clock::{Label, parse_stamp};
use crate::hj212::command::Upload;
use crate::hj212::frame::all_pieces;
use crate::hj212::read::read;
use crate::hj212::segment::Segment;
use crate::source::{Logger, Loggers};

/// One sighting for each frame that can be read, by what is known of its logger.
pub(super) fn sightings(raw: &[u8], loggers: &Loggers) -> Vec<Sighting> {
    all_pieces(raw)
        .filter_map(|piece| {
            let read = read(&piece, loggers).ok()?;
            let segment = read.segment();
            Some(sighting(&segment, loggers.of(segment.mn)))
        })
        .collect()
}

fn sighting(segment: &Segment<'_>, logger: &Logger) -> Sighting {
    let zone = logger.zone.unwrap_or_else(Zone::shanghai);
    let stamp = |text: &str| parse_stamp(text.get(..14)?, zone);
    let mut sighting = Sighting {
        device: segment.mn.to_owned(),
        naming: Naming::Mn,
        instant: stamp(segment.qn),
        period: None,
        values: Vec::new(),
    };
    let Some(upload) = Upload::of(segment.cn) else { return sighting };
    let content = segment.content(upload);
    sighting.period = match upload {
        // A frame does not say how many minutes.
        Upload::Minutes => None,
        Upload::RealTime | Upload::Hour | Upload::Day => Some(upload.period(AveragingPeriod::HOUR)),
    };
    if let Some(time) = content.time.and_then(stamp) {
        let period = sighting.period.unwrap_or(AveragingPeriod::MOMENT);
        let label = if upload == Upload::RealTime { Label::End } else { upload.label() };
        sighting.instant = label.end_of(time, period);
    }
    sighting.values = content
        .factors
        .iter()
        .map(|factor| Seen {
            code: factor.code.to_owned(),
            known: logger.factor(factor.code),
            number: factor.value.or(factor.other).and_then(number),
        })
        .collect();
    sighting
}
