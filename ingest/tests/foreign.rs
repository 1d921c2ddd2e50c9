//! HJ 212 as another implementation speaks it, the crate `a` (Apache-2.0): what one of the two builds the other reads, both
//! cut a stream alike, and what one enciphers the other opens. So an error that our reader and our writer share is found.
//!
//! Where it differs from the standard, and what we do:
//!
//! | clause | the crate | lanbi |
//! |---|---|---|
//! | 2017 6.3.2, CP: `;` between items | `CpBuilder` ends the CP with `;` | reads it, counts `trailing-separator` |
//! | 2017 6.3.2, CP: `,` between the fields of a factor | takes `2.2,w01018-Flag=N` for the value | takes the field |
//! | 2017 Table 3, Flag: bit 1 says that PNUM and PNO are there | `PayloadBuilder` writes 7 without them | reads it, counts `part-absent` |
//! | 2017 C.14: an answer has the version of the upload | its answers say 8 (2025) to everybody | 4, to a logger of 2025 8 |
//! | 2017 6.3.1: four digits of CRC close a packet | `parse_frame` takes one that breaks off | not taken |
//! | 2017 6.3.1, Appendix A: a packet with a wrong CRC is not processed | its framer goes by the length alone | a length that leads nowhere costs no neighbour |
//! | DataTime is local | read as UTC | the station's zone |

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod common;

use base64::Engine as _;
use common::feed;
use hj212_foreign as foreign;
use lanbi_ingest::hj212::check::CrcKind;
use lanbi_ingest::hj212::command::Upload;
use lanbi_ingest::hj212::edition::Edition;
use lanbi_ingest::hj212::frame::{Frame, Piece, all_pieces, encode};
use lanbi_ingest::hj212::read::read;
use lanbi_ingest::hj212::reply::answer;
use lanbi_ingest::hj212::request::{Addressee, history, set_clock};
use lanbi_ingest::hj212::segment::Segment;
use lanbi_ingest::hj212::sm4::Key;
use lanbi_ingest::source::{Logger, Loggers};
use lanbi_model::Zone;
use rand::seq::IndexedRandom as _;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Frames made up in each test.
const FRAMES: u64 = 400;

/// Code, value, letter.
type Made = (String, String, &'static str);

/// What a logger might send.
#[derive(Clone, Debug)]
struct Sent {
    qn: String,
    st: &'static str,
    cn: &'static str,
    mn: String,
    flag: u8,
    part: Option<(u16, u16)>,
    time: String,
    factors: Vec<Made>,
}

impl Sent {
    fn draw(random: &mut ChaCha8Rng) -> Self {
        let digits = |random: &mut ChaCha8Rng, n: usize| -> String {
            (0..n).map(|_| char::from(random.random_range(b'0'..=b'9'))).collect()
        };
        let part = random.random_bool(0.3).then(|| {
            let all = random.random_range(1..=20);
            (random.random_range(1..=all), all)
        });
        let version = [0, 4, 8].choose(random).unwrap();
        let mut codes: Vec<&str> =
            vec!["w01018", "w21003", "w00000", "a34004", "a21026", "a05024", "LA", "d20105"];
        codes.truncate(random.random_range(1..=codes.len()));
        let value = |random: &mut ChaCha8Rng| {
            format!("{}.{}", random.random_range(-9..=999), random.random_range(0..=99))
        };
        Self {
            qn: digits(random, 17),
            st: ["21", "22", "32", "44"].choose(random).unwrap(),
            cn: ["2011", "2051", "2061", "2031"].choose(random).unwrap(),
            mn: {
                let n = [14, 24].choose(random).copied().unwrap();
                digits(random, n)
            },
            flag: version | u8::from(part.is_some()) << 1 | u8::from(random.random_bool(0.5)),
            part,
            time: digits(random, 14),
            factors: codes
                .iter()
                .map(|code| {
                    ((*code).to_owned(), value(random), *["N", "D", "M", "T"].choose(random).unwrap())
                })
                .collect(),
        }
    }

    fn field(&self) -> &'static str {
        Upload::of(self.cn).unwrap().field()
    }

    fn group(&self, (code, value, letter): &Made) -> String {
        format!("{code}-{}={value},{code}-Flag={letter}", self.field())
    }

    /// As the other implementation builds it.
    fn by_the_other(&self) -> String {
        let mut cp = foreign::CpBuilder::new();
        cp.data_time(&self.time);
        for (code, value, letter) in &self.factors {
            if self.field() == "Rtd" {
                cp.rtd_flag(code, value, letter);
            } else {
                cp.kv(format!("{code}-Avg"), value).kv(format!("{code}-Flag"), letter);
            }
        }
        let mut payload = foreign::PayloadBuilder::new(&self.qn, "123456", &self.mn, cp.build())
            .st(self.st)
            .cn(self.cn)
            .flag(self.flag.to_string());
        if let Some((number, of)) = self.part {
            payload = payload.pnum(of.to_string()).pno(number.to_string());
        }
        payload.frame_standard()
    }

    /// The same as a data segment of ours.
    fn segment(&self) -> String {
        let part = self.part.map_or(String::new(), |(number, of)| format!("PNUM={of};PNO={number};"));
        let groups: Vec<String> = self.factors.iter().map(|made| self.group(made)).collect();
        let Self { qn, st, cn, mn, flag, time, .. } = self;
        format!(
            "QN={qn};ST={st};CN={cn};PW=123456;MN={mn};Flag={flag};{part}CP=&&DataTime={time};{}&&",
            groups.join(";")
        )
    }
}

fn drawn(seed: u64) -> impl Iterator<Item = Sent> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    (0..FRAMES).map(move |_| Sent::draw(&mut random))
}

fn only_frame(bytes: &[u8]) -> Frame<'_> {
    match all_pieces(bytes).collect::<Vec<_>>()[..] {
        [Piece::Frame(frame)] => frame,
        ref other => panic!("{}: {other:?}", String::from_utf8_lossy(bytes)),
    }
}

#[test]
fn what_the_other_builds_is_read_with_its_header_and_factors() {
    for sent in drawn(1) {
        let bytes = sent.by_the_other();
        let frame = only_frame(bytes.as_bytes());
        assert_eq!((frame.crc, frame.raw), (CrcKind::Ok, bytes.as_bytes()), "{bytes}");
        let read = read(&Piece::Frame(frame), &Loggers::default()).unwrap();
        assert!(read.deviations.is_empty(), "{bytes}: {:?}", read.deviations);
        let segment = read.segment();
        let header = (segment.qn, segment.st, segment.cn, segment.pw, segment.mn);
        assert_eq!(header, (sent.qn.as_str(), sent.st, sent.cn, "123456", sent.mn.as_str()), "{bytes}");
        assert_eq!((segment.flag_bits(), segment.part()), (Some(sent.flag), sent.part), "{bytes}");
        let content = segment.content(Upload::of(sent.cn).unwrap());
        assert_eq!(content.time, Some(sent.time.as_str()));
        let factors: Vec<Made> = content
            .factors
            .iter()
            .map(|factor| {
                let letter =
                    sent.factors.iter().map(|made| made.2).find(|letter| factor.flag == Some(letter));
                (factor.code.to_owned(), factor.value.unwrap().to_owned(), letter.unwrap())
            })
            .collect();
        assert_eq!(factors, sent.factors, "{bytes}");
        assert!(segment.cp.ends_with(';'), "6.3.2: a `;` where no item follows");
    }
}

#[test]
fn what_we_build_is_read_by_the_other_as_strictly_as_it_can() {
    for sent in drawn(2) {
        let frame = encode(&sent.segment());
        let packet = foreign::parse_frame_strict(&frame).unwrap_or_else(|error| panic!("{frame}: {error}"));
        let header = [packet.qn.as_deref(), packet.st.as_deref(), packet.cn.as_deref(), packet.mn.as_deref()];
        assert_eq!(header.map(Option::unwrap), [&sent.qn, sent.st, sent.cn, &sent.mn], "{frame}");
        assert_eq!(packet.data_time.as_deref(), Some(sent.time.as_str()));
        let part = packet.pno().zip(packet.pnum());
        assert_eq!(part, sent.part.map(|(number, of)| (number.into(), of.into())), "{frame}");
        let (bits, ours) = (packet.flag_bits().unwrap(), Segment::parse(&packet.payload));
        assert_eq!((bits.need_ack(), bits.has_packet()), (ours.wants_answer(), ours.part().is_some()));
        assert_eq!(ours.edition().map(|edition| edition.bits() >> 2), Some(bits.version()), "{frame}");
        for made in &sent.factors {
            // 6.3.2: a `,` stands between the fields of one factor; the other leaves it in the value.
            let (key, rest) =
                sent.group(made).split_once('=').map(|(k, v)| (k.to_owned(), v.to_owned())).unwrap();
            assert_eq!(packet.cp.get(&key), Some(&rest), "{frame}");
        }
    }
    let again = encode(
        "QN=20260105085857223;ST=32;CN=2061;PW=123456;MN=M1;Flag=9;RF=1;CP=&&DataTime=20260105080000&&",
    );
    assert!(foreign::parse_frame_strict(&again).unwrap().is_retransmit());
    assert_eq!(Segment::parse(&again).rf, "1");
}

#[test]
fn answers_and_requests_are_what_the_other_understands() {
    for sent in drawn(3) {
        let bytes = sent.by_the_other();
        let text = std::str::from_utf8(only_frame(bytes.as_bytes()).data).unwrap();
        let reply = answer(&Segment::parse(text));
        let packet = foreign::parse_frame_strict(&bytes).unwrap();
        let bits = packet.flag_bits().unwrap();
        assert_eq!(reply.is_some(), bits.need_ack(), "{bytes}");
        let Some(reply) = reply else { continue };
        let understood =
            foreign::parse_frame_strict(&reply).unwrap_or_else(|error| panic!("{reply}: {error}"));
        assert_eq!(
            (understood.cn.as_deref(), &understood.qn, &understood.mn),
            (Some("9014"), &packet.qn, &packet.mn)
        );
        assert!(understood.cp.is_empty() && !understood.flag_bits().unwrap().need_ack());
        let theirs = foreign::build_data_ack(&sent.qn, "123456", &sent.mn);
        // C.14: Flag=4 to a logger of 2017; the other answers 8 whoever asks.
        let theirs = if bits.version() == 2 { theirs } else { theirs.flag("4") };
        assert_eq!(reply, theirs.frame_standard());
    }
    let beat = "QN=20260105085857223;ST=32;CN=9015;PW=123456;MN=M1;Flag=9;CP=&&&&";
    let theirs = foreign::build_notify_ack("20260105085857223", "123456", "M1").frame_standard();
    assert_eq!(answer(&Segment::parse(beat)), Some(theirs));
    // Their 9011 and 9012 ask for nothing.
    for done in [foreign::build_qn_rtn("1", "2", "M1", "1"), foreign::build_exe_rtn("1", "2", "M1", "1")] {
        assert_eq!(answer(&Segment::parse(&done.payload())), None);
    }
    let to = Addressee { st: "32", pw: "123456", mn: "M1", edition: Edition::V2025, zone: Zone::shanghai() };
    let at = |text: &str| text.parse().unwrap();
    let now = at("2026-01-05T00:58:57.223Z");
    let asked =
        history(&to, Upload::Hour, (at("2026-01-04T00:00:00Z"), at("2026-01-04T05:00:00Z")), now).unwrap();
    let packet = foreign::parse_frame_strict(&asked).unwrap();
    assert_eq!(packet.cp["BeginTime"], "20260104080000");
    assert_eq!(packet.cp["EndTime"], "20260104130000");
    let packet = foreign::parse_frame_strict(&set_clock(&to, now)).unwrap();
    assert_eq!((packet.cn.as_deref(), packet.cp["SystemTime"].as_str()), (Some("1012"), "20260105085857"));
}

/// The data segments that the other cuts from a stream that arrives in portions.
fn cut_by_the_other(bytes: &[u8], ends: &[usize]) -> Vec<Vec<u8>> {
    let (mut framer, mut frames, mut from) = (foreign::Framer::new(), Vec::new(), 0);
    for &end in ends.iter().chain([&bytes.len()]) {
        framer.push(&bytes[from..end]);
        from = end;
        while let Some(frame) = framer.next_frame() {
            let bare = frame.strip_suffix(b"\r\n").unwrap_or(&frame);
            frames.push(bare[6..bare.len() - 4].to_vec());
        }
    }
    frames
}

#[test]
fn both_cut_a_stream_alike() {
    let mut random = ChaCha8Rng::seed_from_u64(4);
    for round in 0..40 {
        let mut bytes = Vec::new();
        let mut expected = Vec::new();
        for _ in 0..12 {
            let sent = Sent::draw(&mut random);
            let ours = random.random_bool(0.5);
            let frame = if ours { encode(&sent.segment()) } else { sent.by_the_other() };
            expected.push(only_frame(frame.as_bytes()).data.to_vec());
            let bare = random.random_bool(0.2);
            bytes.extend_from_slice(if bare { frame.trim_end().as_bytes() } else { frame.as_bytes() });
            bytes.extend_from_slice([&b""[..], b"\r\n", b" hello \0", b"&&12;"].choose(&mut random).unwrap());
        }
        // Between the two signs of a head the other loses its place, see below.
        let mut ends: Vec<usize> =
            (0..random.random_range(0..60)).map(|_| random.random_range(1..bytes.len())).collect();
        ends.retain(|end| bytes[end - 1] != b'#' || bytes[*end] != b'#');
        ends.sort_unstable();
        assert_eq!(cut_by_the_other(&bytes, &ends), expected, "round {round}");
        assert_eq!(feed(&bytes, &ends).0, expected, "round {round}");
    }
}

#[test]
fn where_the_other_loses_frames_we_do_not() {
    let data = |n: u32| {
        format!("QN=2026010508585722{n};CN=2011;MN=M1;Flag=5;CP=&&DataTime=20260105085857;w01018-Rtd={n}&&")
    };
    let check = |stream: &str, ends: &[usize], theirs: &[u32], ours: &[u32]| {
        let segments = |numbers: &[u32]| numbers.iter().map(|n| data(*n).into_bytes()).collect::<Vec<_>>();
        let cut: Vec<Vec<u8>> = cut_by_the_other(stream.as_bytes(), ends);
        let sound: Vec<Vec<u8>> = cut.into_iter().filter(|cut| segments(&[1, 2]).contains(cut)).collect();
        assert_eq!(sound, segments(theirs), "{stream}");
        assert_eq!(feed(stream.as_bytes(), ends).0, segments(ours), "{stream}");
    };
    let [one, two] = [1, 2].map(|n| encode(&data(n)));
    check(&format!("{one}{two}"), &[], &[1, 2], &[1, 2]);
    // A portion that ends between the two signs of a head.
    check(&one, &[1], &[], &[1]);
    // `##` that no length follows.
    check(&format!("##12x{one}{two}"), &[], &[], &[1, 2]);
    // A length that is too large by some bytes; the CRC proves the true one.
    let length = data(1).len();
    let long = one.replace(&format!("##{length:04}"), &format!("##{:04}", length + 30));
    check(&format!("{long}{two}"), &[], &[], &[1, 2]);
}

#[test]
fn where_the_other_is_looser_than_the_standard() {
    // A sum that has letters.
    let data = (0..)
        .map(|n| {
            format!("QN=20260105085857223;CN=2011;MN=M1;Flag=5;CP=&&DataTime=20260105085857;w01018-Rtd={n}&&")
        })
        .find(|data| foreign::crc16_hex_upper(data.as_bytes()).contains(char::is_alphabetic))
        .unwrap();
    let frame = encode(&data);
    // 6.3.1: the CRC belongs to the packet.
    let broken_off = &frame[..frame.len() - 8];
    assert!(foreign::parse_frame(broken_off).is_ok());
    assert!(all_pieces(broken_off.as_bytes()).all(|piece| read(&piece, &Loggers::default()).is_err()));
    // The examples have capitals; both take small letters, and we count them.
    let small = foreign::build_frame_compat(&data);
    assert!(foreign::parse_frame(&small).is_ok());
    let read = read(&Piece::Frame(only_frame(small.as_bytes())), &Loggers::default()).unwrap();
    let keys: Vec<&str> = read.deviations.iter().map(|deviation| deviation.key()).collect();
    assert_eq!(keys, ["crc-lower-case", "line-end"]);
    // Table 3: bit 1 of the default Flag=7 announces parts that are not there.
    let default = foreign::PayloadBuilder::new("20260105085857223", "123456", "M1", "").payload();
    let segment = Segment::parse(&default);
    assert_eq!((segment.flag, segment.part()), ("7", None));
    // DataTime is the logger's local time.
    let utc = foreign::parse_datatime_to_utc("20260105085857").unwrap();
    let local = Zone::shanghai().to_instant(utc.naive_utc());
    assert_eq!((utc - local).num_hours(), 8);
}

/// Its SM4 of Appendix H, block by block: in ECB mode the padding changes no block before it.
struct Sm4([u8; 16]);

impl foreign::BlockCipher16 for Sm4 {
    fn encrypt_block(&self, block: &mut [u8; 16]) {
        let plain = std::str::from_utf8(block).unwrap();
        let sealed = foreign::crypto::sm4_auth::sm4_ecb_pkcs7_encrypt_base64(plain, &self.0);
        let sealed = base64::engine::general_purpose::STANDARD.decode(sealed).unwrap();
        block.copy_from_slice(&sealed[..16]);
    }

    fn decrypt_block(&self, _: &mut [u8; 16]) {
        panic!("only ours opens here");
    }
}

#[test]
fn what_the_other_enciphers_is_opened_with_the_key() {
    let secret = *b"msbE74gsiSHSEh5e";
    let loggers = |mn: &str, key: &[u8; 16]| {
        let (mns, keys) = (vec![mn.to_owned()], vec![Key::new(*key)]);
        Loggers::new(vec![Logger { mns, keys, ..Logger::default() }]).unwrap()
    };
    for sent in drawn(5) {
        let plain = sent.segment();
        let (head, cp) = plain.split_once("CP=&&").unwrap();
        let sealed = foreign::encrypt_data_segment(cp.strip_suffix("&&").unwrap(), &Sm4(secret)).unwrap();
        let sum = foreign::crc16_hex_upper(plain.as_bytes());
        let framed = |body: &[u8]| {
            let head = format!("{head}CP=&&");
            let length = head.len() + body.len() + 2;
            [format!("##{length:04}{head}").as_bytes(), body, b"&&", sum.as_bytes(), b"\r\n"].concat()
        };
        // A.2 prints the blocks as a list; the length that it prints beside fits the bytes.
        let raw = [sealed.encrypted.as_slice(), sealed.trailing_plaintext.as_bytes()].concat();
        for bytes in [framed(&raw), framed(sealed.to_wire_string().as_bytes())] {
            let piece = Piece::Frame(only_frame(&bytes));
            let opened =
                read(&piece, &loggers(&sent.mn, &secret)).unwrap_or_else(|fault| panic!("{plain}: {fault}"));
            assert_eq!(opened.text, plain);
            let wrong = loggers(&sent.mn, b"0000000000000000");
            assert!(!read(&piece, &wrong).is_ok_and(|read| read.text == plain), "{plain}");
        }
    }
}
