//! One logger's connection: frames in, answers out when they are due.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use lanbi_model::Registry;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadHalf, WriteHalf};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::time::{Instant, sleep_until, timeout};

use super::counts::{Refusal, TcpCounts};
use super::doors::Doors;
use super::settings::TcpSettings;
use crate::hj212::frame::{LONGEST, Piece, all_pieces, pieces};
use crate::hj212::read::read;
use crate::hj212::reply;
use crate::hj212::segment::Segment;
use crate::source::Sources;

/// Frames of one connection that are on their way to the store; more are not read before one of them is settled.
const ON_THEIR_WAY: u16 = 64;

/// Answers and requests that wait to be written. Those on their way fit, and some requests.
const OUT: usize = ON_THEIR_WAY as usize + 16;

/// A write that takes longer finds nobody reading.
const WRITE: Duration = Duration::from_secs(10);

/// Time for what is on its way to be settled when the listener stops.
const FAREWELL: Duration = Duration::from_secs(5);

/// Bytes without one good frame after which nobody is believed to speak HJ 212.
const GARBAGE: usize = 16 * LONGEST;

/// Bytes outside frames that are handed on as one delivery.
const NOISE: usize = LONGEST;

/// A line that has been quiet for so long may have said all of a frame whose end cannot be told by itself: one with another
/// check sum and no line end, or with too large a length.
const QUIET: Duration = Duration::from_secs(2);

/// Bytes asked for at a time.
const READ: usize = 4096;

/// One frame, or bytes that make none.
#[derive(Debug)]
pub struct FrameDelivery {
    /// Where it comes from, in place of a topic: `hj212/` and the address.
    pub source: String,
    /// Frames of one key are stored in the order in which they came: the logger's name, or the address.
    pub key: String,
    /// The bytes.
    pub payload: Bytes,
    /// Why it must not be taken for the station's, where that is so.
    pub refused: Option<String>,
    /// To be settled when it is stored.
    pub receipt: FrameReceipt,
}

/// Stands for one frame when it is answered. Letting it go leaves the frame unanswered.
#[derive(Debug)]
pub struct FrameReceipt {
    answer: Option<Bytes>,
    out: mpsc::Sender<Bytes>,
    counts: Arc<TcpCounts>,
    _room: OwnedSemaphorePermit,
}

impl FrameReceipt {
    /// Sends the answer that the frame asks for, if any.
    pub fn settle(self) {
        if let Some(answer) = self.answer
            && self.out.try_send(answer).is_err()
        {
            self.counts.not_answered();
        }
    }
}

/// What all connections share.
#[derive(Debug)]
pub(super) struct Shared {
    pub settings: TcpSettings,
    pub registry: Arc<Registry>,
    pub sources: Arc<Sources>,
    pub deliver: mpsc::Sender<FrameDelivery>,
    pub doors: Doors,
    pub counts: Arc<TcpCounts>,
    /// Turns true when nothing more is to be taken.
    pub stop: watch::Receiver<bool>,
}

/// Why a connection ended, where not by the other side's wish.
type Ended = Option<Refusal>;

/// A connection with its streams.
pub(super) struct Connection<S> {
    shared: Arc<Shared>,
    number: u64,
    from: IpAddr,
    input: ReadHalf<S>,
    output: WriteHalf<S>,
    out: mpsc::Sender<Bytes>,
    answers: mpsc::Receiver<Bytes>,
    room: Arc<Semaphore>,
    buffer: BytesMut,
    /// Bytes outside frames, not yet handed on.
    noise: BytesMut,
    /// Bytes since the last good frame.
    garbage: usize,
}

impl<S: AsyncRead + AsyncWrite> Connection<S> {
    pub(super) fn new(shared: Arc<Shared>, number: u64, peer: SocketAddr, stream: S) -> Self {
        let (input, output) = tokio::io::split(stream);
        let (out, answers) = mpsc::channel(OUT);
        Self {
            shared,
            number,
            from: peer.ip().to_canonical(),
            input,
            output,
            out,
            answers,
            room: Arc::new(Semaphore::new(ON_THEIR_WAY.into())),
            buffer: BytesMut::new(),
            noise: BytesMut::new(),
            garbage: 0,
        }
    }

    /// Serves until the other side leaves, breaks the rules, or the listener stops.
    pub(super) async fn run(mut self) {
        if let Some(refusal) = self.serve().await {
            self.shared.counts.refuse(self.from, refusal);
        }
        self.shared.doors.close(self.number);
        // Whoever still holds a receipt finds nobody to answer.
        let _ = timeout(WRITE, self.output.shutdown()).await;
    }

    async fn serve(&mut self) -> Ended {
        let mut stop = self.shared.stop.clone();
        let (idle, frame) = (self.shared.settings.idle, self.shared.settings.frame);
        let mut heard = Instant::now();
        // When the frame that is in the buffer began.
        let mut begun: Option<Instant> = None;
        let mut next_read = Instant::now();
        // Whether the rest was looked at since the last byte.
        let mut looked = false;
        let room = Arc::clone(&self.room);
        loop {
            let deadline = begun.map_or(heard + idle, |begun| begun + frame);
            let quiet = heard + QUIET;
            let can_read = self.room.available_permits() > 0;
            tokio::select! {
                biased;
                Some(answer) = self.answers.recv() => {
                    if let Err(ended) = self.write(answer).await {
                        return ended;
                    }
                }
                read = paced_read(&mut self.input, &mut self.buffer, next_read), if can_read => {
                    let Ok(bytes @ 1..) = read else {
                        return self.take_rest().await;
                    };
                    heard = Instant::now();
                    looked = false;
                    next_read = heard + self.pause(bytes);
                    if let Err(ended) = self.take().await {
                        return ended;
                    }
                    if self.garbage > GARBAGE {
                        return self.take_rest().await.or(Some(Refusal::Garbage));
                    }
                    begun = (!self.buffer.is_empty()).then(|| begun.unwrap_or(heard));
                }
                () = sleep_until(quiet), if can_read && begun.is_some() && !looked => {
                    looked = true;
                    if let Err(ended) = self.take_what_is_whole().await {
                        return ended;
                    }
                    begun = begun.filter(|_| !self.buffer.is_empty());
                }
                () = sleep_until(deadline), if can_read => {
                    let refusal = if begun.is_some() { Refusal::Unfinished } else { Refusal::Idle };
                    return self.take_rest().await.or(Some(refusal));
                }
                () = stopped(&mut stop) => return self.leave().await,
                _ = room.acquire(), if !can_read => {}
            }
        }
    }

    /// How long to wait after so many bytes, to keep to the rate.
    fn pause(&self, bytes: usize) -> Duration {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        Duration::from_secs(1) * bytes / self.shared.settings.bytes_per_second.max(1)
    }

    /// Writes what is due, together with what else waits.
    async fn write(&mut self, answer: Bytes) -> Result<(), Ended> {
        let mut due = BytesMut::from(answer);
        self.shared.counts.answered();
        while let Ok(answer) = self.answers.try_recv() {
            due.extend_from_slice(&answer);
            self.shared.counts.answered();
        }
        match timeout(WRITE, self.output.write_all(&due)).await {
            Ok(Ok(())) => match timeout(WRITE, self.output.flush()).await {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) => Err(None),
                Err(_) => Err(Some(Refusal::Deaf)),
            },
            Ok(Err(_)) => Err(None),
            Err(_) => Err(Some(Refusal::Deaf)),
        }
    }

    /// Hands on every piece that is whole.
    async fn take(&mut self) -> Result<(), Ended> {
        loop {
            let seen = pieces(&self.buffer).next().map_or(Seen::Partial, |piece| self.look(piece));
            if matches!(seen, Seen::Partial) {
                return Ok(());
            }
            self.take_seen(seen).await?;
        }
    }

    async fn take_seen(&mut self, seen: Seen) -> Result<(), Ended> {
        match seen {
            Seen::Partial => Ok(()),
            Seen::Noise(length) => self.set_aside(length).await,
            Seen::Frame(length, frame) => {
                self.garbage = 0;
                self.hand_on_noise().await?;
                let payload = self.buffer.split_to(length).freeze();
                self.shared.counts.frame();
                self.deliver(payload, frame).await
            }
            Seen::Broken(length) => {
                self.garbage += length;
                self.hand_on_noise().await?;
                let payload = self.buffer.split_to(length).freeze();
                self.shared.counts.broken_frame();
                self.deliver(payload, Frame::default()).await
            }
        }
    }

    /// Hands on the frames of a rest behind which nothing follows for the moment.
    async fn take_what_is_whole(&mut self) -> Result<(), Ended> {
        while let Some(piece @ Piece::Frame(_)) = all_pieces(&self.buffer).next() {
            let seen = self.look(piece);
            self.take_seen(seen).await?;
        }
        Ok(())
    }

    /// Hands on what will never become whole.
    async fn take_rest(&mut self) -> Ended {
        let rest = self.buffer.len();
        if let Err(ended) = async {
            self.set_aside(rest).await?;
            self.hand_on_noise().await
        }
        .await
        {
            return ended;
        }
        // What is on its way is answered, if the other side still reads.
        self.leave().await
    }

    /// Waits for what is on its way, and says it.
    async fn leave(&mut self) -> Ended {
        let deadline = Instant::now() + FAREWELL;
        let room = Arc::clone(&self.room);
        loop {
            tokio::select! {
                biased;
                Some(answer) = self.answers.recv() => {
                    if let Err(ended) = self.write(answer).await {
                        return ended;
                    }
                }
                // Each receipt gives its answer before it gives back its room.
                _ = room.acquire_many(ON_THEIR_WAY.into()), if self.answers.is_empty() => {
                    if self.answers.is_empty() {
                        return None;
                    }
                }
                () = sleep_until(deadline) => return None,
            }
        }
    }

    /// Takes bytes off the buffer that belong to no frame. Line ends and filling count for nothing.
    async fn set_aside(&mut self, length: usize) -> Result<(), Ended> {
        let bytes = self.buffer.split_to(length);
        self.garbage += length;
        if bytes.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
            return Ok(());
        }
        self.shared.counts.noise(length);
        self.noise.extend_from_slice(&bytes);
        if self.noise.len() >= NOISE { self.hand_on_noise().await } else { Ok(()) }
    }

    async fn hand_on_noise(&mut self) -> Result<(), Ended> {
        if self.noise.is_empty() {
            return Ok(());
        }
        let payload = self.noise.split().freeze();
        self.deliver(payload, Frame::default()).await
    }

    /// Gives a delivery out; answers go on meanwhile.
    async fn deliver(&mut self, payload: Bytes, frame: Frame) -> Result<(), Ended> {
        let room = loop {
            tokio::select! {
                biased;
                Some(answer) = self.answers.recv() => self.write(answer).await?,
                // The semaphore is never closed.
                room = Arc::clone(&self.room).acquire_owned() => break room.map_err(|_| None)?,
            }
        };
        let receipt = FrameReceipt {
            answer: frame.answer.map(Bytes::from),
            out: self.out.clone(),
            counts: Arc::clone(&self.shared.counts),
            _room: room,
        };
        let source = format!("hj212/{}", self.from);
        let key = if frame.mn.is_empty() { source.clone() } else { frame.mn };
        let delivery = FrameDelivery { source, key, payload, refused: frame.refused, receipt };
        let shared = Arc::clone(&self.shared);
        let sending = shared.deliver.send(delivery);
        tokio::pin!(sending);
        loop {
            tokio::select! {
                sent = &mut sending => return sent.map_err(|_| None),
                Some(answer) = self.answers.recv() => self.write(answer).await?,
            }
        }
    }

    /// What a piece is, and what its frame asks for.
    fn look(&self, piece: Piece<'_>) -> Seen {
        let length = piece.raw().len();
        match piece {
            Piece::Partial(_) => Seen::Partial,
            Piece::Noise(_) => Seen::Noise(length),
            Piece::Broken { .. } => Seen::Broken(length),
            Piece::Frame(_) => match read(&piece, &self.shared.sources.loggers) {
                Ok(read) => Seen::Frame(length, self.frame(&read.segment())),
                Err(_) => Seen::Broken(length),
            },
        }
    }

    fn frame(&self, segment: &Segment<'_>) -> Frame {
        let mn = segment.mn.to_owned();
        match self.shared.sources.loggers.admits(segment.mn, segment.pw, Some(self.from)) {
            Err(refusal) => {
                self.shared.counts.refuse(self.from, Refusal::Credentials);
                Frame { mn, answer: None, refused: Some(refusal.to_string()) }
            }
            Ok(()) => {
                if self.shared.registry.by_mn(segment.mn).is_some() {
                    let names = [segment.mn, segment.st, segment.pw, segment.flag];
                    self.shared.doors.heard(self.number, &self.out, names);
                }
                Frame { mn, answer: reply::answer(segment), refused: None }
            }
        }
    }
}

/// A piece, by what is done with it; the numbers are its bytes.
enum Seen {
    Partial,
    Noise(usize),
    Broken(usize),
    Frame(usize, Frame),
}

/// What a frame asks for.
#[derive(Default)]
struct Frame {
    mn: String,
    answer: Option<String>,
    refused: Option<String>,
}

/// Reads what there is, not before its time.
async fn paced_read<S: AsyncRead>(
    input: &mut ReadHalf<S>,
    buffer: &mut BytesMut,
    not_before: Instant,
) -> std::io::Result<usize> {
    sleep_until(not_before).await;
    buffer.reserve(READ);
    input.read_buf(buffer).await
}

/// Waits for the stop. The guard of the wait must not live on into what follows.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    drop(stop.wait_for(|stop| *stop).await);
}
