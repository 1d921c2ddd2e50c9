//! Channels that carry an alarm to a person. Each channel is one file.
//!
//! Messages wait in the store's outbox, written together with the alarm itself, so that a stop between the two loses
//! neither. A receiver may see a message twice after a stop; its number is the same both times.

mod clues;
pub(crate) mod webhook;
