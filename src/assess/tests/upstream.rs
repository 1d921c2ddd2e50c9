//! Candidates above a section.

use std::fmt::Write as _;

use super::*;

/// Ten-day-and-longer hours of a section and two outlets; `wwtp` breaks its limit from hour 400 on, six hours above.
fn rows(breach: f64) -> String {
    let mut csv = "time,place,flow_m3s,nh3n\n".to_owned();
    let start = chrono::NaiveDate::from_ymd_opt(2026, 6, 1).unwrap().and_hms_opt(0, 0, 0).unwrap();
    for hour in 0..480_i32 {
        let time = (start + chrono::TimeDelta::hours(hour.into())).format("%Y-%m-%dT%H:%M");
        let wobble = f64::from(hour % 7) / 100.0;
        let wwtp = if (400..412).contains(&hour) { breach } else { 1.0 };
        let bridge = if (407..419).contains(&hour) { 2.4 } else { 0.6 };
        let _ = writeln!(csv, "{time},wwtp,0.3,{}", wwtp + wobble);
        let _ = writeln!(csv, "{time},mill,0.1,{}", 0.8 + wobble);
        let _ = writeln!(csv, "{time},bridge,,{}", bridge + wobble);
    }
    csv
}

#[test]
fn the_outlet_that_broke_its_limit_in_time_is_named_first_and_nobody_where_none_did() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let network =
        write("reaches.csv", "from,to,low_hours,high_hours\nwwtp,fork,4,5\nmill,fork,1,2\nfork,bridge,2,2\n");
    let limits = write("limits.csv", "place,item,limit\nwwtp,nh3n,1.5\nmill,nh3n,1.5\nbridge,nh3n,1.0\n");
    let options = format!("upstream --network {network} --limits {limits}");
    let (output, messages) = assess(&options, rows(9.0).as_bytes()).unwrap();
    assert_eq!(
        output.lines().skip(1).collect::<Vec<_>>(),
        [
            "bridge,nh3n,2026-06-17T22:00,2026-06-17T23:00,2026-06-18T11:00,2.4600,0.6300,1,wwtp,2026-06-17T15:00,2026-06-17T17:00,yes,5.01,8.80,8.672,ok"
        ]
    );
    assert_eq!(messages, "");
    let (output, _) = assess(&options, rows(1.0).as_bytes()).unwrap();
    assert_eq!(
        output.lines().skip(1).collect::<Vec<_>>(),
        ["bridge,nh3n,2026-06-17T22:00,2026-06-17T23:00,2026-06-18T11:00,2.4600,0.6300,,,,,,,,,none"]
    );
    let high = write("high.csv", "place,item,limit\nbridge,nh3n,3\n");
    let (output, _) =
        assess(&format!("upstream --network {network} --limits {high}"), rows(9.0).as_bytes()).unwrap();
    assert_eq!(output.lines().count(), 1, "within its limit a section has not worsened: {output}");
}

#[test]
fn a_network_that_cannot_be_is_refused_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reaches.csv");
    let check = |text: &str, expected: &str| {
        std::fs::write(&path, text).unwrap();
        let error =
            assess(&format!("upstream --network {}", path.display()), rows(1.0).as_bytes()).unwrap_err();
        assert!(error.to_string().contains(expected) && error.exit_code() == 1, "{error}");
    };
    check("from,to,hours\na,b,soon\n", "line 2: hours needs a number");
    check("from,to,hours\na,b,\n", "line 2: needs hours");
    check("from,to,hours\na,,1\n", "line 2: needs the places");
    check("from,to,hours,kind\na,b,1,lake\n", "line 2: kind is section");
    check("from,to,hours\na,b,1\nb,a,1\n", "back to it");
    std::fs::write(&path, "from,to,hours\nwwtp,other,1\n").unwrap();
    let (_, messages) =
        assess(&format!("upstream --network {}", path.display()), rows(1.0).as_bytes()).unwrap();
    assert!(messages.contains("place `bridge` is on no reach"), "{messages}");
}
