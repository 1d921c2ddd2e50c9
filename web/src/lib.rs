//! Shows and takes. First form: the reports that were written, the account of delivery and a health check, on loopback
//! unless the settings say otherwise.

pub mod router;
mod routes;
pub mod state;
pub mod vitals;

pub use router::{health_router, router};
pub use state::State;
pub use vitals::Vitals;
