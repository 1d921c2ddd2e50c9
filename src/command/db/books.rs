//! The books: what a store keeps besides values and dead letters, one JSON object a line. Device records stand in front,
//! written piece by piece, because there can be many.

use std::io::{BufRead, Write};

use anyhow::Context as _;
use lanbi_model::{DailyMean, StationId, Validity};
use lanbi_store::{Archive, StaleCauses, StaleMark, WrittenReport};
use serde::{Deserialize, Serialize};

use super::{
    alarm_line::{AlarmLine, StateLine},
    device_line::DeviceLine,
    manifest::AccountLine,
    record_line::{PatrolLine, ProblemLine},
    word,
};

/// Rows put into the store at a time.
const AT_ONCE: usize = 5000;

/// Bytes of lines after which fewer rows are enough, because a device record can be long.
const BYTES_AT_ONCE: usize = 8 << 20;

/// One row of the books.
#[derive(Debug, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Line {
    Alarm(AlarmLine),
    Waiting { event: String, alarm: AlarmLine },
    Rule(StateLine),
    Day(DayLine),
    Derived { station: String, day: String },
    Stale { station: String, day: String, derived_before: bool, causes: u8 },
    Report(ReportLine),
    Memo { key: String, text: String },
    Patrol(PatrolLine),
    Problem(ProblemLine),
    DeviceRecord(DeviceLine),
    Account(AccountLine),
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct DayLine {
    station: String,
    parameter: String,
    day: String,
    value: Option<String>,
    min: Option<String>,
    max: Option<String>,
    count: u32,
    expected: u32,
    valid: bool,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct ReportLine {
    report: String,
    period: String,
    first: String,
    last: String,
    area: String,
    folder: String,
    formats: String,
    written_at: String,
    outdated: bool,
}

impl From<&DailyMean> for DayLine {
    fn from(mean: &DailyMean) -> Self {
        let text = |value: Option<lanbi_model::Decimal>| value.map(|v| v.to_string());
        Self {
            station: mean.station.to_string(),
            parameter: mean.parameter.to_string(),
            day: mean.day.to_string(),
            value: text(mean.value),
            min: text(mean.min),
            max: text(mean.max),
            count: mean.count,
            expected: mean.expected,
            valid: mean.validity == Validity::Valid,
        }
    }
}

impl TryFrom<DayLine> for DailyMean {
    type Error = anyhow::Error;

    fn try_from(line: DayLine) -> anyhow::Result<Self> {
        let number = |text: Option<String>| text.as_deref().map(word::decimal).transpose();
        Ok(Self {
            station: StationId::new(&line.station),
            parameter: word::parameter(&line.parameter)?,
            day: word::day(&line.day)?,
            value: number(line.value)?,
            min: number(line.min)?,
            max: number(line.max)?,
            count: line.count,
            expected: line.expected,
            validity: if line.valid { Validity::Valid } else { Validity::Insufficient },
        })
    }
}

impl From<&WrittenReport> for ReportLine {
    fn from(report: &WrittenReport) -> Self {
        Self {
            report: report.kind.clone(),
            period: report.period.to_string(),
            first: report.first.to_string(),
            last: report.last.to_string(),
            area: report.area.clone(),
            folder: report.folder.clone(),
            formats: report.formats.clone(),
            written_at: word::of_instant(report.written_at),
            outdated: report.outdated,
        }
    }
}

impl TryFrom<ReportLine> for WrittenReport {
    type Error = anyhow::Error;

    fn try_from(line: ReportLine) -> anyhow::Result<Self> {
        Ok(Self {
            kind: line.report,
            period: line.period.parse()?,
            first: word::day(&line.first)?,
            last: word::day(&line.last)?,
            area: line.area,
            folder: line.folder,
            formats: line.formats,
            written_at: word::instant(&line.written_at)?,
            outdated: line.outdated,
        })
    }
}

fn lines(books: &Archive) -> impl Iterator<Item = Line> + '_ {
    let stale = |mark: &StaleMark| Line::Stale {
        station: mark.station.to_string(),
        day: mark.day.to_string(),
        derived_before: mark.derived_before,
        causes: mark.causes.bits(),
    };
    let waiting = |(alarm, event): &(lanbi_model::Alarm, String)| Line::Waiting {
        event: event.clone(),
        alarm: alarm.into(),
    };
    // Alarms come before what waits to be sent about them; the account comes last.
    (books.alarms.iter().map(|alarm| Line::Alarm(alarm.into())))
        .chain(books.waiting.iter().map(waiting))
        .chain(books.alarm_states.iter().map(|state| Line::Rule(state.into())))
        .chain(books.daily.iter().map(|mean| Line::Day(mean.into())))
        .chain(
            books.derived.iter().map(|(s, d)| Line::Derived { station: s.to_string(), day: d.to_string() }),
        )
        .chain(books.stale.iter().map(stale))
        .chain(books.reports.iter().map(|report| Line::Report(report.into())))
        .chain(books.memos.iter().map(|(key, text)| Line::Memo { key: key.clone(), text: text.clone() }))
        .chain(books.patrols.iter().map(|kept| Line::Patrol(kept.into())))
        .chain(books.problems.iter().map(|kept| Line::Problem(kept.into())))
        .chain(books.records.iter().map(|stored| Line::DeviceRecord(stored.into())))
        .chain(books.account.map(|account| Line::Account(account.into())))
}

/// Writes the books; gives the number of lines.
pub(super) fn write(out: &mut impl Write, books: &Archive) -> anyhow::Result<u64> {
    let mut count = 0;
    for line in lines(books) {
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
        count += 1;
    }
    Ok(count)
}

/// Reads the books in pieces for the store, in the order in which they were written.
pub(super) fn read(input: impl BufRead) -> impl Iterator<Item = anyhow::Result<Archive>> {
    let mut lines = input.lines().enumerate();
    std::iter::from_fn(move || {
        let mut piece = Archive::default();
        let (mut rows, mut bytes) = (0, 0);
        for (number, line) in lines.by_ref() {
            let added = line
                .map_err(anyhow::Error::from)
                .inspect(|line| bytes += line.len())
                .and_then(|line| Ok(serde_json::from_str::<Line>(&line)?))
                .and_then(|line| add(&mut piece, line))
                .with_context(|| format!("line {} of the books", number + 1));
            if let Err(error) = added {
                return Some(Err(error));
            }
            rows += 1;
            if rows == AT_ONCE || bytes > BYTES_AT_ONCE {
                break;
            }
        }
        (rows > 0).then_some(Ok(piece))
    })
}

fn add(piece: &mut Archive, line: Line) -> anyhow::Result<()> {
    match line {
        Line::Alarm(alarm) => piece.alarms.push(alarm.try_into()?),
        Line::Waiting { event, alarm } => piece.waiting.push((alarm.try_into()?, event)),
        Line::Rule(state) => piece.alarm_states.push(state.try_into()?),
        Line::Day(mean) => piece.daily.push(mean.try_into()?),
        Line::Derived { station, day } => {
            piece.derived.push((StationId::new(&station), word::day(&day)?));
        }
        Line::Stale { station, day, derived_before, causes } => piece.stale.push(StaleMark {
            station: StationId::new(&station),
            day: word::day(&day)?,
            version: 0,
            derived_before,
            causes: StaleCauses::from_bits_retain(causes),
        }),
        Line::Report(report) => piece.reports.push(report.try_into()?),
        Line::Memo { key, text } => piece.memos.push((key, text)),
        Line::Patrol(kept) => piece.patrols.push(kept.try_into()?),
        Line::Problem(kept) => piece.problems.push(kept.try_into()?),
        Line::DeviceRecord(record) => piece.records.push(record.try_into()?),
        Line::Account(account) => piece.account = Some(account.into()),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use lanbi_model::{
        Account, Alarm, AlarmPhase, AlarmState, Decimal, DeviceRecord, Instant, Parameter, Patrol, Problem,
        ProblemKind, ProblemState, ProblemStep, ProblemUrgency, Recomputed, RuleId, Severity,
    };
    use lanbi_store::{Earlier, Recorded, StoredDeviceRecord};

    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn full() -> Archive {
        let (air, outlet) = (StationId::new("空气 1"), StationId::new("o"));
        let alarm = Alarm {
            station: air.clone(),
            rule: RuleId("silent".to_owned()),
            parameter: None,
            severity: Severity::Notice,
            raised_at: at("2026-03-01T01:00:00.000001Z"),
            since: at("2026-03-01T00:00:00Z"),
            cleared_at: None,
            withdrawn_at: Some(at("2026-03-02T00:00:00Z")),
            worst: None,
            limit: None,
            text: "失联\n\"x\"".to_owned(),
            basis: String::new(),
        };
        let limit = Alarm {
            parameter: Some(Parameter::Cod),
            severity: Severity::Breach,
            cleared_at: Some(at("2026-03-03T00:00:00Z")),
            withdrawn_at: None,
            worst: Some(Decimal::new(615, 1)),
            limit: Some(Decimal::from(60)),
            ..alarm.clone()
        };
        let (since, raised_at, worst) = (alarm.since, alarm.raised_at, Decimal::new(-5, 1));
        let clear_since = at("2026-03-03T00:00:00Z");
        let phases = [
            AlarmPhase::Normal,
            AlarmPhase::Pending { since, worst },
            AlarmPhase::Active { since, raised_at, worst },
            AlarmPhase::Clearing { since, raised_at, worst, clear_since },
        ];
        let state = |phase| AlarmState {
            station: outlet.clone(),
            rule: RuleId("outlet-day".to_owned()),
            parameter: Some(Parameter::Cod),
            phase,
            last: (phase != AlarmPhase::Normal).then_some(since),
        };
        let mean = DailyMean {
            station: air.clone(),
            parameter: Parameter::O3EightHour,
            day: "2026-03-01".parse().unwrap(),
            value: Some("1.333333333333333333333333333".parse().unwrap()),
            min: Some(Decimal::ZERO),
            max: None,
            count: 3,
            expected: 24,
            validity: Validity::Insufficient,
        };
        let day = mean.day;
        Archive {
            daily: vec![mean.clone(), DailyMean { value: None, validity: Validity::Valid, ..mean }],
            derived: vec![(air.clone(), day)],
            stale: vec![StaleMark {
                station: outlet.clone(),
                day,
                version: 0,
                derived_before: true,
                causes: StaleCauses::REVIEWED | StaleCauses::ARRIVED,
            }],
            waiting: vec![(limit.clone(), "cleared".to_owned())],
            alarms: vec![alarm, limit],
            alarm_states: phases.into_iter().map(state).collect(),
            reports: vec![WrittenReport {
                kind: "monthly".to_owned(),
                period: "2026-Q1".parse().unwrap(),
                first: day,
                last: day,
                area: "城区".to_owned(),
                folder: "a b".to_owned(),
                formats: "html,pdf".to_owned(),
                written_at: since,
                outdated: true,
            }],
            memos: vec![("档案".to_owned(), "一\n二".to_owned())],
            patrols: vec![Recorded {
                earlier: vec![Earlier {
                    record: Patrol { length_m: None, water: String::new(), ..patrol(since) },
                    replaced_at: raised_at,
                    source: "a.csv".to_owned(),
                }],
                now: patrol(since),
            }],
            problems: vec![
                Recorded {
                    earlier: vec![Earlier {
                        record: Problem { chief: None, ..problem(Vec::new()) },
                        replaced_at: raised_at,
                        source: "b.csv".to_owned(),
                    }],
                    now: problem(vec![ProblemStep {
                        at: raised_at,
                        state: ProblemState::Found,
                        by: "河长".to_owned(),
                        to: "河长办".to_owned(),
                        note: "一\n\"二\"".to_owned(),
                    }]),
                },
                Recorded { earlier: Vec::new(), now: problem(Vec::new()) },
            ],
            records: [None, Some((2, 3))]
                .map(|part| StoredDeviceRecord { id: 0, record: record(since, part) })
                .into(),
            account: Some(Account {
                incoming: 1,
                stored: 2,
                repeated: 3,
                rejected: 4,
                messages: 5,
                revised: 6,
                alarms_raised: 7,
                alarms_cleared: 8,
                alarms_withdrawn: 9,
                reviewed: 10,
                recomputed: Recomputed {
                    days: 11,
                    late: 12,
                    revised: 13,
                    reviewed: 14,
                    replayed: 15,
                    rechecked: 16,
                },
            }),
            ..Archive::default()
        }
    }

    fn record(instant: Instant, part: Option<(u16, u16)>) -> DeviceRecord {
        DeviceRecord {
            station: StationId::new("空气 1"),
            command: "3020".to_owned(),
            instant,
            received_at: instant,
            part,
            text: "i12001-Info=//开门\n\"一\"//".to_owned(),
        }
    }

    fn patrol(ended: Instant) -> Patrol {
        Patrol {
            id: "p 1".to_owned(),
            chief: "c".to_owned(),
            water: "示例河".to_owned(),
            started: ended,
            ended,
            length_m: Some(Decimal::new(12505, 1)),
            source: "app".to_owned(),
            note: "一\n二".to_owned(),
        }
    }

    fn problem(steps: Vec<ProblemStep>) -> Problem {
        Problem {
            id: "q".to_owned(),
            chief: Some("c".to_owned()),
            water: String::new(),
            place: "桥下".to_owned(),
            kind: ProblemKind::Floating,
            urgency: ProblemUrgency::Complex,
            supervised: true,
            source: String::new(),
            steps,
        }
    }

    #[test]
    fn the_books_read_back() {
        let mut text = Vec::new();
        let books = full();
        assert_eq!(write(&mut text, &books).unwrap(), 19);
        let pieces: Vec<Archive> = read(text.as_slice()).map(Result::unwrap).collect();
        assert_eq!(pieces, [books]);
    }

    #[test]
    fn books_are_read_in_pieces_and_a_bad_line_is_named() {
        let memo = |n: usize| format!("{{\"kind\":\"memo\",\"key\":\"{n}\",\"text\":\"\"}}\n");
        let text: String = (0..AT_ONCE + 1).map(memo).collect();
        let counts: Vec<usize> = read(text.as_bytes()).map(|piece| piece.unwrap().memos.len()).collect();
        assert_eq!(counts, [AT_ONCE, 1]);
        let long =
            format!("{{\"kind\":\"memo\",\"key\":\"a\",\"text\":\"{}\"}}\n", "x".repeat(BYTES_AT_ONCE));
        let pieces = read([long.as_str(), &memo(1)].concat().as_bytes()).count();
        assert_eq!(pieces, 2, "a long row goes alone");
        let bad = format!("{}{{\"kind\":\"x\"}}\n", memo(0));
        let error = read(bad.as_bytes()).next().unwrap().unwrap_err();
        assert!(format!("{error:#}").starts_with("line 2 of the books"), "{error:#}");
    }
}
