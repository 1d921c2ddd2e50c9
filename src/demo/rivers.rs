//! The waters of the fictional district as files that a bureau would keep: the river network, and what a laboratory found.
//! Positions are made up and lie on a sheet of straight rivers.

use std::fmt::Write as _;

use chrono::{Datelike as _, Months, NaiveDate};
use serde_json::{Value, json};

use super::noise::Noise;
use super::sites::{DITCHES, OUTLETS, SECTIONS};

/// Hours that water needs from an outlet or section to the section below, at high and at low water.
const TRAVEL: (u32, u32) = (6, 10);

/// Day of the month on which samples are taken.
const SAMPLED_ON: u32 = 8;

/// Stream of the seed for the laboratory.
const STREAM: u64 = 77;

/// Longitude and latitude of the north-western corner.
const CORNER: (f64, f64) = (117.30, 39.14);

/// Degrees between two rivers, and from a section to the next.
const APART: (f64, f64) = (0.16, 0.035);

/// What the plants may discharge in a year: the first keeps it, the other is on its way to overdraw it.
const ALLOWANCES: [(&str, u32); 3] =
    [("out-01/cod", 230_000), ("out-01/nh3n", 9_500), ("out-04/cod", 122_000)];

/// A place in tenths of a reach along its river and in tenths of the distance to the next one.
fn position(river: usize, along: f64, aside: f64) -> [f64; 2] {
    let river = u32::try_from(river).map_or(0.0, f64::from);
    let round = |degrees: f64| (degrees * 10_000.0).round() / 10_000.0;
    [round(CORNER.0 + APART.0 * along), round(CORNER.1 - APART.1 * (river + aside))]
}

/// The network as GeoJSON: a line for each reach, a point for each place.
pub(crate) fn network() -> String {
    let mut waters: Vec<&str> = Vec::new();
    for site in &SECTIONS {
        if !waters.contains(&site.water) {
            waters.push(site.water);
        }
    }
    let river = |water: &str| waters.iter().position(|known| *known == water).unwrap_or(0);
    let at_section = |id: &str| {
        let site = SECTIONS.iter().find(|site| site.id == id);
        site.map_or([0.0, 0.0], |site| {
            position(river(site.water), if site.above.is_some() { 0.9 } else { 0.1 }, 0.0)
        })
    };
    let mut features = Vec::new();
    let mut reach = |from: &str, to: &str, line: Value| {
        let (low, high) = TRAVEL;
        let properties = json!({ "from": from, "to": to, "low_hours": low, "high_hours": high });
        let geometry = json!({ "type": "LineString", "coordinates": line });
        features.push(json!({ "type": "Feature", "geometry": geometry, "properties": properties }));
    };
    let mut places: Vec<(&str, &str, [f64; 2])> = Vec::new();
    for site in &SECTIONS {
        places.push((site.id, "section", at_section(site.id)));
        if let Some(above) = site.above {
            let bend = position(river(site.water), 0.5, 0.12);
            reach(above, site.id, json!([at_section(above), bend, at_section(site.id)]));
        }
    }
    let below_of = |id: &str| SECTIONS.iter().find(|site| site.id == id).map_or("", |site| site.water);
    let outlets = OUTLETS.iter().map(|site| (site.id, "outlet", site.below));
    let ditches = DITCHES.iter().map(|site| (site.id, "ditch", site.below));
    for ((id, kind, below), n) in outlets.chain(ditches).zip(0_u32..) {
        let along = 0.25 + 0.08 * f64::from(n);
        let at = position(river(below_of(below)), along, if kind == "outlet" { -0.25 } else { 0.4 });
        let mouth = position(river(below_of(below)), along, 0.08);
        places.push((id, kind, at));
        reach(id, below, json!([at, mouth]));
    }
    features.extend(places.into_iter().map(|(place, kind, at)| {
        json!({
            "type": "Feature",
            "geometry": { "type": "Point", "coordinates": at },
            "properties": { "place": place, "kind": kind },
        })
    }));
    json!({ "type": "FeatureCollection", "features": features }).to_string() + "\n"
}

/// The laboratory's monthly results: oxygen demand and fluoride, which the stations do not measure.
pub(crate) fn samplings(seed: u64, first: NaiveDate, last: NaiveDate) -> String {
    let mut noise = Noise::new(seed, STREAM);
    let mut list = "time,section,cod,bod5,f\n".to_owned();
    let mut month = first.with_day(1).unwrap_or(first);
    while month <= last {
        for site in &SECTIONS {
            let factor = noise.gauss().mul_add(0.04, 1.0);
            let day = month.with_day(SAMPLED_ON).unwrap_or(month);
            let (cod, bod5) = (2.6 * site.codmn * factor, 0.6 * site.codmn * factor);
            // Writing to a string cannot fail.
            let _ = writeln!(list, "{day},{},{cod:.0},{bod5:.1},{:.2}", site.id, 0.6 * factor);
        }
        let Some(next) = month.checked_add_months(Months::new(1)) else { break };
        month = next;
    }
    list
}

/// What the plants may discharge in a year.
pub(crate) fn allowances(year: i32) -> String {
    let lines = ALLOWANCES.map(|(site, kg)| format!("{site},{year},{kg}\n")).concat();
    format!("site,year,allowance_kg\n{lines}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::{RiverFile, Samplings};

    #[test]
    fn the_files_are_ones_that_a_bureau_may_use() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rivers.geojson");
        std::fs::write(&path, network()).unwrap();
        let rivers = RiverFile::read(&path).unwrap();
        for site in &OUTLETS {
            let above = rivers.network.upstream(site.below);
            assert!(above.iter().any(|upstream| upstream.place == site.id), "{}", site.id);
        }
        assert_eq!(rivers.positions.len(), SECTIONS.len() + OUTLETS.len() + DITCHES.len());
        let day = |text: &str| text.parse().unwrap();
        let list = samplings(1, day("2026-08-01"), day("2026-10-31"));
        assert_eq!(list.lines().count(), 1 + 3 * SECTIONS.len());
        let law = lanbi_config::standards::builtin().unwrap();
        let (samplings, complaints) = Samplings::read(list.as_bytes(), &law).unwrap();
        assert_eq!(complaints, "");
        assert!(SECTIONS.iter().all(|site| samplings.of(&[site.name, site.id]).is_some()));
    }
}
