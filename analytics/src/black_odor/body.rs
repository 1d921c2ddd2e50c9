//! Reaches and the whole water from its points (城市黑臭水体整治工作指南 2015).
//!
//! Heavy points in a row along the water make the reach between them heavy; a large share of heavy points makes the whole
//! water heavy. The guide gives no grade to a water with fewer heavy points: here it is light, and its heavy reaches are
//! named. So is a water with any light point.

use lanbi_model::Decimal;
use lanbi_model::standard::OdorJudging;

use super::grade::OdorLevel;
use super::point::reaches;

/// A point of a water.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OdorPoint {
    /// Name.
    pub name: String,
    /// Distance along the water in m; without one the point takes part in no reach.
    pub chainage: Option<Decimal>,
    /// Its level; none where nothing could be judged.
    pub level: Option<OdorLevel>,
}

/// Heavy points in a row, and what lies between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeavyReach {
    /// Names of the points, by chainage.
    pub points: Vec<String>,
    /// Chainage of the first, in m.
    pub from: Decimal,
    /// Chainage of the last, in m.
    pub to: Decimal,
}

/// The grade of a water.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyGrade {
    /// Level.
    pub level: OdorLevel,
    /// Points that could be judged.
    pub points: u32,
    /// Of these, light.
    pub light: u32,
    /// Of these, heavy.
    pub heavy: u32,
    /// Heavy reaches by chainage.
    pub reaches: Vec<HeavyReach>,
}

/// Grades a water by its points in any order; none where no point could be judged. A point that could not be judged counts
/// neither for nor against, and ends a reach, because nobody knows what lies there.
#[must_use]
pub fn grade_body(judging: &OdorJudging, points: &[OdorPoint]) -> Option<BodyGrade> {
    let count = |wanted: Option<OdorLevel>| {
        points
            .iter()
            .filter(|p| p.level.is_some() && (wanted.is_none() || p.level == wanted))
            .fold(0, |n, _| n + 1)
    };
    let (judged, light, heavy) = (count(None), count(Some(OdorLevel::Light)), count(Some(OdorLevel::Heavy)));
    let level = if reaches(judging.inclusive, heavy, judged, judging.body_share) {
        OdorLevel::Heavy
    } else if light + heavy > 0 {
        OdorLevel::Light
    } else {
        OdorLevel::None
    };
    (judged > 0).then(|| BodyGrade {
        level,
        points: judged,
        light,
        heavy,
        reaches: heavy_reaches(judging, points),
    })
}

fn heavy_reaches(judging: &OdorJudging, points: &[OdorPoint]) -> Vec<HeavyReach> {
    let mut placed: Vec<(Decimal, &OdorPoint)> =
        points.iter().filter_map(|point| Some((point.chainage?, point))).collect();
    placed.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.name.cmp(&b.1.name)));
    let is_heavy = |point: &OdorPoint| point.level == Some(OdorLevel::Heavy);
    let enough = usize::try_from(judging.reach_points).unwrap_or(usize::MAX);
    placed
        .chunk_by(|a, b| is_heavy(a.1) == is_heavy(b.1))
        .filter(|run| run.len() >= enough && run.iter().all(|(_, point)| is_heavy(point)))
        .filter_map(|run| {
            let points = run.iter().map(|(_, point)| point.name.clone()).collect();
            Some(HeavyReach { points, from: run.first()?.0, to: run.last()?.0 })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::test_law::judging;
    use super::*;

    /// Points such as `H L N ? H@`, 100 m apart; `?` could not be judged, `@` has no chainage.
    fn points(text: &str) -> Vec<OdorPoint> {
        let level = |letter: &str| match letter {
            "H" => Some(OdorLevel::Heavy),
            "L" => Some(OdorLevel::Light),
            "N" => Some(OdorLevel::None),
            _ => None,
        };
        let point = |(place, word): (i64, &str)| OdorPoint {
            name: format!("P{place}"),
            chainage: (!word.ends_with('@')).then(|| Decimal::from(100 * place)),
            level: level(word.trim_end_matches('@')),
        };
        (1..).zip(text.split_whitespace()).map(point).collect()
    }

    #[test]
    fn points_make_reaches_and_the_whole_water() {
        let check = |text: &str, expected: Option<OdorLevel>, reaches: &str| {
            let mut given = points(text);
            // The order of the file says nothing.
            given.reverse();
            let graded = grade_body(&judging(), &given);
            let named: Vec<String> =
                graded.iter().flat_map(|g| &g.reaches).map(|r| r.points.join(">")).collect();
            assert_eq!(
                (graded.as_ref().map(|g| g.level), named.join("+").as_str()),
                (expected, reaches),
                "{text}"
            );
        };
        use OdorLevel::{Heavy, Light};
        check("N N N", Some(OdorLevel::None), "");
        check("N L N", Some(Light), "");
        check("N H N", Some(Light), "");
        // 3 of 5 are 60 %, "以上" included.
        check("H N H N H", Some(Heavy), "");
        check("H H N N N", Some(Light), "");
        check("H H H N N N", Some(Light), "P1>P2>P3");
        check("N H H H H N N", Some(Light), "P2>P3>P4>P5");
        check("H H H N N H H H N N N N", Some(Light), "P1>P2>P3+P6>P7>P8");
        check("H H H", Some(Heavy), "P1>P2>P3");
        check("H H L H N", Some(Heavy), "");
        // Not judged: out of the share, and the end of a reach.
        check("H H ? H N", Some(Heavy), "");
        check("H ? N N", Some(Light), "");
        check("? ?", None, "");
        check("", None, "");
        // Without a chainage a point is no part of a reach, nor does it part one.
        check("H@ H H N N N", Some(Light), "");
        check("H H H@ H N N N N", Some(Light), "P1>P2>P4");
    }

    #[test]
    fn a_reach_names_both_its_ends() {
        let graded = grade_body(&judging(), &points("N H H H N N")).unwrap();
        assert_eq!((graded.reaches[0].from, graded.reaches[0].to), (Decimal::from(200), Decimal::from(400)));
        assert_eq!((graded.points, graded.light, graded.heavy), (6, 0, 3));
    }
}
