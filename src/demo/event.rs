//! What was planted in the simulated period, and what a correct system shows for it.

use lanbi_model::{Instant, RejectReason, StationId};

/// A way in which a message can be wrong or unusual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Malformed {
    /// JSON cut in the middle, sent in addition to the right message.
    BrokenJson,
    /// A whole message of a station that nobody registered.
    UnknownStation,
    /// PM10 is the text `"NaN"`; the other values of the message are good.
    TextNan,
    /// PM10 is the bare token `NaN`, which is not JSON; the other values of the message are good.
    BareNan,
    /// The right message once more with its stamp a year ahead.
    FutureStamp,
    /// A message of 300 kB.
    Oversized,
    /// A message of no bytes.
    Empty,
    /// A message with one more parameter, `voc`, that is not in the dictionary; its other values are good.
    UnknownParameter,
    /// NO2 sent as text, `"41"`: a valid value.
    NumberAsText,
    /// NH3-N is `null`: missing, which is not an error.
    NullValue,
}

impl Malformed {
    /// Every way, in the order of sending.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 10] = [
        Self::BrokenJson,
        Self::UnknownStation,
        Self::TextNan,
        Self::BareNan,
        Self::FutureStamp,
        Self::Oversized,
        Self::Empty,
        Self::UnknownParameter,
        Self::NumberAsText,
        Self::NullValue,
    ];

    /// The reason under which it is found among the dead letters; none for what is to be accepted.
    pub(crate) const fn reason(self) -> Option<RejectReason> {
        match self {
            Self::BrokenJson | Self::Empty => Some(RejectReason::Malformed),
            Self::UnknownStation => Some(RejectReason::UnknownStation),
            Self::TextNan | Self::BareNan => Some(RejectReason::NotFinite),
            Self::FutureStamp => Some(RejectReason::FutureTime),
            Self::Oversized => Some(RejectReason::TooLarge),
            Self::UnknownParameter => Some(RejectReason::UnknownParameter),
            Self::NumberAsText | Self::NullValue => None,
        }
    }

    /// What must be seen.
    fn expected(self) -> Vec<Expected> {
        match self {
            Self::BrokenJson => vec![dead("死信：报文截断，原因为格式错误；同站同时刻的正确报文照常入库")],
            Self::UnknownStation => vec![
                dead("死信：站点 air-99 未登记，保留原始字节；补登记后可重放"),
                report("未登记站点不出现在任何报表中"),
            ],
            Self::TextNan => vec![dead("死信：PM10 为文本 NaN，仅拒收该值；同一报文其余项目照常入库")],
            Self::BareNan => vec![dead("死信：PM10 为裸 NaN，仅拒收该值；同一报文其余项目照常入库")],
            Self::FutureStamp => vec![dead("死信：时间超前一年"), report("实时页的最新时刻不受影响")],
            Self::Oversized => vec![dead("死信：报文约 300 kB，超过上限；只保留开头部分并记录原长度")],
            Self::Empty => vec![dead("死信：空报文，原因为格式错误；程序不得中断")],
            Self::UnknownParameter => {
                vec![dead("死信：项目 voc 不在字典中，仅拒收该值；同一报文其余项目照常入库")]
            }
            Self::NumberAsText => vec![account("NO2 以文本发送，按数值入库，不进死信")],
            Self::NullValue => vec![account("氨氮为 null，视为缺测：既不入库也不进死信")],
        }
    }
}

/// What was planted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum PlantedKind {
    /// Four days of heavy haze in winter.
    HeavyPollution,
    /// A day of blown dust in spring.
    Dust,
    /// A treatment plant fails for 14 hours; the section below follows.
    OutletBreach,
    /// A ditch of the black-odorous list gets better after its works.
    DitchTreated,
    /// A treated ditch slips back to black-odorous.
    BlackOdorReturn,
    /// A station falls silent.
    Silence,
    /// A sensor shows one value for a day and a half.
    FrozenSensor,
    /// A gateway sends a whole day again.
    GatewayResend,
    /// A station keeps its data for two days and sends them afterwards.
    LateBatch,
    /// One message in a hundred arrives twice.
    RandomRepeats,
    /// Instruments mark their own calibration, upkeep and faults.
    DeviceFlags,
    /// A message that is wrong or unusual.
    Malformed(Malformed),
}

/// Where a planted event must be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// In the list of alarms.
    Alarm,
    /// As a flag on the values.
    Flag,
    /// In a report, an index or a page.
    Report,
    /// Among the dead letters.
    DeadLetter,
    /// In the account of delivery.
    Account,
}

impl Place {
    /// Word for tables.
    pub(crate) const fn zh(self) -> &'static str {
        match self {
            Self::Alarm => "报警",
            Self::Flag => "数据标记",
            Self::Report => "报表",
            Self::DeadLetter => "死信",
            Self::Account => "收发账",
        }
    }
}

/// What must be seen in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Expected {
    /// Where.
    pub(crate) place: Place,
    /// What, for people.
    pub(crate) text: &'static str,
}

const fn alarm(text: &'static str) -> Expected {
    Expected { place: Place::Alarm, text }
}

const fn flag(text: &'static str) -> Expected {
    Expected { place: Place::Flag, text }
}

const fn report(text: &'static str) -> Expected {
    Expected { place: Place::Report, text }
}

const fn dead(text: &'static str) -> Expected {
    Expected { place: Place::DeadLetter, text }
}

const fn account(text: &'static str) -> Expected {
    Expected { place: Place::Account, text }
}

/// One planted event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Planted {
    /// What it is.
    pub(crate) kind: PlantedKind,
    /// The stations it touches; the first is the cause.
    pub(crate) stations: Vec<StationId>,
    /// Beginning, in the time of the stamps. An event of hourly values holds those with `from < stamp <= to`.
    pub(crate) from: Instant,
    /// End; equal to `from` for a single message.
    pub(crate) to: Instant,
}

impl Planted {
    /// Name for people.
    pub(crate) const fn title(&self) -> &'static str {
        match self.kind {
            PlantedKind::HeavyPollution => "冬季重污染过程（4 天）",
            PlantedKind::Dust => "春季沙尘日",
            PlantedKind::OutletBreach => "排污口超标约 14 小时",
            PlantedKind::DitchTreated => "黑臭水体治理见效",
            PlantedKind::BlackOdorReturn => "已治理水体返黑返臭",
            PlantedKind::Silence => "空气站失联 3 天",
            PlantedKind::FrozenSensor => "PM2.5 数据恒值约 36 小时",
            PlantedKind::GatewayResend => "网关整日重发",
            PlantedKind::LateBatch => "缓存两日后补传",
            PlantedKind::RandomRepeats => "随机重复报文（约 1%）",
            PlantedKind::DeviceFlags => "仪器自带标记（校准、维护、故障）",
            PlantedKind::Malformed(_) => "异常报文",
        }
    }

    /// What a correct system shows.
    pub(crate) fn expected(&self) -> Vec<Expected> {
        match self.kind {
            PlantedKind::HeavyPollution => vec![
                alarm("重污染报警：区域 AQI 连续 4 天大于 200，期间有小时 AQI 大于 300；过程结束后解除"),
                report("月报、年报：重度及以上污染天数计入这 4 天，首要污染物为 PM2.5"),
            ],
            PlantedKind::Dust => vec![
                alarm("PM10 小时值升至 800 μg/m³ 以上，应有颗粒物或 AQI 报警"),
                report(
                    "日报：首要污染物为 PM10，AQI 达到重度或严重污染；PM2.5 占 PM10 的比例明显偏低，可识别为沙尘影响",
                ),
            ],
            PlantedKind::OutletBreach => vec![
                alarm("排污口氨氮、化学需氧量为限值的 3～5 倍，应即时报警，恢复后解除"),
                alarm("约 8 小时后下游断面氨氮升高，超过断面目标，约 2 天后回落"),
                report("排污口当月超标时段、倍数与排放量；下游断面水质类别变差可追溯到该排污口"),
            ],
            PlantedKind::DitchTreated => vec![report("治理前为轻度黑臭，治理后四项指标均达到非黑臭")],
            PlantedKind::BlackOdorReturn => vec![
                alarm(
                    "约 3 周内氨氮升过 8 mg/L、溶解氧低于 2 mg/L、氧化还原电位低于 50 mV、透明度低于 25 cm，应有返黑返臭预警和报警",
                ),
                report("黑臭水体报告：该水体由非黑臭变为轻度黑臭；进入相关河长的检查清单"),
            ],
            PlantedKind::Silence => vec![
                alarm("站点失联报警，3 天后恢复时解除"),
                report("这 3 天该站缺测（NA），区域均值按其余各站计算，数据捕获率下降"),
            ],
            PlantedKind::FrozenSensor => vec![
                flag("该站 PM2.5 约 36 小时同一数值，应标记为恒值，待人工审核"),
                alarm("恒值报警，数值恢复变化后解除"),
            ],
            PlantedKind::GatewayResend => {
                vec![account("4 个站一整天的报文次日 09:00 起重发，全部计为重复，入库数不变")]
            }
            PlantedKind::LateBatch => vec![
                account("48 小时数据在两天后集中到达，全部入库"),
                report("受影响各日的日均值、AQI 重新计算，与按时到达时的结果一致"),
            ],
            PlantedKind::RandomRepeats => vec![account("约 1% 的报文到达两次，计为重复，入库数不变")],
            PlantedKind::DeviceFlags => {
                vec![flag(
                    "校准 C、维护 M、故障 D 的数值保留但不参与均值（如标气 400 μg/m³ 不得引起超标报警）",
                )]
            }
            PlantedKind::Malformed(malformed) => malformed.expected(),
        }
    }
}
