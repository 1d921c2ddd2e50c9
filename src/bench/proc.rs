//! What processes have used, as Linux tells it under `/proc`; elsewhere, and for processes of other users, nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    time::Duration,
};

/// Length of the ticks in `/proc/PID/stat`: `USER_HZ` is 100 on every Linux that programs see (proc(5)).
const TICK: Duration = Duration::from_millis(10);

/// A process, or a server with all its children.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Watched {
    /// One process.
    One(u32),
    /// A process and everything that descends from it, living or gone.
    Tree(u32),
}

/// Processor time used since it began; none where it cannot be read.
pub(crate) fn cpu(watched: Watched) -> Option<Duration> {
    match watched {
        Watched::One(pid) => Stat::of(pid).map(|stat| stat.own),
        Watched::Tree(root) => {
            let all = all_stats();
            let mut family = BTreeSet::from([root]);
            // A child that ended counts with the parent that waited for it.
            let mut sum = all.get(&root).map(|stat| stat.own + stat.waited_for)?;
            loop {
                let before = family.len();
                for (pid, stat) in &all {
                    if family.contains(&stat.parent) && family.insert(*pid) {
                        sum += stat.own + stat.waited_for;
                    }
                }
                if family.len() == before {
                    return Some(sum);
                }
            }
        }
    }
}

/// The largest memory in KiB that a process has had so far (`VmHWM`).
pub(crate) fn peak_rss_kib(pid: u32) -> Option<u64> {
    status(pid, "VmHWM:")
}

/// The memory in KiB that a process has now (`VmRSS`).
pub(crate) fn rss_kib(pid: u32) -> Option<u64> {
    status(pid, "VmRSS:")
}

/// The process on this machine that listens on a port; none where it is another machine's or another user's.
pub(crate) fn listening_on(port: u16) -> Option<u32> {
    let sockets: BTreeSet<String> =
        ["/proc/net/tcp", "/proc/net/tcp6"].iter().flat_map(|table| listening_sockets(table, port)).collect();
    let holders: BTreeSet<u32> = pids().filter(|pid| holds(*pid, &sockets)).collect();
    // A server's children may hold its socket too; the one whose parent does not is the server.
    holders.iter().copied().find(|pid| Stat::of(*pid).is_some_and(|stat| !holders.contains(&stat.parent)))
}

struct Stat {
    parent: u32,
    own: Duration,
    waited_for: Duration,
}

impl Stat {
    fn of(pid: u32) -> Option<Self> {
        Self::read(&std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
    }

    /// The fields behind the name, which may hold blanks and brackets itself: state, parent, ... and from the twelfth on
    /// user and system time, own and of children waited for.
    fn read(text: &str) -> Option<Self> {
        let (_, behind) = text.rsplit_once(')')?;
        let fields: Vec<&str> = behind.split_whitespace().collect();
        let ticks = |first: usize| -> Option<Duration> {
            let user: u32 = fields.get(first)?.parse().ok()?;
            let system: u32 = fields.get(first + 1)?.parse().ok()?;
            Some(TICK * (user + system))
        };
        Some(Self { parent: fields.get(1)?.parse().ok()?, own: ticks(11)?, waited_for: ticks(13)? })
    }
}

fn pids() -> impl Iterator<Item = u32> {
    std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}

fn all_stats() -> BTreeMap<u32, Stat> {
    pids().filter_map(|pid| Some((pid, Stat::of(pid)?))).collect()
}

fn status(pid: u32, key: &str) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    text.lines().find_map(|line| line.strip_prefix(key))?.split_whitespace().next()?.parse().ok()
}

/// The inodes, as links in `/proc/PID/fd` spell them, of listening sockets (state 0A) on a port.
fn listening_sockets(table: &str, port: u16) -> Vec<String> {
    let text = std::fs::read_to_string(table).unwrap_or_default();
    let wanted = format!(":{port:04X}");
    text.lines()
        .filter_map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let listens = fields.get(1)?.ends_with(&wanted) && *fields.get(3)? == "0A";
            listens.then(|| fields.get(9).map(|inode| format!("socket:[{inode}]")))?
        })
        .collect()
}

fn holds(pid: u32, sockets: &BTreeSet<String>) -> bool {
    let folder = format!("/proc/{pid}/fd");
    std::fs::read_dir(Path::new(&folder)).into_iter().flatten().flatten().any(|entry| {
        std::fs::read_link(entry.path())
            .is_ok_and(|link| link.to_str().is_some_and(|link| sockets.contains(link)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_does_not_shift_the_fields() {
        let text = "42 (a) b (c)) S 7 42 42 0 -1 4194560 100 0 0 0 150 50 20 30 20 0 4 0 12345 1 2 3";
        let stat = Stat::read(text).unwrap();
        assert_eq!(
            (stat.parent, stat.own, stat.waited_for),
            (7, Duration::from_secs(2), Duration::from_millis(500))
        );
        assert!(Stat::read("42 (short) S 7").is_none());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_is_found_by_its_port_and_has_memory() {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let me = std::process::id();
        assert_eq!(listening_on(listener.local_addr().unwrap().port()), Some(me));
        assert!(peak_rss_kib(me).unwrap() >= rss_kib(me).unwrap() / 2);
        let own = cpu(Watched::One(me));
        assert!(cpu(Watched::Tree(me)) >= own);
        assert_eq!(cpu(Watched::One(u32::MAX)), None);
    }
}
