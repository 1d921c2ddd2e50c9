//! Files of 河长制考核: weights of the parts, deductions by ratio, factors by class, grades of reaches.

use std::collections::{BTreeMap, BTreeSet};

use lanbi_model::chief_rule::{
    ChiefScore, DistrictWeights, EcologyWeights, Ladder, LadderStep, ReachGrade, WaterPoints,
};
use lanbi_model::standard::Edition;
use lanbi_model::{Decimal, Parameter};
use serde::Deserialize;

use super::error::Refusal;
use super::water_evaluation::parameters;
use super::wire::{Number, ascending};

/// Topics a file must name a clause for.
pub(super) const TOPICS: [&str; 10] =
    ["district", "ecology", "water", "ladders", "factors", "mean", "shares", "grades", "suspended", "ties"];

/// `[river-chief]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tables {
    district: District,
    ecology: Ecology,
    water: Water,
    factors: Vec<Number>,
    paused: String,
    decimals: u32,
    share_decimals: u32,
    ladders: Vec<LadderTable>,
    grades: Vec<GradeRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct District {
    surface: Number,
    ecology: Number,
    social: Number,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ecology {
    water: Number,
    hygiene: Number,
    shoreline: Number,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Water {
    reaches: Number,
    other: Number,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LadderTable {
    parameters: Vec<String>,
    steps: Vec<StepRow>,
    beyond: Number,
}

/// A step ends with the ratio it names, or just below it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepRow {
    upto: Option<Number>,
    below: Option<Number>,
    deduct: Number,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GradeRow {
    name: String,
    from: Option<Number>,
}

impl Tables {
    /// The rule of this file.
    pub(super) fn check(
        self,
        edition: Edition,
        clauses: BTreeMap<String, String>,
        unverified: BTreeSet<String>,
    ) -> Result<ChiefScore, Refusal> {
        let (district, ecology, water) = (&self.district, &self.ecology, &self.water);
        add_up("river-chief.district", &[district.surface, district.ecology, district.social], Decimal::ONE)?;
        add_up("river-chief.ecology", &[ecology.water, ecology.hygiene, ecology.shoreline], Decimal::ONE)?;
        add_up("river-chief.water", &[water.reaches, water.other], Decimal::ONE_HUNDRED)?;
        let ladders = ladders(&self.ladders)?;
        let worst: Decimal = ladders.iter().map(|(_, ladder)| largest(ladder)).sum();
        if worst > self.water.reaches.0 {
            let reason = format!("can cost {worst}, more than the {} points of a reach", water.reaches.0);
            return Err(Refusal::new("river-chief.ladders", reason));
        }
        let factors = self.factors.iter().map(|factor| factor.0).collect();
        Ok(ChiefScore {
            edition,
            district: DistrictWeights {
                surface: district.surface.0,
                ecology: district.ecology.0,
                social: district.social.0,
            },
            ecology: EcologyWeights {
                water: ecology.water.0,
                hygiene: ecology.hygiene.0,
                shoreline: ecology.shoreline.0,
            },
            water: WaterPoints { reaches: water.reaches.0, other: water.other.0 },
            ladders,
            factors: check_factors(factors)?,
            grades: grades(self.grades, &self.paused)?,
            paused: self.paused,
            decimals: self.decimals,
            share_decimals: self.share_decimals,
            clauses,
            unverified,
        })
    }
}

fn add_up(key: &str, parts: &[Number], whole: Decimal) -> Result<(), Refusal> {
    if parts.iter().any(|part| part.0 <= Decimal::ZERO) {
        return Err(Refusal::new(key, "has a part that is not above 0"));
    }
    let sum: Decimal = parts.iter().map(|part| part.0).sum();
    if sum == whole { Ok(()) } else { Err(Refusal::new(key, format!("adds up to {sum}, not to {whole}"))) }
}

fn ladders(tables: &[LadderTable]) -> Result<Vec<(Parameter, Ladder)>, Refusal> {
    let mut ladders: Vec<(Parameter, Ladder)> = Vec::new();
    for (i, table) in tables.iter().enumerate() {
        let key = format!("river-chief.ladders[{i}]");
        let ladder = ladder(&key, table)?;
        for parameter in parameters(&format!("{key}.parameters"), &table.parameters)? {
            if ladders.iter().any(|(other, _)| *other == parameter) {
                return Err(Refusal::new(format!("{key}.parameters"), format!("names {parameter} again")));
            }
            ladders.push((parameter, ladder.clone()));
        }
    }
    if ladders.is_empty() {
        return Err(Refusal::new("river-chief.ladders", "is empty"));
    }
    Ok(ladders)
}

/// Ratios rise, and deductions go one way only.
fn ladder(key: &str, table: &LadderTable) -> Result<Ladder, Refusal> {
    let mut steps = Vec::with_capacity(table.steps.len());
    for (i, row) in table.steps.iter().enumerate() {
        let (upto, is_inside) = match (row.upto, row.below) {
            (Some(upto), None) => (upto.0, true),
            (None, Some(below)) => (below.0, false),
            _ => return Err(Refusal::new(format!("{key}.steps[{i}]"), "needs one of `upto` and `below`")),
        };
        steps.push(LadderStep { upto, is_inside, deduction: row.deduct.0 });
    }
    let ratios: Vec<Decimal> = steps.iter().map(|step| step.upto).collect();
    if ratios.is_empty() || !ascending(&ratios) {
        return Err(Refusal::new(format!("{key}.steps"), "must ascend, and there must be one"));
    }
    let off: Vec<Decimal> = steps.iter().map(|step| step.deduction).chain([table.beyond.0]).collect();
    let falling: Vec<Decimal> = off.iter().rev().copied().collect();
    if off.iter().any(|deduction| *deduction < Decimal::ZERO) || !(ascending(&off) || ascending(&falling)) {
        return Err(Refusal::new(format!("{key}.steps"), "deductions must go one way and not below 0"));
    }
    Ok(Ladder { steps, beyond: table.beyond.0 })
}

fn largest(ladder: &Ladder) -> Decimal {
    ladder.steps.iter().map(|step| step.deduction).fold(ladder.beyond, Decimal::max)
}

/// From 1 down, and not below 0.
fn check_factors(factors: Vec<Decimal>) -> Result<Vec<Decimal>, Refusal> {
    let begins = factors.first() == Some(&Decimal::ONE);
    let falls = factors.windows(2).all(|pair| pair[1] < pair[0]);
    if begins && falls && factors.iter().all(|factor| *factor >= Decimal::ZERO) {
        Ok(factors)
    } else {
        Err(Refusal::new("river-chief.factors", "must begin with 1 and fall, not below 0"))
    }
}

/// Scores fall from one grade to the next, and the last takes what is left.
fn grades(rows: Vec<GradeRow>, paused: &str) -> Result<Vec<ReachGrade>, Refusal> {
    let key = |i: usize| format!("river-chief.grades[{i}]");
    let mut grades: Vec<ReachGrade> = Vec::with_capacity(rows.len());
    let last = rows.len().saturating_sub(1);
    for (i, row) in rows.into_iter().enumerate() {
        if row.name.trim().is_empty() || row.name == paused || grades.iter().any(|g| g.name == row.name) {
            return Err(Refusal::new(key(i), "needs a name of its own"));
        }
        let from = row.from.map(|from| from.0);
        if from.is_none() != (i == last) {
            return Err(Refusal::new(key(i), "every grade but the last, and only they, need `from`"));
        }
        let above = grades.last().and_then(|grade| grade.from);
        if above.zip(from).is_some_and(|(above, from)| from >= above) {
            return Err(Refusal::new(format!("{}.from", key(i)), "is not below that of the better grade"));
        }
        grades.push(ReachGrade { name: row.name, from });
    }
    if grades.is_empty() || paused.trim().is_empty() {
        return Err(Refusal::new("river-chief.grades", "needs grades and a word for `paused`"));
    }
    Ok(grades)
}

#[cfg(test)]
mod tests {
    use super::super::load::{builtin, refusal_of};
    use super::*;

    #[test]
    fn slips_of_the_pen_are_refused_by_their_key() {
        let check = |from: &str, to: &str, says: &str| {
            let error = refusal_of("river-chief/tianjin-2018.toml", from, to);
            assert!(error.contains(says), "{from}: {error}");
        };
        check("social = 0.10", "social = 0.15", "river-chief.district: adds up to 1.05, not to 1");
        check("social = 0.10", "social = -0.10", "river-chief.district: has a part");
        check("shoreline = 0.15", "shoreline = 0.2", "river-chief.ecology");
        check("other = 40", "other = 50", "river-chief.water: adds up to 110");
        check("[1.0, 0.9", "[0.9, 1.0", "river-chief.factors");
        check("upto = 1.2", "upto = 0.9", "ladders[0].steps: must ascend");
        check("upto = 1.2, deduct = 2", "upto = 1.2, deduct = 5", "ladders[0].steps: deductions");
        check("{ below = 1.0,", "{ below = 1.0, upto = 1.0,", "ladders[1].steps[4]: needs one of");
        check("[\"do\"]", "[\"tp\"]", "ladders[1].parameters: names tp again");
        check("beyond = 15", "beyond = 16", "river-chief.ladders: can cost 63");
        check("from = 80", "from = 90", "grades[1].from");
        check("from = 60\n", "\n", "grades[2]: every grade but the last");
        check("paused = \"暂停\"", "paused = \"优秀\"", "grades[0]: needs a name");
        check("[clauses.mean]", "[clauses.means]", "clauses.mean");
    }

    #[test]
    fn a_ratio_on_an_edge_has_the_deduction_of_the_table() {
        let law = builtin().unwrap();
        let rule = &law.chief_score[0];
        let check = |parameter: Parameter, ratio: &str, expected: u32| {
            let (_, ladder) = rule.ladders.iter().find(|(item, _)| *item == parameter).unwrap();
            assert_eq!(ladder.deduction(ratio.parse().unwrap()), expected.into(), "{parameter} {ratio}");
        };
        for parameter in [Parameter::CodMn, Parameter::Nh3n, Parameter::Tp] {
            for (ratio, expected) in [
                ("0", 0),
                ("1", 0),
                ("1.0000001", 2),
                ("1.2", 2),
                ("1.2000001", 4),
                ("1.4", 4),
                ("1.41", 6),
                ("1.6", 6),
                ("1.61", 10),
                ("1.80", 10),
                ("1.8000001", 15),
                ("99", 15),
            ] {
                check(parameter, ratio, expected);
            }
        }
        for (ratio, expected) in [
            ("3", 0),
            ("1.0", 0),
            ("0.9999999", 2),
            ("0.8000001", 2),
            ("0.8", 4),
            ("0.61", 4),
            ("0.6", 6),
            ("0.41", 6),
            ("0.4", 10),
            ("0.21", 10),
            ("0.2", 15),
            ("0", 15),
        ] {
            check(Parameter::DissolvedOxygen, ratio, expected);
        }
        let grades =
            ["100", "90", "89.9", "80", "60", "59.99", "0"].map(|score| rule.grade(score.parse().unwrap()));
        let words = ["优秀", "优秀", "良好", "良好", "合格", "不合格", "不合格"].map(Some);
        assert_eq!(grades, words);
        assert_eq!(rule.words().last(), Some("暂停"));
        assert!(rule.unverified.contains("grades") && !rule.unverified.contains("ladders"));
    }
}
