//! Writes the reports and their index from made-up facts into a folder, to look at:
//! `cargo run -p lanbi-reports --example sample -- <folder>`.

mod facts;

use std::path::PathBuf;

use lanbi_reports::render::{html, json, text};
use lanbi_reports::report::{
    black_odor_report, daily, monthly, outlet_report, river_chief, river_chief_month, water,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("name the folder to write to")?);
    std::fs::create_dir_all(&folder)?;
    let day = daily::build(&facts::daily());
    let month = monthly::build(&facts::monthly());
    let waters = water::build(&facts::water());
    let chiefs = river_chief::build(&facts::river_chief());
    let chiefs_month = river_chief_month::build(&facts::river_chief_month());
    let outlets = outlet_report::build(&facts::outlet_report());
    let odor = black_odor_report::build(&facts::black_odor_report());
    for (name, content) in [
        ("daily-2026-10-05.html", html::daily(&day)?),
        ("daily-2026-10-05.json", json::write(&day)?),
        ("monthly-2026-03.html", html::monthly(&month)?),
        ("monthly-2026-03.json", json::write(&month)?),
        ("water-2026-03.html", html::water(&waters)?),
        ("water-2026-03.json", json::write(&waters)?),
        ("river-chief-2026-10-05.html", html::river_chiefs(&chiefs)?),
        ("river-chief-2026-10-05-liu.html", html::river_chief(&chiefs, "liu")?),
        ("river-chief-2026-10-05.txt", text::river_chiefs(&chiefs)),
        ("river-chief-2026-10.html", html::river_chiefs_month(&chiefs_month)?),
        ("river-chief-2026-10.json", json::write(&chiefs_month)?),
        ("outlet-2026-03.html", html::outlet(&outlets)?),
        ("black-odor-2026-Q3.html", html::black_odor(&odor)?),
        ("index.html", html::index(&facts::index())?),
    ] {
        std::fs::write(folder.join(name), content)?;
    }
    Ok(())
}
