//! Waters against what was published: classes of the national stations, the trophic index of Hulun Lake, trends.
//!
//! The stations' data are third-party material outside the repository, found at `LANBI_SHARED_DATA` or beside it in
//! `../shared/data`. Without them the tests that need them say so and pass.

#![expect(clippy::unwrap_used, reason = "a test stops at what it cannot read")]

mod common;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use chrono::{NaiveDate, NaiveDateTime};
use common::{rate::Rate, shared_data};
use flate2::read::GzDecoder;
use lanbi_analytics::FixedValue;
use lanbi_analytics::stats::{self, Point};
use lanbi_analytics::water::{
    self, FirstClassOxygen, Readings, Rounding, RowTime, SectionData, Sources, WaterLaw,
};
use lanbi_config::standards::builtin;
use lanbi_model::standard::{Standards, WaterStandard};
use lanbi_model::{Decimal, Parameter, ReportPeriod, WaterBody, decimal};

type CsvRow = HashMap<String, String>;

/// Province, basin and section: section names repeat between provinces.
type Section = [String; 3];

/// Items of the published class.
const ITEMS: [Parameter; 5] =
    [Parameter::Ph, Parameter::DissolvedOxygen, Parameter::CodMn, Parameter::Nh3n, Parameter::Tp];
const DISPLAYED: [&str; 5] = ["pH(无量纲)", "溶解氧(mg/L)", "高锰酸盐指数(mg/L)", "氨氮(mg/L)", "总磷(mg/L)"];
const RAW: [&str; 5] = ["ph_raw", "do_mg_l_raw", "codmn_mg_l_raw", "nh3n_mg_l_raw", "tp_mg_l_raw"];
const CHINESE_KEY: [&str; 3] = ["省份", "流域", "断面名称"];
const KEY: [&str; 3] = ["province", "basin", "section"];
const CLASSES: [&str; 6] = ["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ"];

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn csv_rows(input: impl Read) -> Vec<CsvRow> {
    csv::Reader::from_reader(input).into_deserialize().map(Result::unwrap).collect()
}

fn gz(folder: &Path, name: &str) -> Vec<CsvRow> {
    csv_rows(GzDecoder::new(File::open(folder.join(name)).unwrap()))
}

fn section(row: &CsvRow, names: [&str; 3]) -> Section {
    names.map(|name| row[name].clone())
}

/// Whether only the lake limits for phosphorus explain a section's classes; the publication does not say.
struct Bodies(BTreeMap<Section, WaterBody>);

impl Bodies {
    fn read(folder: &Path) -> Self {
        let rows = csv_rows(File::open(folder.join("stations.csv")).unwrap());
        let body = |row: &CsvRow| match row["tp_table_inferred"].as_str() {
            "lake" => WaterBody::Lake,
            _ => WaterBody::River,
        };
        Self(rows.iter().map(|row| (section(row, KEY), body(row))).collect())
    }

    fn of(&self, section: &Section) -> WaterBody {
        self.0.get(section).copied().unwrap_or(WaterBody::River)
    }
}

fn values(row: &CsvRow, columns: [&str; 5]) -> Vec<(Parameter, Decimal)> {
    let value = |(item, column): (Parameter, &str)| Some((item, row[column].trim().parse().ok()?));
    ITEMS.into_iter().zip(columns).filter_map(value).collect()
}

fn class(law: &WaterStandard, body: WaterBody, values: &[(Parameter, Decimal)]) -> Option<usize> {
    water::assess(law, body, None, Rounding::AsGiven, values).class.map(usize::from)
}

/// Compares a published class, where a row has one, with ours.
fn compare(
    rate: &mut Rate,
    law: &WaterStandard,
    body: WaterBody,
    row: &CsvRow,
    class_in: &str,
    columns: [&str; 5],
) {
    let published = CLASSES.iter().position(|name| *name == row[class_in].trim());
    if let Some(published) = published {
        rate.count(class(law, body, &values(row, columns)) == Some(published + 1));
    }
}

#[test]
fn unrounded_values_give_the_published_class() {
    let Some(folder) = shared_data("water_cnemc") else { return };
    let law = &builtin().unwrap().water[0];
    let bodies = Bodies::read(&folder);
    let mut daily = Rate::default();
    for row in gz(&folder, "cnemc_daily_2020.csv.gz") {
        compare(&mut daily, law, bodies.of(&section(&row, KEY)), &row, "class", RAW);
    }
    daily.assert_at_least("daily class, unrounded values", 99.97, 16_000);
}

#[test]
fn displayed_values_give_nearly_the_published_class() {
    let Some(folder) = shared_data("water_cnemc") else { return };
    let law = &builtin().unwrap().water[0];
    let bodies = Bodies::read(&folder);
    let mut four_hourly = Rate::default();
    for row in gz(&folder, "cnemc_4h_2021-04.csv.gz") {
        compare(&mut four_hourly, law, bodies.of(&section(&row, CHINESE_KEY)), &row, "水质类别", DISPLAYED);
    }
    four_hourly.assert_at_least("4-hourly class, displayed values", 98.6, 15_000);
}

/// The rows of Tianjin's sections, file by file.
fn tianjin(folder: &Path) -> Vec<CsvRow> {
    let mut rows = Vec::new();
    let mut folders = vec![folder.join("by_station")];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                rows.extend(csv_rows(File::open(&path).unwrap()));
            }
        }
    }
    rows
}

#[test]
fn sections_of_tianjin_have_the_published_class() {
    let Some(folder) = shared_data("water_cnemc") else { return };
    let law = &builtin().unwrap().water[0];
    let bodies = Bodies::read(&folder);
    let mut rate = Rate::default();
    for row in tianjin(&folder) {
        compare(&mut rate, law, bodies.of(&section(&row, CHINESE_KEY)), &row, "水质类别", DISPLAYED);
    }
    // 628 of 632, printed as 99.4 %.
    rate.assert_at_least("class of Tianjin's sections", 99.35, 600);
}

/// The time of a row of the archive, which carries no year.
fn time(row: &CsvRow) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(&format!("2021-{}", row["监测时间"].trim()), "%Y-%m-%d %H:%M").ok()
}

/// The fast way of whole numbers and the plain way of decimals give the same day of every section.
#[test]
fn days_of_real_readings_are_those_of_plain_decimals() {
    let Some(folder) = shared_data("water_cnemc") else { return };
    let law = builtin().unwrap();
    let bodies = Bodies::read(&folder);
    let mut sections: BTreeMap<Section, BTreeMap<NaiveDateTime, Vec<(Parameter, Decimal)>>> = BTreeMap::new();
    for row in gz(&folder, "cnemc_4h_2021-04.csv.gz") {
        let Some(time) = time(&row) else { continue };
        sections.entry(section(&row, CHINESE_KEY)).or_default().insert(time, values(&row, DISPLAYED));
    }
    let rules = water_law(&law);
    let (mut with_class, mut without) = (0, 0);
    for (name, readings) in &sections {
        let mut fast = Readings::new(ITEMS.to_vec());
        // In the order of the reverse, as a file may have it.
        for (time, values) in readings.iter().rev() {
            let of = |item| values.iter().find(|(p, _)| *p == item).map(|(_, value)| *value);
            fast.push(*time, &ITEMS.map(|item| FixedValue::from_decimal(of(item)?)));
        }
        assert_eq!(fast.settle(), []);
        let data = SectionData {
            rows: RowTime::Reading,
            sources: Sources::Unnamed(fast),
            hindered: BTreeSet::new(),
        };
        let days: BTreeSet<NaiveDate> = readings.keys().map(|time| time.date()).collect();
        for day in days {
            let period = water::section_period(rules.standard, rules.rule, ReportPeriod::Day(day), &data);
            for item in &period.items {
                let of_day = readings.iter().filter(|(time, _)| time.date() == day).flat_map(|(_, v)| v);
                let plain: Vec<Decimal> =
                    of_day.filter(|(p, _)| *p == item.parameter).map(|(_, value)| *value).collect();
                let mean = match item.parameter {
                    Parameter::Ph => water::mean_ph(plain.iter().copied()),
                    _ => decimal::mean(plain.iter().copied()),
                };
                let mean = mean.filter(|_| plain.len() >= 4);
                let rounded = |value: Decimal| decimal::round_half_even(value, 20);
                assert_eq!(item.value.map(rounded), mean.map(rounded), "{name:?} {day} {}", item.parameter);
            }
            let judged = water::judge_section(&rules, bodies.of(name), None, &period);
            if judged.standing.class().is_some() { with_class += 1 } else { without += 1 }
        }
    }
    println!("{with_class} days of sections with a class, {without} without");
    assert!(with_class > 1500 && without > 100, "{with_class} {without}");
}

fn water_law(law: &Standards) -> WaterLaw<'_> {
    WaterLaw {
        standard: &law.water[0],
        rule: &law.water_evaluation[0],
        oxygen: FirstClassOxygen::Concentration,
    }
}

/// Total nitrogen beyond every limit and hot water change no published class of a real section.
#[test]
fn nitrogen_and_temperature_never_enter_the_class_of_a_river() {
    let law = builtin().unwrap();
    let rules = water_law(&law);
    let clean = [(Parameter::CodMn, dec("2")), (Parameter::Tp, dec("0.02"))];
    let with =
        [clean.as_slice(), &[(Parameter::Tn, dec("99")), (Parameter::WaterTemperature, dec("40"))]].concat();
    for body in [WaterBody::River, WaterBody::Lake] {
        assert_eq!(class(rules.standard, body, &with), class(rules.standard, body, &clean));
        assert_eq!(class(rules.standard, body, &with[2..]), None);
    }
    let Some(folder) = shared_data("water_cnemc") else { return };
    let rows = tianjin(&folder);
    let mut polluted = 0;
    for row in &rows {
        let plain = values(row, DISPLAYED);
        let extra = [("总氮(mg/L)", Parameter::Tn), ("水温(℃)", Parameter::WaterTemperature)];
        let extra =
            extra.iter().filter_map(|(column, item)| Some((*item, row[*column].trim().parse().ok()?)));
        let all: Vec<(Parameter, Decimal)> = plain.iter().copied().chain(extra).collect();
        let class = class(rules.standard, WaterBody::River, &plain);
        assert_eq!(self::class(rules.standard, WaterBody::River, &all), class, "{row:?}");
        polluted += u32::from(all.iter().any(|(item, value)| *item == Parameter::Tn && *value > dec("2")));
    }
    assert!(polluted > 100, "only {polluted} rows have a nitrogen of 劣Ⅴ");
}

/// Hulun Lake, 2011 to 2020: components of chlorophyll, phosphorus, nitrogen and transparency, the published index and its word.
const HULUN: [([&str; 4], &str, &str); 10] = [
    (["37.749", "69.802", "68.909", "81.743"], "61.837", "中度富营养"),
    (["48.321", "60.681", "66.362", "77.199"], "61.607", "中度富营养"),
    (["43.745", "64.437", "67.866", "77.837"], "61.452", "中度富营养"),
    (["37.101", "82.332", "64.888", "80.690"], "63.391", "中度富营养"),
    (["50.054", "72.340", "68.334", "79.757"], "65.861", "中度富营养"),
    (["43.519", "86.198", "93.172", "77.313"], "71.815", "重度富营养"),
    (["53.865", "79.571", "86.139", "73.053"], "71.165", "重度富营养"),
    (["54.379", "69.894", "79.746", "76.036"], "68.375", "中度富营养"),
    (["55.209", "64.039", "87.591", "76.198"], "69.055", "中度富营养"),
    (["47.262", "73.131", "64.568", "67.415"], "61.535", "中度富营养"),
];

#[test]
fn the_trophic_index_of_hulun_lake_is_the_published_one() {
    let law = builtin().unwrap();
    let rule = &law.water_evaluation[0].trophic;
    let items = [Parameter::ChlorophyllA, Parameter::Tp, Parameter::Tn, Parameter::Transparency];
    for (parts, published, word) in HULUN {
        let parts: Vec<(Parameter, Decimal)> = items.into_iter().zip(parts.map(dec)).collect();
        let index = water::weighted_index(rule, &parts).unwrap();
        assert!((index - dec(published)).abs() <= dec("0.001"), "{index} and {published}");
        let level = rule.levels.iter().find(|level| level.upto.is_none_or(|upto| index <= upto)).unwrap();
        assert_eq!(level.name, word);
    }
    // The concentrations of 2020 are rounded: the components come within 0.2.
    let concentrations = items.into_iter().zip(["7.77", "0.27", "1.81", "43"].map(dec)).collect::<Vec<_>>();
    let made = water::trophic_index(rule, &concentrations);
    for ((_, part), published) in made.parts.iter().zip(HULUN[9].0) {
        assert!((part - dec(published)).abs() < dec("0.2"), "{part} and {published}");
    }
    assert_eq!(made.level.unwrap().name, "中度富营养");
}

#[test]
fn the_edges_of_the_trophic_levels_belong_as_the_rule_says() {
    let law = builtin().unwrap();
    let rule = &law.water_evaluation[0].trophic;
    // With one item its own index is the sum; a chlorophyll whose index is a round number has no round concentration, so
    // the levels are asked for on both sides of an edge.
    let level = |chla: &str| {
        let made = water::trophic_index(rule, &[(Parameter::ChlorophyllA, dec(chla))]);
        (decimal::round_half_even(made.index.unwrap(), 2).to_string(), made.level.unwrap().name.clone())
    };
    let check = |chla: &str, index: &str, name: &str| {
        assert_eq!(level(chla), (index.to_owned(), name.to_owned()), "{chla}");
    };
    check("1.58", "29.97", "贫营养");
    check("1.59", "30.04", "中营养");
    check("9.99", "50.00", "中营养");
    check("10.01", "50.02", "轻度富营养");
    check("1000", "100.02", "重度富营养");
}

/// Spearman's rs of these years, and whether it is significant at the rule's 0.01 (one-sided).
#[test]
fn trends_of_waters_are_the_published_ones() {
    let check = |values: &[&str], rho: f64, significant: bool| {
        let value = |(time, value): (i64, &&str)| Point { time, value: value.parse().unwrap() };
        let points: Vec<Point> = (0..).zip(values).map(value).collect();
        let result = stats::spearman(&points).unwrap();
        assert!((result.rho - rho).abs() < 5e-5, "{values:?}: {}", result.rho);
        assert_eq!(result.p < 0.02, significant, "{values:?}: {}", result.p);
    };
    check(&HULUN.map(|(_, index, _)| index), 0.3818, false);
    check(&HULUN.map(|(parts, ..)| parts[2]), 0.2121, false);
    check(&HULUN.map(|(parts, ..)| parts[3]), -0.7939, true);
    check(&["2.1", "1.9", "1.6", "1.7", "1.2", "1.0", "0.9", "0.95"], -0.9524, true);
}

/// Tianjin, first quarter of 2024: the index of two districts and its change give their base.
#[test]
fn changes_of_the_city_index_are_the_published_ones() {
    let law = builtin().unwrap();
    let rule = &law.city_index[0];
    let check = |now: &str, base: &str, published: &str| {
        assert_eq!(water::index_change(rule, dec(now), dec(base)), Some(dec(published)), "{now}");
    };
    check("7.5933", "7.2594", "4.60");
    check("3.9303", "3.9378", "-0.19");
    assert_eq!(water::index_change(rule, dec("1"), Decimal::ZERO), None);
}

/// Guangdong, 2016-04, printed 氨氮/1.3、总磷/0.6、化学需氧量/0.2 under 劣Ⅴ.
#[test]
fn main_pollutants_are_named_as_a_published_report_does() {
    let law = builtin().unwrap();
    let rules = water_law(&law);
    let items = vec![Parameter::Cod, Parameter::Tp, Parameter::Nh3n, Parameter::Bod5];
    let mut month = Readings::new(items);
    let value = |text: &str| FixedValue::from_decimal(dec(text));
    let first: NaiveDate = "2016-04-01".parse().unwrap();
    month.push(first.and_hms_opt(0, 0, 0).unwrap(), &["24", "0.32", "2.3", "4"].map(value));
    let data =
        SectionData { rows: RowTime::Month, sources: Sources::Unnamed(month), hindered: BTreeSet::new() };
    let period = water::section_period(rules.standard, rules.rule, ReportPeriod::Month(first), &data);
    let judged = water::judge_section(&rules, WaterBody::River, Some(3), &period);
    assert_eq!(judged.standing.class(), Some(6));
    assert_eq!(water::with_slashes(&judged.main), "氨氮/1.3、总磷/0.6、化学需氧量/0.2");
    assert_eq!(judged.met, Some(false));
}

/// The words of a basin are those of the sections, so that few sections and many speak alike.
#[test]
fn every_state_of_a_basin_is_one_of_a_section() {
    let law = builtin().unwrap();
    let rules = water_law(&law);
    let of_sections: BTreeSet<&str> =
        rules.standard.classes.iter().map(|class| class.state.as_str()).collect();
    let of_basins: BTreeSet<&str> =
        rules.rule.basin.states.iter().map(|state| state.state.as_str()).collect();
    assert_eq!(of_sections, of_basins);
}
