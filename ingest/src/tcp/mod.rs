//! HJ 212 over TCP: data loggers connect, send frames, and get the answer to each when it is stored, not before.
//!
//! [`Listener`] gives out frames through a bounded channel; [`FrameReceipt::settle`] sends the answer that a frame asks for.
//! A frame whose receipt is let go unsettled stays unanswered, and the logger sends it again. What a connection may take is
//! bounded: size, rate, frames on their way, time without a byte, time for a frame to become whole.

mod connection;
mod counts;
mod doors;
mod listener;
mod settings;
mod tls;

pub use connection::{FrameDelivery, FrameReceipt};
pub use counts::{Refusal, TcpCounts};
pub use doors::{Door, Doors};
pub use listener::Listener;
pub use settings::{TcpSettings, TlsFiles};
