//! Typed settings and the law as data.

pub mod standards;
