//! `assess cwqi` and `assess tli`: the contract of their columns and words, and computed and published vectors.

use super::sections::{check, run};

/// One section of each group; the sums were worked out by hand.
#[test]
fn the_city_index_adds_what_there_is() {
    let cases = [
        ("8,8,6,20,4,1.0,.2", "6.1250"),
        ("8.0,6.5,7.2,26,4.4,.62,.15", "6.2392"),
        ("6.5,2.5,3,15,2,.25,.1", "5.0000"),
        ("7,10,2,10,1,.05,.02", "1.7333"),
    ];
    for (values, expected) in cases {
        let input = format!("time,section,body,ph,do,codmn,cod,bod5,nh3n,tp\n2026-03,A,river,{values}\n");
        let (rows, _) = run("cwqi --period 2026-03 --rows month", &input);
        assert_eq!(rows.len(), 2, "a row for the rivers and one for all");
        check(&rows[0], &format!("body=river items=7 index={expected} status=partial"));
        check(&rows[1], &format!("body=all sections=1 index={expected} status=partial term_ph="));
    }
}

#[test]
fn rivers_and_lakes_are_weighted_by_their_numbers() {
    let input = "time,section,body,nh3n,tp,do\n2026-03,A,river,1.0,0.2,5\n2026-03,B,river,3.0,0.2,5\n2026-03,L,lake,0.5,0.1,10\n\
                 2025-03,A,river,1.0,0.2,5\n2025-03,B,river,1.0,0.2,5\n2025-03,L,lake,1.0,0.05,5\n";
    let (rows, _) = run("cwqi --period 2026-03 --against 2025-03 --rows month", input);
    check(
        &rows[0],
        "body=river sections=2 term_nh3n=2.0000 term_tp=1.0000 term_do=1.0000 index=4.0000 max_item=nh3n index_before=3.0000 \
         change=33.33",
    );
    check(&rows[1], "body=lake sections=1 term_tp=2.0000 term_do=0.5000 index=3.0000 change=0.00");
    // (4 · 2 + 3 · 1) / 3, against 3.
    check(&rows[2], "body=all sections=3 index=3.6667 index_before=3.0000 change=22.22 rule=cwqi-2017");
    assert_eq!(rows[2]["status"], "partial;unverified:weights");
}

#[test]
fn water_without_oxygen_has_no_index() {
    let input = "time,section,body,nh3n,do\n2026-03,A,river,1.0,0\n";
    let (rows, _) = run("cwqi --period 2026-03 --rows month", input);
    check(&rows[0], "index= term_nh3n=1.0000 term_do= status=undefined:do");
    check(&rows[1], "index= status=undefined:do");
    let censored = "time,section,body,nh3n\n2026-03,A,river,<0.5\n";
    let (rows, _) = run("cwqi --period 2026-03 --rows month", censored);
    check(&rows[0], "index=0.2500 status=partial;unverified:nondetect");
    let nothing = "time,section,body,tn\n2026-03,A,river,5\n";
    let (rows, _) = run("cwqi --period 2026-03 --rows month", nothing);
    check(&rows[0], "index= items=0 status=missing");
}

#[test]
fn the_trophic_index_is_that_of_worked_cases() {
    let input = "time,section,chla,tp,tn,transparency_cm,codmn\n2026-07-01,A,10,.05,1.0,100,4.0\n2026-07-01,B,60,.2,3.0,40,9.0\n\
                 2026-07-01,C,1,.01,.2,500,1.0\n2026-07-01,D,7.77,.27,1.81,43,\n2026-07-01,E,0,,,,\n2009-07-01,F,10,,,,\n";
    let (rows, _) = run("tli", input);
    check(
        &rows[0],
        "tli=48.0181 level=中营养 tli_chla=50.0061 tli_tp=45.7093 tli_tn=54.5300 tli_sd=51.1800 tli_codmn=37.9793 \
         status=ok;unverified:codmn",
    );
    check(&rows[1], "tli=67.9790 level=中度富营养");
    check(&rows[2], "tli=19.0753 level=贫营养");
    // Hulun Lake, 2020: the published components differ by the rounding of the concentrations.
    check(
        &rows[3],
        "tli_chla=47.2659 tli_tp=73.0964 tli_tn=64.5810 tli_sd=67.5530 level=中度富营养 status=partial:codmn",
    );
    check(&rows[4], "tli= level= status=missing");
    check(&rows[5], "tli= rule= status=missing;no-edition");
}

#[test]
fn the_points_of_a_lake_are_averaged_before_the_index() {
    let input = "time,section,body,tp,transparency_cm\n2026-06,A,lake,0.02,50\n2026-07,A,lake,0.04,150\n2026-06,B,lake,0.07,100\n\
                 2026-07,B,lake,0.07,100\n";
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "section,group\nA,湖\nB,湖\n").unwrap();
    let (rows, _) = run(&format!("tli --period 2026-Q3 --groups {}", file.path().display()), input);
    // A quarter needs two months.
    check(&rows[0], "section=湖 time=2026-Q3 tli= points=0 status=missing");
    let (rows, _) = run("tli --period 2026-07", input);
    assert_eq!(rows.len(), 2);
    check(&rows[0], "section=A points=1 tli_tp=42.0855");
    let (rows, _) = run(&format!("tli --period 2026-07 --groups {}", file.path().display()), input);
    // (0.04 + 0.07) / 2 and (150 + 100) / 2 cm.
    check(&rows[0], "points=2 tli_tp=47.2571 tli_sd=46.8510");
}
