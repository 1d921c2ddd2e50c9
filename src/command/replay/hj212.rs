//! Rows as uploads of simulated data loggers, one connection a station.

use std::collections::HashMap;

use anyhow::Context as _;
use lanbi_ingest::{
    file::{Mapping, Row},
    hj212::upload::is_writable,
};
use tokio::{sync::mpsc, task::JoinHandle};

use super::{
    account::Account,
    logger::{Logger, Speech},
    rows::{each_row, progress},
};
use crate::cli::{LoggerArgs, ReplayArgs};

/// Rows of one station that wait for its logger.
const WAITING: usize = 64;

/// A logger at work.
struct Worker {
    rows: mpsc::Sender<Row>,
    done: JoinHandle<Account>,
}

pub(super) async fn run(args: &ReplayArgs, mapping: &Mapping) -> anyhow::Result<()> {
    let host = args.host().context("no host; give --to HOST:PORT, where the platform listens for loggers")?;
    let own = &args.loggers;
    anyhow::ensure!(
        is_writable(&own.password),
        "--password holds a sign that a frame cannot hold; leave out ; , = & and #"
    );
    // A platform that is not there is said at once, and not once a logger.
    tokio::net::TcpStream::connect(host)
        .await
        .with_context(|| format!("nobody listens at {host}; check --to and `[hj212] listen`"))?;
    let bar = progress("uploads answered")?;
    let mut workers: HashMap<String, Worker> = HashMap::new();
    let rows = each_row(args, mapping, &bar, async |row| {
        if !workers.contains_key(&row.station) {
            let number = u64::try_from(workers.len())?;
            let speech = Speech { mn: mn(own, &row.station)?, own: own.clone(), host: host.to_owned() };
            let (rows, waiting) = mpsc::channel(WAITING);
            let done = tokio::spawn(Logger::new(speech, number, bar.clone()).run(waiting));
            workers.insert(row.station.clone(), Worker { rows, done });
        }
        if let Some(worker) = workers.get(&row.station) {
            worker.rows.send(row.clone()).await.context("a logger has ended before its rows")?;
        }
        Ok(())
    })
    .await?;
    let loggers = workers.len();
    let mut account = Account::default();
    for Worker { rows, done } in workers.into_values() {
        drop(rows);
        account.add(done.await?);
    }
    bar.finish_and_clear();
    eprintln!("{loggers} loggers; {rows}");
    for line in account.lines() {
        eprintln!("{line}");
    }
    anyhow::ensure!(
        account.given_up == 0,
        "{} uploads stayed unanswered; see the log and the dead letters of the platform, check --password and --crc",
        account.given_up
    );
    Ok(())
}

/// What a station's logger sends as MN.
fn mn(own: &LoggerArgs, station: &str) -> anyhow::Result<String> {
    let named = own.mn.iter().rev().find(|(named, _)| named == station);
    let mn = named.map_or_else(|| format!("{}{station}", own.mn_prefix), |(_, mn)| mn.clone());
    anyhow::ensure!(
        is_writable(&mn),
        "MN `{mn}` of station `{station}` holds a sign that a frame cannot hold; give it another with --mn STATION=MN"
    );
    Ok(mn)
}
