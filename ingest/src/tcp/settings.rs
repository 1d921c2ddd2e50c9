//! Where loggers are listened for, and what they may take.

use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;

/// Settings of the listener.
#[derive(Clone, Debug)]
pub struct TcpSettings {
    /// Address and port.
    pub listen: String,
    /// TLS; without it everything, passwords included, goes in clear, as HJ 212 has it.
    pub tls: Option<TlsFiles>,
    /// Networks that may connect; none for all.
    pub addresses: Vec<IpNet>,
    /// Connections at a time.
    pub connections: usize,
    /// Connections at a time from one address.
    pub connections_per_address: usize,
    /// A connection without a byte for so long is closed.
    pub idle: Duration,
    /// A frame that has begun is whole after so long, or is given up.
    pub frame: Duration,
    /// Bytes read from one connection in a second; what comes faster waits.
    pub bytes_per_second: u32,
    /// Frames of all connections that may wait to be received; bounds memory.
    pub waiting: usize,
}

impl Default for TcpSettings {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:2120".to_owned(),
            tls: None,
            addresses: Vec::new(),
            connections: 4000,
            connections_per_address: 4000,
            idle: Duration::from_secs(3600),
            frame: Duration::from_secs(30),
            bytes_per_second: 256 * 1024,
            waiting: 4000,
        }
    }
}

/// PEM files of the listener's TLS.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// Certificate chain.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
    /// The authority that signed the loggers' certificates; with it a logger without one is refused.
    pub client_authority: Option<PathBuf>,
}
