//! Through which connection each logger can be spoken to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use tokio::sync::mpsc;

/// A logger that is connected.
#[derive(Clone, Debug)]
pub struct Door {
    /// What it calls itself.
    pub mn: String,
    /// ST of its last upload.
    pub st: String,
    /// PW of its last upload, to be sent back in requests.
    pub pw: String,
    /// Flag of its last upload: the edition it speaks.
    pub flag: String,
    /// When it sent its last frame.
    pub heard: Instant,
    connection: u64,
    out: mpsc::Sender<Bytes>,
}

impl Door {
    /// Which connection it is; a logger that connects again has another.
    #[must_use]
    pub const fn connection(&self) -> u64 {
        self.connection
    }

    /// Sends a request; false where its connection is gone or does not take more.
    #[must_use]
    pub fn send(&self, frame: String) -> bool {
        self.out.try_send(Bytes::from(frame)).is_ok()
    }
}

/// The loggers that are connected, by MN. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Doors(Arc<Mutex<HashMap<String, Door>>>);

impl Doors {
    /// All of them, in the order of their MN.
    #[must_use]
    pub fn all(&self) -> Vec<Door> {
        let mut doors: Vec<Door> = self.with(|doors| doors.values().cloned().collect());
        doors.sort_by(|a, b| a.mn.cmp(&b.mn));
        doors
    }

    /// One of them.
    #[must_use]
    pub fn of(&self, mn: &str) -> Option<Door> {
        self.with(|doors| doors.get(mn).cloned())
    }

    /// Notes a frame; the newest connection of a logger counts.
    pub(super) fn heard(&self, connection: u64, out: &mpsc::Sender<Bytes>, [mn, st, pw, flag]: [&str; 4]) {
        self.with(|doors| match doors.get_mut(mn) {
            Some(door)
                if door.connection == connection && door.st == st && door.pw == pw && door.flag == flag =>
            {
                door.heard = Instant::now();
            }
            _ => {
                let [mn, st, pw, flag] = [mn, st, pw, flag].map(str::to_owned);
                let door = Door {
                    mn: mn.clone(),
                    st,
                    pw,
                    flag,
                    heard: Instant::now(),
                    connection,
                    out: out.clone(),
                };
                doors.insert(mn, door);
            }
        });
    }

    /// Forgets the loggers of a connection that is gone.
    pub(super) fn close(&self, connection: u64) {
        self.with(|doors| doors.retain(|_, door| door.connection != connection));
    }

    fn with<T>(&self, change: impl FnOnce(&mut HashMap<String, Door>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
