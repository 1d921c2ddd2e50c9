//! Promises of the simulation as seen in the raw messages.

mod events;
mod messages;
mod month;
mod nature;
