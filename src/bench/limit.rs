//! The two limits of a machine: the broker drained by a client that does nothing, and the rows inserted with nothing
//! else.

use std::{
    io::Read as _,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use lanbi_ingest::{
    clock::Window,
    decode::{Context, Format, Limits, Message, decode},
    mqtt::{MqttSettings, Subscriber},
    source::Sources,
};
use lanbi_model::Registry;
use lanbi_store::{Incoming, RawInsert};
use serde::{Deserialize, Serialize};

use super::{
    args::DrainOnlyArgs,
    child::Process,
    figure::Rate,
    load::{Load, LoadPlan},
    site,
};

/// How long a drain that does nothing may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// What a client that does nothing tells of its drain.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Drained {
    /// Seconds from the start of the process to the first message, and to the last.
    pub(crate) first_s: f64,
    pub(crate) last_s: f64,
}

/// Drains a session of `args.messages` messages and acknowledges each at once; in a process of its own.
///
/// # Errors
/// The broker cannot be reached or says no.
pub(crate) async fn drain_only(args: &DrainOnlyArgs) -> anyhow::Result<Drained> {
    let start = Instant::now();
    let settings = MqttSettings {
        url: args.broker.clone(),
        client_id: args.client_id.clone(),
        topics: vec![args.topics.clone()],
        receive_maximum: args.receive_maximum,
        // When it comes to drain, the session ends with the connection: nothing more is queued for it.
        session_expiry_s: if args.messages == 0 { 7200 } else { 0 },
        ..MqttSettings::default()
    };
    let mut subscriber = Subscriber::start(&settings)?;
    let mut drained = Drained::default();
    if args.messages == 0 {
        subscriber.ready(Duration::from_secs(20)).await?;
    } else {
        let acker = subscriber.acker();
        for number in 0..args.messages {
            let delivery = subscriber.recv().await.context("the broker delivered too few messages")?;
            acker.ack([delivery.receipt()]);
            if number == 0 {
                drained.first_s = start.elapsed().as_secs_f64();
            }
        }
        drained.last_s = start.elapsed().as_secs_f64();
    }
    subscriber.close().await;
    Ok(drained)
}

/// Runs [`drain_only`] as a process.
///
/// # Errors
/// It fails or takes too long.
pub(crate) async fn broker(folder: &Path, args: &DrainOnlyArgs) -> anyhow::Result<Drained> {
    let mut command = Process::own_program()?;
    command.args(["bench", "drain-only", "--broker", &args.broker, "--client-id", &args.client_id]);
    command.args(["--topics", &args.topics, "--receive-maximum", &args.receive_maximum.to_string()]);
    command.args(["--messages", &args.messages.to_string()]);
    let name = "the client that does nothing";
    let mut process = Process::start(name, &mut command, folder.join("drain-only.log"), Stdio::piped())?;
    process.ends(PATIENCE).await?;
    let mut said = String::new();
    if let Some(mut stdout) = process.take_stdout() {
        stdout.read_to_string(&mut said)?;
    }
    serde_json::from_str(&said).map_err(|error| process.complaint(&format!("said `{said}`: {error}")))
}

/// Inserts what the first `messages` messages of a plan hold, in batches of `batch_values` values.
///
/// # Errors
/// The store refused.
pub(crate) async fn store(
    uri: &str,
    plan: &LoadPlan,
    messages: u64,
    batch_values: usize,
) -> anyhow::Result<Rate> {
    let registry = site::registry(&plan.tag)?;
    let mut load = Load::new(plan);
    let mut raw = RawInsert::open(uri).await?;
    let mut time = Duration::ZERO;
    let mut batch: Vec<Incoming> = Vec::new();
    for _ in 0..messages {
        add(&mut batch, &registry, &mut load);
        if batch.len() >= batch_values {
            time += raw.insert(&batch).await?;
            batch.clear();
        }
    }
    if !batch.is_empty() {
        time += raw.insert(&batch).await?;
    }
    let values = raw.finish().await?;
    let expected = load.manifest().stored;
    anyhow::ensure!(values == expected, "{values} values inserted for the limit, {expected} expected");
    Ok(Rate::of(messages, values, time))
}

/// Decodes the next message into a batch.
fn add(batch: &mut Vec<Incoming>, registry: &Registry, load: &mut Load) {
    let message = load.next_message();
    let now = chrono::Utc::now();
    let window = Window { ahead: chrono::TimeDelta::hours(1), earliest: chrono::NaiveDate::default() };
    let context = Context {
        registry,
        sources: &Sources::default(),
        now,
        limits: Limits { max_bytes: message.payload.len(), window },
    };
    let message =
        Message { topic: &message.topic, payload: &message.payload, received_at: now, retained: false };
    if let Ok(decoded) = decode(Format::Auto, &message, &context) {
        let arrived = |(sample, day)| Incoming { sample, day, received_at: now };
        batch.extend(decoded.samples.into_iter().map(arrived));
    }
}
