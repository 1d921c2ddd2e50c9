//! A PostgreSQL server of the test's own, to be crashed, frozen and started again. Tests that need a database and no
//! server of their own use the one at `LANBI_TEST_PG_URI`, which costs them no start.
//!
//! The programs come from `scripts/postgres`; `LANBI_TEST_PG_BIN` names their folder. PostgreSQL refuses to run as
//! root, so for root the server runs as nobody. It is reached over 127.0.0.1 only and lets everybody in.

use std::{
    fs::File,
    io::Write as _,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use super::{free_port, wait_until};

/// What the server promises after a power failure.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// PostgreSQL's own settings, as in production: a commit is on the disk when it is answered.
    Full,
    /// Nothing; for tests that look at results only.
    None,
}

/// A running or crashed server with its data folder; both end with the test.
pub(crate) struct Postgres {
    bin: PathBuf,
    dir: tempfile::TempDir,
    port: u16,
    settings: Vec<String>,
    /// None while it is stopped.
    server: Option<Child>,
}

impl Postgres {
    /// A durable server; none (with a word) where `LANBI_TEST_PG_BIN` is not set. Panics where it is set and does not
    /// work.
    pub(crate) fn start(timescale: bool) -> Option<Self> {
        Self::start_with(timescale, Durability::Full)
    }

    /// As `start`. With `timescale` the library is loaded; whether a database has the extension is its owner's affair.
    pub(crate) fn start_with(timescale: bool, durability: Durability) -> Option<Self> {
        Self::start_in(&std::env::temp_dir(), timescale, durability)
    }

    /// As `start_with`, with the data in a folder below this one.
    pub(crate) fn start_in(folder: &Path, timescale: bool, durability: Durability) -> Option<Self> {
        let Some(bin) = std::env::var_os("LANBI_TEST_PG_BIN").filter(|bin| !bin.is_empty()) else {
            // Written past the test runner, which keeps what a passing test prints to itself.
            let text = "SKIPPED: no PostgreSQL; set LANBI_TEST_PG_BIN to what scripts/postgres prints\n";
            std::io::stderr().write_all(text.as_bytes()).unwrap();
            return None;
        };
        let mut settings = vec![
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            // In the data folder, where a crashed server leaves nothing that outlives the test.
            "dynamic_shared_memory_type=mmap",
        ];
        if durability == Durability::None {
            settings.extend(["fsync=off", "synchronous_commit=off", "full_page_writes=off"]);
        }
        if timescale {
            settings.extend(["shared_preload_libraries=timescaledb", "timescaledb.telemetry_level=off"]);
        }
        let mut postgres = Self {
            bin: PathBuf::from(bin),
            dir: tempfile::tempdir_in(folder).unwrap(),
            port: free_port(),
            settings: settings.into_iter().map(str::to_owned).collect(),
            server: None,
        };
        postgres.init();
        // Somebody else may have taken the free port since.
        while let Err(log) = postgres.launch() {
            assert!(log.contains("Address already in use"), "PostgreSQL did not start: {log}");
            postgres.port = free_port();
        }
        Some(postgres)
    }

    /// The address of a database on it.
    pub(crate) fn uri(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    pub(crate) fn create_database(&self, name: &str) {
        self.sql("postgres", &format!("create database \"{name}\""));
    }

    /// Makes a user whom the server asks for this password; it is stopped and started for it.
    pub(crate) fn create_guarded_user(&mut self, name: &str, password: &str) {
        self.sql("postgres", &format!("create role \"{name}\" login password '{password}'"));
        self.stop_fast();
        // The first rule that fits counts.
        let path = self.data().join("pg_hba.conf");
        let rules = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("host all {name} all scram-sha-256\n{rules}")).unwrap();
        self.start_again();
    }

    /// What psql answers: a line a row, columns parted by `|`. Several statements are one transaction.
    pub(crate) fn sql(&self, database: &str, text: &str) -> String {
        let mut psql = without_pg_variables(Command::new(self.bin.join("psql")));
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", text, &self.uri(database)]);
        super::output(&mut psql).trim_end().to_owned()
    }

    /// Stops it as an operator would: open transactions are rolled back, connections are closed.
    pub(crate) fn stop_fast(&mut self) {
        let mut server = self.server.take().expect("the server is running");
        signal("INT", &[server.id()]);
        wait_until("PostgreSQL to stop", Duration::from_secs(60), || server.try_wait().unwrap().is_some());
    }

    /// A crash: `kill -9` to the server and all its processes at once.
    pub(crate) fn kill(&mut self) {
        let mut server = self.server.take().expect("the server is running");
        // Stopped first, so that none is born while they are counted.
        signal("STOP", &[server.id()]);
        let processes = family(server.id());
        signal("KILL", &processes);
        server.wait().unwrap();
        // The data folder is free when the last of them is gone.
        wait_until("PostgreSQL's processes to end", Duration::from_secs(30), || {
            !processes.iter().any(|process| is_alive(*process))
        });
    }

    /// Starts it again on the same port with the same data; returns when it takes connections.
    pub(crate) fn start_again(&mut self) {
        assert!(self.server.is_none(), "the server is running");
        let start = Instant::now();
        while let Err(log) = self.launch() {
            let may_pass =
                log.contains("Address already in use") && start.elapsed() < Duration::from_secs(30);
            assert!(may_pass, "PostgreSQL did not start again: {log}");
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// Starts it again if it has ended by itself, as its own supervisor would.
    pub(crate) fn revive(&mut self) {
        if self.server.as_mut().is_some_and(|server| server.try_wait().unwrap().is_some()) {
            self.server = None;
            self.start_again();
        }
        wait_until("PostgreSQL to take connections", Duration::from_secs(60), || self.is_ready());
    }

    /// Stops every process of it where it stands: connections stay open and are not answered.
    pub(crate) fn freeze(&self) {
        let server = self.server.as_ref().expect("the server is running").id();
        signal("STOP", &[server]);
        signal("STOP", &family(server));
    }

    /// Lets it go on after `freeze`.
    pub(crate) fn thaw(&self) {
        let server = self.server.as_ref().expect("the server is running").id();
        signal("CONT", &family(server));
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("server.log")).unwrap_or_default()
    }

    fn init(&self) {
        assert!(
            self.bin.join("postgres").exists(),
            "LANBI_TEST_PG_BIN: there is no postgres in {}",
            self.bin.display()
        );
        if is_root() {
            let dir = self.dir.path().to_str().unwrap();
            super::output(Command::new("chown").args(["nobody:nogroup", dir]));
        }
        super::output(
            self.program("initdb")
                .args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8"])
                .args(["--no-instructions", "--no-sync", "-D"])
                .arg(self.data()),
        );
    }

    /// Starts the server and waits until it takes connections; its log of this start if it ended in place of that.
    fn launch(&mut self) -> Result<(), String> {
        let log = File::create(self.dir.path().join("server.log")).unwrap();
        let mut command = self.program("postgres");
        command.arg("-D").arg(self.data()).args(["-p", &self.port.to_string()]);
        for setting in &self.settings {
            command.args(["-c", setting]);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        self.server = Some(command.spawn().expect("PostgreSQL could not be started"));
        let start = Instant::now();
        while !self.is_ready() {
            if self.server.as_mut().is_some_and(|server| server.try_wait().unwrap().is_some()) {
                self.server = None;
                return Err(self.log());
            }
            assert!(
                start.elapsed() < Duration::from_secs(60),
                "PostgreSQL takes no connections: {}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    fn is_ready(&self) -> bool {
        without_pg_variables(Command::new(self.bin.join("pg_isready")))
            .args(["-q", "-d", &self.uri("postgres")])
            .status()
            .unwrap()
            .success()
    }

    /// A program that must not run as root.
    fn program(&self, name: &str) -> Command {
        let path = self.bin.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        // Nobody may not stand where the test stands.
        command.current_dir(self.dir.path());
        without_pg_variables(command)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let Some(mut server) = self.server.take() else { return };
        // An immediate stop, which unlike a kill leaves no shared memory behind; a frozen server has to hear it.
        let processes = family(server.id());
        signal("QUIT", &[server.id()]);
        signal("CONT", &processes);
        let start = Instant::now();
        while !matches!(server.try_wait(), Ok(Some(_))) {
            if start.elapsed() > Duration::from_secs(10) {
                signal("KILL", &processes);
                let _ = server.wait();
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// The caller's own PGHOST, PGSSLMODE and the like must not reach a test's server.
fn without_pg_variables(mut command: Command) -> Command {
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
        command.env_remove(name);
    }
    command
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}

/// Sends a signal; a process that is gone is no fault. The shell's own kill, as Debian can be without the program.
fn signal(name: &str, processes: &[u32]) {
    let list: Vec<String> = processes.iter().map(u32::to_string).collect();
    let _ = Command::new("sh")
        .args(["-c", "kill -s \"$@\"", "sh", name])
        .args(list)
        .stderr(Stdio::null())
        .status()
        .unwrap();
}

/// State letter and parent of a process, none when it is gone (proc(5), stat).
fn state_and_parent(process: &str) -> Option<(String, u32)> {
    let stat = std::fs::read_to_string(Path::new("/proc").join(process).join("stat")).ok()?;
    // The name before it stands in brackets and may hold spaces.
    let mut fields = stat[stat.rfind(')')? + 1..].split_whitespace();
    Some((fields.next()?.to_owned(), fields.next()?.parse().ok()?))
}

/// The server itself, then its processes. Each of them leads a process group of its own, so there is no group to signal.
fn family(server: u32) -> Vec<u32> {
    let children = std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| state_and_parent(name).is_some_and(|(_, parent)| parent == server))
        .filter_map(|name| name.parse().ok());
    std::iter::once(server).chain(children).collect()
}

/// A zombie has given back its memory and files already.
fn is_alive(process: u32) -> bool {
    state_and_parent(&process.to_string()).is_some_and(|(state, _)| state != "Z" && state != "X")
}
