//! What the end-to-end tests share: a real Mosquitto, a `lanbi run` beside it, and a look into its store.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss,
    clippy::cast_lossless,
    reason = "a test may stop at the first surprise"
)]
#![allow(dead_code, reason = "each test binary uses a part of it")]

pub(crate) mod postgres;
pub(crate) mod rate;
pub(crate) mod volume;

use std::{
    net::{TcpListener, TcpStream},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use lanbi_store::Store;

/// The program under test.
pub(crate) fn lanbi() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lanbi"));
    command.env_remove("LANBI_CONFIG").env_remove("RUST_LOG");
    command
}

/// Published data that may not be committed; none (with a word) where the folder is absent.
pub(crate) fn shared_data(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("LANBI_SHARED_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let path = root.join(name);
    if path.exists() {
        return Some(path);
    }
    // Written past the test runner, which keeps what a passing test prints to itself.
    let text =
        format!("SKIPPED: {name} is not there; set LANBI_SHARED_DATA to the folder of published data\n");
    std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes()).unwrap();
    None
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

pub(crate) fn wait_until(what: &str, limit: Duration, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < limit, "waited {limit:?} for: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A Mosquitto of the test's own, ended with it.
pub(crate) struct Mosquitto {
    child: Child,
    config: PathBuf,
    pub(crate) port: u16,
}

impl Mosquitto {
    pub(crate) fn start(dir: &Path) -> Self {
        Self::start_with(dir, "allow_anonymous true\npersistence false\n")
    }

    /// One that lets nobody in: it knows no names.
    pub(crate) fn start_closed(dir: &Path) -> Self {
        Self::start_with(dir, "allow_anonymous false\npersistence false\n")
    }

    /// One that keeps sessions and what waits for them over an orderly stop.
    pub(crate) fn start_persistent(dir: &Path) -> Self {
        let user =
            if std::fs::metadata("/proc/self").is_ok_and(|m| m.uid() == 0) { "user root\n" } else { "" };
        Self::start_with(
            dir,
            &format!(
                "{user}allow_anonymous true\npersistence true\npersistence_location {}/\n",
                dir.display()
            ),
        )
    }

    fn start_with(dir: &Path, more: &str) -> Self {
        let port = free_port();
        let config = dir.join("mosquitto.conf");
        std::fs::write(
            &config,
            format!(
                "listener {port} 127.0.0.1\nmax_queued_messages 0\nmax_queued_bytes 0\n\
                 max_inflight_messages 1000\n{more}"
            ),
        )
        .unwrap();
        let child = Self::launch(&config, port);
        Self { child, config, port }
    }

    /// Stops it in order and starts it again.
    pub(crate) fn restart(&mut self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("sh").args(["-c", "kill -TERM \"$1\"", "sh", &pid]).status().unwrap().success());
        wait_until("mosquitto to stop", Duration::from_secs(60), || self.child.try_wait().unwrap().is_some());
        self.child = Self::launch(&self.config, self.port);
    }

    fn launch(config: &Path, port: u16) -> Child {
        let program = ["/usr/sbin/mosquitto", "/usr/bin/mosquitto", "/usr/local/sbin/mosquitto"]
            .into_iter()
            .find(|p| Path::new(p).exists())
            .unwrap_or("mosquitto");
        let child = Command::new(program)
            .arg("-c")
            .arg(config)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("mosquitto is needed: apt-get install mosquitto (scripts/test does it)");
        wait_until("mosquitto to listen", Duration::from_secs(60), || {
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        child
    }

    pub(crate) fn url(&self) -> String {
        format!("mqtt://127.0.0.1:{}", self.port)
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder with settings and stations for `lanbi run`.
pub(crate) struct Site {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) config: PathBuf,
}

impl Site {
    pub(crate) fn new(broker: &Mosquitto, stations: &str, more: &str) -> Self {
        Self::at(&broker.url(), stations, more)
    }

    /// A site whose broker is somewhere, or nowhere.
    pub(crate) fn at(broker: &str, stations: &str, more: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("stations.toml"), stations).unwrap();
        let config = dir.path().join("lanbi.toml");
        std::fs::write(
            &config,
            format!("[data]\ndir = \"data\"\n[mqtt]\nurl = \"{broker}\"\n[web]\nlisten = \"\"\n{more}"),
        )
        .unwrap();
        Self { dir, config }
    }

    /// The program with this site's settings.
    pub(crate) fn lanbi(&self, args: &[&str]) -> Command {
        let mut command = lanbi();
        command.arg("--config").arg(&self.config).args(args);
        command
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub(crate) fn uri(&self) -> String {
        format!("sqlite:{}", self.data().join("lanbi.sqlite").display())
    }

    pub(crate) async fn store(&self) -> Arc<dyn Store> {
        lanbi_store::open(&self.uri()).await.unwrap()
    }

    /// Starts `lanbi run` and waits until it has subscribed.
    pub(crate) fn run(&self) -> Running {
        let already = self.logged("subscribed");
        let running = self.launch();
        wait_until("lanbi run to subscribe", Duration::from_secs(30), || self.logged("subscribed") > already);
        running
    }

    /// Starts `lanbi run`.
    pub(crate) fn launch(&self) -> Running {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(self.log_path()).unwrap();
        let child =
            self.lanbi(&["run"]).env("RUST_LOG", "info").stdout(Stdio::null()).stderr(file).spawn().unwrap();
        Running { child }
    }

    fn log_path(&self) -> PathBuf {
        self.dir.path().join("lanbi.log")
    }

    /// What every `lanbi run` here has said.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    /// How often they have said this.
    pub(crate) fn logged(&self, text: &str) -> usize {
        self.log().matches(text).count()
    }

    pub(crate) fn account(&self) -> serde_json::Value {
        serde_json::from_str(&std::fs::read_to_string(self.data().join("account.json")).unwrap()).unwrap()
    }
}

/// A `lanbi run` that ends with the test.
pub(crate) struct Running {
    child: Child,
}

impl Running {
    /// Asks it to stop and waits until it has.
    pub(crate) fn stop(mut self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let mut status = None;
        wait_until("lanbi run to stop", Duration::from_secs(30), || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        assert!(status.unwrap().success(), "lanbi run ended with {status:?}");
    }

    /// Waits until it has ended by itself and gives its exit code.
    pub(crate) fn ended(mut self) -> Option<i32> {
        let mut status = None;
        wait_until("lanbi run to end", Duration::from_secs(30), || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap().code()
    }

    /// Whether it still runs.
    pub(crate) fn runs(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a command that cannot do its work and returns what it says on stderr.
pub(crate) fn refusal(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{command:?} said {said}");
    said
}

/// Runs a command to its end and returns stdout; fails with stderr.
pub(crate) fn output(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?} ended with {}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}
