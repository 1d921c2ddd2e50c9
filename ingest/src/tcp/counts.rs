//! What the listener has seen, for those who watch it; every refusal is logged once for each source.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Why somebody was not listened to, or no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The address is not in the list of those that may connect.
    Address,
    /// All connections are taken.
    Full,
    /// All connections of one address are taken.
    FullForAddress,
    /// The TLS handshake failed.
    Handshake,
    /// Nothing came for too long.
    Idle,
    /// A frame did not become whole in time.
    Unfinished,
    /// Too many bytes in a row that make no frame.
    Garbage,
    /// The other side does not read its answers.
    Deaf,
    /// The station is known and its password or address is another.
    Credentials,
}

impl Refusal {
    /// Every reason.
    pub const ALL: [Self; 9] = [
        Self::Address,
        Self::Full,
        Self::FullForAddress,
        Self::Handshake,
        Self::Idle,
        Self::Unfinished,
        Self::Garbage,
        Self::Deaf,
        Self::Credentials,
    ];

    /// Key in metrics.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Full => "full",
            Self::FullForAddress => "full-for-address",
            Self::Handshake => "handshake",
            Self::Idle => "idle",
            Self::Unfinished => "unfinished",
            Self::Garbage => "garbage",
            Self::Deaf => "deaf",
            Self::Credentials => "credentials",
        }
    }

    /// What to do about it.
    const fn remedy(self) -> &'static str {
        match self {
            Self::Address => "add the network to hj212.addresses if it is a station's",
            Self::Full => "raise hj212.connections, or find who holds them",
            Self::FullForAddress => "raise hj212.connections_per_address if many stations share the address",
            Self::Handshake => "give the logger a certificate of the authority, or let it speak TLS",
            Self::Idle => "the logger connects again; raise hj212.idle_seconds if it sends less often",
            Self::Unfinished => "the logger sends the frame again; look at its line",
            Self::Garbage => "no logger speaks there; close the port to this address",
            Self::Deaf => "the logger connects again; look at its line",
            Self::Credentials => "mend password or addresses of the logger in the file of sources",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Address => "the address may not connect",
            Self::Full => "all connections are taken",
            Self::FullForAddress => "all connections of the address are taken",
            Self::Handshake => "the TLS handshake failed",
            Self::Idle => "nothing came for too long",
            Self::Unfinished => "a frame did not become whole in time",
            Self::Garbage => "too many bytes that make no frame",
            Self::Deaf => "answers are not read",
            Self::Credentials => "password or address is not that of the station",
        })
    }
}

/// Sources whose refusals are remembered as logged; beyond it they are only counted.
const REMEMBERED: usize = 10_000;

/// Counters of a listener since its start.
#[derive(Debug, Default)]
pub struct TcpCounts {
    open: AtomicUsize,
    accepted: AtomicU64,
    frames: AtomicU64,
    broken: AtomicU64,
    noise_bytes: AtomicU64,
    answers: AtomicU64,
    unanswered: AtomicU64,
    refused: [AtomicU64; Refusal::ALL.len()],
    logged: Mutex<HashMap<(IpAddr, Refusal), u64>>,
}

impl TcpCounts {
    /// Connections that stand.
    #[must_use]
    pub fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Connections accepted.
    #[must_use]
    pub fn accepted(&self) -> u64 {
        self.accepted.load(Ordering::Relaxed)
    }

    /// Frames taken.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.frames.load(Ordering::Relaxed)
    }

    /// Frames with a wrong length or CRC.
    #[must_use]
    pub fn broken(&self) -> u64 {
        self.broken.load(Ordering::Relaxed)
    }

    /// Bytes outside frames.
    #[must_use]
    pub fn noise_bytes(&self) -> u64 {
        self.noise_bytes.load(Ordering::Relaxed)
    }

    /// Answers sent.
    #[must_use]
    pub fn answers(&self) -> u64 {
        self.answers.load(Ordering::Relaxed)
    }

    /// Answers whose connection was gone.
    #[must_use]
    pub fn unanswered(&self) -> u64 {
        self.unanswered.load(Ordering::Relaxed)
    }

    /// How often for this reason.
    #[must_use]
    pub fn refused(&self, refusal: Refusal) -> u64 {
        self.of(refusal).map_or(0, |count| count.load(Ordering::Relaxed))
    }

    fn of(&self, refusal: Refusal) -> Option<&AtomicU64> {
        let at = Refusal::ALL.iter().position(|known| *known == refusal)?;
        self.refused.get(at)
    }

    pub(super) fn opened(&self) {
        self.open.fetch_add(1, Ordering::Relaxed);
        self.accepted.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn closed(&self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }

    pub(super) fn frame(&self) {
        self.frames.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn broken_frame(&self) {
        self.broken.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn noise(&self, bytes: usize) {
        self.noise_bytes.fetch_add(u64::try_from(bytes).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(super) fn answered(&self) {
        self.answers.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn not_answered(&self) {
        self.unanswered.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a refusal; the first of its reason for an address is logged.
    pub(super) fn refuse(&self, from: IpAddr, refusal: Refusal) {
        if let Some(count) = self.of(refusal) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        let mut logged = self.logged.lock().unwrap_or_else(PoisonError::into_inner);
        if logged.len() >= REMEMBERED && !logged.contains_key(&(from, refusal)) {
            return;
        }
        let times = logged.entry((from, refusal)).or_default();
        *times += 1;
        if *times == 1 {
            tracing::warn!(%from, reason = %refusal, remedy = refusal.remedy(), "a logger's connection; told once");
        }
    }
}
