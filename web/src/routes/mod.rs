//! One file per entity.

pub(crate) mod account;
pub(crate) mod health;
pub(crate) mod reports;
