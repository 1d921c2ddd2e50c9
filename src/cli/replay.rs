//! Arguments of `lanbi replay`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use lanbi_ingest::hj212::edition::Edition;

#[derive(Args, Debug)]
pub(crate) struct ReplayArgs {
    /// Recorded files, CSV or workbook (its first sheet); `.gz` is read as it is, `-` is CSV on standard input.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// A built-in mapping by name, or a mapping file.
    #[arg(long, value_name = "NAME|FILE")]
    pub mapping: String,
    /// What the rows are sent as.
    #[arg(long = "as", value_enum, default_value_t = ReplayForm::Mqtt, value_name = "FORM")]
    pub form: ReplayForm,
    /// mqtt://host:port or mqtts://host:port. User, password and CA file come from the settings, or user and
    /// password stand before the host as user:password@.
    #[arg(long, value_name = "URL", required_unless_present = "form", required_if_eq("form", "mqtt"))]
    pub broker: Option<String>,
    /// Times faster than the recorded time, or `max`.
    #[arg(long, default_value = "max", value_name = "X|max")]
    pub speed: String,
    /// Topic before the station's name.
    #[arg(long, default_value = "lanbi/v1", value_name = "TOPIC")]
    pub prefix: String,
    /// Year of stamps that carry none; overrides the mapping.
    #[arg(long)]
    pub year: Option<i32>,
    /// First local day to publish.
    #[arg(long, value_name = "DATE")]
    pub from: Option<chrono::NaiveDate>,
    /// Last local day to publish. With --as hj212 also where the loggers connect to, as HOST:PORT; both may be given.
    #[arg(long, value_name = "DATE|HOST:PORT", value_parser = To::parse)]
    pub to: Vec<To>,
    #[command(flatten)]
    pub loggers: LoggerArgs,
}

impl ReplayArgs {
    /// The last day to publish; of several the last.
    pub(crate) fn last_day(&self) -> Option<chrono::NaiveDate> {
        self.to.iter().rev().find_map(|to| if let To::Day(day) = to { Some(*day) } else { None })
    }

    /// Where loggers connect to; of several the last.
    pub(crate) fn host(&self) -> Option<&str> {
        self.to.iter().rev().find_map(|to| if let To::Host(host) = to { Some(host.as_str()) } else { None })
    }
}

/// How simulated loggers speak (`--as hj212`).
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Loggers (--as hj212)")]
pub(crate) struct LoggerArgs {
    /// What the logger of a station sends as MN; without it the station's id.
    #[arg(long, value_name = "STATION=MN", value_parser = parse_mn)]
    pub mn: Vec<(String, String)>,
    /// Stands before the station's id in the MN of every station that --mn does not name.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub mn_prefix: String,
    /// What all loggers send as PW.
    #[arg(long, value_name = "PW", default_value = "123456")]
    pub password: String,
    /// Edition of HJ 212: the version in Flag, and for 2005 its factor codes.
    #[arg(long, value_name = "YEAR", default_value = "2017", value_parser = parse_edition)]
    pub edition: Edition,
    /// Check sum that all loggers send.
    #[arg(long, value_enum, default_value_t = SentSum::Standard)]
    pub crc: SentSum,
    /// What happens to one frame in five, drawn from this list. After a damaged frame the sound one follows, so that nothing
    /// is lost.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "LIST")]
    pub misbehave: Vec<Mischief>,
    /// Seed of what happens to which frame.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// What rows are sent as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReplayForm {
    /// Messages (lanbi JSON) to a broker.
    Mqtt,
    /// Uploads of HJ 212 over TCP, one connection a station.
    Hj212,
}

/// Where a replay ends: in time or in space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum To {
    /// The last local day.
    Day(chrono::NaiveDate),
    /// Host and port.
    Host(String),
}

impl To {
    fn parse(text: &str) -> Result<Self, String> {
        let is_host = || {
            text.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
        };
        match text.parse() {
            Ok(day) => Ok(Self::Day(day)),
            Err(_) if is_host() => Ok(Self::Host(text.to_owned())),
            Err(_) => Err("write a day such as 2026-10-05, or host:port".to_owned()),
        }
    }
}

/// A check sum that loggers send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SentSum {
    /// That of HJ 212.
    Standard,
    /// CRC-16/MODBUS.
    Modbus,
    /// That of HJ 212 with its low byte first.
    Swapped,
    /// That of HJ 212 in small letters.
    Lower,
}

/// What a logger or its line does to a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Mischief {
    /// In two pieces, with a pause between.
    Split,
    /// Twice.
    Resend,
    /// In one piece with the frame behind it.
    Glue,
    /// Bytes of no frame before it.
    Noise,
    /// Once with a wrong check sum before.
    Badcrc,
    /// Once with a wrong length before.
    Badlength,
    /// A few bytes at a time.
    Slow,
    /// Its beginning only, and the line is lost.
    Drop,
    /// No line end.
    Nocrlf,
}

impl Mischief {
    /// Name on the command line.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Split => "split",
            Self::Resend => "resend",
            Self::Glue => "glue",
            Self::Noise => "noise",
            Self::Badcrc => "badcrc",
            Self::Badlength => "badlength",
            Self::Slow => "slow",
            Self::Drop => "drop",
            Self::Nocrlf => "nocrlf",
        }
    }
}

fn parse_mn(text: &str) -> Result<(String, String), String> {
    let (station, mn) = text.split_once('=').ok_or("write STATION=MN")?;
    Ok((station.to_owned(), mn.to_owned()))
}

fn parse_edition(text: &str) -> Result<Edition, String> {
    let editions = [Edition::V2005, Edition::V2017, Edition::V2025];
    editions
        .into_iter()
        .find(|edition| edition.key() == text)
        .ok_or_else(|| "it is 2005, 2017 or 2025".to_owned())
}
