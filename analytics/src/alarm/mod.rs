//! Alarm rules.
