//! Bytes from a broker or a file into samples and problems.
//!
//! [`mod@mqtt`] brings messages and takes acknowledgements, [`mod@tcp`] brings frames and takes answers, [`mod@decode`]
//! turns one message into samples and the list of what could not become one, [`mod@hj212`] knows the frames of data loggers, [`mod@file`] reads recorded data as the messages a sensor would have sent, [`mod@suggest`] reads from
//! letters of unknown devices which stations they could be, and [`mod@clock`] is the only place where a local time meets
//! its zone. Knows neither store nor standards.

pub mod clock;
pub mod decode;
pub mod error;
pub mod file;
pub mod hj212;
pub mod mqtt;
pub mod source;
pub mod suggest;
pub mod tcp;

mod unit_name;

pub use error::IngestError;
