//! Arguments of `lanbi patrols` and `lanbi problems`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use lanbi_model::{ProblemState, Zone};

use super::review::stamp;
use crate::assess::Stamp;

#[derive(Subcommand, Debug)]
pub(crate) enum PatrolsCommand {
    /// Keep patrols from files. The same record again changes nothing; another content under a known id takes its place
    /// and the earlier one stays readable.
    ///
    /// Columns: id, chief (id or name), water (one of the chief's; empty for all of them), started, ended, length_m (may be
    /// empty), source, note; id, chief, started and ended must be there. Chinese headers: 编号, 河长, 河湖, 开始时间,
    /// 结束时间, 里程, 来源, 备注.
    ///
    /// What is below the least metres or minutes of the settings (river_chief) is kept and does not count.
    Import(RecordsArgs),
    /// Patrols in the order of their ends, as tab-separated lines; says which of them count, and why others do not.
    List {
        #[command(flatten)]
        which: StretchOfChief,
    },
    /// One patrol with what stood under its id before.
    Show {
        /// Id as listed.
        id: String,
        #[command(flatten)]
        zone: ZoneArg,
    },
}

#[derive(Subcommand, Debug)]
pub(crate) enum ProblemsCommand {
    /// Keep problems and the steps taken about them from files. A row is a step with the problem it belongs to; a row
    /// without state, at, by, to and note says something of the problem alone.
    ///
    /// Columns: id, chief (id or name), water, place, kind, urgency, supervised, source, state, at, by, to, note. What is
    /// empty stays as it is known of the problem, so later steps need id, state, at and by only. A new problem needs its
    /// kind; its urgency is `ordinary` unless given. Chinese headers: 编号, 河长, 河湖, 位置, 类型, 紧急程度, 督办, 来源,
    /// 环节, 时间, 经办人, 承办单位, 备注. A JSON object may hold many steps: "steps": [{"state", "at", "by", "to", "note"}].
    ///
    /// state: found, reported, assigned, transferred, handled, reviewed, returned, closed (发现 上报 交办 转办 处置 复核 退回
    /// 销号). urgency: immediate, ordinary, complex (即办 一般 复杂). kind: floating, bank-rubbish, illegal-building, silt,
    /// black-odor, dry-outflow, cleaning, occupation, digging, dumping, building, sign, bank, fishing, weed, dried-up, other
    /// (成片漂浮物 岸线垃圾 违法建设 淤积 黑臭异味 晴天排污 保洁机制 乱占 乱采 乱堆 乱建 公示牌 护岸破损 钓鱼游泳 植物疯长
    /// 断流 其他).
    ///
    /// Steps may come late and in any order; a step that cannot follow what stood before it is refused.
    Import(RecordsArgs),
    /// Problems in the order in which they were found, as tab-separated lines.
    List {
        /// Only those that are not closed.
        #[arg(long)]
        open: bool,
        /// Only those that are not closed and past their deadline.
        #[arg(long)]
        overdue: bool,
        /// Only one chief's, by id or name.
        #[arg(long, value_name = "ID|NAME")]
        chief: Option<String>,
        #[command(flatten)]
        zone: ZoneArg,
    },
    /// One problem with its steps, its deadline and what stood under its id before.
    Show {
        /// Id as listed.
        id: String,
        #[command(flatten)]
        zone: ZoneArg,
    },
    /// Add one step to a problem.
    Step(StepArgs),
}

#[derive(Args, Debug)]
pub(crate) struct RecordsArgs {
    /// CSV with a header, or JSON (an array of objects, or one object a line), UTF-8, at most 64 MB; - is standard input.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Write refused rows to this new CSV, each with the reason; mended, it can be imported as it is.
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
    #[command(flatten)]
    pub zone: ZoneArg,
}

#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct ZoneArg {
    /// Zone of times without one: Asia/Shanghai, UTC or an offset such as +08:00.
    #[arg(long, default_value = "Asia/Shanghai", value_parser = zone, allow_hyphen_values = true)]
    pub zone: Zone,
}

/// Which patrols are meant. A patrol belongs to the day of its end; midnight closes the day before.
#[derive(Args, Debug)]
pub(crate) struct StretchOfChief {
    /// Only one chief's, by id or name.
    #[arg(long, value_name = "ID|NAME")]
    pub chief: Option<String>,
    /// First stamp: YYYY-MM-DDTHH:MM, YYYY-MM-DD or YYYY-MM.
    #[arg(long, value_name = "T", value_parser = stamp)]
    pub from: Option<Stamp>,
    /// Last stamp; a day or a month means all of it.
    #[arg(long, value_name = "T", value_parser = stamp)]
    pub to: Option<Stamp>,
    #[command(flatten)]
    pub zone: ZoneArg,
}

#[derive(Args, Debug)]
pub(crate) struct StepArgs {
    /// Id of the problem.
    pub id: String,
    /// The step: found, reported, assigned, transferred, handled, reviewed, returned or closed, or its Chinese word.
    #[arg(long, value_parser = state)]
    pub state: ProblemState,
    /// Who takes the step; stands beside it for good.
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// Who has the problem from then on.
    #[arg(long, value_name = "NAME", default_value = "")]
    pub to: String,
    /// Remark.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub note: String,
    /// When: YYYY-MM-DDTHH:MM local to --zone, or with an offset of its own; now unless given.
    #[arg(long, value_name = "T")]
    pub at: Option<String>,
    #[command(flatten)]
    pub zone: ZoneArg,
}

fn zone(text: &str) -> Result<Zone, String> {
    Zone::parse(text)
        .ok_or_else(|| "not a zone; write Asia/Shanghai, UTC or an offset such as +08:00".to_owned())
}

fn state(text: &str) -> Result<ProblemState, String> {
    ProblemState::parse(text).ok_or_else(|| {
        let keys: Vec<&str> = ProblemState::ALL.iter().map(|state| state.key()).collect();
        format!("no such step; write {}", keys.join(", "))
    })
}
