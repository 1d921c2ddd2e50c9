//! HJ 212: the frames that data loggers (数采仪) of the bureau's stations speak, editions 2005, 2017 and 2025.
//!
//! [`frame`] cuts bytes into frames and makes frames, [`read`] reads one as its logger is known to send it ([`check`] says
//! which check sums, [`sm4`] opens what is encrypted), [`segment`] takes header and factors apart, [`duty`] says what each
//! command asks of a receiver, [`command`] which carry values and for what time, [`code`] which parameter and unit a
//! factor code means, [`dialect`] what the letters beside a value mean. [`reply`] and [`request`] speak to loggers,
//! [`upload`] speaks as one, [`deviation`] names how a frame differs from the standard. All of it is functions of bytes: no socket, no clock, no
//! registry, so that frames in MQTT messages ([`crate::decode::Format::Hj212`]) and a TCP receiver share it.
//!
//! The edition is never chosen: frames of all three differ in nothing that the grammar has to know, their factor codes
//! do not collide, and the version bits of `Flag` are wrong in the field, see [`edition`].
//!
//! What belongs to a TCP receiver and not here: waiting for the rest of a [`frame::Piece::Partial`] and cutting it with
//! [`frame::all_pieces`] after a pause; sending answers after the store has committed.

pub mod check;
pub mod code;
pub mod command;
pub mod crc;
pub mod deviation;
pub mod dialect;
pub mod duty;
pub mod edition;
pub mod fault;
pub mod frame;
pub mod read;
pub mod reply;
pub mod request;
pub mod segment;
pub mod sm4;
pub mod upload;

mod cut;
