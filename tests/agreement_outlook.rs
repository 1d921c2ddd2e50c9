//! What forecasts and outlooks of past years were worth, on published days.
//!
//! The days are third-party material outside the repository, found at `LANBI_SHARED_DATA` or beside it in
//! `../shared/data`. Without them these tests say so and pass. The tables are printed: `--nocapture` shows them.

#![expect(clippy::unwrap_used, reason = "a test stops at what it cannot read")]

mod common;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;

use chrono::{Datelike as _, NaiveDate};
use common::shared_data;
use flate2::read::GzDecoder;
use lanbi_analytics::aggregate::ozone_day;
use lanbi_analytics::air::{AirDay, Concentrations, TermRounding};
use lanbi_analytics::outlook::{
    ForecastSettings, OutlookSettings, Protocol, Trial, YearLaw, coverage, errors_by_origin, forecast_score,
    reliability, target_trials,
};
use lanbi_config::standards::builtin;
use lanbi_model::decimal::mean;
use lanbi_model::standard::{Standards, on_day};
use lanbi_model::target::TargetKind;
use lanbi_model::{Decimal, Parameter, ReportPeriod};

const KINDS: [TargetKind; 4] =
    [TargetKind::Item(Parameter::Pm25), TargetKind::GoodDays, TargetKind::HeavyDays, TargetKind::Index];

/// Targets as multiples of the last year's figure.
const MULTIPLES: [&str; 7] = ["0.85", "0.9", "0.95", "1", "1.05", "1.1", "1.15"];

fn tianjin(folder: &Path) -> Vec<AirDay> {
    let file = File::open(folder.join("aqistudy_tianjin_2014-2022.csv")).unwrap();
    let columns = ["pm2_5", "pm10", "so2", "no2", "co", "o3"];
    let rows = csv::Reader::from_reader(file).into_deserialize::<BTreeMap<String, String>>();
    let day = |row: BTreeMap<String, String>| {
        // A zero stands for a missing value in this archive.
        let value = |column: &str| row[column].trim().parse().ok().filter(|v: &Decimal| !v.is_zero());
        AirDay { day: row["time_point"].parse().unwrap(), values: Concentrations(columns.map(value)) }
    };
    rows.map(|row| day(row.unwrap())).collect()
}

/// Cities of the older archive, 2013-12 to 2017-01. Its ozone is not the daily maximum of 8 hours, so it is left out.
fn cities(folder: &Path) -> Vec<(String, Vec<AirDay>)> {
    let mut paths: Vec<_> = fs::read_dir(folder.join("aqistudy_hourmean_2013-2017"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    paths.sort();
    let read = |path: &Path| {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(path).unwrap();
        let mut days = BTreeMap::new();
        for row in reader.records().map(Result::unwrap) {
            let value = |place: usize| row[place].trim().parse().ok().filter(|v: &Decimal| !v.is_zero());
            let values = [value(5), value(6), value(7), value(9), value(8), None];
            days.insert(row[1].parse::<NaiveDate>().unwrap(), Concentrations(values));
        }
        days.into_iter().map(|(day, values)| AirDay { day, values }).collect()
    };
    let name = |path: &Path| path.file_stem().unwrap().to_string_lossy().into_owned();
    paths.iter().map(|path| (name(path), read(path))).collect()
}

/// Means of six stations of Beijing, 2013-03 to 2017-02: day means of at least 20 hours, and the daily maximum of 8 hours.
fn beijing(folder: &Path, law: &Standards) -> Vec<AirDay> {
    let validity = &law.air[0].validity;
    let mut stations: BTreeMap<NaiveDate, [Vec<Decimal>; 6]> = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "gz") {
            continue;
        }
        let mut hours: BTreeMap<NaiveDate, [[Option<Decimal>; 24]; 6]> = BTreeMap::new();
        let mut reader = csv::Reader::from_reader(GzDecoder::new(File::open(path).unwrap()));
        for row in reader.records().map(Result::unwrap) {
            let number = |place: usize| row[place].parse::<u32>().unwrap();
            let day = NaiveDate::from_ymd_opt(number(1).try_into().unwrap(), number(2), number(3)).unwrap();
            let day = hours.entry(day).or_insert([[None; 24]; 6]);
            for (item, values) in day.iter_mut().enumerate() {
                // CO stands there in ug/m³.
                let scale = if item == 4 { Decimal::new(1, 3) } else { Decimal::ONE };
                let value: Option<Decimal> = row[5 + item].parse().ok();
                values[usize::try_from(number(4)).unwrap()] = value.map(|value| value * scale);
            }
        }
        for (day, hours) in hours {
            let all = stations.entry(day).or_default();
            for (item, (hours, values)) in hours.iter().zip(all).enumerate() {
                let known: Vec<Decimal> = hours.iter().copied().flatten().collect();
                let day_value = match item {
                    5 => ozone_day(hours, validity, None).0.value,
                    _ => mean(known.iter().copied()),
                };
                values.extend(day_value.filter(|_| known.len() >= 20));
            }
        }
    }
    let day = |(day, values): (NaiveDate, [Vec<Decimal>; 6])| AirDay {
        day,
        values: Concentrations(values.map(|values| mean(values).map(|v| v.round_dp(1)))),
    };
    stations.into_iter().map(day).collect()
}

fn trials(
    law: &Standards,
    days: &[AirDay],
    years: &[ReportPeriod],
    kinds: &[TargetKind],
    protocol: Protocol,
) -> Vec<Trial> {
    let aqi = |day| on_day(&law.aqi, day);
    let of_year = |year: ReportPeriod| {
        Some(YearLaw {
            aqi: &aqi,
            evaluation: on_day(&law.evaluation, year.last())?,
            limits: on_day(&law.air, year.last())?,
            rounding: TermRounding::Terms,
            not_equipped: &[],
            events: &[],
        })
    };
    let multiples = MULTIPLES.map(|multiple| multiple.parse().unwrap());
    let settings = OutlookSettings { draws: 300, ..OutlookSettings::default() };
    target_trials(days, &of_year, years, kinds, &multiples, protocol, &settings)
}

/// Prints what trials were worth and gives Brier score, that of the base rate, the gap of the means and the coverage.
fn table(what: &str, trials: &[&Trial]) -> (f64, f64, f64, f64) {
    let all = || trials.iter().copied();
    let reliability = reliability(all()).unwrap();
    let coverage = coverage(all()).unwrap();
    let thresholds: Vec<_> = all().flat_map(|trial| &trial.thresholds).collect();
    let width =
        thresholds.iter().map(|t| t.high - t.low).sum::<f64>() / thresholds.iter().map(|_| 1.0).sum::<f64>();
    println!(
        "{what}: {} targets, predicted {:.3}, observed {:.3}, Brier {:.3} (base rate {:.3}); {} figures, within 50 % {:.2}, 80 % {:.2}, 90 % {:.2}; width of the probability's interval {:.2}",
        reliability.count,
        reliability.predicted,
        reliability.observed,
        reliability.brier,
        reliability.brier_base,
        coverage.count,
        coverage.middle_50,
        coverage.middle_80,
        coverage.middle_90,
        width,
    );
    (
        reliability.brier,
        reliability.brier_base,
        reliability.predicted - reliability.observed,
        coverage.middle_80,
    )
}

fn print_bins(trials: &[&Trial]) {
    println!("  probability      n  predicted  observed");
    for bin in reliability(trials.iter().copied()).unwrap().bins {
        println!(
            "  {:.1} to {:.1}  {:>6}  {:>9.3}  {:>8.3}",
            bin.from, bin.to, bin.count, bin.predicted, bin.observed
        );
    }
}

fn print_months(trials: &[&Trial]) {
    println!("  month    n  MAE %  last year's %  bias %  within 80 %");
    for month in errors_by_origin(trials.iter().copied()) {
        println!(
            "  {:>5} {:>4}  {:>5.1}  {:>13.1}  {:>6.1}  {:>11.2}",
            month.month,
            month.count,
            month.mae_percent,
            month.mae_percent_last_year,
            month.bias_percent,
            month.middle_80
        );
    }
}

fn years(from: i32, to: i32, first_month: u32) -> Vec<ReportPeriod> {
    (from..=to)
        .map(|year| ReportPeriod::Year(NaiveDate::from_ymd_opt(year, first_month, 1).unwrap()))
        .collect()
}

#[test]
fn forecasts_of_tianjin_beat_persistence_at_each_lead() {
    let Some(folder) = shared_data("air_city_daily") else { return };
    let law = builtin().unwrap();
    let days = tianjin(&folder);
    let since = "2016-01-01".parse().unwrap();
    let edition = |day| on_day(&law.aqi, day);
    let scores = forecast_score(&days, since, &edition, 3, &ForecastSettings::default());
    println!("lead  days    MAE  persistence   bias   RMSE  coverage  level hits  persistence");
    for score in &scores {
        println!(
            "{:>4} {:>5} {:>6.1} {:>12.1} {:>6.1} {:>6.1} {:>9.3} {:>11.3} {:>12.3}",
            score.lead,
            score.days,
            score.mae,
            score.mae_persistence,
            score.bias,
            score.rmse,
            score.coverage,
            score.level_hits,
            score.level_hits_persistence
        );
    }
    assert_eq!(scores.len(), 3);
    for score in scores {
        assert!(score.days > 2_000, "{score:?}");
        // Measured: 9 %, 22 % and 28 % less than persistence.
        assert!(score.mae < 0.95 * score.mae_persistence, "{score:?}");
        assert!((0.7..=0.9).contains(&score.coverage), "{score:?}");
    }
}

#[test]
fn outlooks_of_tianjin_keep_their_word() {
    let Some(folder) = shared_data("air_city_daily") else { return };
    let law = builtin().unwrap();
    let days = tianjin(&folder);
    for (protocol, first) in [(Protocol::Causal, 2016), (Protocol::LeaveYearOut, 2015)] {
        let all = trials(&law, &days, &years(first, 2021, 1), &KINDS, protocol);
        println!("Tianjin {first}-2021, {protocol:?}");
        for kind in KINDS {
            let of_kind: Vec<&Trial> = all.iter().filter(|trial| trial.kind == kind).collect();
            table(&format!("  {kind:?}"), &of_kind);
            print_months(&of_kind);
        }
        // In the autumn of 2017 a campaign cut emissions as never before, which no past day could tell.
        let but_2017 = all.iter().filter(|trial| trial.year.year() != 2017).collect::<Vec<_>>();
        table("  all but 2017", &but_2017);
        print_bins(&but_2017);
        let all: Vec<&Trial> = all.iter().collect();
        let (brier, base, gap, within_80) = table("  all", &all);
        print_bins(&all);
        // Measured: 0.13 against 0.20 and 0.12 against 0.18.
        assert!(brier < 0.75 * base, "{protocol:?}: {brier} against {base}");
        // Targets of a year are kept or missed together, so that 6 or 7 years decide: the share that was kept has a
        // standard deviation of about √(0.2 / 6) = 0.18. Measured: 0.07 too low.
        assert!(gap.abs() < 0.15, "{protocol:?}: {gap}");
        assert!((0.65..=0.95).contains(&within_80), "{protocol:?}: {within_80}");
    }
}

/// Cities on which nothing was fitted. Two years each, and most of them of one region: a look, not a proof.
#[test]
fn outlooks_of_other_cities_keep_their_word() {
    let Some(folder) = shared_data("air_city_daily") else { return };
    let law = builtin().unwrap();
    let mut all = Vec::new();
    let kinds = [TargetKind::Item(Parameter::Pm25)];
    for (city, days) in cities(&folder) {
        if city == "天津" {
            continue;
        }
        let of_city = trials(&law, &days, &years(2015, 2016, 1), &kinds, Protocol::LeaveYearOut);
        let causal = trials(&law, &days, &years(2016, 2016, 1), &kinds, Protocol::Causal);
        table(&format!("{city} 2015-2016, a year left out"), &of_city.iter().collect::<Vec<_>>());
        table(&format!("{city} 2016, causal"), &causal.iter().collect::<Vec<_>>());
        all.extend(of_city);
    }
    let all: Vec<&Trial> = all.iter().collect();
    let (brier, base, gap, within_80) = table("seven cities", &all);
    print_bins(&all);
    print_months(&all);
    assert!(brier < base, "{brier} against {base}");
    assert!(gap.abs() < 0.2 && within_80 >= 0.6, "{gap} {within_80}");
}

/// Three years that begin in March, each with the three others to draw from.
#[test]
fn outlooks_of_beijing_keep_their_word() {
    let Some(folder) = shared_data("beijing_multisite") else { return };
    let law = builtin().unwrap();
    let days = beijing(&folder, &law);
    assert_eq!(days.len(), 1461);
    let all = trials(&law, &days, &years(2014, 2016, 3), &KINDS, Protocol::LeaveYearOut);
    for kind in KINDS {
        let of_kind: Vec<&Trial> = all.iter().filter(|trial| trial.kind == kind).collect();
        table(&format!("Beijing, years from March, {kind:?}"), &of_kind);
    }
    let all: Vec<&Trial> = all.iter().collect();
    let (brier, base, gap, within_80) = table("Beijing, years from March", &all);
    print_bins(&all);
    print_months(&all);
    assert!(brier < base, "{brier} against {base}");
    assert!(gap.abs() < 0.2 && within_80 >= 0.6, "{gap} {within_80}");
}
