//! Notices that the files of stations and sources have changed, so that a service that is running takes them up.
//!
//! It does so by ending its work in order and beginning again, which takes moments: the broker keeps what is sent meanwhile,
//! and everything that rests on the stations is made anew, from the decoder to the rules of alarms.

use std::{
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use lanbi_config::Settings;

/// Between two looks at the files.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Time of change and length; none where a file is not there.
type Look = Vec<Option<(SystemTime, u64)>>;

/// The files of stations and sources as they were last looked at.
pub(crate) struct Files {
    paths: Vec<PathBuf>,
    seen: Look,
}

impl Files {
    /// Looks at the files named in the settings; to be called before they are read.
    pub(crate) fn look(settings: &Settings) -> Self {
        let stations = settings.resolve(&settings.registry.stations);
        let paths: Vec<PathBuf> = std::iter::once(stations).chain(settings.sources_file()).collect();
        Self { seen: look(&paths), paths }
    }

    /// Waits until a file has changed, the change has stood for a look, and `read` can use it; gives what was read. What
    /// cannot be used is logged once, and the service goes on with what it has.
    pub(crate) async fn changed<T>(&mut self, read: impl Fn() -> anyhow::Result<T>) -> T {
        let mut before = self.seen.clone();
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let now = look(&self.paths);
            let stands = now == std::mem::replace(&mut before, now.clone());
            if !stands || now == self.seen {
                continue;
            }
            self.seen = now;
            match read() {
                Ok(known) => return known,
                Err(error) => {
                    tracing::error!(
                        "the changed files are not taken up, what was read before holds: {error:#}"
                    );
                }
            }
        }
    }
}

fn look(paths: &[PathBuf]) -> Look {
    let one = |path: &Path| {
        let data = std::fs::metadata(path).ok()?;
        Some((data.modified().ok()?, data.len()))
    };
    paths.iter().map(|path| one(path)).collect()
}
