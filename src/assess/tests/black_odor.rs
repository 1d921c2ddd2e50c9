//! `assess black-odor`: samples to points to waters.

use std::fmt::Write as _;

use super::assess;

const HEADER: &str = "time,body,point,chainage_m,depth_cm,transparency_cm,do,orp_mv,nh3n,clear";

/// Result rows `body,point,level,reasons,status` of rows given without their time.
fn rows(options: &str, given: &[&str]) -> (Vec<String>, String) {
    let mut input = format!("{HEADER}\n");
    for (day, row) in (1..).zip(given) {
        writeln!(input, "2026-03-{day:02},{row}").unwrap();
    }
    let (output, messages) = assess(&format!("black-odor {options}"), input.as_bytes()).unwrap();
    assert_eq!(output.lines().next(), Some("body,point,level,reasons,status"));
    (output.lines().skip(1).map(str::to_owned).collect(), messages)
}

#[test]
fn a_point_is_judged_by_the_shares_of_its_values() {
    let check = |rural: bool, given: &[(&str, usize)], expected: &str| {
        let given: Vec<&str> =
            given.iter().flat_map(|(row, times)| std::iter::repeat_n(*row, *times)).collect();
        let (got, _) = rows(if rural { "--rural" } else { "" }, &given);
        assert_eq!(got[0], expected, "{given:?}");
    };
    let urban = |given: &[(&str, usize)], expected: &str| check(false, given, expected);
    let (good, no_air) = ("B,P,0,80,60,4,120,2,", "B,P,0,80,60,0.1,120,2,");
    urban(&[(good, 10)], "B,P,none,,ok");
    urban(&[(good, 4), (no_air, 6)], "B,P,heavy,do(light 6/10 heavy 6/10),ok");
    urban(&[(good, 5), (no_air, 5)], "B,P,light,do(light 5/10 heavy 5/10),ok");
    let ammonia = "B,P,0,80,60,4,120,16,";
    urban(
        &[(good, 4), (no_air, 3), (ammonia, 3)],
        "B,P,heavy,do(light 3/10 heavy 3/10)+nh3n(light 3/10 heavy 3/10),ok",
    );
    urban(
        &[(good, 3), (no_air, 5), (ammonia, 2)],
        "B,P,light,do(light 5/10 heavy 5/10)+nh3n(light 2/10 heavy 2/10),ok",
    );
    // A single light value makes a point light, and ORP of 50 mV is light.
    urban(&[(good, 9), ("B,P,0,80,60,4,50,2,", 1)], "B,P,light,orp_mv(light 1/10),ok");
    urban(&[(good, 1), ("B,P,0,80,60,4,50.1,8.0,", 2)], "B,P,none,,ok");
    // Three indicators: what was not measured is not judged.
    urban(&[("B,P,0,80,60,4,,2,", 3)], "B,P,none,,ok");
    urban(&[("B,P,0,80,,,,,", 3)], "B,P,,,missing");
    // Shallow water: 40 % of 20 cm is 8 cm.
    urban(&[("B,P,0,20,7.9,4,120,2,", 3)], "B,P,heavy,transparency_cm(light 3/3 heavy 3/3),ok");
    urban(&[("B,P,0,20,8.0,4,120,2,", 3)], "B,P,light,transparency_cm(light 3/3),ok");
    urban(&[("B,P,0,20,15,4,120,2,1", 3)], "B,P,none,,ok");
    urban(&[("B,P,0,20,15,4,120,2,0", 3)], "B,P,light,transparency_cm(light 3/3),ok");
    urban(&[("B,P,0,24.9,,4,120,2,1", 3)], "B,P,none,,ok");
    check(true, &[("B,P,0,80,60,4,-300,15,", 3)], "B,P,none,,ok");
    check(true, &[("B,P,0,80,60,0.1,,15.1,", 3)], "B,P,light,do(light 3/3)+nh3n(light 3/3),ok");
}

#[test]
fn points_in_a_row_make_reaches_and_many_make_the_water() {
    let water = |levels: &str| {
        let given: Vec<String> = (1..)
            .zip(levels.chars())
            .map(|(place, letter)| match letter {
                'H' => format!("B,P{place},{},80,60,0.1,120,2,", 200 * place),
                'L' => format!("B,P{place},{},80,60,1,120,2,", 200 * place),
                _ => format!("B,P{place},{},80,60,4,120,2,", 200 * place),
            })
            .collect();
        let (got, _) = rows("", &given.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(got.len(), levels.len() + 1);
        got.last().unwrap().clone()
    };
    let check = |levels: &str, expected: &str| assert_eq!(water(levels), expected, "{levels}");
    check("NNN", "B,,none,,ok");
    check("NLN", "B,,light,light 1/3,ok");
    check("HHLNN", "B,,light,heavy 2/5+light 1/5,ok");
    check("HHLHN", "B,,heavy,heavy 3/5+light 1/5,ok");
    check("NHHHNN", "B,,light,heavy 3/6+reach(P2>P3>P4 400-800m),ok");
}

#[test]
fn waters_stand_together_in_the_order_of_their_first_rows() {
    let (got, messages) = rows(
        "",
        &[
            "乙河,2,500,80,60,4,120,2,",
            "甲沟,1,,80,60,1,120,2,",
            "乙河,1,100,80,60,0.1,120,2,",
            "甲沟,1,,80,60,4,120,2,",
        ],
    );
    let expected = [
        "乙河,2,none,,ok",
        "乙河,1,heavy,do(light 1/1 heavy 1/1),ok",
        "乙河,,light,heavy 1/2,ok",
        "甲沟,1,light,do(light 1/2),ok",
        "甲沟,,light,light 1/1,ok",
    ];
    assert_eq!(got, expected);
    assert!(messages.contains("body `甲沟`: points: 1; the guide asks for 3 or more"), "{messages}");
    assert!(messages.contains("point `1`: samples: 2; the guide asks for 3 or more"), "{messages}");
    let said = messages.lines().filter(|line| line.starts_with("not confirmed")).count();
    assert_eq!(said, 1, "{messages}");
}

#[test]
fn unusable_cells_count_as_missing_and_are_named_by_their_column() {
    let check = |row: &str, expected: &str| {
        let (got, messages) = rows("", &[row, row, row]);
        assert_eq!(got[0], expected, "{row}");
        let named = expected.matches("invalid:").count();
        assert_eq!(messages.matches("line 2: ").count(), named, "{messages}");
    };
    check("B,P,x,80,60,4,120,2,", "B,P,none,,ok;invalid:chainage_m");
    check("B,P,0,-1,60,4,120,2,", "B,P,none,,ok;invalid:depth_cm");
    check(
        "B,P,0,80,1e9,51,2000,NaN,",
        "B,P,,,missing;invalid:do;invalid:nh3n;invalid:orp_mv;invalid:transparency_cm",
    );
    check(
        "B,P,0,80,60,<0.2,-150,16L,",
        "B,P,heavy,do(light 3/3 heavy 3/3)+orp_mv(light 3/3),ok;censored:do;censored:nh3n",
    );
    check("B,P,0,80,60,4,120,2,yes", "B,P,none,,ok;invalid:clear");
    let (got, _) = rows("", &["B,,0,80,60,4,120,2,"]);
    assert_eq!(got, ["B,,,,missing;invalid:point"]);
}

#[test]
fn the_guide_is_that_of_the_day_and_columns_are_needed() {
    let one = |time: &str, options: &str| {
        let input = format!("{HEADER}\n{time},B,P,0,80,60,1,120,2,\n");
        let (output, _) = assess(&format!("black-odor {options}"), input.as_bytes()).unwrap();
        output.lines().nth(1).unwrap().to_owned()
    };
    assert_eq!(one("2015-08-27", ""), "B,P,,,missing;no-edition");
    assert_eq!(one("2015-08-27", "--edition BLACKODOR-2015"), "B,P,light,do(light 1/1),ok");
    assert_eq!(one("2026-03-01T08:00", ""), "B,P,light,do(light 1/1),ok");
    assert_eq!(one("soon", ""), "B,P,,,missing;invalid:time");
    let refused = |options: &str, header: &str, code: u8, says: &str| {
        let error = assess(&format!("black-odor {options}"), header.as_bytes()).unwrap_err();
        assert_eq!(error.exit_code(), code, "{error}");
        assert!(error.to_string().contains(says), "{error}");
    };
    let without_orp = HEADER.replace("orp_mv,", "");
    refused("", &without_orp, 1, "lacks the column orp_mv");
    refused("", &HEADER.replace("clear", "colour"), 1, "`colour`");
    refused("--edition GB3838-2002", HEADER, 2, "BLACKODOR-2015");
    assert_eq!(assess("black-odor --rural", without_orp.as_bytes()).unwrap().0.lines().count(), 1);
    assert_eq!(assess("black-odor", HEADER.replace(",clear", "").as_bytes()).unwrap().1, "");
}
