//! Data loggers that speak HJ 212 in their own way.

/// Data loggers, by MN.
#[derive(Clone, Debug, Default)]
pub struct Loggers;
