//! What is wrong with bytes that cannot be read as a frame, and the remedy.

use std::fmt;

use super::check::CrcKind;
use super::frame::LONGEST;

/// Why a stretch of bytes is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The length is beyond [`LONGEST`].
    TooLong {
        /// As written.
        length: usize,
    },
    /// No check sum stands where the length says.
    Length {
        /// As written.
        length: usize,
        /// Bytes up to where a sum does stand; the standard's is another one.
        found: Option<usize>,
    },
    /// The check sum is not one that is taken from this logger.
    Crc {
        /// The standard's, of the bytes received.
        computed: u16,
        /// As written; none where none is.
        sent: Option<u16>,
        /// What it agrees with.
        kind: CrcKind,
        /// Whether the data segment is text. What is not may be encrypted.
        is_text: bool,
    },
    /// The bytes belong to no frame.
    Outside {
        /// How many they are.
        bytes: usize,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::TooLong { length } => {
                write!(
                    f,
                    "length {length}, read are at most {LONGEST} bytes; let the logger split the packet"
                )
            }
            Self::Length { length, found: Some(found) } => {
                write!(f, "length {length:04} was sent, the data segment has {found} bytes; mend the logger")
            }
            Self::Length { length, found: None } => {
                write!(f, "length {length:04} was sent, and no CRC stands behind so many bytes")
            }
            Self::Crc { computed, sent, kind, is_text } => {
                match sent {
                    Some(sent) => write!(f, "CRC {sent:04X} was sent, {computed:04X} computed")?,
                    None => write!(f, "no CRC was sent, {computed:04X} computed")?,
                }
                match kind {
                    CrcKind::Modbus => f.write_str(
                        "; the logger sends CRC-16/MODBUS, set it to HJ 212, or crc = \"modbus\" in the file of sources",
                    ),
                    CrcKind::Swapped => f.write_str(
                        "; the logger sends the low byte first, set it to HJ 212, or crc = \"swapped\" in the file of sources",
                    ),
                    CrcKind::Missing => f.write_str("; let the logger send one, or set crc = \"off\" in the file of sources"),
                    CrcKind::Bad if !is_text => f.write_str(
                        "; the data segment is no text: where the logger encrypts, name its key_file in the file of sources",
                    ),
                    CrcKind::Ok => f.write_str("; that is right, and not what crc says in the file of sources"),
                    CrcKind::Bad => Ok(()),
                }
            }
            Self::Outside { bytes } => {
                write!(f, "{bytes} bytes belong to no frame; send ## and 4 digits first")
            }
        }
    }
}
