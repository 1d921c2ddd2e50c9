//! Two `lanbi run --role ingest` on one store, and their supervisor.

use std::{
    fs::File,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::{
    common::{self, Mosquitto},
    flow,
};

struct Worker {
    child: Child,
    started: Instant,
    /// Length of its log when it was started.
    log_before: usize,
}

/// How two workers part the messages.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parting {
    /// Each has its own branch of the topics.
    Branches,
    /// The broker gives each message to one of a group (MQTT 5 shared subscription).
    Shared,
}

pub(crate) struct Workers {
    dir: tempfile::TempDir,
    parting: Parting,
    workers: Vec<Worker>,
}

impl Workers {
    /// Starts both and waits until they have subscribed.
    pub(crate) fn start(broker: &Mosquitto, store: &str, parting: Parting) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let stations: String = (0..flow::STATIONS)
            .map(|number| {
                let id = flow::station_id(number);
                format!(
                    "[[station]]\nid = \"{id}\"\nname = \"{id}\"\nkind = \"air\"\nperiod = \"1m\"\ncadence = \"1m\"\n\
                     parameters = [\"pm25\", \"pm10\", \"so2\", \"no2\", \"co\", \"o3\"]\n\n"
                )
            })
            .collect();
        std::fs::write(dir.path().join("stations.toml"), stations).unwrap();
        std::fs::write(
            dir.path().join("lanbi.toml"),
            format!(
                "[data]\ndir = \"data\"\n[store]\nuri = \"{store}\"\n[web]\nlisten = \"\"\n\
                 [mqtt]\nurl = \"{}\"\n",
                broker.url()
            ),
        )
        .unwrap();
        let mut workers = Self { dir, parting, workers: Vec::new() };
        for number in 0..2 {
            let worker = workers.launch(number);
            workers.workers.push(worker);
        }
        workers.wait_for_subscriptions();
        workers
    }

    fn log_path(&self, number: usize) -> PathBuf {
        self.dir.path().join(format!("worker-{number}.log"))
    }

    fn log(&self, number: usize) -> String {
        std::fs::read_to_string(self.log_path(number)).unwrap_or_default()
    }

    fn launch(&self, number: usize) -> Worker {
        let log_before = self.log(number).len();
        let log = File::options().create(true).append(true).open(self.log_path(number)).unwrap();
        let mut command = common::lanbi();
        command.arg("--config").arg(self.dir.path().join("lanbi.toml")).args(["run", "--role", "ingest"]);
        match self.parting {
            Parting::Branches => command
                .env("LANBI_MQTT__CLIENT_ID", format!("worker-{number}"))
                .env("LANBI_MQTT__TOPICS", format!("[\"lanbi/v1/{number}/#\"]")),
            Parting::Shared => {
                command.args(["--worker", &number.to_string()]).env("LANBI_MQTT__SHARE_GROUP", "workers")
            }
        };
        let child = command
            .env("LANBI_DATA__DIR", format!("data-{number}"))
            .env_remove("RUST_LOG")
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        Worker { child, started: Instant::now(), log_before }
    }

    /// `kill -9`; the supervisor starts it again.
    pub(crate) fn kill(&mut self, number: usize) {
        self.workers[number].child.kill().unwrap();
        self.workers[number].child.wait().unwrap();
        self.look();
    }

    /// Starts again what has ended, not faster than once a second.
    pub(crate) fn look(&mut self) {
        for number in 0..self.workers.len() {
            let worker = &mut self.workers[number];
            if worker.child.try_wait().unwrap().is_some() && worker.started.elapsed() > Duration::from_secs(1)
            {
                self.workers[number] = self.launch(number);
            }
        }
    }

    /// How often the workers have said that the store does not answer.
    pub(crate) fn complaints(&self) -> usize {
        (0..self.workers.len())
            .map(|number| self.log(number).matches("not available for the moment").count())
            .sum()
    }

    /// The last lines of both logs.
    pub(crate) fn tail(&self) -> String {
        let last = |number| {
            let log = self.log(number);
            let lines: Vec<&str> = log.lines().rev().take(15).collect();
            lines.into_iter().rev().map(|line| format!("{number}: {line}\n")).collect::<String>()
        };
        (0..self.workers.len()).map(last).collect()
    }

    fn wait_for_subscriptions(&mut self) {
        common::wait_until("both workers to subscribe", Duration::from_secs(60), || {
            self.look();
            self.workers.iter().enumerate().all(|(number, worker)| {
                self.log(number).get(worker.log_before..).is_some_and(|log| log.contains("subscribed"))
            })
        });
    }

    /// Stops both in order.
    pub(crate) fn stop(&mut self) {
        // One that was killed a moment ago does not listen to signals yet.
        self.wait_for_subscriptions();
        for number in 0..self.workers.len() {
            self.look();
            let pid = self.workers[number].child.id().to_string();
            assert!(
                Command::new("sh").args(["-c", "kill -TERM \"$1\"", "sh", &pid]).status().unwrap().success()
            );
            let child = &mut self.workers[number].child;
            common::wait_until("a worker to stop", Duration::from_secs(120), || {
                child.try_wait().unwrap().is_some()
            });
            let status = child.wait().unwrap();
            assert!(status.success(), "worker {number} ended with {status}\n{}", self.tail());
        }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        for worker in &mut self.workers {
            let _ = worker.child.kill();
            let _ = worker.child.wait();
        }
        if std::thread::panicking() {
            eprintln!("{}", self.tail());
        }
    }
}
