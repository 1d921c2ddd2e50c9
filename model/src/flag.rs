//! What is known about the trustworthiness of a value. Checks only add flags; they never change a value.

bitflags::bitflags! {
    /// Flags of one sample; empty means nothing is known against it.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Flags: u32 {
        /// 维护: the device says it is under maintenance.
        const MAINTENANCE = 1;
        /// 校准: the device is calibrating.
        const CALIBRATION = 1 << 1;
        /// 故障: the device reports a fault.
        const FAULT = 1 << 2;
        /// 停运: the device or the plant is stopped.
        const STOPPED = 1 << 3;
        /// 通讯异常: instrument and logger did not talk.
        const COMMUNICATION = 1 << 4;
        /// 超量程: the device says it is outside its range.
        const DEVICE_RANGE = 1 << 5;
        /// 人工录入: a person entered the value. It is valid.
        const MANUAL = 1 << 6;
        /// 未知标记: a device flag that no table explains; never taken for valid.
        const UNKNOWN = 1 << 7;
        /// 越限: outside the parameter's plausible range.
        const RANGE = 1 << 8;
        /// 恒值: the value has not moved for longer than the instrument's noise allows.
        const FROZEN = 1 << 9;
        /// 突变: a step that air or water does not make.
        const STEP = 1 << 10;
        /// 倒挂: PM2.5 above PM10 in the same hour.
        const INVERTED = 1 << 11;
        /// 负值: below zero where that cannot be.
        const NEGATIVE = 1 << 12;
        /// The message carried no time; the time of arrival was taken.
        const TIME_ASSUMED = 1 << 13;
        /// A reviewer declared the value invalid.
        const REVIEWED_INVALID = 1 << 14;
        /// A reviewer declared the value valid; no other flag speaks against him.
        const REVIEWED_VALID = 1 << 15;
        /// 近零值: at or below zero within the instrument's performance; it is valid (HJ 817-2018, HJ 818-2018).
        const LOW_LEVEL = 1 << 16;
        /// 邻站偏离: far from the neighbouring stations for hours.
        const NEIGHBOURS = 1 << 17;
        /// 单位存疑: of a size that another unit would explain.
        const UNIT = 1 << 18;
    }
}

impl Flags {
    /// Flags that keep a value out of every mean: the device says so, the value is impossible, or a reviewer said so.
    pub const INVALID: Self = Self::MAINTENANCE
        .union(Self::CALIBRATION)
        .union(Self::FAULT)
        .union(Self::STOPPED)
        .union(Self::COMMUNICATION)
        .union(Self::DEVICE_RANGE)
        .union(Self::UNKNOWN)
        .union(Self::RANGE)
        .union(Self::NEGATIVE)
        .union(Self::REVIEWED_INVALID);

    /// What a reviewer has said.
    pub const REVIEWED: Self = Self::REVIEWED_INVALID.union(Self::REVIEWED_VALID);

    /// Flags that ask a person to look, and leave the value in until he has decided.
    pub const DOUBTFUL: Self =
        Self::FROZEN.union(Self::STEP).union(Self::INVERTED).union(Self::NEIGHBOURS).union(Self::UNIT);

    /// Whether the value takes part in means.
    #[must_use]
    pub const fn is_valid(self) -> bool {
        self.contains(Self::REVIEWED_VALID) || !self.intersects(Self::INVALID)
    }

    /// Words for a report, in a fixed order.
    #[must_use]
    pub fn zh(self) -> Vec<&'static str> {
        [
            (Self::MAINTENANCE, "维护"),
            (Self::CALIBRATION, "校准"),
            (Self::FAULT, "故障"),
            (Self::STOPPED, "停运"),
            (Self::COMMUNICATION, "通讯异常"),
            (Self::DEVICE_RANGE, "超量程"),
            (Self::MANUAL, "人工录入"),
            (Self::UNKNOWN, "未知标记"),
            (Self::RANGE, "越限"),
            (Self::FROZEN, "恒值"),
            (Self::STEP, "突变"),
            (Self::INVERTED, "PM倒挂"),
            (Self::NEIGHBOURS, "邻站偏离"),
            (Self::UNIT, "单位存疑"),
            (Self::NEGATIVE, "负值"),
            (Self::LOW_LEVEL, "近零值"),
            (Self::TIME_ASSUMED, "到达时间"),
            (Self::REVIEWED_INVALID, "审核无效"),
            (Self::REVIEWED_VALID, "审核有效"),
        ]
        .into_iter()
        .filter(|(flag, _)| self.contains(*flag))
        .map(|(_, word)| word)
        .collect()
    }
}
