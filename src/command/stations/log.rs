//! `lanbi stations log`.

use std::io::Write as _;

use lanbi_model::{StationId, Zone};
use lanbi_store::{DeviceRecordFilter, Store};

use crate::{
    cli::LogArgs,
    command::{plain, records::stamp, stretch::Stretch},
};

/// Commands of HJ 212-2017, Table 9 (with 3022 and 2052 to 2111 of 2025), and what their records are.
const COMMANDS: &[(&str, &str)] = &[
    ("1013", "现场机时间校准请求"),
    ("2013", "周期采样数据"),
    ("2021", "设备运行状态"),
    ("2041", "设备运行时间日历史"),
    ("2052", "噪声事件"),
    ("2062", "自动标样核查"),
    ("2081", "数采仪开机时间"),
    ("2111", "炉膛温度5分钟均值"),
    ("3015", "超标留样"),
    ("3019", "设备唯一标识"),
    ("3020", "现场信息"),
    ("3022", "即时留样"),
    ("9011", "请求应答"),
    ("9012", "执行结果"),
    ("9013", "通知应答"),
    ("9014", "数据应答"),
    ("presence", "上线或离线"),
];

pub(super) async fn run(store: &dyn Store, args: &LogArgs) -> anyhow::Result<()> {
    let zone = Zone::shanghai();
    let (after, until) = Stretch::new(args.from, args.to)?.moments(zone);
    let filter = DeviceRecordFilter {
        station: args.station.as_deref().map(StationId::new),
        commands: args.commands.clone(),
        after: Some(after),
        until: Some(until),
        limit: args.limit,
    };
    let records = store.device_records(&filter).await?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "instant\treceived_at\tstation\tcommand\tmeaning\tpart\ttext")?;
    for record in records {
        writeln!(
            out,
            "{}\t{}\t{}\t{}\t{}\t{}\t{}",
            stamp(zone, record.instant),
            stamp(zone, record.received_at),
            record.station,
            plain(&record.command),
            meaning(&record.command),
            record.part.map(|(number, of)| format!("{number}/{of}")).unwrap_or_default(),
            plain(&record.text)
        )?;
    }
    Ok(())
}

/// What a command is called; empty for one that is not known.
fn meaning(command: &str) -> &'static str {
    COMMANDS.iter().find(|(known, _)| *known == command).map(|(_, zh)| *zh).unwrap_or_default()
}
