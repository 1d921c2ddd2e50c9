//! A process started for a measurement: its log in a file, and its end with ours.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use anyhow::Context as _;

/// Lines of the log that go into an error.
const LAST_LINES: usize = 8;

/// A running process.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    name: &'static str,
    log: PathBuf,
}

impl Process {
    /// Starts it; what it says on stderr goes to `log`, what it prints is its own affair unless `stdout` is piped.
    ///
    /// # Errors
    /// The program cannot be started.
    pub(crate) fn start(
        name: &'static str,
        command: &mut Command,
        log: PathBuf,
        stdout: Stdio,
    ) -> anyhow::Result<Self> {
        let file = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(stdout)
            .stderr(file)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        Ok(Self { child, name, log })
    }

    /// This program again, with none of our environment's settings: they would win over those of the measurement.
    ///
    /// # Errors
    /// The system does not tell where the program lies.
    pub(crate) fn own_program() -> anyhow::Result<Command> {
        let mut command =
            Command::new(std::env::current_exe().context("cannot find the program lanbi itself")?);
        for (key, _) in std::env::vars_os() {
            if key.to_string_lossy().starts_with("LANBI_") {
                command.env_remove(key);
            }
        }
        Ok(command)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn take_stdout(&mut self) -> Option<std::process::ChildStdout> {
        self.child.stdout.take()
    }

    /// Fails if it has ended, with the end of its log.
    ///
    /// # Errors
    /// It is gone.
    pub(crate) fn must_live(&mut self) -> anyhow::Result<()> {
        match self.child.try_wait().with_context(|| format!("cannot look after {}", self.name))? {
            None => Ok(()),
            Some(status) => Err(self.complaint(&format!("ended with {status}"))),
        }
    }

    /// Waits until its log holds a text.
    ///
    /// # Errors
    /// It ended, or `limit` passed.
    pub(crate) async fn says(&mut self, text: &str, limit: Duration) -> anyhow::Result<()> {
        let start = Instant::now();
        while !std::fs::read_to_string(&self.log).unwrap_or_default().contains(text) {
            self.must_live()?;
            if start.elapsed() > limit {
                return Err(self.complaint(&format!("did not say `{text}` within {limit:?}")));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Waits for its end, which must be a good one.
    ///
    /// # Errors
    /// It failed, or goes on after `limit`.
    pub(crate) async fn ends(&mut self, limit: Duration) -> anyhow::Result<()> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return self.good(status);
            }
            if start.elapsed() > limit {
                return Err(self.complaint(&format!("did not end within {limit:?}")));
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Asks it to stop and waits for its end.
    ///
    /// # Errors
    /// As [`Self::ends`].
    pub(crate) async fn stop(mut self, limit: Duration) -> anyhow::Result<()> {
        // The standard library sends no SIGTERM, every shell does.
        let asked = Command::new("sh").args(["-c", "kill -TERM \"$0\"", &self.pid().to_string()]).status();
        asked.context("cannot run `sh` to stop a process")?;
        self.ends(limit).await
    }

    fn good(&self, status: ExitStatus) -> anyhow::Result<()> {
        if status.success() { Ok(()) } else { Err(self.complaint(&format!("ended with {status}"))) }
    }

    /// An error with the end of the log.
    pub(crate) fn complaint(&self, what: &str) -> anyhow::Error {
        anyhow::anyhow!("{} {what}\n{}", self.name, tail(&self.log))
    }
}

fn tail(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines.get(lines.len().saturating_sub(LAST_LINES)..).unwrap_or_default().join("\n")
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
