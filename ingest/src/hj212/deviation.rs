//! How a frame differs from what HJ 212 asks, though it could be read: counted by logger, so that the bureau can have
//! the logger mended or set down in the file of sources what it does.

use super::check::CrcKind;
use super::frame::Frame;
use super::segment::Segment;

/// Longest data segment that the standard allows (HJ 212-2017, 6.3.1); longer ones are to be split.
const LONGEST_ALLOWED: usize = 1024;

macro_rules! deviations {
    ($($variant:ident $key:literal $zh:literal $remedy:literal)+) => {
        /// One way to differ from the standard.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Deviation { $(#[doc = $zh] $variant),+ }

        impl Deviation {
            /// Every deviation, in a fixed order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Stable key for counts and lists.
            #[must_use]
            pub const fn key(self) -> &'static str { match self { $(Self::$variant => $key),+ } }

            /// Words for pages and lists.
            #[must_use]
            pub const fn zh(self) -> &'static str { match self { $(Self::$variant => $zh),+ } }

            /// What to do about it.
            #[must_use]
            pub const fn remedy(self) -> &'static str { match self { $(Self::$variant => $remedy),+ } }
        }
    };
}

deviations! {
    CrcModbus        "crc-modbus"         "校验为CRC-16/MODBUS"       "请厂家改为HJ 212校验；来源文件已按其写法接收"
    CrcSwapped       "crc-swapped"        "校验低字节在前"            "请厂家改为高字节在前；来源文件已按其写法接收"
    CrcBad           "crc-bad"            "校验错误，按来源文件不校验"  "请厂家修正校验，然后删去 crc = \"off\""
    CrcMissing       "crc-missing"        "没有校验，按来源文件不校验"  "请厂家发送校验，然后删去 crc = \"off\""
    CrcLowerCase     "crc-lower-case"     "校验为小写字母"            "不影响接收"
    CrcShort         "crc-short"          "校验前导零丢失"            "请厂家补足四位"
    LengthWrong      "length-wrong"       "长度字段错误，由校验找回"    "请厂家按字节数填写长度"
    LengthShort      "length-short"       "长度字段不足四位"          "请厂家补足四位"
    SegmentLong      "segment-long"       "数据段超过1024字节"        "请厂家分包"
    LineEnd          "line-end"           "包尾不是回车换行"          "不影响接收"
    CipherText       "cipher-text"        "密文以文本形式发送"        "请厂家发送原始字节"
    KeyPrevious      "key-previous"       "仍用上一密钥加密"          "请确认数采仪已换用新密钥"
    NotUtf8          "not-utf8"           "汉字不是UTF-8编码"         "已按GBK读取；请厂家改用UTF-8"
    QnAbsent         "qn-absent"          "没有QN"                  "无法应答；请厂家发送QN"
    QnDigits         "qn-digits"          "QN不是17位数字"            "请厂家按YYYYMMDDhhmmsszzz填写"
    FlagAbsent       "flag-absent"        "没有Flag"                "按不需应答处理"
    FlagSpelling     "flag-spelling"      "Flag大小写不符"            "不影响接收"
    HeaderSeparator  "header-separator"   "段头分隔符错误或缺失"        "不影响接收"
    HeaderBlank      "header-blank"       "段头有空格"               "不影响接收"
    PartAbsent       "part-absent"        "Flag称分包而没有PNUM、PNO"  "按单包处理"
    PartUnannounced  "part-unannounced"   "有PNUM、PNO而Flag未称分包"  "不影响接收"
    CpOpen           "cp-open"            "CP没有以&&结束"            "请厂家补上"
    TrailingSign     "trailing-separator" "CP末尾多一个分隔符"         "不影响接收"
    TimeDigits       "time-digits"        "DataTime不是14位数字"       "多出的位数不计；请厂家按YYYYMMDDhhmmss填写"
    TimeAbsent       "time-absent"        "没有DataTime"            "按QN或到达时间计；请厂家发送DataTime"
    FactorScattered  "factor-scattered"   "同一因子分在几组"           "已合并"
    FieldTwice       "field-twice"        "同一字段出现两次"           "取最后一个，其余列入死信"
    FieldDoubled     "field-doubled"      "字段名重复，如LA-Rtd-Rtd"    "已按一个读取"
    FieldUnnamed     "field-unnamed"      "因子没有字段名，如NOIS=N"    "请厂家写明字段"
    FlagCommon       "flag-common"        "全包共用一个Flag"           "已用于没有标记的各因子"
    FlagUnknown      "flag-unknown"       "标记字母不在所用标记表中"     "按无效计；查明含义后选用合适的 dialect"
    CodeCapital      "code-capital"       "因子编码首字母大写"          "不影响接收"
    Magnitude        "magnitude"          "颗粒物超过2000 μg/m³，疑为ng/m³" "已标记存疑，未换算；核实后在 units 中写明该编码的单位"
}

/// The deviations of the frames of one logger in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggerDeviations {
    /// MN as sent.
    pub mn: String,
    /// Each deviation once a frame.
    pub deviations: Vec<Deviation>,
}

/// Adds a deviation that is not there yet.
pub(crate) fn note(deviations: &mut Vec<Deviation>, deviation: Deviation) {
    if !deviations.contains(&deviation) {
        deviations.push(deviation);
    }
}

/// What a frame's length, sum and line end show. `crc` is that of the plain text.
pub(super) fn of_frame(frame: &Frame<'_>, crc: CrcKind, deviations: &mut Vec<Deviation>) {
    let checks = [
        (crc == CrcKind::Modbus, Deviation::CrcModbus),
        (crc == CrcKind::Swapped, Deviation::CrcSwapped),
        (crc == CrcKind::Bad, Deviation::CrcBad),
        (crc == CrcKind::Missing, Deviation::CrcMissing),
        (frame.sum.iter().any(u8::is_ascii_lowercase), Deviation::CrcLowerCase),
        ((1..4).contains(&frame.sum.len()), Deviation::CrcShort),
        (frame.length != frame.data.len(), Deviation::LengthWrong),
        (frame.length_digits < 4, Deviation::LengthShort),
        (frame.data.len() > LONGEST_ALLOWED, Deviation::SegmentLong),
        (frame.line_end.is_some_and(|end| end != b"\r\n"), Deviation::LineEnd),
    ];
    deviations.extend(checks.iter().filter(|(found, _)| *found).map(|(_, deviation)| *deviation));
}

/// What the header shows, and the end of the CP.
pub(crate) fn of_header(segment: &Segment<'_>, deviations: &mut Vec<Deviation>) {
    let is_split = segment.flag_bits().is_some_and(|flag| flag & 2 != 0);
    let has_part = !segment.pno.is_empty();
    let head = segment.before_cp;
    let ends = head.trim_ascii_end().ends_with(';') || head.is_empty();
    let cp = segment.cp.trim_ascii_end();
    let checks = [
        (segment.qn.is_empty(), Deviation::QnAbsent),
        (!segment.qn.is_empty() && !is_stamp(segment.qn, 17), Deviation::QnDigits),
        (segment.flag.is_empty(), Deviation::FlagAbsent),
        (segment.is_flag_misspelt, Deviation::FlagSpelling),
        (head.contains(',') || !ends, Deviation::HeaderSeparator),
        (head.contains(' '), Deviation::HeaderBlank),
        (is_split && !has_part, Deviation::PartAbsent),
        (!is_split && has_part, Deviation::PartUnannounced),
        (!segment.is_cp_closed, Deviation::CpOpen),
        (cp.ends_with([';', ',']), Deviation::TrailingSign),
    ];
    deviations.extend(checks.iter().filter(|(found, _)| *found).map(|(_, deviation)| *deviation));
}

/// Whether a text is so many digits.
pub(crate) fn is_stamp(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hj212::frame::{Piece, all_pieces};

    #[test]
    fn keys_are_unique() {
        for (i, deviation) in Deviation::ALL.iter().enumerate() {
            assert!(
                Deviation::ALL[i + 1..].iter().all(|d| d.key() != deviation.key()),
                "{}",
                deviation.key()
            );
        }
    }

    #[test]
    fn a_frame_shows_how_it_is_written() {
        let check = |bytes: &str, expected: &[Deviation]| {
            let Some(Piece::Frame(frame)) = all_pieces(bytes.as_bytes()).next() else { panic!("{bytes}") };
            let mut found = Vec::new();
            of_frame(&frame, frame.crc, &mut found);
            assert_eq!(found, expected, "{bytes}");
        };
        // HJ 212-2017, 6.3.
        let good = "##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80\r\n";
        check(good, &[]);
        check(&good.replace("1C80", "1c80"), &[Deviation::CrcLowerCase]);
        check(&good.replace("1C80", "0759"), &[Deviation::CrcModbus]);
        check(&good.replace("1C80", "801C"), &[Deviation::CrcSwapped]);
        check(&good.replace("1C80", "FFFF"), &[Deviation::CrcBad]);
        check(&good.replace("1C80", ""), &[Deviation::CrcMissing]);
        check(&good.replace("##0101", "##101"), &[Deviation::LengthShort]);
        check(&good.replace("##0101", "##0099"), &[Deviation::LengthWrong]);
        check(good.trim_end(), &[Deviation::LineEnd]);
        check(&good.replace("\r\n", "\n"), &[Deviation::LineEnd]);
    }

    #[test]
    fn a_header_shows_its_misprints() {
        let check = |data: &str, expected: &[Deviation]| {
            let mut found = Vec::new();
            of_header(&Segment::parse(data), &mut found);
            assert_eq!(found, expected, "{data}");
        };
        let head = "QN=20160801085857223;ST=32;CN=2011;PW=123456;MN=M1;Flag=5;";
        check(&format!("{head}CP=&&w01018-Rtd=1&&"), &[]);
        check(&format!("{head}CP=&&w01018-Rtd=1;&&"), &[Deviation::TrailingSign]);
        check(&format!("{head}CP=&&w01018-Rtd=1"), &[Deviation::CpOpen]);
        check("ST=32;CN=2011;MN=M1;CP=&&&&", &[Deviation::QnAbsent, Deviation::FlagAbsent]);
        check(&format!("{}CP=&&&&", head.replace("223;", ";")), &[Deviation::QnDigits]);
        check(&format!("{}CP=&&&&", head.replace("Flag", "FLAG")), &[Deviation::FlagSpelling]);
        check(&format!("{}CP=&&&&", head.replace("223;", "223,")), &[Deviation::HeaderSeparator]);
        check(&format!("{}CP=&&&&", head.trim_end_matches(';')), &[Deviation::HeaderSeparator]);
        check(&format!("{}CP=&&&&", head.replace("Flag", " Flag")), &[Deviation::HeaderBlank]);
        check(&format!("{}CP=&&&&", head.replace("=5", "=7")), &[Deviation::PartAbsent]);
        check(&format!("{head}PNUM=2;PNO=1;CP=&&&&"), &[Deviation::PartUnannounced]);
    }
}
