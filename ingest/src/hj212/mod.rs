//! HJ 212: the frames that data loggers (数采仪) of the bureau's stations speak, editions 2005, 2017 and 2025.
//!
//! [`frame`] cuts bytes into frames and makes frames, [`crc`] checks them, [`segment`] reads header and factors,
//! [`command`] says which commands carry values and for what time, [`code`] which parameter and unit a factor code
//! means. All of it is functions of bytes: no socket, no clock, no registry, so that frames in MQTT messages
//! ([`crate::decode::Format::Hj212`]) and a TCP receiver share it.
//!
//! The edition is never chosen: frames of all three differ in nothing that the grammar has to know, their factor codes
//! do not collide, and the version bits of `Flag` are wrong in the field (surface-water stations sent the 2025 value in
//! 2020, devices of 2005 send none).
//!
//! What belongs to a TCP receiver and not here: waiting for the rest of a [`frame::Piece::Partial`] and giving it up
//! after a pause; answering (9014 where bit 0 of `Flag` asks for it, 9013 for 1013) after the store has committed;
//! requests to the logger (history, clock, intervals); the tolerance of other CRCs by source; and decryption (SM4,
//! HJ 212-2025, 6.4), after which the CRC is checked.

pub mod code;
pub mod command;
pub mod crc;
pub mod frame;
pub mod segment;
