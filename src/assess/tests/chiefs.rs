//! `assess chief-score` and `assess reach-shares`: the rule's arithmetic from rows to rows, and the published month of 2017-09.

use super::assess;

const REACHES: &str = "district,reach,length_km,target,codmn,nh3n,tp,do,codmn_in,nh3n_in,tp_in,do_in,state\n";

/// The rows that come out, each up to where `expected` goes on; and how many messages there were.
fn check(options: &str, input: &str, expected: &[&str], messages: usize) {
    let (output, said) = assess(options, input.as_bytes()).unwrap();
    assert_eq!(output.lines().skip(1).collect::<Vec<_>>(), expected, "{options}");
    assert_eq!(said.lines().count(), messages, "{said}");
}

fn refused(options: &str, input: &str, says: &str) {
    let error = assess(options, input.as_bytes()).unwrap_err().to_string();
    assert!(error.contains(says), "{error}");
}

#[test]
fn reaches_are_scored_by_ratio_and_class() {
    let input = format!(
        "{REACHES}甲区,一河,6.7,4,10,1.5,0.3,3,,,,,\n甲区,二河,1.5,4,10,1.8,0.3,2.4,,,,,\n\
         甲区,三河,2.1,5,18,4,0.9,2,20,5,1,2,\n乙区,四河,,3,4,,0.1,6,,,,,\n乙区,五河,5.4,3,,,,,,,,,frozen\n\
         乙区,六河,1.2,,4,1,0.1,6,,,,,\n乙区,七河,x,9,4,<0.1,0.1,6,,,,,wet\n"
    );
    check(
        "chief-score --rows reach",
        &input,
        &[
            "甲区,一河,tianjin-chief-2018,100.0,优秀,6.7,4,4,1.0000,60.00,1.0000,1.0000,1.0000,1.0000,0,0,0,0,GB3838-2002,ok;unverified:factors+grades",
            // Off 2 and 4, two items one class worse: 0.95 · 54.
            "甲区,二河,tianjin-chief-2018,85.5,良好,1.5,4,5,0.9500,51.30,1.0000,1.2000,1.0000,0.8000,0,2,0,4,GB3838-2002,ok;unverified:factors+grades",
            "甲区,三河,tianjin-chief-2018,92.5,优秀,2.1,5,6,0.9250,55.50,0.9000,0.8000,0.9000,1.0000,0,0,0,0,GB3838-2002,ok;unverified:factors+grades",
            "乙区,四河,tianjin-chief-2018,,,,3,,,,,,,,,,,,GB3838-2002,missing:nh3n",
            "乙区,五河,tianjin-chief-2018,,暂停,5.4,3,,,,,,,,,,,,GB3838-2002,frozen",
            "乙区,六河,tianjin-chief-2018,,,1.2,,,,,,,,,,,,,GB3838-2002,missing:target",
            "乙区,七河,tianjin-chief-2018,,,,,,,,,,,,,,,,GB3838-2002,missing:target;invalid:length_km;invalid:target;invalid:state;censored:nh3n",
        ],
        3,
    );
}

#[test]
fn districts_are_scored_by_their_parts_and_placed() {
    let dir = tempfile::tempdir().unwrap();
    let parts = dir.path().join("parts.csv");
    // 丙区 has every part suspended but surface and social, as in a frozen month; 丁区 lacks its social part.
    let text = "district,surface,other,hygiene,shoreline,patrol,social\n甲区,78.4,33.5,92,88,1.5,94\n\
                乙区,80,30,90,90,0,90\n丙区,80,suspended,suspended,suspended,suspended,91\n丁区,80,40,90,90,0,\n\
                戊区,80,41,90,90,0,91\n";
    std::fs::write(&parts, text).unwrap();
    let input = format!(
        "{REACHES}甲区,一河,6.7,4,10,1.5,0.3,3,,,,,\n甲区,二河,1.3,5,150,20,4,0.2,,,,,\n\
         乙区,三河,5.4,3,,,,,,,,,frozen\n丙区,四河,2,3,,,,,,,,,dry\n丁区,五河,3,4,10,1.5,0.3,3,,,,,\n"
    );
    let options = format!("chief-score --parts {}", parts.display());
    check(
        &options,
        &input,
        &[
            // Reaches (60 + 0) / 2, water 63.5, ecology 44.45 + 13.8 + 13.2 - 1.5.
            "甲区,tianjin-chief-2018,3,76.2,78.40,69.95,94.00,63.50,92.00,88.00,1.50,30.00,33.50,2,2,0,8.0,,,GB3838-2002,ok;unverified:factors",
            // Water 30 of 40 points; 0.7 · 75 + 27; 36 + 35.775 + 9.
            "乙区,tianjin-chief-2018,2,80.8,80.00,79.50,90.00,75.00,90.00,90.00,0.00,,30.00,1,0,1,5.4,5.4,reaches+三河/frozen,GB3838-2002,ok;unverified:suspended",
            "丙区,tianjin-chief-2018,1,82.0,80.00,,91.00,,,,,,,1,0,1,2,2,reaches+other+hygiene+shoreline+patrol+四河/dry,GB3838-2002,ok;unverified:suspended",
            "丁区,tianjin-chief-2018,,,80.00,97.00,,100.00,90.00,90.00,0.00,60.00,40.00,1,1,0,3,,,GB3838-2002,missing:social;unverified:factors",
            "戊区,tianjin-chief-2018,,,80.00,,91.00,,90.00,90.00,0.00,,,0,0,0,,,,GB3838-2002,missing:reaches+other;invalid:other",
        ],
        1,
    );
    let (without, _) = assess("chief-score", input.as_bytes()).unwrap();
    let row = without.lines().nth(1).unwrap();
    assert!(
        row.ends_with("missing:surface+other+hygiene+shoreline+patrol+social;unverified:factors"),
        "{row}"
    );
}

#[test]
fn equal_scores_share_a_place_and_say_that_no_text_confirms_it() {
    let dir = tempfile::tempdir().unwrap();
    let parts = dir.path().join("parts.csv");
    let rest = "suspended,suspended,suspended,suspended,suspended";
    std::fs::write(
        &parts,
        format!(
            "district,surface,other,hygiene,shoreline,patrol,social\n甲,86.24,{rest}\n乙,86.2,{rest}\n丙,97.7,{rest}\n丁,86.1,{rest}\n"
        ),
    )
    .unwrap();
    let reaches = ["甲", "乙", "丙", "丁"].map(|district| format!("{district},河,1,5,,,,,,,,,suspended\n"));
    let input = format!("{REACHES}{}", reaches.concat());
    let (output, _) = assess(&format!("chief-score --parts {}", parts.display()), input.as_bytes()).unwrap();
    let rows: Vec<(&str, &str, bool)> = output
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            (cells[2], cells[3], cells[20].ends_with("+ties"))
        })
        .collect();
    assert_eq!(rows, [("2", "86.2", true), ("2", "86.2", true), ("1", "97.7", false), ("4", "86.1", false)]);
}

#[test]
fn the_published_shares_of_2017_come_out_to_the_printed_digit() {
    let published = [
        ("优秀", 165, "2558.4", "72.2"),
        ("良好", 54, "841.0", "23.7"),
        ("合格", 2, "78.2", "2.2"),
        ("不合格", 1, "58.6", "1.7"),
        ("暂停", 2, "5.4", "0.2"),
    ];
    let mut input = "reach,length_km,grade\n".to_owned();
    for (word, count, length, _) in published {
        let length: f64 = length.parse().unwrap();
        let first = length - 0.1 * f64::from(count - 1);
        for number in 0..count {
            let length = if number == 0 { first } else { 0.1 };
            input.push_str(&format!("{word}{number},{length:.1},{word}\n"));
        }
    }
    let rows = published.map(|(word, count, length, share)| {
        format!("all,tianjin-chief-2018,{word},{count},{length},{share},ok")
    });
    check("reach-shares", &input, &rows.each_ref().map(String::as_str), 0);
}

#[test]
fn shares_are_those_of_districts_and_of_all_and_say_what_is_left_out() {
    check(
        "reach-shares",
        "district,length_km,class\n甲,3,4\n甲,1,dry\n甲,,5\n乙,4,4\n乙,2,劣Ⅴ\n",
        &[
            "甲,tianjin-chief-2018,1,0,0,0.0,left-out:1",
            "甲,tianjin-chief-2018,2,0,0,0.0,left-out:1",
            "甲,tianjin-chief-2018,3,0,0,0.0,left-out:1",
            "甲,tianjin-chief-2018,4,1,3,75.0,left-out:1",
            "甲,tianjin-chief-2018,5,0,0,0.0,left-out:1",
            "甲,tianjin-chief-2018,6,0,0,0.0,left-out:1",
            "甲,tianjin-chief-2018,suspended,0,0,0.0,left-out:1",
            "甲,tianjin-chief-2018,dry,1,1,25.0,left-out:1",
            "甲,tianjin-chief-2018,frozen,0,0,0.0,left-out:1",
            "乙,tianjin-chief-2018,1,0,0,0.0,left-out:1",
            "乙,tianjin-chief-2018,2,0,0,0.0,left-out:1",
            "乙,tianjin-chief-2018,3,0,0,0.0,left-out:1",
            "乙,tianjin-chief-2018,4,1,4,100.0,left-out:1",
            "乙,tianjin-chief-2018,5,0,0,0.0,left-out:1",
            "乙,tianjin-chief-2018,6,0,0,0.0,left-out:1",
            "乙,tianjin-chief-2018,suspended,0,0,0.0,left-out:1",
            "乙,tianjin-chief-2018,dry,0,0,0.0,left-out:1",
            "乙,tianjin-chief-2018,frozen,0,0,0.0,left-out:1",
            "all,tianjin-chief-2018,1,0,0,0.0,left-out:2",
            "all,tianjin-chief-2018,2,0,0,0.0,left-out:2",
            "all,tianjin-chief-2018,3,0,0,0.0,left-out:2",
            "all,tianjin-chief-2018,4,2,7,87.5,left-out:2",
            "all,tianjin-chief-2018,5,0,0,0.0,left-out:2",
            "all,tianjin-chief-2018,6,0,0,0.0,left-out:2",
            "all,tianjin-chief-2018,suspended,0,0,0.0,left-out:2",
            "all,tianjin-chief-2018,dry,1,1,12.5,left-out:2",
            "all,tianjin-chief-2018,frozen,0,0,0.0,left-out:2",
        ],
        2,
    );
}

#[test]
fn files_that_cannot_be_used_are_refused_by_name() {
    refused("chief-score", "district\n甲\n", "reach");
    refused("chief-score", &format!("{REACHES}甲,一河,,,,,,,,,,,\n甲,一河,,,,,,,,,,,\n"), "stands twice");
    refused("chief-score", &format!("{REACHES},一河,,,,,,,,,,,\n"), "needs a district");
    refused("chief-score --rule x", REACHES, "unknown rule `x`; known are tianjin-chief-2018");
    refused("chief-score --parts /no/such", REACHES, "/no/such");
    refused("reach-shares", "length_km\n1\n", "lacks grade or class");
    refused("reach-shares", "length_km,grade,class\n1,优秀,1\n", "both grade and class");
    refused("reach-shares", "reach,length_km,grade\n甲,1,优秀\n甲,2,优秀\n", "stands twice");
    check("reach-shares", "length_km,grade\n", &[], 0);
    check("chief-score", REACHES, &[], 0);
}
