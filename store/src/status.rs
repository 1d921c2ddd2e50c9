//! What a store is and holds, as `lanbi doctor` and `lanbi db status` tell it.

use lanbi_model::Instant;

/// What a store is and holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreStatus {
    /// Engine with version, for example `PostgreSQL 17.11`.
    pub engine: String,
    /// Extension with version and licence, for example `TimescaleDB 2.19.3 (apache)`.
    pub extension: Option<String>,
    /// How values lie.
    pub layout: Layout,
    /// Who lets old values go.
    pub retention: Keeper,
    /// Who compresses old values.
    pub compression: Keeper,
    /// Number of the newest migration applied.
    pub schema: i64,
    /// Migrations this program has and the store has not, by number.
    pub pending: Vec<i64>,
    /// Space taken, in bytes.
    pub bytes: u64,
    /// Values, counted or estimated by the engine.
    pub values: u64,
    /// Newest instant of a value.
    pub newest: Option<Instant>,
    /// Stale marks waiting.
    pub stale: u64,
    /// Notifications waiting.
    pub waiting: u64,
}

/// How values lie in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// One file.
    File,
    /// One table of a database server.
    Table,
    /// A TimescaleDB hypertable.
    Hypertable,
}

/// Who does a piece of upkeep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeper {
    /// The database by a policy of its own.
    Policy,
    /// lanbi's own task.
    OwnTask,
    /// Nobody: the backend cannot.
    Nobody,
}
