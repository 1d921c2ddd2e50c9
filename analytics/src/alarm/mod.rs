//! Alarm rules as state machines: a rule, a state and a sample in, a state and at most one change out.
//!
//! The words follow OPC UA Part 9: on-delay, off-delay, deadband. Time is the time of the measurements, so a replay
//! gives the same alarms; only silence looks at the time that is passed in. What a rule would have said had a late or
//! revised value been there from the start is found by listening again ([`Relistening`]).

pub mod delays;
pub mod frozen;
pub mod limit;
mod machine;
pub mod relisten;
pub mod silent;
pub mod test;
mod text;
pub mod watch;

pub use delays::Delays;
pub use frozen::FrozenRule;
pub use limit::{DatedTest, LimitRule};
pub use relisten::{Relistened, Relistening, begins};
pub use silent::SilentRule;
pub use test::Test;
pub use watch::{Evaluation, Watch, evaluate, evaluate_silence};
