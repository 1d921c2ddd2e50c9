//! From hours to judged years: how fast, how it grows, and how it compares with scripts that do the same.

mod archive;
mod file;
mod water;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use lanbi_analytics::air::{self, AirClass, AirDay, DayHours};
use lanbi_model::ReportPeriod;
use lanbi_model::standard::{Standards, on_day};
use serde::Serialize;

use super::args::AssessArgs;
use super::figure::{per_second, rounded, seconds};
use super::machine::Machine;
use archive::Plan;
use file::FileReport;
use water::WaterReport;

/// A size is measured so often; the shortest time counts.
const ROUNDS: usize = 3;

/// Everything measured in one run.
#[derive(Debug, Serialize)]
pub(crate) struct AssessReport {
    pub(crate) machine: Machine,
    pub(crate) years: u32,
    /// From memory, on one core.
    pub(crate) memory: Vec<MemoryReport>,
    /// Reading the CSV included.
    pub(crate) files: Vec<FileReport>,
    /// A year of sections, from memory, on one core.
    pub(crate) water: Vec<WaterReport>,
}

/// One archive assessed from memory.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct MemoryReport {
    pub(crate) stations: u32,
    pub(crate) values: u64,
    pub(crate) seconds: f64,
    pub(crate) values_per_s: f64,
    /// Adding up as many whole numbers in memory.
    pub(crate) sum_seconds: f64,
    pub(crate) times_the_sum: f64,
}

/// Measures.
///
/// # Errors
/// A file that cannot be written, or figures of a script that are not those of lanbi.
pub(crate) fn run(args: &AssessArgs, law: &Standards) -> anyhow::Result<AssessReport> {
    let mut memory = Vec::new();
    for stations in [args.stations.div_ceil(4), args.stations.div_ceil(2), args.stations] {
        eprintln!("bench: {stations} stations of {} years, from memory", args.years);
        memory.push(from_memory(law, &Plan::new(stations, args.years, args.seed)));
    }
    let folder = tempfile::Builder::new().prefix("lanbi-bench-").tempdir()?;
    let mut files = Vec::new();
    for (stations, years) in [(6, 4), (args.stations, args.years)] {
        eprintln!("bench: {stations} stations of {years} years, from a file");
        files.push(file::measure(&Plan::new(stations, years, args.seed), folder.path(), args)?);
    }
    let mut water = Vec::new();
    for sections in [args.sections.div_ceil(4), args.sections.div_ceil(2), args.sections] {
        eprintln!("bench: {sections} river sections, from memory");
        water.extend(water::measure(law, sections, args.seed));
    }
    Ok(AssessReport { machine: Machine::here(), years: args.years, memory, files, water })
}

fn from_memory(law: &Standards, plan: &Plan) -> MemoryReport {
    let stations = plan.in_memory();
    let assess = best(|| {
        for hours in std::hint::black_box(&stations) {
            let means = |hours: &DayHours| Some(hours.means(on_day(&law.air, hours.day)?));
            let days: Vec<AirDay> = hours.iter().filter_map(means).collect();
            judge(law, &plan.years, &days);
        }
    });
    drop(stations);
    let values = plan.values();
    let numbers: Vec<i64> = (0..i64::try_from(values).unwrap_or(0)).collect();
    let sum = best(|| {
        std::hint::black_box(
            std::hint::black_box(&numbers).iter().fold(0_i64, |sum, n| sum.wrapping_add(*n)),
        );
    });
    MemoryReport {
        stations: plan.stations,
        values,
        seconds: seconds(assess),
        values_per_s: per_second(values, assess).round(),
        sum_seconds: seconds(sum),
        times_the_sum: rounded(assess.as_secs_f64() / sum.as_secs_f64().max(1e-9)),
    }
}

/// What a bureau wants of a year: attainment, the composite index and the days by level.
fn judge(law: &Standards, years: &[ReportPeriod], days: &[AirDay]) {
    for &year in years {
        let first = days.partition_point(|day| day.day < year.first());
        let last = days.partition_point(|day| day.day <= year.last());
        let days = &days[first..last];
        let (Some(limits), Some(evaluation)) =
            (on_day(&law.air, year.last()), on_day(&law.evaluation, year.last()))
        else {
            continue;
        };
        let judged = air::attainment(evaluation, limits, AirClass::Two, year, days, &[]);
        let figures = air::period_statistics(evaluation, &limits.validity, year, days, &[]);
        let values = figures.map(|figure| figure.value);
        let index = air::composite(evaluation, limits, &values, air::TermRounding::Terms);
        let counts = air::count_days(evaluation, |day| on_day(&law.aqi, day), days, &[], &[]);
        std::hint::black_box((judged, index, counts));
    }
}

fn best(mut work: impl FnMut()) -> Duration {
    let time = |_| {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    (0..ROUNDS).map(time).min().unwrap_or_default()
}

impl AssessReport {
    /// For reading.
    pub(crate) fn table(&self) -> String {
        let mut text = format!("machine   {}\n", self.machine);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "\nfrom memory to judged years, one core, {} years of hours", self.years);
        let _ = writeln!(
            text,
            "{:>9}{:>13}{:>10}{:>14}{:>14}",
            "stations", "values", "s", "values/s", "x the sum"
        );
        for row in &self.memory {
            let _ = writeln!(
                text,
                "{:>9}{:>13}{:>10.3}{:>14.0}{:>14.1}",
                row.stations, row.values, row.seconds, row.values_per_s, row.times_the_sum
            );
        }
        let _ = writeln!(text, "\nriver sections of a year of 4-hourly readings, one core");
        let _ = writeln!(
            text,
            "{:>9}{:>13}{:>10}{:>14}{:>14}",
            "sections", "values", "s", "values/s", "us/section"
        );
        for row in &self.water {
            let _ = writeln!(
                text,
                "{:>9}{:>13}{:>10.3}{:>14.0}{:>14.1}",
                row.sections, row.values, row.seconds, row.values_per_s, row.section_us
            );
        }
        for file in &self.files {
            let _ = write!(text, "\n{file}");
        }
        text
    }
}
