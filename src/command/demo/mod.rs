//! `lanbi demo`: the whole chain on one machine. A simulated district sends its messages to an embedded broker; from there
//! everything is what `lanbi run` does, only faster than real time.

mod folder;
mod live;
mod verify;

use std::{
    collections::VecDeque,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use chrono::{Datelike, Months, NaiveDate};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use lanbi_config::{examples, outlet_register};
use lanbi_ingest::mqtt::{MqttSettings, Publisher, Subscriber};
use lanbi_model::{Account, ReportPeriod, Zone};
use lanbi_reports::render::{FirstLook, ReportKind};
use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
};

use crate::{
    broker,
    cli::{DemoArgs, ReportFormat},
    demo::{self, Simulation, event::PlantedKind, feed::Message},
    facts::Sources,
    intake::Intake,
    metrics::Metrics,
    rollup::Rollup,
    service::{self, Parts},
    writer,
};
use verify::Finding;

/// The last month of the demo, so that the same command gives the same district next year. It lies on both sides of
/// 2026-03-01, when the air standards changed.
const LAST_MONTH: (i32, u32) = (2026, 10);

/// Messages of the simulated gateways under way at a time.
const IN_FLIGHT: u16 = 200;

/// A day's last hourly values arrive within this time after midnight.
const CLOSE_OF_DAY: chrono::TimeDelta = chrono::TimeDelta::minutes(5);

/// Reports written side by side.
const AT_ONCE: usize = 2;

/// How long the broker may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) async fn run(args: &DemoArgs) -> anyhow::Result<()> {
    // The embedded broker calls every connection that ends an error.
    super::log_to_stderr("error,rumqttd=off");
    let started = Instant::now();
    let stop = service::stop_signal()?;
    let (first, last) = days(args)?;
    let settings =
        folder::prepare(&args.data_dir, &demo::registry()?, last.year(), &lists(args.seed, first, last))?;
    let address = broker::start(broker::DEMO_BYTES)?;
    let broker_url = format!("mqtt://{address}");
    println!(
        "示例：嵌入式代理（仅供演示，本机回环 {address}，不落盘）和嵌入式数据库，模拟“{}”{first}至{last}。",
        settings.registry.district
    );

    let arrivals = Arc::new(Arrivals::new(Zone::shanghai().start_of(first)));
    let parts = Parts {
        registry: Arc::new(demo::registry()?),
        senders: Arc::default(),
        standards: Arc::new(super::standards_builtin()?),
        store: super::store(&settings).await?,
        clock: {
            let arrivals = Arc::clone(&arrivals);
            Arc::new(move || arrivals.next())
        },
        settings,
    };
    crate::watch::check_outlets(&parts.registry, &parts.standards)?;
    let mut rollup = parts.rollup(Zone::shanghai().start_of(first), None).await?;
    let simulation = Simulation::new(args.seed, first, last);

    let subscriber = Subscriber::start(&MqttSettings {
        url: broker_url.clone(),
        client_id: "lanbi-demo".to_owned(),
        topics: parts.settings.mqtt.topics.clone(),
        ..MqttSettings::default()
    })?;
    subscriber.ready(PATIENCE).await?;
    let mut ways = Intake { subscriber: Some(subscriber), listener: None };
    let (pipeline, committed) =
        parts.pipeline(Arc::new(Notify::new()), Arc::new(Metrics::new()), Arc::default());
    let (drain, drained) = watch::channel(false);
    let ingest = tokio::spawn(async move {
        let outcome = pipeline.run(&mut ways, drained).await;
        ways.close().await;
        outcome
    });
    let publisher = Publisher::connect(
        &MqttSettings {
            url: broker_url.clone(),
            client_id: "lanbi-demo-gateway".to_owned(),
            ..MqttSettings::default()
        },
        IN_FLIGHT,
        PATIENCE,
    )
    .await?;
    let fed = Feed { publisher: &publisher, arrivals: &arrivals, committed }
        .history(&simulation, (first, last), &mut rollup, &stop)
        .await;
    publisher.finish().await?;
    drain.send_replace(true);
    ingest.await?.context("the store refused a batch")?;
    fed?;

    let records = demo::records(args.seed, first, last);
    let made = (parts.clock)();
    parts.store.keep_patrols(&records.patrols, "demo", made).await?;
    parts.store.keep_problems(&records.problems, "demo", made).await?;
    let sources = Arc::new(parts.sources(None, Zone::shanghai().end_of(last))?);
    let findings = verify::verify(&sources, simulation.planted()).await?;
    write_reports(&sources, &findings, first, last).await?;
    folder::write_findings(&args.data_dir, &findings)?;
    parts.write_account().await?;
    say(&args.data_dir, parts.store.account().await?, &findings, last, started.elapsed());
    if args.live {
        live::run(&parts, &simulation, last, &broker_url, &arrivals, stop).await?;
    }
    parts.store.close().await;
    Ok(())
}

/// What the district keeps beside its stations.
fn lists(seed: u64, first: NaiveDate, last: NaiveDate) -> Vec<folder::Extra> {
    vec![
        ("rivers.geojson", demo::network()),
        ("samplings.csv", demo::samplings(seed, first, last)),
        ("reaches.csv", demo::REACHES.to_owned()),
        ("outlets.csv", outlet_register::EXAMPLE.to_owned()),
        ("roster.csv", examples::ROSTER.to_owned()),
        ("allowances.csv", demo::allowances(last.year())),
    ]
}

/// First and last day: whole months up to the fixed last one, or up to today with `--live`.
fn days(args: &DemoArgs) -> anyhow::Result<(NaiveDate, NaiveDate)> {
    let (year, month) = LAST_MONTH;
    let fixed = NaiveDate::from_ymd_opt(year, month, 1).context("the last month of the demo is no month")?;
    let today = Zone::shanghai().day_of(chrono::Utc::now());
    let last_month = if args.live { today.with_day(1).unwrap_or(today) } else { fixed };
    let first = last_month
        .checked_sub_months(Months::new(args.months - 1))
        .context("--months reaches too far back; write at most 60")?;
    let last = if args.live {
        today.pred_opt().unwrap_or(today).max(first)
    } else {
        lanbi_model::zone::last_day_of_month(fixed)
    };
    Ok((first, last))
}

/// The clock of the demo: the arrival of a message is the time its station sent it. Messages come out of the broker in
/// the order they went in, so their times wait in a queue.
pub(crate) struct Arrivals(Mutex<(VecDeque<lanbi_model::Instant>, lanbi_model::Instant)>);

impl Arrivals {
    fn new(start: lanbi_model::Instant) -> Self {
        Self(Mutex::new((VecDeque::new(), start)))
    }

    /// A message is about to be sent.
    fn announce(&self, at: lanbi_model::Instant) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0.push_back(at);
    }

    /// A message has been taken in; with nothing announced, the time stands still.
    fn next(&self) -> lanbi_model::Instant {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = state.0.pop_front() {
            state.1 = at;
        }
        state.1
    }
}

/// Sends the history day by day: a day is derived when all its messages are committed, as it would have been then.
struct Feed<'a> {
    publisher: &'a Publisher,
    arrivals: &'a Arrivals,
    committed: watch::Receiver<u64>,
}

impl Feed<'_> {
    async fn history(
        mut self,
        simulation: &Simulation,
        (first, last): (NaiveDate, NaiveDate),
        rollup: &mut Rollup,
        stop: &watch::Receiver<bool>,
    ) -> anyhow::Result<()> {
        let zone = Zone::shanghai();
        let total = u64::try_from((last - first).num_days() + 1).unwrap_or(1);
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
        bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} 天  {msg}")?);
        let mut messages = simulation.messages().peekable();
        let mut sent = 0;
        for day in first.iter_days().take_while(|day| *day <= last) {
            anyhow::ensure!(!*stop.borrow(), "interrupted; the demo can be started anew");
            let end = zone.end_of(day) + CLOSE_OF_DAY;
            let is_last = day == last;
            while let Some(Message { sent_at, topic, payload }) =
                messages.next_if(|m| m.sent_at <= end || is_last)
            {
                self.arrivals.announce(sent_at);
                self.publisher.publish(&topic, payload).await?;
                sent += 1;
            }
            self.committed.wait_for(|count| *count >= sent).await.context("the pipeline ended early")?;
            rollup.settle(end).await?;
            bar.inc(1);
            bar.set_message(format!("{day}  报文 {sent}"));
        }
        // The last hours of the last day are in as well: its day means are final.
        rollup.settle(zone.end_of(last) + chrono::TimeDelta::hours(3)).await?;
        bar.finish_and_clear();
        Ok(())
    }
}

/// A report that a newcomer should open, with the reason.
struct Highlight {
    kind: ReportKind,
    period: ReportPeriod,
    reason: String,
}

/// The days that show what was planted, and the newest ones.
fn highlights(findings: &[Finding], last: NaiveDate) -> Vec<Highlight> {
    let zone = Zone::shanghai();
    let daily = |day: NaiveDate, reason: &str| Highlight {
        kind: ReportKind::Daily,
        period: ReportPeriod::Day(day),
        reason: reason.to_owned(),
    };
    let chief =
        |day: NaiveDate, reason: &str| Highlight { kind: ReportKind::RiverChief, ..daily(day, reason) };
    let mut all = Vec::new();
    for finding in findings {
        let start = zone.day_of(finding.planted.from);
        let second = start.succ_opt().unwrap_or(start).min(last);
        let end = zone.day_of_end(finding.planted.to).min(last);
        match finding.planted.kind {
            PlantedKind::HeavyPollution => {
                all.push(daily(second, "重污染过程中的一天：AQI 大于 200，按 HJ 633-2012 评价"))
            }
            PlantedKind::Dust => all.push(daily(end, "沙尘日：首要污染物 PM10，按 HJ 633-2026 评价")),
            PlantedKind::OutletBreach => {
                all.push(daily(second, "排污口超标次日：下游断面随之变差"));
                all.push(chief(second, "同一天河长看到的：排污口、断面、报警和应巡事项"));
                all.push(Highlight {
                    kind: ReportKind::Water,
                    period: month_of(second),
                    reason: "当月水环境：断面升高时段与上游线索、水系图、营养状态".to_owned(),
                });
            }
            PlantedKind::BlackOdorReturn => all.push(daily(end, "已治理沟渠返黑返臭")),
            PlantedKind::Silence => all.push(daily(second, "一个空气站失联：NA、数据获取率和失联报警")),
            PlantedKind::FrozenSensor => all.push(daily(second, "PM2.5 恒值：只标记，不剔除，待人工审核")),
            PlantedKind::LateBatch => all.push(daily(start, "两天后补传的数据：日均值已重算")),
            _ => {}
        }
    }
    all
}

async fn write_reports(
    sources: &Arc<Sources>,
    findings: &[Finding],
    first: NaiveDate,
    last: NaiveDate,
) -> anyhow::Result<()> {
    let dir = sources.settings.report_dir();
    let mut wanted: Vec<(ReportKind, ReportPeriod)> = Vec::new();
    let mut looks = vec![FirstLook {
        href: format!("monthly-{}.html", last.format("%Y-%m")),
        title: format!("{}环境质量月报", month_of(last).zh()),
        reason: "最近一个月：空气、断面、排污口、黑臭水体、报警、数据获取".to_owned(),
    }];
    looks.push(FirstLook {
        href: format!("river-chief-{last}.html"),
        title: format!("{last} 河长每日巡查单"),
        reason: "最近一天：逾期、今日到期、断面、排污口、在办问题".to_owned(),
    });
    looks.push(FirstLook {
        href: format!("river-chief-{}.html", last.format("%Y-%m")),
        title: format!("{}河长制工作月报", month_of(last).zh()),
        reason: "最近一个月：巡查完成率、问题按期销号率、河段等级、街镇排名、下步要求".to_owned(),
    });
    for (kind, reason) in [
        (ReportKind::Outlet, "排污口：有效日均值、排放量与覆盖率、年度总量进度、台账问题"),
        (ReportKind::BlackOdor, "黑臭水体：名录状态、返黑返臭、点位定级、预警名单"),
    ] {
        looks.push(FirstLook {
            href: format!("{}-{}.html", kind.key(), month_of(last)),
            title: format!("{}{}", month_of(last).zh(), kind.zh()),
            reason: reason.to_owned(),
        });
        wanted.push((kind, month_of(last)));
    }
    for highlight in highlights(findings, last) {
        looks.push(FirstLook {
            href: format!("{}-{}.html", highlight.kind.key(), highlight.period),
            title: format!("{} {}", highlight.period, highlight.kind.title(highlight.period)),
            reason: highlight.reason,
        });
        wanted.push((highlight.kind, highlight.period));
    }
    let mut month = first;
    while month <= last {
        wanted.push((ReportKind::Monthly, month_of(month)));
        month = month.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX);
    }
    wanted.push((ReportKind::Water, month_of(last)));
    wanted.push((ReportKind::RiverChief, ReportPeriod::Day(last)));
    wanted.push((ReportKind::RiverChief, month_of(last)));
    wanted.extend(
        last.iter_days()
            .rev()
            .take(7)
            .filter(|d| *d >= first)
            .map(|d| (ReportKind::Daily, ReportPeriod::Day(d))),
    );
    let bar = ProgressBar::with_draw_target(u64::try_from(wanted.len()).ok(), ProgressDrawTarget::stderr());
    bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} 份报告")?);
    let mut tasks = JoinSet::new();
    let mut wanted = wanted.into_iter();
    loop {
        while tasks.len() < AT_ONCE
            && let Some((kind, period)) = wanted.next()
        {
            let (sources, dir) = (Arc::clone(sources), dir.clone());
            tasks.spawn(
                async move { writer::write(&sources, kind, period, &[ReportFormat::Html], &dir).await },
            );
        }
        let Some(done) = tasks.join_next().await else { break };
        done??;
        bar.inc(1);
    }
    bar.finish_and_clear();
    writer::write_index(sources, sources.store.account().await?, &dir, looks)?;
    Ok(())
}

fn month_of(day: NaiveDate) -> ReportPeriod {
    ReportPeriod::Month(day.with_day(1).unwrap_or(day))
}

/// The account in words.
fn say(dir: &Path, account: Account, findings: &[Finding], last: NaiveDate, elapsed: Duration) {
    let seen = findings.iter().filter(|f| f.seen).count();
    println!("\n收发账（{} 条报文，{:.1} 秒）", account.messages, elapsed.as_secs_f64());
    println!(
        "  收到 {} = 入库 {} + 重复 {} + 拒收 {}    {}",
        account.incoming,
        account.stored,
        account.repeated,
        account.rejected,
        if account.balances() { "账目相符" } else { "账目不符！" }
    );
    println!(
        "  报警：发出 {}，解除 {}，撤销 {}；迟到或修订后重算 {} 站日",
        account.alarms_raised, account.alarms_cleared, account.alarms_withdrawn, account.recomputed.days
    );
    println!("\n预埋事件 {} 项，查到 {seen} 项", findings.len());
    for finding in findings {
        println!(
            "  {} {}：{}",
            if finding.seen { "✓" } else { "✗" },
            finding.planted.title(),
            finding.evidence
        );
    }
    println!("\n报告在 {}", dir.join("reports").display());
    println!("  先打开 {}", dir.join("reports").join("index.html").display());
    let earlier = last - chrono::Days::new(9);
    let settings = dir.join("lanbi.toml");
    println!(
        "  再试   cargo run --release -- report daily --period {earlier} --config {}",
        settings.display()
    );
}

#[cfg(test)]
mod tests {
    use lanbi_config::Settings;

    use super::*;

    #[test]
    fn the_clock_follows_the_messages_and_then_stands_still() {
        let at = |text: &str| text.parse::<lanbi_model::Instant>().unwrap();
        let arrivals = Arrivals::new(at("2026-01-01T00:00:00Z"));
        arrivals.announce(at("2026-01-01T01:00:00Z"));
        arrivals.announce(at("2026-01-01T02:00:00Z"));
        let taken: Vec<_> = (0..3).map(|_| arrivals.next()).collect();
        assert_eq!(taken, ["2026-01-01T01:00:00Z", "2026-01-01T02:00:00Z", "2026-01-01T02:00:00Z"].map(at));
    }

    #[test]
    fn thirteen_months_lie_on_both_sides_of_the_change_of_law() {
        let args = DemoArgs { data_dir: "x".into(), seed: 1, months: 13, live: false };
        let (first, last) = days(&args).unwrap();
        assert_eq!((first.to_string().as_str(), last.to_string().as_str()), ("2025-10-01", "2026-10-31"));
    }

    #[test]
    fn the_demo_folder_holds_settings_that_load() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("demo");
        let day = NaiveDate::from_ymd_opt(2027, 6, 30).unwrap();
        let extra = lists(1, day, day);
        let prepared = folder::prepare(&data, &demo::registry().unwrap(), 2027, &extra).unwrap();
        let loaded = Settings::load(Some(&data.join("lanbi.toml")), &[]).unwrap();
        assert_eq!(loaded.data_dir(), prepared.data_dir());
        assert!(loaded.registry.demo);
        let targets = crate::facts::load_targets(&loaded).unwrap();
        assert!(!targets.is_empty() && targets.iter().all(|target| target.year == 2027));
        assert_eq!(crate::facts::load_reaches(&loaded, &demo::registry().unwrap()).unwrap().len(), 7);
        let law = lanbi_config::standards::builtin().unwrap();
        let lists = crate::facts::load_lists(&loaded, &demo::registry().unwrap(), &law).unwrap();
        assert!(lists.register.is_some_and(|outlets| outlets.len() >= 12));
        assert!(!lists.allowances.is_empty() && lists.allowances.iter().all(|a| a.year == 2027));
        let roster = lists.roster.unwrap();
        let ditches = demo::registry().unwrap();
        assert!(ditches.ditches().all(|ditch| roster.iter().any(|body| body.name == ditch.water)));
        // A folder that is somebody else's is left alone.
        let other = dir.path().join("other");
        std::fs::create_dir(&other).unwrap();
        std::fs::write(other.join("letter.txt"), "dear").unwrap();
        assert!(folder::prepare(&other, &demo::registry().unwrap(), 2027, &extra).is_err());
        assert!(other.join("letter.txt").is_file());
    }
}
