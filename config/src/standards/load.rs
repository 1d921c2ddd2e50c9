//! Loading: the editions built into the program, or those of a directory.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use lanbi_model::standard::{Edition, Plausible, Standards};

use super::black_odor;
use super::error::{Refusal, StandardsError};
use super::order::in_order;
use super::wire::{self, File};
use super::{city_index, evaluation, rank_sum, river_chief, warning, water_evaluation};

macro_rules! built_in {
    ($($path:literal)+) => {
        &[$(($path, include_str!(concat!("../../standards/", $path)))),+]
    };
}

/// Every file of `config/standards`, by its path there.
const BUILT_IN: &[(&str, &str)] = built_in! {
    "black-odor/2015.toml"
    "cwqi/2017.toml"
    "db12-356/2018.toml"
    "db12-599/2015.toml"
    "gb18918/2002.toml"
    "gb3095/2012.toml"
    "gb3095/2026-transition.toml"
    "gb3095/2026.toml"
    "gb3838/2002.toml"
    "hj633/2012.toml"
    "hj633/2026.toml"
    "hj663/2013.toml"
    "hj663/2026.toml"
    "plausible.toml"
    "ranking/change.toml"
    "ranking/composite.toml"
    "ranking/tianjin-2020.toml"
    "ranking/tianjin-2021.toml"
    "ranking/tianjin-water-2018.toml"
    "river-chief/tianjin-2018.toml"
    "warning/2018.toml"
    "warning/2024.toml"
    "water-evaluation/2011.toml"
};

/// The editions built into the program.
///
/// # Errors
/// A built-in file that the checks refuse, which the tests exclude.
pub fn builtin() -> Result<Standards, StandardsError> {
    let mut loader = Loader::default();
    for (path, text) in BUILT_IN {
        loader.add(path, text)?;
    }
    loader.finish()
}

/// The built-in file of an edition, as it is written, comments and marks included; none for an unknown id.
#[must_use]
pub fn builtin_text(id: &str) -> Option<&'static str> {
    let is_of = |text: &str| {
        let file: Option<toml::Table> = text.parse().ok();
        let edition = file.as_ref().and_then(|file| file.get("edition")?.get("id")?.as_str());
        edition == Some(id)
    };
    BUILT_IN.iter().map(|(_, text)| *text).find(|text| is_of(text))
}

/// The editions of a directory laid out as `<id>/<edition>.toml`, with `plausible.toml` beside the folders. They stand
/// instead of the built-in ones.
///
/// # Errors
/// A path that cannot be read, a file that is not TOML, or a statement the checks refuse (named by file and key).
pub fn load_dir(dir: &Path) -> Result<Standards, StandardsError> {
    let mut loader = Loader::default();
    for path in toml_files(dir)? {
        let text = fs::read_to_string(&path)
            .map_err(|source| StandardsError::Read { path: path.clone(), source })?;
        loader.add(&path.display().to_string(), &text)?;
    }
    loader.finish()
}

/// The TOML files of a directory and its direct folders, in the order of their names.
fn toml_files(dir: &Path) -> Result<Vec<PathBuf>, StandardsError> {
    let list = |dir: &Path| -> Result<Vec<PathBuf>, StandardsError> {
        fs::read_dir(dir)
            .and_then(|entries| entries.map(|entry| entry.map(|e| e.path())).collect())
            .map_err(|source| StandardsError::Read { path: dir.to_owned(), source })
    };
    let mut files = Vec::new();
    for path in list(dir)? {
        if path.is_dir() {
            files.extend(list(&path)?);
        } else {
            files.push(path);
        }
    }
    files.retain(|path| path.extension().is_some_and(|ext| ext == "toml"));
    files.sort();
    Ok(files)
}

/// Collects files and checks at the end what only the whole set can tell.
#[derive(Default)]
struct Loader {
    standards: Standards,
    files: BTreeMap<String, String>,
}

impl Loader {
    fn add(&mut self, file: &str, text: &str) -> Result<(), StandardsError> {
        let parsed: File = toml::from_str(text)
            .map_err(|source| StandardsError::Syntax { file: file.to_owned(), source: Box::new(source) })?;
        self.take(file, parsed).map_err(|refusal| refusal.of(file))
    }

    fn take(&mut self, name: &str, file: File) -> Result<(), Refusal> {
        let File {
            edition,
            clauses,
            aqi,
            air,
            evaluation,
            water,
            black_odor: ditches,
            water_evaluation: sections,
            cwqi,
            rank_sum: places,
            river_chief: chiefs,
            effluent,
            ranking,
            warning,
            plausible,
        } = file;
        let mut edition = edition.map(wire::EditionHead::check).transpose()?;
        if let Some(edition) = &edition
            && let Some(other) = self.files.insert(edition.id.clone(), name.to_owned())
        {
            return Err(Refusal::new("edition.id", format!("`{}` stands in {other} too", edition.id)));
        }
        let mut head = || {
            edition
                .take()
                .ok_or_else(|| Refusal::new("edition", "is missing, or used by a second kind of table"))
        };
        let law = &mut self.standards;
        let mut kinds = 0;
        if let Some(tables) = aqi {
            let topics = ["table", "rounding", "primary", "incomplete", "levels"];
            law.aqi.push(tables.check(head()?, wire::clauses(&clauses, &topics)?)?);
            kinds += 1;
        }
        if let Some(tables) = air {
            law.air.push(
                tables.check(
                    head()?,
                    wire::clauses(&clauses, &["limits", "validity", "quarter", "reference"])?,
                )?,
            );
            kinds += 1;
        }
        if let Some(tables) = evaluation {
            let clauses = wire::clauses(&clauses, &evaluation::TOPICS)?;
            law.evaluation.push(tables.check(head()?, clauses)?);
            kinds += 1;
        }
        if let Some(tables) = water {
            let topics = ["limits", "single-factor", "multiple", "rounding", "day-readings", "saturation"];
            law.water.push(tables.check(head()?, wire::clauses(&clauses, &topics)?)?);
            kinds += 1;
        }
        if let Some(tables) = sections {
            let named = wire::clauses(&clauses, &water_evaluation::TOPICS)?;
            law.water_evaluation.push(tables.check(head()?, named, wire::unverified(&clauses))?);
            kinds += 1;
        }
        if let Some(tables) = cwqi {
            let named = wire::clauses(&clauses, &city_index::TOPICS)?;
            law.city_index.push(tables.check(head()?, named, wire::unverified(&clauses))?);
            kinds += 1;
        }
        if let Some(tables) = places {
            let named = wire::clauses(&clauses, &rank_sum::TOPICS)?;
            law.rank_sum.push(tables.check(head()?, named, wire::unverified(&clauses))?);
            kinds += 1;
        }
        if let Some(tables) = chiefs {
            let named = wire::clauses(&clauses, &river_chief::TOPICS)?;
            law.chief_score.push(tables.check(head()?, named, wire::unverified(&clauses))?);
            kinds += 1;
        }
        if let Some(tables) = ditches {
            let clauses = wire::clauses(&clauses, &black_odor::TOPICS)?;
            law.black_odor.push(tables.check(head()?, clauses)?);
            kinds += 1;
        }
        if let Some(tables) = effluent {
            law.effluent.push(tables.check(head()?, wire::clauses(&clauses, &["limits"])?)?);
            kinds += 1;
        }
        if let Some(rule) = ranking {
            law.ranking.push(rule.check(head()?, wire::clauses(&clauses, &["rule", "ties"])?)?);
            kinds += 1;
        }
        if let Some(rules) = warning {
            law.warning.push(rules.check(head()?, wire::clauses(&clauses, &warning::TOPICS)?)?);
            kinds += 1;
        }
        if let Some(rows) = plausible {
            wire::clauses(&clauses, &["ranges"])?;
            for (i, row) in rows.into_iter().enumerate() {
                let key = format!("plausible[{i}]");
                let (parameter, low, high) = row.check(&key)?;
                if law.plausible.insert(parameter, Plausible { low, high }).is_some() {
                    return Err(Refusal::new(key, format!("names {parameter} a second time")));
                }
            }
            kinds += 1;
        }
        if kinds == 1 {
            return Ok(());
        }
        let kinds = "`aqi`, `air`, `evaluation`, `water`, `water-evaluation`, `cwqi`, `black-odor`, `effluent`, \
                     `ranking`, `rank-sum`, `river-chief`, `warning` or `plausible`";
        Err(Refusal::new("(top)", format!("a file holds exactly one of {kinds}")))
    }

    fn finish(mut self) -> Result<Standards, StandardsError> {
        let law = &mut self.standards;
        in_order(&mut law.aqi, &self.files, |_| "aqi")?;
        in_order(&mut law.air, &self.files, |_| "air")?;
        in_order(&mut law.evaluation, &self.files, |_| "evaluation")?;
        in_order(&mut law.water, &self.files, |_| "water")?;
        in_order(&mut law.water_evaluation, &self.files, |_| "water-evaluation")?;
        in_order(&mut law.city_index, &self.files, |_| "cwqi")?;
        in_order(&mut law.rank_sum, &self.files, |edition| &edition.title)?;
        in_order(&mut law.chief_score, &self.files, |edition| &edition.title)?;
        in_order(&mut law.black_odor, &self.files, |_| "black-odor")?;
        in_order(&mut law.effluent, &self.files, family)?;
        in_order(&mut law.ranking, &self.files, |edition| &edition.title)?;
        in_order(&mut law.warning, &self.files, |_| "warning")?;
        Ok(self.standards)
    }
}

/// The number without its year: `GB 18918` of `GB 18918-2002`.
fn family(edition: &Edition) -> &str {
    edition.number.rsplit_once('-').map_or(edition.number.as_str(), |(standard, _)| standard)
}

/// What the checks say of a built-in file in which one text stands for another.
#[cfg(test)]
pub(super) fn refusal_of(path: &str, from: &str, to: &str) -> String {
    let (_, text) = BUILT_IN.iter().find(|(p, _)| *p == path).unwrap();
    assert!(text.contains(from), "{from}");
    Loader::default().add(path, &text.replacen(from, to, 1)).unwrap_err().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(files: &[(&str, String)]) -> Result<Standards, StandardsError> {
        let mut loader = Loader::default();
        for (path, text) in files {
            loader.add(path, text)?;
        }
        loader.finish()
    }

    fn text(path: &str) -> String {
        BUILT_IN.iter().find(|(p, _)| *p == path).unwrap().1.to_owned()
    }

    #[test]
    fn the_built_in_law_loads_and_holds_on_every_day() {
        let law = builtin().unwrap();
        assert_eq!(law.aqi.len(), 2);
        assert_eq!(law.air.len(), 3);
        assert_eq!(law.water[0].items.len(), 23);
        assert_eq!(law.plausible.len(), lanbi_model::Parameter::ALL.len());
        let on = |day: &str| {
            let day = day.parse().unwrap();
            let aqi = lanbi_model::standard::on_day(&law.aqi, day).unwrap().edition.id.clone();
            let air = lanbi_model::standard::on_day(&law.air, day).unwrap().edition.id.clone();
            (aqi, air)
        };
        let check = |day: &str, aqi: &str, air: &str| {
            assert_eq!(on(day), (aqi.to_owned(), air.to_owned()), "{day}");
        };
        check("2014-01-01", "HJ633-2012", "GB3095-2012");
        check("2026-02-28", "HJ633-2012", "GB3095-2012");
        check("2026-03-01", "HJ633-2026", "GB3095-2026-transition");
        check("2030-12-31", "HJ633-2026", "GB3095-2026-transition");
        check("2031-01-01", "HJ633-2026", "GB3095-2026");
        let limits = law.effluent_limits("DB12-356-2018/2").unwrap().1;
        let ammonia = limits.iter().find(|l| l.parameter == lanbi_model::Parameter::Nh3n).unwrap();
        assert_eq!(
            (ammonia.high.to_string(), ammonia.winter.unwrap().to_string()),
            ("2".into(), "3.5".into())
        );
        assert!(law.effluent_limits("GB18918-2002/1A").unwrap().0.instantaneous.is_some());
        let warning = |day: &str| {
            lanbi_model::standard::on_day(&law.warning, day.parse().unwrap()).unwrap().edition.id.as_str()
        };
        assert_eq!(warning("2015-12-08"), "warning-2018");
        assert_eq!(warning("2024-01-22"), "warning-2018");
        assert_eq!(warning("2024-01-23"), "warning-2024");
    }

    #[test]
    fn every_file_of_the_directory_is_built_in() {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("standards");
        assert_eq!(toml_files(&dir).unwrap().len(), BUILT_IN.len());
        assert_eq!(load_dir(&dir).unwrap().aqi, builtin().unwrap().aqi);
    }

    #[test]
    fn what_cannot_be_true_is_refused_with_file_and_key() {
        let check = |path: &str, from: &str, to: &str, expected: &str| {
            let original = text(path);
            let changed = original.replacen(from, to, 1);
            assert_ne!(original, changed, "`{from}` is not in {path}");
            let error = load(&[(path, changed)]).unwrap_err().to_string();
            assert!(error.contains(path), "{error} names {path}");
            assert!(error.contains(expected), "{error} says {expected}");
        };
        let aqi = "hj633/2026.toml";
        check(aqi, "\"pm25\"\nunit", "\"pm2.5\"\nunit", "aqi.breakpoints[0].parameter: `pm2.5`");
        check(aqi, "unit = \"ug/m3\"", "unit = \"ppb\"", "aqi.breakpoints[0].unit: `ppb`");
        check(aqi, "unit = \"ug/m3\"", "unit = \"mg/m3\"", "aqi.breakpoints[0].unit");
        check(aqi, "0, 35, 60", "0, 60, 35", "aqi.breakpoints[0].nodes: must ascend");
        check(aqi, "0, 35, 60, 115", "0, 35, 60, 115, 116", "aqi.breakpoints[0].nodes: has 9");
        check(aqi, "[\"hour\", \"day\"]", "[\"hour\"]", "aqi.breakpoints: lacks the day table of pm25");
        check(aqi, "co = 1", "carbon = 1", "aqi.input_decimals: `carbon`");
        check(aqi, "upto = 100", "upto = 40", "aqi.levels[1].upto");
        check(aqi, "level = 3", "level = 4", "aqi.levels[2].level");
        check(aqi, "[clauses.primary]", "[clauses.first]", "clauses.primary");
        check(aqi, "confidence = \"O\"", "confidence = \"X\"", "confidence");
        check(aqi, "primary_above", "primary_over", "primary_over");
        check(aqi, "from = 2026-03-01", "from = 2026-03-01T00:00:00", "edition.from");
        check("hj633/2012.toml", "until = 2026-02-28", "until = 1999-01-01", "edition.until");
        check("gb3095/2026.toml", "class2 = 20", "class2 = 10", "air.limits[0].class2");
        check("gb3095/2026.toml", "year_days = 324", "year_days = 367", "air.validity.year_days");
        let evaluation = "hj663/2013.toml";
        check(evaluation, "\"p95\"", "\"p101\"", "evaluation.items[4].statistic");
        check(evaluation, "\"pm10\"\nunit", "\"pm25\"\nunit", "evaluation.items: must be the six");
        check(evaluation, "\"p98\"", "\"98\"", "evaluation.attainment[1].statistic");
        check(evaluation, "good_level = 2", "good_level = 5", "evaluation.heavy_level");
        check(evaluation, "kind = \"dust\"", "kind = \"fog\"", "evaluation.events[0].kind: `fog`");
        check(evaluation, "kind = \"dust\"", "kind = \"exceptional\"", "evaluation.events[1].kind");
        check(evaluation, "[\"pm25\", \"pm10\"]", "[\"pm\"]", "evaluation.events[0].left_out: `pm`");
        check("gb3838/2002.toml", "[2, 4, 6, 10, 15]", "[2, 4, 6, 10]", "water.items[3].limits: has 4");
        check("gb3838/2002.toml", "[2, 4, 6, 10, 15]", "[2, 4, 6, 15, 10]", "water.items[3].limits");
        check("gb3838/2002.toml", "\"at-least\"\n", "\"at-most\"\n", "water.items[2].limits");
        check("gb3838/2002.toml", "[6, 9]", "[9, 6]", "water.items[1].band");
        check("black-odor/2015.toml", "heavy = 10", "heavy = 30", "black-odor.urban[0].heavy");
        let ditches = "black-odor/2015.toml";
        check(ditches, "one_indicator = 0.6", "one_indicator = 60", "black-odor.judging.one_indicator");
        check(ditches, "reach_points = 3", "reach_points = 0", "black-odor.judging.reach_points");
        check(ditches, "satisfied = 0.9", "satisfied = 1.9", "black-odor.elimination.satisfied");
        check(ditches, "[clauses.reach]", "[clauses.stretch]", "clauses.reach");
        let effluent = "gb18918/2002.toml";
        check(effluent, "\"nh3n\", \"tn\"", "\"ammonia\"", "effluent.instantaneous.parameters: `ammonia`");
        check(effluent, "[clauses.instantaneous]", "[clauses.momentary]", "clauses.instantaneous");
        check(
            "gb18918/2002.toml",
            "temperature = 12",
            "from = \"13-01\"\nto = \"03-31\"",
            "effluent.winter.from",
        );
        check("gb18918/2002.toml", "[effluent.winter]\ntemperature = 12", "", "effluent.limits[3].winter");
        let ranking = "ranking/tianjin-2021.toml";
        check(ranking, "weight = 40", "weight = 30", "ranking.parts: weights make 90");
        check(ranking, "weight = 40", "weight = 0", "ranking.parts[2].weight");
        check(ranking, "\"pm25_change\"", "\"pm25\"", "ranking.parts[1].figure: stands twice");
        check(ranking, "\"pm25_change\"", "\"pm10\"", "ranking.parts[1].figure: `pm10`");
        let warning = "warning/2018.toml";
        check(warning, "\"orange\"", "\"blue\"", "warning.rules[1].level: `blue` is none of yellow");
        check(warning, "\"orange\"", "\"red\"", "warning.rules: lacks a rule for orange");
        check(warning, "\"yellow\"", "\"orange\"", "warning.rules: lacks a rule for yellow");
        check(warning, "\"red\"", "\"yellow\"", "warning.rules[2].level: is milder");
        check(warning, "hours = 48", "hours = 23", "warning.rules[0].spells[0].hours: must be 24");
        check(warning, "hours = 48", "hours = 4800", "warning.rules[0].spells[0].hours");
        check(warning, "hours = 48", "days = 2", "unknown field `days`");
        check(warning, "above = 499", "above = 500", "warning.rules[3].spells[0].above");
        check(warning, "above = 300", "above = 200", "warning.rules[2].spells[1]: must have a larger");
        check(warning, "above = 300, hours = 48", "above = 300, hours = 97", "warning.rules[2].spells[1]");
        check(warning, "[{ above = 200, hours = 48 }]", "[]", "warning.rules[0].spells: is empty");
        check(warning, "clear_hours = 36", "clear_hours = 0", "warning.clear_hours");
        check(warning, "[clauses.release]", "[clauses.end]", "clauses.release");
        let twice = ["warning/2024.toml", "above = 150, hours = 48", "above = 200, hours = 24"];
        check(twice[0], twice[1], twice[2], "warning.rules[1]: stands twice");
        check("plausible.toml", "low = 0", "low = -1", "plausible[0].low");
        check("plausible.toml", "low = 0", "lowest = 0", "unknown field `lowest`");
    }

    #[test]
    fn editions_neither_overlap_nor_leave_a_gap() {
        let new = "hj633/2026.toml";
        let check = |until: &str, expected: &str| {
            let old = text("hj633/2012.toml").replace("until = 2026-02-28\n", until);
            let error = load(&[("old.toml", old), (new, text(new))]).unwrap_err().to_string();
            assert!(
                error.starts_with(new) && error.contains("edition.from") && error.contains(expected),
                "{error}"
            );
        };
        check("until = 2026-03-01\n", "overlaps");
        check("", "overlaps");
        check("until = 2026-02-27\n", "gap");
        let twice = load(&[(new, text(new)), ("copy.toml", text(new))]).unwrap_err().to_string();
        assert!(twice.contains("copy.toml: edition.id"), "{twice}");
    }

    #[test]
    fn a_missing_directory_is_named() {
        let error = load_dir(Path::new("no/such/place")).unwrap_err().to_string();
        assert!(error.contains("no/such/place"), "{error}");
    }

    #[test]
    fn every_edition_can_be_shown() {
        let law = builtin().unwrap();
        for edition in law.aqi.iter().map(|s| &s.edition).chain(law.ranking.iter().map(|s| &s.edition)) {
            let text = builtin_text(&edition.id).unwrap();
            assert!(text.contains(&format!("id = \"{}\"", edition.id)), "{}", edition.id);
        }
        assert_eq!(builtin_text("GB3095-1996"), None);
    }

    #[test]
    fn people_by_pollutant_go_with_their_threshold_and_name_each_item_once() {
        let text = builtin_text("HJ633-2026").unwrap();
        let check = |from: &str, to: &str, key: &str| {
            assert!(text.contains(from), "{from}");
            let mut loader = Loader::default();
            let error = loader.add("test", &text.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(error.contains(key), "{from}: {error}");
        };
        check("[aqi.sensitive]\nabove = 100", "[aqi.sensitive]", "missing field `above`");
        check("parameters = [\"co\"]", "parameters = [\"o3\"]", "aqi.sensitive.groups[3].parameters");
        check("parameters = [\"co\"]", "parameters = []", "lacks co");
        check("people = \"患有心血管系统疾病的人\"", "people = \"\"", "aqi.sensitive.groups[2].people");
    }
}
