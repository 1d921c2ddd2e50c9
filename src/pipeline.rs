//! From delivery to acknowledgement: decode what has arrived, commit it as one batch, then acknowledge.
//!
//! What arrives while a batch is being committed makes the next one, so batches grow with the load and shrink to a
//! single message when it is quiet; there is no waiting time to set. Where the store takes several commits at a time,
//! messages go in as many lanes; those of one topic stay in one, in their order. An acknowledgement never runs ahead of
//! its commit: a stop at any moment leaves unacknowledged messages, which the broker delivers again and the store
//! recognises.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::Arc,
    time::{Duration, Instant as Moment},
};

use lanbi_ingest::{
    decode::{self, Context, Format, Limits, Message, Rejected},
    source::Sources,
};
use lanbi_model::{Instant, Registry, RejectReason};
use lanbi_store::{Batch, Incoming, Store, StoreError};
use tokio::{
    sync::{Notify, mpsc, watch},
    task::{JoinError, JoinSet},
};

use crate::{
    intake::{Arrival, Intake, Receipt, Settler, Way},
    load::Load,
    metrics::SharedMetrics,
};

/// Tells the time; the demo has a clock of its own.
pub(crate) type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

/// Longest wait between two attempts at a store that is not available.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Messages that may wait in a lane for its decoder.
const LANE_ROOM: usize = 256;

/// What the pipeline needs besides what brings messages.
pub(crate) struct Pipeline {
    pub store: Arc<dyn Store>,
    pub registry: Arc<Registry>,
    pub senders: Arc<Sources>,
    pub limits: Limits,
    /// Values in a batch at most.
    pub batch_values: usize,
    pub clock: Clock,
    /// Woken after each commit.
    pub committed: Arc<Notify>,
    /// Messages committed since the start.
    pub messages: watch::Sender<u64>,
    pub metrics: SharedMetrics,
    /// So many messages in a batch tell of a backlog.
    pub many_messages: usize,
    pub load: Arc<Load>,
}

/// Decoded messages with what is needed to acknowledge them.
#[derive(Default)]
struct Open {
    batch: Batch,
    receipts: Vec<Receipt>,
    /// When its first message was taken.
    begun: Option<Moment>,
}

impl Pipeline {
    /// Runs until `stop` turns true and everything taken is committed and acknowledged; where the store is away then,
    /// what it has not taken stays unacknowledged.
    ///
    /// # Errors
    /// The store refused a batch for good; nothing of it was acknowledged.
    pub(crate) async fn run(
        self: &Arc<Self>,
        intake: &mut Intake,
        mut stop: watch::Receiver<bool>,
    ) -> Result<(), StoreError> {
        let mut lanes = Vec::new();
        let mut tasks = JoinSet::new();
        // A batch has one source, so that each way has its own lanes.
        let of_broker = if intake.subscriber.is_some() { self.store.writers().max(1) } else { 0 };
        let of_port = usize::from(intake.listener.is_some());
        for _ in 0..of_broker + of_port {
            let (lane, deliveries) = mpsc::channel(LANE_ROOM);
            lanes.push(lane);
            let (pipeline, settler, stop) = (Arc::clone(self), intake.settler(), stop.clone());
            tasks.spawn(async move { pipeline.run_lane(deliveries, settler, stop).await });
        }
        let mut taking = true;
        let mut outcome = Ok(());
        loop {
            tokio::select! {
                arrival = intake.recv() => {
                    let Some(arrival) = arrival else { break };
                    self.metrics.queued(intake.waiting());
                    let at = match arrival.way() {
                        Way::Mqtt => lane_of(&self.senders.feeds.in_order_with(&arrival.topic), of_broker),
                        Way::Hj212 => of_broker + lane_of(arrival.key(), of_port),
                    };
                    // A lane that is closed has failed and says so itself.
                    if let Some(lane) = lanes.get(at)
                        && lane.send(arrival).await.is_err()
                    {
                        break;
                    }
                }
                Some(ended) = tasks.join_next() => {
                    outcome = joined(ended);
                    break;
                }
                // The guard of the wait must not live on into the other branches.
                () = async { drop(stop.wait_for(|stop| *stop).await) }, if taking => {
                    taking = false;
                    intake.stop_taking();
                }
            }
        }
        drop(lanes);
        while let Some(ended) = tasks.join_next().await {
            outcome = outcome.and(joined(ended));
        }
        outcome
    }

    /// Gathers what comes in a lane while the batch before is being committed, until the lane is closed and empty.
    async fn run_lane(
        &self,
        mut arrivals: mpsc::Receiver<Arrival>,
        settler: Settler,
        mut stop: watch::Receiver<bool>,
    ) -> Result<(), StoreError> {
        let (full, mut ready) = mpsc::channel::<Open>(1);
        let gather = async move {
            let mut open = Open::default();
            loop {
                let has_room = open.batch.samples.len() < self.batch_values;
                tokio::select! {
                    biased;
                    arrival = arrivals.recv(), if has_room => match arrival {
                        Some(arrival) => self.add(&mut open, arrival),
                        None => break,
                    },
                    permit = full.reserve(), if !open.receipts.is_empty() => match permit {
                        Ok(permit) => {
                            if !has_room || open.receipts.len() >= self.many_messages {
                                self.load.note_full();
                            }
                            permit.send(std::mem::take(&mut open));
                        }
                        // The committing side has failed and says so itself.
                        Err(_) => return,
                    },
                }
            }
            if !open.receipts.is_empty() {
                // As above.
                let _ = full.send(open).await;
            }
        };
        let commit = async move {
            while let Some(open) = ready.recv().await {
                if !self.commit(&open, &mut stop).await? {
                    break;
                }
                settler.settle(open.receipts);
                self.committed.notify_one();
                self.messages.send_modify(|n| *n += open.batch.messages);
            }
            // `ready` is dropped, which ends the gathering side where it has not ended.
            Ok(())
        };
        let ((), outcome) = tokio::join!(gather, commit);
        outcome
    }

    /// Decodes one message into the open batch.
    fn add(&self, open: &mut Open, arrival: Arrival) {
        let now = (self.clock)();
        let message = Message {
            topic: &arrival.topic,
            payload: &arrival.payload,
            received_at: now,
            retained: arrival.retained,
        };
        let context = Context { registry: &self.registry, sources: &self.senders, now, limits: self.limits };
        let outcome = match &arrival.refused {
            None => decode::decode(Format::default(), &message, &context),
            Some(why) => Err(Rejected::whole(RejectReason::Unauthorized, why.as_str())),
        };
        open.batch.dead_letters.extend(decode::dead_letter(&message, &outcome, self.limits.max_bytes));
        if let Ok(decoded) = outcome {
            let arrived = |(sample, day)| Incoming { sample, day, received_at: now };
            open.batch.records.extend(self.metrics.heard.note(&decoded, &self.registry, now));
            open.batch.records.extend(decoded.records);
            open.batch.samples.extend(decoded.samples.into_iter().map(arrived));
        }
        open.batch.messages += 1;
        if open.batch.source.is_empty() {
            arrival.way().key().clone_into(&mut open.batch.source);
        }
        open.receipts.push(arrival.receipt);
        open.begun.get_or_insert_with(Moment::now);
    }

    /// Commits a batch, however long the store is away; gives it up only when the service is to stop.
    async fn commit(&self, open: &Open, stop: &mut watch::Receiver<bool>) -> Result<bool, StoreError> {
        let ready = Moment::now();
        self.metrics.committing(open.batch.messages);
        let mut wait = Duration::from_millis(100);
        loop {
            match self.store.commit(&open.batch).await {
                Ok(receipt) => {
                    let lag = open.begun.unwrap_or(ready).elapsed().as_secs_f64();
                    self.metrics.committed(&open.batch, receipt, ready.elapsed(), lag);
                    tracing::debug!(
                        stored = receipt.stored,
                        repeated = receipt.repeated,
                        rejected = receipt.rejected,
                        "committed"
                    );
                    return Ok(true);
                }
                Err(error) if error.is_transient() && *stop.borrow() => {
                    tracing::warn!(
                        %error,
                        messages = open.batch.messages,
                        "stopped without having stored these; they are not acknowledged, and the broker keeps them"
                    );
                    return Ok(false);
                }
                Err(error) if error.is_transient() => {
                    tracing::warn!(%error, "nothing is acknowledged until the store answers");
                    self.metrics.retried();
                    tokio::select! {
                        () = tokio::time::sleep(wait) => {}
                        _ = stop.wait_for(|stop| *stop) => {}
                    }
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// The lane of a topic: always the same.
fn lane_of(topic: &str, lanes: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    topic.hash(&mut hasher);
    usize::try_from(hasher.finish() % u64::try_from(lanes).unwrap_or(1).max(1)).unwrap_or(0)
}

/// A panic in a lane goes on in its caller; lanes are never cancelled.
fn joined(ended: Result<Result<(), StoreError>, JoinError>) -> Result<(), StoreError> {
    ended.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}
