//! Typed settings and the law as data.
//!
//! Settings come in layers (built-in, file, environment, flags) and every effective value can be printed with its
//! origin. Standards are loaded from TOML, one file per edition. Knows nothing of brokers, stores or reports.

pub mod examples;
pub mod outlet_register;
pub mod qc;
pub mod registry;
pub mod settings;
pub mod sources;
pub mod standards;
pub mod targets;

pub use registry::{RegistryFileError, read_registry, write_registry};
pub use settings::{Origin, Settings, SettingsError};
