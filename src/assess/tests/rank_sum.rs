//! `assess rank --rule tianjin-water-2018`: two published lists, place by place and yuan by yuan.

use super::assess;

/// District, places in index, change and ratio, published place, published money in 10,000 yuan: Tianjin, 2021-11.
const NOVEMBER: &str = "宝坻 4 1 3 1 140; 滨海 2 5 2 2 120; 宁河 5 4 1 3 100; 静海 1 3 7 4 80; 蓟州 3 2 6 5 60; \
    武清 7 6 10 6 40; 东丽 8 7 8 7 20; 北辰 12 10 5 8 0; 红桥 6 9 14 9 0; 和平 9 11 9 10 -20; 西青 10 8 16 11 -40; \
    河东 15 15 4 12 -60; 南开 11 13 12 13 -80; 津南 13 12 13 14 -100; 河西 14 14 11 15 -120; 河北 16 16 15 16 -140";

/// The same without money, 2021-08.
const AUGUST: &str = "滨海 2 4 1 1; 静海 1 2 7 2; 蓟州 3 5 5 3; 宁河 6 1 10 4; 宝坻 4 10 4 5; 北辰 9 6 3 6; 津南 7 7 9 7; \
    西青 5 3 16 8; 河东 12 11 2 9; 武清 8 8 13 10; 和平 10 12 8 11; 东丽 11 9 12 12; 河西 13 15 6 13; 南开 15 14 11 14; \
    河北 14 13 14 15; 红桥 16 16 15 16";

/// Ranks a list and gives the rows that come out; fails where a place or an amount is not the published one.
fn check(list: &str) -> Vec<Vec<String>> {
    let published: Vec<Vec<&str>> = list.split(';').map(|row| row.split_whitespace().collect()).collect();
    assert_eq!(published.len(), 16);
    let mut input = "district,index,change,ratio\n".to_owned();
    // In another order than that of the result.
    for row in published.iter().rev() {
        input.push_str(&format!("{},{},{},{}\n", row[0], row[1], row[2], row[3]));
    }
    let (output, _) = assess("rank --rule tianjin-water-2018", input.as_bytes()).unwrap();
    let rows: Vec<Vec<String>> =
        output.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect();
    for (row, expected) in rows.iter().rev().zip(&published) {
        assert_eq!([&row[0], &row[2]], [expected[0], expected[4]], "{row:?}");
        assert_eq!(row[7..10], expected[1..4], "{row:?}");
        let place: i64 = row[2].parse().unwrap();
        let by_text = if place <= 7 { 20 * (8 - place) } else { -20 * (place - 9).max(0) };
        assert_eq!(row[10], by_text.to_string(), "{row:?}");
        assert!(expected.get(5).is_none_or(|money| row[10] == *money), "{row:?}");
    }
    rows
}

#[test]
fn the_published_lists_of_tianjin_come_out() {
    let tied = |rows: &[Vec<String>]| rows.iter().filter(|row| row[11] == "ok;unverified:ties").count();
    // Two districts each with 11, 23, 29 and 34, then two with 18.
    assert_eq!(tied(&check(NOVEMBER)), 8);
    assert_eq!(tied(&check(AUGUST)), 2);
}

#[test]
fn unusable_figures_and_files_are_named() {
    let input = "district,index,change,ratio\n甲,1.5,-3.2,0.9\n乙,,x,1.1\n丙,2,0,1\n";
    let (output, messages) = assess("rank --rule tianjin-water-2018", input.as_bytes()).unwrap();
    let rows: Vec<&str> = output.lines().skip(1).collect();
    assert_eq!(
        rows,
        [
            "甲,tianjin-water-2018,1,3,1.5,-3.2,0.9,1,1,1,140,ok",
            "乙,tianjin-water-2018,,,,,1.1,,,,,missing:index+change;invalid:change",
            "丙,tianjin-water-2018,2,6,2,0,1,2,2,2,120,ok",
        ]
    );
    assert_eq!(messages.lines().count(), 1);
    let refused = |input: &str, says: &str| {
        let error = assess("rank --rule tianjin-water-2018", input.as_bytes()).unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    };
    refused("district,index,change\n", "ratio");
    refused("district,index,change,ratio\nA,1,1,1\nA,1,1,1\n", "stands twice");
    let unknown = assess("rank --rule x", b"").unwrap_err().to_string();
    assert!(unknown.contains("tianjin-water-2018") && unknown.contains("composite"), "{unknown}");
}
