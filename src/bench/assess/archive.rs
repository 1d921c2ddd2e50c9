//! Made-up hours of stations over years: concentrations of all sizes, three in a hundred missing.

use std::io::{self, Write};

use chrono::NaiveDate;
use lanbi_analytics::FixedValue;
use lanbi_analytics::air::DayHours;
use lanbi_model::ReportPeriod;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The first year.
const FIRST: i32 = 2016;

/// Values in a hundred that are missing.
const MISSING: u8 = 3;

/// Largest value of each item in the order of the AQI; CO in tenths.
const LARGEST: [u16; 6] = [160, 240, 30, 90, 25, 220];

/// Which item is in tenths.
const CO: usize = 4;

/// The hours of a station on a day, ending 01:00 to 24:00.
type Hours = [[Option<u16>; 6]; 24];

/// What an archive holds; the same plan makes the same values.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) stations: u32,
    pub(super) years: Vec<ReportPeriod>,
    seed: u64,
}

impl Plan {
    pub(super) fn new(stations: u32, years: u32, seed: u64) -> Self {
        let last = FIRST + i32::try_from(years).unwrap_or(1);
        let year = |year| NaiveDate::from_ymd_opt(year, 1, 1).map(ReportPeriod::Year);
        Self { stations, years: (FIRST..last).filter_map(year).collect(), seed }
    }

    /// Hours of all items, the missing ones included.
    pub(super) fn values(&self) -> u64 {
        let days: usize = self.years.iter().map(|year| year.days().count()).sum();
        u64::try_from(days * 24 * LARGEST.len()).unwrap_or(u64::MAX) * u64::from(self.stations)
    }

    fn days(&self, station: u32) -> impl Iterator<Item = (NaiveDate, Hours)> {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed ^ u64::from(station) << 32);
        let mut value =
            move |largest| (rng.random_range(0..100_u8) >= MISSING).then(|| rng.random_range(0..=largest));
        let mut hours = move || std::array::from_fn(|_| LARGEST.map(&mut value));
        self.years.iter().flat_map(|year| year.days()).map(move |day| (day, hours()))
    }

    /// All stations in memory.
    pub(super) fn in_memory(&self) -> Vec<Vec<DayHours>> {
        (0..self.stations)
            .map(|station| self.days(station).map(|(day, hours)| table(day, &hours)).collect())
            .collect()
    }

    /// The CSV that `lanbi assess attainment --rows hour` reads.
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "time,site,pm25,pm10,so2,no2,co,o3")?;
        for station in 0..self.stations {
            for (day, hours) in self.days(station) {
                let next = day.succ_opt().unwrap_or(day);
                for (end, values) in (1..).zip(&hours) {
                    let (day, hour) = if end == 24 { (next, 0) } else { (day, end) };
                    write!(out, "{day}T{hour:02}:00,s{station:03}")?;
                    for (item, value) in values.iter().enumerate() {
                        match value {
                            None => out.write_all(b",")?,
                            Some(value) if item == CO => write!(out, ",{}.{}", value / 10, value % 10)?,
                            Some(value) => write!(out, ",{value}")?,
                        }
                    }
                    out.write_all(b"\n")?;
                }
            }
        }
        Ok(())
    }
}

fn table(day: NaiveDate, hours: &Hours) -> DayHours {
    let mut table = DayHours::new(day);
    for (end, values) in (1..).zip(hours) {
        let mut place = 0..;
        table.set(
            end,
            values.map(|value| {
                let places = u32::from(place.next() == Some(CO));
                value.and_then(|value| FixedValue::from_digits(value.into(), places))
            }),
        );
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_holds_what_the_memory_holds() {
        let plan = Plan::new(2, 1, 5);
        assert_eq!(plan.values(), 2 * 366 * 24 * 6);
        let mut csv = Vec::new();
        plan.write(&mut csv).unwrap();
        let csv = String::from_utf8(csv).unwrap();
        let mut tables: Vec<DayHours> = Vec::new();
        for line in csv.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let end: chrono::NaiveDateTime = format!("{}:00", cells[0]).parse().unwrap();
            let start = end - chrono::TimeDelta::hours(1);
            if tables.last().is_none_or(|table| table.day != start.date()) {
                tables.push(DayHours::new(start.date()));
            }
            let values = std::array::from_fn(|i| FixedValue::from_decimal(cells[2 + i].parse().ok()?));
            let hour = chrono::Timelike::hour(&start) + 1;
            tables.last_mut().unwrap().set(hour, values);
        }
        assert_eq!(tables, plan.in_memory().concat());
        let missing = csv.matches(",,").count();
        assert!(missing > 1000, "{missing}");
    }
}
