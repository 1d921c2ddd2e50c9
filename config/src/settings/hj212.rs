//! Settings of the port that data loggers connect to.

use std::path::PathBuf;

use serde::Deserialize;

/// `[hj212]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hj212 {
    /// Address and port, or empty for none.
    pub listen: String,
    /// Networks that may connect, as `10.1.0.0/16` or an address; empty for all.
    pub addresses: Vec<String>,
    /// Certificate chain, or empty for no TLS.
    pub tls_certificate: PathBuf,
    /// Its key.
    pub tls_key: PathBuf,
    /// Authority of the loggers' certificates, or empty where they need none.
    pub tls_client_authority: PathBuf,
    /// Connections at a time.
    pub connections: usize,
    /// Connections at a time from one address.
    pub connections_per_address: usize,
    /// Seconds without a byte.
    pub idle_seconds: u32,
    /// Seconds for a frame to become whole.
    pub frame_seconds: u32,
    /// Bytes a second of one connection.
    pub bytes_per_second: u32,
    /// Hours back that are asked for again where they are missing; 0 never asks.
    pub ask_back_hours: u32,
    /// Seconds after a connection before anything is asked for.
    pub ask_back_wait_seconds: u32,
}
