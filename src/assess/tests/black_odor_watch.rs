//! `assess watch`: the list of a day, and the lists of the past.

use chrono::{NaiveDate, TimeDelta};

use super::assess;

/// 20 weeks of samples every two days; from day 100 on oxygen goes down and ammonia up, to light on day 140.
fn ditch(name: &str, slips: bool) -> String {
    let first: NaiveDate = "2026-01-01".parse().unwrap();
    (0..80)
        .map(|place| {
            let day = 2 * place;
            let foul = if slips { f64::from((day - 100).max(0)) / 40.0 } else { 0.0 };
            let ripple = f64::from(place % 5) / 50.0;
            let (oxygen, ammonia) = (2.0 * (1.0 - foul - ripple).exp(), 8.0 * (foul + ripple - 1.2).exp());
            let date = first + TimeDelta::days(day.into());
            format!("{date},甲河,{name},0,80,60,{oxygen:.3},120,{ammonia:.3}\n")
        })
        .collect()
}

fn rows(options: &str, input: &str) -> Vec<String> {
    let input = format!("time,body,point,chainage_m,depth_cm,transparency_cm,do,orp_mv,nh3n\n{input}");
    let (output, _) = assess(&format!("watch {options}"), input.as_bytes()).unwrap();
    output.lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn the_list_names_who_slips_and_the_days_left() {
    let input = ditch("上", true) + &ditch("下", false);
    let got = rows("--on 2026-05-01", &input);
    assert_eq!(got.len(), 8, "{got:?}");
    let fields = |row: &str| row.split(',').map(str::to_owned).collect::<Vec<_>>();
    let verdicts: Vec<String> = got.iter().map(|row| fields(row)[3].clone()).collect();
    assert_eq!(
        verdicts,
        ["slipping", "slipping", "slipping", "slipping", "steady", "steady", "steady", "steady"]
    );
    // By 1 May, day 120, a half of the distance is lost; 20 days are left, and the median lags behind by a week.
    let oxygen = fields(&got[1]);
    assert_eq!((oxygen[4].as_str(), oxygen[2].as_str(), oxygen[12].as_str()), ("do", "2026-05-01", "ok"));
    let days: f64 = oxygen[9].parse().unwrap();
    assert!((15.0..35.0).contains(&days), "{days}");
    let bound = |place: usize| oxygen[place].parse::<f64>().unwrap();
    assert!(bound(10) <= days && days <= bound(11), "{oxygen:?}");
    // Later rows change nothing; without a day the last row's is taken, when the point is light.
    assert!(rows("", &input).iter().take(4).all(|row| row.contains(",light,")));
    assert_eq!(
        rows("--on 2026-01-10", &input),
        ["甲河,上,2026-01-10,few,,,,,,,,,ok", "甲河,下,2026-01-10,few,,,,,,,,,ok"]
    );
}

#[test]
fn past_lists_are_held_against_what_came() {
    let got = rows("--backtest", &(ditch("上", true) + &ditch("下", false)));
    assert_eq!(got.len(), 2, "{got:?}");
    let fields: Vec<&str> = got[0].split(',').collect();
    let ahead: i64 = fields[7].parse().unwrap();
    assert!(ahead >= 14, "{}", got[0]);
    assert_eq!((fields[4], fields[8]), ("0", "ok"));
    assert!(got[1].ends_with(",0,0,,,,ok"), "{}", got[1]);
    assert!(assess("watch --backtest --on 2026-05-01", b"").is_err());
}
