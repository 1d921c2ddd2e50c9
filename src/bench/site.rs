//! The stations of a measurement: sixty of the air, thirty water sections, ten outlets, with numbers that wander as
//! those of instruments do.
//!
//! Ids begin with `bench-` and hold the tag of the run, so that every run brings new keys and a store made by
//! measurements can be told from a bureau's.

use lanbi_ingest::hj212::code;
use lanbi_model::{
    AveragingPeriod, Decimal, Flags, Instant, Parameter, Registry, RegistryError, Sample, SampleKey, Station,
    StationId, StationKind, Unit, WaterBody, Zone,
};
use lanbi_store::Incoming;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// Every id begins so.
pub(crate) const PREFIX: &str = "bench-";

/// Stations of a run.
pub(super) const SITES: usize = 100;

/// What a station of the run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Air,
    Water,
    Outlet,
}

impl Kind {
    /// Of ten stations in a row six are of the air, three sections and one an outlet.
    const fn of(number: usize) -> Self {
        match number % 10 {
            0..=5 => Self::Air,
            6..=8 => Self::Water,
            _ => Self::Outlet,
        }
    }

    const fn letter(self) -> char {
        match self {
            Self::Air => 'a',
            Self::Water => 'w',
            Self::Outlet => 'o',
        }
    }

    /// What one value is averaged over.
    pub(super) const fn period(self) -> AveragingPeriod {
        match self {
            Self::Air | Self::Outlet => AveragingPeriod::MINUTE,
            Self::Water => AveragingPeriod::MOMENT,
        }
    }

    const fn channels(self) -> &'static [Channel] {
        match self {
            Self::Air => &AIR,
            Self::Water => &WATER,
            Self::Outlet => &OUTLET,
        }
    }
}

/// An instrument: its last digit moves by at most `step` from one value to the next, between `low` and `high`. `name` is
/// the parameter's key in JSON, the factor code in a frame.
struct Channel {
    name: &'static str,
    decimals: u32,
    low: i64,
    high: i64,
    step: i64,
}

const fn channel(name: &'static str, decimals: u32, low: i64, high: i64, step: i64) -> Channel {
    Channel { name, decimals, low, high, step }
}

impl Channel {
    /// What the name means, and the unit in which the station writes it.
    fn meaning(&self) -> Option<(Parameter, Unit)> {
        let key = Parameter::from_key(self.name).map(|parameter| (parameter, parameter.unit()));
        key.or_else(|| code::factor(self.name))
    }
}

/// Everyday values, clear of every limit, so that the run measures ingest and not a flood of alarms.
const AIR: [Channel; 6] = [
    channel("pm25", 1, 100, 600, 15),
    channel("pm10", 1, 200, 1200, 25),
    channel("so2", 1, 30, 200, 5),
    channel("no2", 1, 100, 600, 12),
    channel("co", 2, 30, 110, 3),
    channel("o3", 1, 200, 1300, 20),
];
const WATER: [Channel; 9] = [
    channel("temp", 1, 100, 260, 2),
    channel("ph", 2, 720, 840, 2),
    channel("do", 2, 600, 950, 5),
    channel("conductivity", 1, 3000, 9000, 20),
    channel("turbidity", 1, 50, 400, 5),
    channel("codmn", 2, 200, 580, 4),
    channel("nh3n", 3, 50, 900, 8),
    channel("tp", 3, 30, 190, 3),
    channel("tn", 2, 40, 95, 2),
];
/// Flow, pH, COD, ammonia, total nitrogen and total phosphorus by their codes of HJ 212-2017.
const OUTLET: [Channel; 6] = [
    channel("w00000", 1, 300, 900, 5),
    channel("w01001", 2, 690, 810, 2),
    channel("w01018", 1, 80, 240, 4),
    channel("w21003", 3, 50, 900, 8),
    channel("w21001", 2, 200, 900, 6),
    channel("w21011", 3, 30, 190, 3),
];

/// A number as it is written, and as it must stand in the store.
pub(super) struct Reading {
    pub(super) name: &'static str,
    pub(super) written: Decimal,
    pub(super) meant: Decimal,
}

/// One station with what its instruments show.
pub(super) struct Site {
    pub(super) id: String,
    pub(super) kind: Kind,
    /// What a logger sends as MN.
    pub(super) mn: String,
    number: usize,
    shown: Vec<i64>,
}

impl Site {
    /// All stations of a run, in the order in which they send.
    pub(super) fn all(tag: &str) -> Vec<Self> {
        (0..SITES).map(|number| Self::new(tag, number)).collect()
    }

    fn new(tag: &str, number: usize) -> Self {
        let kind = Kind::of(number);
        let mn = format!("{:0>24}", format!("{tag}{number:02}").to_uppercase());
        let shown = kind.channels().iter().map(|channel| i64::midpoint(channel.low, channel.high)).collect();
        Self { id: format!("{PREFIX}{tag}-{}{number:02}", kind.letter()), kind, mn, number, shown }
    }

    /// The next numbers of its instruments.
    pub(super) fn measure(&mut self, rng: &mut ChaCha8Rng) -> Vec<Reading> {
        self.kind
            .channels()
            .iter()
            .zip(&mut self.shown)
            .map(|(channel, shown)| {
                let moved = *shown + rng.random_range(-channel.step..=channel.step);
                *shown = moved.clamp(channel.low, channel.high);
                let written = Decimal::new(*shown, channel.decimals);
                let meant =
                    channel.meaning().and_then(|(parameter, unit)| unit.convert(written, parameter.unit()));
                Reading { name: channel.name, written, meant: meant.unwrap_or(written) }
            })
            .collect()
    }

    /// The next numbers of its instruments as values for the store.
    pub(super) fn samples(
        &mut self,
        id: &StationId,
        at: Instant,
        rng: &mut ChaCha8Rng,
    ) -> impl Iterator<Item = Incoming> {
        let period = self.kind.period();
        let parameters = self.kind.channels().iter().filter_map(|channel| Some(channel.meaning()?.0));
        parameters.zip(self.measure(rng)).map(move |(parameter, reading)| Incoming {
            sample: Sample {
                key: SampleKey { station: id.clone(), parameter, period, instant: at },
                value: reading.meant,
                flags: Flags::empty(),
            },
            day: Zone::shanghai().day_of_end(at),
            received_at: at,
        })
    }

    pub(super) fn station(&self) -> Station {
        let water = match self.kind {
            Kind::Air => String::new(),
            Kind::Water | Kind::Outlet => "试验河".to_owned(),
        };
        Station {
            id: StationId::new(&self.id),
            name: format!("试验站{:02}", self.number),
            kind: match self.kind {
                Kind::Air => StationKind::Air,
                Kind::Water => StationKind::Section { body: WaterBody::River, target: Some(3) },
                Kind::Outlet => StationKind::Outlet { limits: "DB12-599-2015/A".to_owned() },
            },
            area: "试验区".to_owned(),
            water,
            downstream: None,
            zone: Zone::shanghai(),
            period: self.kind.period(),
            cadence: AveragingPeriod::MINUTE,
            parameters: self
                .kind
                .channels()
                .iter()
                .filter_map(|channel| Some(channel.meaning()?.0))
                .collect(),
        }
    }
}

/// The station file's content for a run.
///
/// # Errors
/// None is known: ids are numbered.
pub(crate) fn registry(tag: &str) -> Result<Registry, RegistryError> {
    let sites = Site::all(tag);
    let outlets = sites.iter().filter(|site| site.kind == Kind::Outlet);
    let mns: Vec<_> = outlets.map(|site| (StationId::new(&site.id), site.mn.clone())).collect();
    Registry::new(sites.iter().map(Site::station).collect(), Vec::new())?.with_mns(mns)
}
