//! Arguments of `lanbi hj212`.

use clap::{Args, Subcommand, ValueEnum};
use lanbi_ingest::hj212::{check::CrcPolicy, sm4::Key};
use lanbi_model::Zone;

#[derive(Subcommand, Debug)]
pub(crate) enum Hj212Command {
    /// Frames to JSON, a line at a time: one object a frame. Garbage gives an object with "ok": false and says why.
    Decode(DecodeArgs),
    /// JSON as `decode` gives it to frames. An object whose "segment" was left as it is gives the same bytes again.
    Encode(EncodeArgs),
}

#[derive(Args, Debug)]
pub(crate) struct DecodeArgs {
    /// File with a frame a line; - is standard input.
    #[arg(long, value_name = "FILE")]
    pub input: String,
    /// Which check sum is right.
    #[arg(long, value_enum, default_value_t = Sum::Standard)]
    pub crc: Sum,
    /// SM4 key of encrypted frames (HJ 212-2025) in 32 hexadecimal digits; several are tried in their order. Others on this
    /// machine can see it in the list of processes.
    #[arg(long, value_name = "HEX", value_parser = parse_key)]
    pub key: Vec<Key>,
    /// Lines are hexadecimal bytes; blanks between them do not matter.
    #[arg(long)]
    pub hex: bool,
    /// Zone of the times: Asia/Shanghai, UTC or an offset such as +08:00.
    #[arg(long, default_value = "Asia/Shanghai", value_parser = parse_zone, allow_hyphen_values = true)]
    pub zone: Zone,
}

#[derive(Args, Debug)]
pub(crate) struct EncodeArgs {
    /// File with an object a line; - is standard input.
    #[arg(long, value_name = "FILE")]
    pub input: String,
}

/// A kind of check sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sum {
    /// That of HJ 212.
    Standard,
    /// CRC-16/MODBUS.
    Modbus,
    /// Either of the two with its low byte first.
    Swapped,
    /// Any of these.
    Any,
}

impl Sum {
    /// The same for a reader of frames.
    pub(crate) const fn policy(self) -> CrcPolicy {
        match self {
            Self::Standard => CrcPolicy::Standard,
            Self::Modbus => CrcPolicy::Modbus,
            Self::Swapped => CrcPolicy::Swapped,
            Self::Any => CrcPolicy::Any,
        }
    }
}

fn parse_key(text: &str) -> Result<Key, String> {
    Key::from_hex(text).ok_or_else(|| "not a key; write 32 hexadecimal digits".to_owned())
}

fn parse_zone(text: &str) -> Result<Zone, String> {
    Zone::parse(text)
        .ok_or_else(|| "not a zone; write Asia/Shanghai, UTC or an offset such as +08:00".to_owned())
}
