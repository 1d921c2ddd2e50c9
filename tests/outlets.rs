//! The register of outlets from outside: what is on it, where it stands, and what the report says of it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod common;

use common::{Site, output};

const STATIONS: &str = r#"
[[station]]
id = "o1"
name = "示例厂总排口"
kind = "outlet"
water = "示例河"
period = "1h"
cadence = "1h"
parameters = ["cod", "flow"]
limits = "DB12-599-2015/A"
"#;

const REGISTER: &str = "\
id,name,class,water,station,responsible,permit,sign,state,state_since
p1,示例厂总排口,urban-plant,示例河,o1,示例厂,审批1号,1,整治中,2026-01-05
p1,示例厂总排口,urban-plant,示例河,o1,示例厂,审批1号,1,待验收,2026-03-05
p1,示例厂总排口,urban-plant,示例河,o1,示例厂,审批1号,1,已销号,2026-04-01
p2,示例村排口,农村生活污水散排口,示例沟,,,,0,surveyed,2026-02-01
p3,示例旧口,factory,示例河,,,,0,sealed,2026-02-10
";

fn site() -> Site {
    let site = Site::at("mqtt://127.0.0.1:9", STATIONS, "[outlets]\nregister = \"outlets.csv\"\n");
    std::fs::write(site.dir.path().join("outlets.csv"), REGISTER).unwrap();
    site
}

#[test]
fn the_list_shows_each_outlet_as_it_stood_on_a_day() {
    let site = site();
    let list = |args: &[&str]| -> Vec<Vec<String>> {
        let text = output(&mut site.lanbi(&[&["outlets", "list", "--on", "2026-03-31"], args].concat()));
        let mut lines = text.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
        let header = lines.next().unwrap();
        let column = |name: &str| header.iter().position(|known| known == name).unwrap();
        let wanted = ["id", "state", "state_since", "ended", "findings"].map(column);
        lines.map(|line| wanted.iter().map(|place| line[*place].clone()).collect()).collect()
    };
    assert_eq!(
        list(&[]),
        [
            ["p1", "待验收", "2026-03-05", "", ""],
            ["p2", "已排查", "2026-02-01", "", "缺登记手续、未溯源、责任主体不明、无标志牌"],
            ["p3", "已封堵", "2026-02-10", "2026-02-10", ""],
        ]
    );
    let ids = |args: &[&str]| list(args).into_iter().map(|row| row[0].clone()).collect::<Vec<_>>();
    assert_eq!(ids(&["--state", "已封堵"]), ["p3"]);
    assert_eq!(ids(&["--class", "rural-scattered"]), ["p2"]);
    assert_eq!(ids(&["--water", "示例河"]), ["p1", "p3"]);
    let wrong = site.lanbi(&["outlets", "list", "--state", "blocked"]).output().unwrap();
    let message = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(wrong.status.code() == Some(1) && message.contains("sealed (已封堵)"), "{message}");
}

#[test]
fn the_report_tells_the_register_and_says_what_was_not_measured() {
    let site = site();
    output(&mut site.lanbi(&["db", "migrate"]));
    for period in ["2026-03-05", "2026-03", "2026-Q1", "2026"] {
        let path = output(&mut site.lanbi(&["report", "outlet", "--period", period]));
        let page = std::fs::read_to_string(path.trim()).unwrap();
        for words in ["示例厂总排口", "DB12/599-2015 A", "未核实", "台账登记入河排污口3个", "NA", "未替代"]
        {
            assert!(page.contains(words), "{period}: {words}");
        }
    }
    std::fs::write(site.dir.path().join("outlets.csv"), REGISTER.replace(",o1,", ",o2,")).unwrap();
    let refused = site.lanbi(&["report", "outlet", "--period", "2026-03"]).output().unwrap();
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.status.code() == Some(1) && message.contains("`o2`, which is no outlet"), "{message}");
}
