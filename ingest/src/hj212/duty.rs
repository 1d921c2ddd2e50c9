//! What a receiver owes to each command (HJ 212-2017, Tables 6, 7 and 9 and Appendix C; HJ 212-2025 as transcribed by
//! public projects; HJ/T 212-2005 from secondary texts).

use super::edition::Edition;

/// What a receiver does with a frame of some command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Duty {
    /// Stores the values in it, and acknowledges where that is asked for.
    Values,
    /// Keeps its text as a record of the station, and acknowledges where that is asked for.
    Record,
    /// Answers the notice.
    Notice,
    /// Nothing: it is an answer to what the receiver sent.
    Answer,
    /// Nothing: the host says it to a logger, or what a logger says so needs more than storing.
    Request,
    /// Keeps it where its number is that of an upload (2000 to 3999).
    Unknown,
}

/// A command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandKind {
    /// CN.
    pub cn: &'static str,
    /// The first edition that has it.
    pub since: Edition,
    /// What a receiver does with it.
    pub duty: Duty,
    /// Name.
    pub zh: &'static str,
}

const fn kind(cn: &'static str, since: Edition, duty: Duty, zh: &'static str) -> CommandKind {
    CommandKind { cn, since, duty, zh }
}

use Duty::{Answer, Notice, Record, Request, Values};
use Edition::{V2005, V2017, V2025};

/// Sorted by number. Where the editions of 2005 and 2025 give one number two meanings, both are named.
const COMMANDS: &[CommandKind] = &[
    kind("1000", V2005, Request, "设置超时时间及重发次数"),
    kind("1001", V2005, Request, "提取预警时间（2005）、上传硬件序列号（2025）"),
    kind("1002", V2005, Request, "设置预警时间（2005）、设置MN（2025）"),
    kind("1011", V2005, Request, "提取现场机时间"),
    kind("1012", V2005, Request, "设置现场机时间"),
    kind("1013", V2017, Notice, "现场机时间校准请求"),
    kind("1014", V2025, Request, "密钥申请与下发"),
    kind("1021", V2005, Request, "提取报警门限值"),
    kind("1022", V2005, Request, "设置报警门限值"),
    kind("1031", V2005, Request, "提取上位机地址"),
    kind("1032", V2005, Request, "设置上位机地址"),
    kind("1041", V2005, Request, "提取日数据上报时间"),
    kind("1042", V2005, Request, "设置日数据上报时间"),
    kind("1061", V2005, Request, "提取实时数据间隔"),
    kind("1062", V2005, Request, "设置实时数据间隔"),
    kind("1063", V2017, Request, "提取分钟数据间隔"),
    kind("1064", V2017, Request, "设置分钟数据间隔"),
    kind("1072", V2005, Request, "设置现场机密码"),
    kind("2011", V2005, Values, "污染物实时数据"),
    kind("2012", V2005, Request, "停止察看实时数据"),
    kind("2013", V2025, Record, "周期数据（原始谱图）"),
    kind("2021", V2005, Record, "设备运行状态"),
    kind("2022", V2005, Request, "停止察看设备运行状态"),
    kind("2031", V2005, Values, "污染物日数据"),
    kind("2041", V2005, Record, "设备运行时间日历史数据"),
    kind("2051", V2005, Values, "污染物分钟数据"),
    kind("2052", V2025, Record, "噪声单次事件"),
    kind("2061", V2005, Values, "污染物小时数据"),
    kind("2062", V2025, Record, "自动标样核查"),
    kind("2071", V2005, Record, "污染物报警记录"),
    kind("2072", V2005, Record, "上传报警事件"),
    kind("2081", V2017, Record, "数采仪开机时间"),
    kind("2111", V2025, Record, "炉膛温度五分钟均值"),
    kind("3011", V2005, Request, "零点校准量程校准"),
    kind("3012", V2005, Request, "即时采样"),
    kind("3013", V2005, Request, "启动清洗反吹"),
    kind("3014", V2005, Request, "比对采样（2005 设置采样时间周期）"),
    kind("3015", V2017, Record, "超标留样"),
    kind("3016", V2017, Request, "设置采样时间周期"),
    kind("3017", V2017, Request, "提取采样时间周期"),
    kind("3018", V2017, Request, "提取出样时间"),
    kind("3019", V2017, Record, "设备唯一标识"),
    kind("3020", V2017, Record, "现场机信息（日志、状态、参数）"),
    kind("3021", V2017, Request, "设置现场机参数"),
    kind("3022", V2025, Request, "即时留样"),
    kind("3024", V2025, Request, "启动标样核查"),
    kind("9011", V2005, Answer, "请求应答"),
    kind("9012", V2005, Answer, "执行结果"),
    kind("9013", V2005, Answer, "通知应答"),
    kind("9014", V2005, Answer, "数据应答"),
    kind("9015", V2025, Notice, "心跳"),
];

impl CommandKind {
    /// The command of a number; none for one that no edition has.
    #[must_use]
    pub fn of(cn: &str) -> Option<&'static Self> {
        let at = COMMANDS.binary_search_by_key(&cn, |command| command.cn).ok()?;
        COMMANDS.get(at)
    }
}

impl Duty {
    /// What a receiver does with a command.
    #[must_use]
    pub fn of(cn: &str) -> Self {
        CommandKind::of(cn).map_or(Self::Unknown, |command| command.duty)
    }
}

/// Whether the text of a command is kept as a record of its station: records, what a logger answers to a request, and
/// uploads that no edition has.
#[must_use]
pub fn is_kept(cn: &str) -> bool {
    match Duty::of(cn) {
        Duty::Record => true,
        Duty::Answer => matches!(cn, "9011" | "9012"),
        Duty::Unknown => is_upload_number(cn),
        Duty::Values | Duty::Notice | Duty::Request => false,
    }
}

/// Numbers of uploads and of control commands: 2000 to 3999.
pub(super) fn is_upload_number(cn: &str) -> bool {
    cn.len() == 4 && cn.starts_with(['2', '3']) && cn.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hj212::command::Upload;

    #[test]
    fn the_table_is_sorted_and_agrees_with_the_uploads_of_values() {
        assert!(COMMANDS.is_sorted_by(|a, b| a.cn < b.cn), "sorted, each once");
        for command in COMMANDS {
            assert_eq!(command.duty == Duty::Values, Upload::of(command.cn).is_some(), "{}", command.cn);
            assert_eq!(CommandKind::of(command.cn), Some(command));
        }
    }

    #[test]
    fn what_is_kept() {
        let check = |kept: bool, list: &[&str]| {
            for cn in list {
                assert_eq!(is_kept(cn), kept, "{cn}");
            }
        };
        check(
            true,
            &["2021", "2041", "2081", "3015", "3019", "3020", "9011", "9012", "2111", "2013", "2052", "2062"],
        );
        check(true, &["2000", "3999", "2999"]);
        check(
            false,
            &["2011", "2051", "2061", "2031", "1013", "9013", "9014", "9015", "1011", "3011", "4000", "1999"],
        );
        check(false, &["", "20", "20000", "2x00"]);
    }
}
