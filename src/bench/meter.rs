//! Processor time of the processes that take part.

use std::time::Duration;

use serde::Serialize;

use super::{
    Broker, Target, figure,
    proc::{self, Watched},
};

/// Processor seconds by process; none where the process is not on this machine.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct CpuReport {
    pub(crate) lanbi: Option<f64>,
    pub(crate) broker: Option<f64>,
    pub(crate) database: Option<f64>,
    /// The measurement itself, which looks at the account.
    pub(crate) bench: Option<f64>,
}

impl std::fmt::Display for CpuReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = |used: Option<f64>| used.map_or_else(|| "n/a".to_owned(), |used| format!("{used:.2} s"));
        write!(
            f,
            "lanbi {}, broker {}, database {}, bench {}",
            text(self.lanbi),
            text(self.broker),
            text(self.database),
            text(self.bench)
        )
    }
}

/// What each process has used since it began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    lanbi: Option<Duration>,
    broker: Option<Duration>,
    database: Option<Duration>,
    bench: Option<Duration>,
}

impl Reading {
    /// Reads all; a worker that has not been started yet has used nothing.
    pub(crate) fn take(broker: &Broker, target: &Target, worker: Option<u32>) -> Self {
        Self {
            lanbi: worker.map_or(Some(Duration::ZERO), |pid| proc::cpu(Watched::One(pid))),
            broker: broker.cpu(),
            database: target.cpu(),
            bench: proc::cpu(Watched::One(std::process::id())),
        }
    }

    /// What was used since an earlier reading.
    pub(crate) fn since(&self, earlier: &Self) -> CpuReport {
        let used =
            |now: Option<Duration>, then: Option<Duration>| Some(figure::seconds(now?.saturating_sub(then?)));
        CpuReport {
            lanbi: used(self.lanbi, earlier.lanbi),
            broker: used(self.broker, earlier.broker),
            database: used(self.database, earlier.database),
            bench: used(self.bench, earlier.bench),
        }
    }
}
