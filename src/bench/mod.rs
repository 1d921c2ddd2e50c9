//! Measures lanbi against the limits of the machine it runs on: messages with a known content, a broker, a worker in a
//! process of its own, and what each process used.

pub(crate) mod args;
pub(crate) mod assess;
mod broker;
mod child;
mod figure;
mod flow;
pub(crate) mod grow;
pub(crate) mod ingest;
pub(crate) mod limit;
mod load;
mod machine;
mod manifest;
mod meter;
mod payload;
mod proc;
mod report;
mod site;
pub(crate) mod soak;
pub(crate) mod stations;
mod target;
mod watch;
mod worker;

use broker::Broker;
use child::Process;
use load::{Load, LoadPlan};
use machine::Machine;
use manifest::{Checked, Manifest};
use target::Target;
use worker::{Worker, WorkerPlan};
