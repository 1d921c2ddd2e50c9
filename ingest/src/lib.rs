//! Bytes from a broker or a file into samples and problems.
//!
//! [`mqtt`] brings messages and takes acknowledgements, [`decode`] turns one message into samples and the list of what
//! could not become one, [`file`] reads recorded data as the messages a sensor would have sent, and [`clock`] is the
//! only place where a local time meets its zone. Knows neither store nor standards.

pub mod clock;
pub mod decode;
pub mod error;
pub mod file;
pub mod mqtt;

mod unit_name;

pub use error::IngestError;
