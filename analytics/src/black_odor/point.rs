//! The grade of a sampling point from all its samples (城市黑臭水体整治工作指南 2015).
//!
//! A point is heavy where one indicator has a large share of its values at heavy, or several indicators a smaller one each;
//! otherwise it is light as soon as any value reaches light. Shares are those of the values of the indicator: what was not
//! measured is not judged. The numbers are [`OdorJudging`].

use lanbi_model::standard::OdorJudging;
use lanbi_model::{Decimal, Parameter};

use super::grade::{Grade, OdorLevel};

/// How often an indicator reached which level at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndicatorCount {
    /// Indicator.
    pub parameter: Parameter,
    /// Judged values.
    pub values: u32,
    /// Of these, at light or heavy.
    pub light: u32,
    /// Of these, at heavy.
    pub heavy: u32,
}

/// The grade of a point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointGrade {
    /// Level.
    pub level: OdorLevel,
    /// Samples in which something could be judged.
    pub samples: u32,
    /// Judged indicators, in the order in which they were first met.
    pub indicators: Vec<IndicatorCount>,
}

/// Grades a point by the grades of its samples; none without a sample.
#[must_use]
pub fn grade_point<'a>(
    judging: &OdorJudging,
    samples: impl IntoIterator<Item = &'a Grade>,
) -> Option<PointGrade> {
    let mut indicators: Vec<IndicatorCount> = Vec::new();
    let mut graded = 0;
    for sample in samples {
        graded += 1;
        for &(parameter, level) in &sample.indicators {
            let place = indicators.iter().position(|i| i.parameter == parameter).unwrap_or_else(|| {
                indicators.push(IndicatorCount { parameter, values: 0, light: 0, heavy: 0 });
                indicators.len() - 1
            });
            let count = &mut indicators[place];
            count.values += 1;
            count.light += u32::from(level >= OdorLevel::Light);
            count.heavy += u32::from(level == OdorLevel::Heavy);
        }
    }
    let reaching = |share: Decimal| {
        indicators
            .iter()
            .filter(|i| reaches(judging.inclusive, i.heavy, i.values, share))
            .fold(0, |n, _| n + 1)
    };
    let level =
        if reaching(judging.one_indicator) >= 1 || reaching(judging.each_indicator) >= judging.indicators {
            OdorLevel::Heavy
        } else if indicators.iter().any(|i| i.light > 0) {
            OdorLevel::Light
        } else {
            OdorLevel::None
        };
    (graded > 0).then_some(PointGrade { level, samples: graded, indicators })
}

/// Whether `part` of `whole` is the share or more of it; more only where 以上 leaves the number itself out. Exact: no
/// division is made.
pub(super) fn reaches(inclusive: bool, part: u32, whole: u32, share: Decimal) -> bool {
    let needed = Decimal::from(whole) * share;
    let part = Decimal::from(part);
    whole > 0 && (part > needed || (inclusive && part == needed))
}

#[cfg(test)]
mod tests {
    use super::super::test_law::judging;
    use super::*;

    /// Samples of two indicators, such as `HN LN`: a letter a value, `-` not measured.
    fn samples(text: &str) -> Vec<Grade> {
        let level = |letter| match letter {
            'H' => Some(OdorLevel::Heavy),
            'L' => Some(OdorLevel::Light),
            'N' => Some(OdorLevel::None),
            _ => None,
        };
        let sample = |word: &str| {
            let parameters = [Parameter::DissolvedOxygen, Parameter::Nh3n].into_iter();
            let indicators: Vec<_> =
                parameters.zip(word.chars()).filter_map(|(p, letter)| Some((p, level(letter)?))).collect();
            let level = indicators.iter().map(|(_, level)| *level).max()?;
            Some(Grade { level, indicators })
        };
        text.split_whitespace().filter_map(sample).collect()
    }

    #[test]
    fn shares_of_values_decide_between_light_and_heavy() {
        use OdorLevel::{Heavy, Light};
        let check = |text: &str, inclusive: bool, expected: Option<OdorLevel>| {
            let rule = OdorJudging { inclusive, ..judging() };
            assert_eq!(grade_point(&rule, &samples(text)).map(|g| g.level), expected, "{text} {inclusive}");
        };
        check("HN HN HN HN HN HN NN NN NN NN", true, Some(Heavy));
        check("HN HN HN HN HN HN NN NN NN NN", false, Some(Light));
        check("HN HN HN HN HN NN NN NN NN NN", true, Some(Light));
        check("HH HH HH NN NN NN NN NN NN NN", true, Some(Heavy));
        check("HH HH HH NN NN NN NN NN NN NN", false, Some(Light));
        check("HN HN HN NH NH NH NN NN NN NN", true, Some(Heavy));
        check("HH HH HN HN HN NN NN NN NN NN", true, Some(Light));
        // 2 of 3 values are heavy, though 2 of 5 samples are.
        check("HN HN NN -N -N", true, Some(Heavy));
        check("NN NN NL", true, Some(Light));
        check("NN NN NN", true, Some(OdorLevel::None));
        check("H- -L", true, Some(Heavy));
        check("", true, None);
    }

    #[test]
    fn counts_are_those_of_values() {
        let graded = grade_point(&judging(), &samples("HN L- NN")).unwrap();
        assert_eq!(graded.samples, 3);
        let count = |i: &IndicatorCount| (i.parameter, i.values, i.light, i.heavy);
        let counts: Vec<_> = graded.indicators.iter().map(count).collect();
        assert_eq!(counts, [(Parameter::DissolvedOxygen, 3, 2, 1), (Parameter::Nh3n, 2, 0, 0)]);
    }
}
