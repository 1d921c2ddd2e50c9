//! A data logger made of another implementation of HJ 212 (the crate `a`) sends to `lanbi run` and understands the answer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod common;

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use common::{Site, free_port, wait_until};
use hj212_foreign::{CpBuilder, Framer, Hj212Packet, PayloadBuilder, build_data_ack, parse_frame_strict};
use lanbi_model::StationId;
use lanbi_store::SampleQuery;

const MN: &str = "010000A8900016F000169DC0";

const STATIONS: &str = r#"
[[station]]
id = "out-1"
mn = "010000A8900016F000169DC0"
name = "一号排口"
kind = "outlet"
limits = "DB12-599-2015/A"
period = "1h"
cadence = "1h"
parameters = ["cod", "nh3n", "flow"]
"#;

/// The other implementation's logger.
struct Logger {
    stream: TcpStream,
    framer: Framer,
}

impl Logger {
    fn connect(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        Self { stream, framer: Framer::new() }
    }

    /// Sends, and gives the answer as it came and as it is understood.
    fn ask(&mut self, frame: &str) -> (String, Hj212Packet) {
        self.stream.write_all(frame.as_bytes()).unwrap();
        let mut bytes = [0; 512];
        loop {
            if let Some(answer) = self.framer.next_frame() {
                let answer = String::from_utf8(answer).unwrap();
                let packet = parse_frame_strict(&answer).unwrap_or_else(|error| panic!("{answer}: {error}"));
                return (answer, packet);
            }
            let length = self.stream.read(&mut bytes).unwrap();
            assert!(length > 0, "the line is gone");
            self.framer.push(&bytes[..length]);
        }
    }
}

fn upload(qn: &str, cn: &str, flag: &str, cp: &mut CpBuilder) -> PayloadBuilder {
    PayloadBuilder::new(qn, "123456", MN, cp.build()).st("32").cn(cn).flag(flag)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_implementation_sends_and_understands_the_answer() {
    let port = free_port();
    let more = format!("[hj212]\nlisten = \"127.0.0.1:{port}\"\nask_back_hours = 0\n");
    let site = Site::at("", STATIONS, &more);
    let running = site.launch();
    wait_until("lanbi run to listen", Duration::from_secs(30), || site.logged("loggers are heard") > 0);
    let mut logger = Logger::connect(port);
    let mut hour = CpBuilder::new();
    hour.data_time("20260105080000").kv("w01018-Avg", "15.2").kv("w01018-Flag", "N");
    let mut moment = CpBuilder::new();
    moment.data_time("20260105085857").rtd_flag("w01018", "16.5", "N").rtd_flag("w21003", "1.30", "D");
    let mut rest = CpBuilder::new();
    rest.data_time("20260105080000").kv("w21003-Avg", "1.25").kv("w21003-Flag", "N");
    for (qn, frame, version) in [
        ("20260105090000001", upload("20260105090000001", "2061", "5", &mut hour), 1),
        ("20260105090000002", upload("20260105090000002", "2011", "9", &mut moment), 2),
        // The second part of what was too long for one frame.
        ("20260105090000003", upload("20260105090000003", "2061", "11", &mut rest).pnum("2").pno("2"), 2),
        // The hour once more, as after an answer that was lost.
        ("20260105090000001", upload("20260105090000001", "2061", "5", &mut hour), 1),
    ] {
        let (answer, understood) = logger.ask(&frame.frame_standard());
        assert_eq!(understood.cn.as_deref(), Some("9014"), "{answer}");
        assert_eq!((understood.qn.as_deref(), understood.mn.as_deref()), (Some(qn), Some(MN)), "{answer}");
        assert_eq!(understood.flag_bits().unwrap().version(), version, "{answer}");
        if version == 2 {
            assert_eq!(answer, build_data_ack(qn, "123456", MN).frame_standard());
        }
    }
    let query = SampleQuery {
        station: StationId::new("out-1"),
        parameters: Vec::new(),
        period: None,
        after: "2026-01-01T00:00:00Z".parse().unwrap(),
        until: "2026-02-01T00:00:00Z".parse().unwrap(),
    };
    let mut stored: Vec<String> = site
        .store()
        .await
        .samples(&query)
        .await
        .unwrap()
        .iter()
        .map(|s| {
            format!(
                "{} {} {} {} {}",
                s.key.instant.format("%H:%M:%S"),
                s.key.period,
                s.key.parameter,
                s.value,
                s.flags.is_empty()
            )
        })
        .collect();
    stored.sort();
    let expected = [
        "00:58:57 moment cod 16.5 true",
        "00:58:57 moment nh3n 1.3 false",
        "01:00:00 1h cod 15.2 true",
        "01:00:00 1h nh3n 1.25 true",
    ];
    assert_eq!(stored, expected);
    running.stop();
    let account = site.account();
    let counted = ["in", "stored", "repeated", "rejected"].map(|key| account[key].as_u64().unwrap());
    assert_eq!(counted, [5, 4, 1, 0], "{account}");
}
