//! The law as data: reads the TOML editions under `config/standards` into [`lanbi_model::standard`].
//!
//! Every file names clauses and confidence marks (`O` official text, `A` two sources, `B` one source, `C` unverified).
//! What a file says wrongly is refused with the file and the key, before anything is computed with it.

mod air;
mod aqi;
mod black_odor;
mod city_index;
mod effluent;
mod error;
mod evaluation;
mod load;
mod order;
mod rank_sum;
mod ranking;
mod river_chief;
mod warning;
mod water;
mod water_evaluation;
mod wire;

pub use error::StandardsError;
pub use load::{builtin, builtin_text, load_dir};
