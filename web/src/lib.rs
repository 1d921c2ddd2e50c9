//! Shows and takes. First form: the reports that were written, the account of delivery and a health check, on loopback
//! unless the settings say otherwise.

pub mod router;
mod routes;
pub mod state;

pub use router::router;
pub use state::State;
