//! One simulated data logger: sends, waits for the answers, and sends again what was not answered (HJ 212-2017, 6.6: 5 s
//! and three repeats on a wired line). It sends some uploads before the first of them is answered, as loggers do that have
//! history to send.

use std::{
    collections::BTreeSet,
    io::{Error, ErrorKind},
    time::Duration,
};

use indicatif::ProgressBar;
use lanbi_ingest::{
    file::Row,
    hj212::{
        check::CrcKind,
        frame::{Piece, pieces},
        segment::Segment,
        upload::{Sender, Values, uploads},
    },
};
use lanbi_model::Instant;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::mpsc,
    time::{Instant as Clock, sleep, timeout_at},
};

use super::{
    account::Account,
    mischief::{Dice, Way, framed},
};
use crate::cli::LoggerArgs;

/// Rows sent before the first of them is answered.
const TOGETHER: usize = 16;

/// An answer that takes longer is none.
const ANSWER: Duration = Duration::from_secs(5);

/// How often what was not answered is sent again.
const REPEATS: u32 = 3;

/// Before a lost line is opened again.
const RECONNECT: Duration = Duration::from_millis(200);

/// Between the pieces of a frame.
const PAUSE: Duration = Duration::from_millis(5);

/// How a logger speaks, and to whom.
pub(super) struct Speech {
    pub(super) mn: String,
    pub(super) own: LoggerArgs,
    pub(super) host: String,
}

/// An upload that waits for its answer.
struct Waiting {
    qn: String,
    frame: Vec<u8>,
    /// How often it went out, or tried to.
    sent: u32,
}

/// A line with the bytes that came over it and are no whole frame yet.
struct Line {
    stream: TcpStream,
    heard: Vec<u8>,
}

pub(super) struct Logger {
    speech: Speech,
    dice: Dice,
    bar: ProgressBar,
    line: Option<Line>,
    account: Account,
    /// The first time that no QN has yet.
    next: Instant,
    /// Nothing of what was sent last was answered.
    is_deaf: bool,
}

impl Logger {
    /// The logger of a number, by which its dice fall.
    pub(super) fn new(speech: Speech, number: u64, bar: ProgressBar) -> Self {
        let dice = Dice::new(&speech.own.misbehave, speech.own.seed, number);
        let account = Account::default();
        Self { speech, dice, bar, line: None, account, next: chrono::Utc::now(), is_deaf: false }
    }

    /// Sends all rows, and gives the account.
    pub(super) async fn run(mut self, mut rows: mpsc::Receiver<Row>) -> Account {
        let mut some = Vec::with_capacity(TOGETHER);
        while rows.recv_many(&mut some, TOGETHER).await > 0 {
            let waiting: Vec<Waiting> = some.drain(..).flat_map(|row| self.uploads(&row)).collect();
            self.deliver(waiting).await;
        }
        self.account
    }

    /// The uploads of a row.
    fn uploads(&mut self, row: &Row) -> Vec<Waiting> {
        let Speech { mn, own, .. } = &self.speech;
        let sender = Sender { mn, pw: &own.password, edition: own.edition, zone: row.zone };
        let values = Values { end: row.end, period: row.period, values: &row.values };
        // No two uploads have the same number, however fast they are made.
        let now = self.next.max(chrono::Utc::now());
        let Some(made) = uploads(&sender, &values, now) else {
            self.account.no_command += 1;
            return Vec::new();
        };
        for parameter in made.without_code {
            *self.account.without_code.entry(parameter).or_default() += 1;
        }
        for parameter in made.unwritable {
            *self.account.unwritable.entry(parameter).or_default() += 1;
        }
        let parts = i64::try_from(made.segments.len()).unwrap_or(i64::MAX);
        self.next = now + chrono::TimeDelta::milliseconds(parts);
        self.account.values += u64::try_from(made.values).unwrap_or(u64::MAX);
        self.account.sent += u64::try_from(parts).unwrap_or_default();
        let crc = own.crc;
        let wait = |one: lanbi_ingest::hj212::upload::Numbered| Waiting {
            frame: framed(&one.data, crc),
            qn: one.qn,
            sent: 0,
        };
        made.segments.into_iter().map(wait).collect()
    }

    /// Sends uploads until each is answered or given up.
    async fn deliver(&mut self, mut waiting: Vec<Waiting>) {
        let all = waiting.len();
        // After that many repeats without an answer the line counts as bad; what follows tries it once.
        for _ in 0..=if self.is_deaf { 0 } else { REPEATS } {
            if waiting.is_empty() {
                break;
            }
            let deadline = Clock::now() + ANSWER;
            while !waiting.is_empty() && Clock::now() < deadline {
                match self.exchange(&mut waiting, deadline).await {
                    Ok(()) => break,
                    Err(_) => {
                        // What was on its way is sent again over the next line.
                        self.line = None;
                        sleep(RECONNECT).await;
                    }
                }
            }
        }
        self.is_deaf = !waiting.is_empty() && waiting.len() == all;
        if self.is_deaf {
            self.line = None;
        }
        self.account.given_up += u64::try_from(waiting.len()).unwrap_or(u64::MAX);
    }

    /// Sends what waits, and hears the answers until the deadline.
    async fn exchange(&mut self, waiting: &mut Vec<Waiting>, deadline: Clock) -> std::io::Result<()> {
        if self.line.is_none() {
            let stream = timeout_at(deadline, TcpStream::connect(&self.speech.host)).await??;
            stream.set_nodelay(true)?;
            self.line = Some(Line { stream, heard: Vec::new() });
        }
        let Some(line) = &mut self.line else { return Ok(()) };
        let mut out = Vec::new();
        for one in waiting.iter_mut() {
            one.sent += 1;
            self.account.sent_again += u64::from(one.sent > 1);
            // Who has misbehaved once behaves with the same frame.
            let mischief = if one.sent == 1 { self.dice.draw() } else { None };
            let Some(mischief) = mischief else {
                out.extend_from_slice(&one.frame);
                line.say(&mut out).await?;
                continue;
            };
            *self.account.misdeeds.entry(mischief).or_default() += 1;
            match self.dice.bend(mischief, one.frame.clone()) {
                Way::Whole(bytes) => {
                    out.extend_from_slice(&bytes);
                    line.say(&mut out).await?;
                }
                Way::Held(bytes) => out.extend_from_slice(&bytes),
                Way::Pieces(pieces) | Way::Slowly(pieces) => {
                    for piece in pieces {
                        out.extend_from_slice(&piece);
                        line.say(&mut out).await?;
                        sleep(PAUSE).await;
                    }
                }
                Way::Dropped(bytes) => {
                    out.extend_from_slice(&bytes);
                    line.say(&mut out).await?;
                    line.stream.shutdown().await?;
                    // Closing before the other side has would take away what it has not read yet.
                    let _ = timeout_at(deadline, line.stream.read_to_end(&mut line.heard)).await;
                    return Err(Error::from(ErrorKind::ConnectionAborted));
                }
            }
        }
        line.say(&mut out).await?;
        while !waiting.is_empty() {
            let Ok(heard) = timeout_at(deadline, line.stream.read_buf(&mut line.heard)).await else {
                break;
            };
            if heard? == 0 {
                return Err(Error::from(ErrorKind::UnexpectedEof));
            }
            let (answered, requests) = line.answers(&self.speech.mn);
            self.account.requests += requests;
            let before = waiting.len();
            waiting.retain(|one| !answered.contains(&one.qn));
            let count = u64::try_from(before - waiting.len()).unwrap_or(u64::MAX);
            self.account.answered += count;
            self.bar.inc(count);
        }
        Ok(())
    }
}

impl Line {
    /// Writes what is due.
    async fn say(&mut self, out: &mut Vec<u8>) -> std::io::Result<()> {
        self.stream.write_all(out).await?;
        out.clear();
        Ok(())
    }

    /// The numbers of the uploads that are answered by what was heard, and how many requests were among it.
    fn answers(&mut self, mn: &str) -> (BTreeSet<String>, u64) {
        let (mut answered, mut requests, mut used) = (BTreeSet::new(), 0, 0);
        for piece in pieces(&self.heard) {
            if let Piece::Partial(_) = piece {
                break;
            }
            used += piece.raw().len();
            let Piece::Frame(frame) = piece else { continue };
            let text = String::from_utf8_lossy(frame.data);
            let segment = Segment::parse(&text);
            if frame.crc != CrcKind::Ok || segment.mn != mn {
                continue;
            }
            if segment.cn == "9014" {
                answered.insert(segment.qn.to_owned());
            } else {
                requests += 1;
            }
        }
        self.heard.drain(..used);
        (answered, requests)
    }
}
