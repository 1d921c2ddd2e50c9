//! Recorded files through their mappings, up to the messages a sensor would have sent.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use lanbi_ingest::clock::Window;
use lanbi_ingest::decode::{Context, Format, Limits, Message, decode};
use lanbi_ingest::file::{
    LineProblem, Mapping, Row, RowCounts, draft_registry, open, read_rows, row_to_payload,
};
use lanbi_ingest::source::Sources;
use lanbi_model::{
    AveragingPeriod, Instant, Parameter, Registry, RejectReason, Station, StationId, StationKind, Zone,
};

fn example(name: &str) -> Mapping {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/examples").join(format!("{name}.toml"));
    Mapping::from_toml(name, &std::fs::read_to_string(path).unwrap()).unwrap()
}

fn read(text: &[u8], mapping: &Mapping) -> (Vec<Result<Row, LineProblem>>, RowCounts) {
    let mut rows = read_rows(text, mapping).unwrap();
    let items: Vec<_> = rows.by_ref().collect();
    let counts = rows.counts();
    assert_eq!(
        counts.records,
        counts.rows + counts.skipped + counts.problems,
        "every record is accounted for"
    );
    (items, counts)
}

fn payload(row: &Row) -> Option<String> {
    row_to_payload(row, "lanbi").map(|(_, bytes)| String::from_utf8(bytes).unwrap())
}

const AIR: &str = "\u{feff}Date,Hour,WatchPoint,AQI,Level,PrimaryPollution,PM2.5,PM10,CO,NO2,O3_1h,O3_8h,SO2
20200402,08, 大道,69,良,\"颗粒物(PM10)\n  颗粒物(PM2.5)\",49,88,2.0,73,30,14,51
20200403,00,南京路,NaN,,NaN,NaN,,—,-,NaN,NaN,NaN
20200403,01,南京路,NaN,,NaN,1_0,0x7,007,.5,1e2,n/a,-1
20200403,25,南京路,NaN,,NaN,1,2,3,4,5,6,7
20200403,02,,NaN,,NaN,1,2,3,4,5,6,7
20200403,03,南京路,NaN
";

#[test]
fn hourly_air_values_become_the_messages_of_their_stations() {
    let (rows, counts) = read(AIR.as_bytes(), &example("air-site-hourly"));
    assert_eq!(counts, RowCounts { records: 6, rows: 3, empty: 1, skipped: 0, problems: 3 });
    let first = rows[0].as_ref().unwrap();
    assert_eq!((first.station.as_str(), first.line), ("大道", 2));
    let (topic, bytes) = row_to_payload(first, "site/air").unwrap();
    assert_eq!(topic, "site/air/大道");
    assert_eq!(
        String::from_utf8(bytes).unwrap(),
        r#"{"station":"大道","time":"2020-04-02T08:00:00+08:00","period":"1h","label":"end","values":{"pm25":49,"pm10":88,"co":2.0,"no2":73,"o3":30,"o3_8h":14,"so2":51}}"#
    );
    assert_eq!(payload(rows[1].as_ref().unwrap()), None, "a row without values sends nothing");
    let third = payload(rows[2].as_ref().unwrap()).unwrap();
    assert!(
        third.contains(
            r#""values":{"pm25":"1_0","pm10":"0x7","co":"007","no2":".5","o3":1e2,"o3_8h":"n/a","so2":-1}"#
        ),
        "what is no JSON number goes out as text: {third}"
    );
    let problem = |i: usize| rows[i].as_ref().unwrap_err();
    assert_eq!((problem(3).reason, problem(3).line), (RejectReason::BadTime, 6));
    assert_eq!(problem(4).reason, RejectReason::UnknownStation);
    assert_eq!(problem(5).reason, RejectReason::Malformed);
}

#[test]
fn a_name_that_differs_by_a_blank_only_is_a_station_of_its_own_where_the_mapping_says_so() {
    let text = "Date,Hour,WatchPoint,AQI,Level,PrimaryPollution,PM2.5,PM10,CO,NO2,O3_1h,O3_8h,SO2
20200402,08, 淮河道,NaN,,NaN,NaN,NaN,0.6,NaN,163,95,NaN
20200402,08,淮河道,83,良,NaN,61,106,0.7,35,34,43,11
";
    let (rows, _) = read(text.as_bytes(), &example("air-site-hourly"));
    let stations: Vec<&str> = rows.iter().map(|r| r.as_ref().unwrap().station.as_str()).collect();
    assert_eq!(stations, ["淮河道(首字空格)", "淮河道"]);
}

#[test]
fn beijing_values_keep_unit_and_line() {
    let text = "\"No\",\"year\",\"month\",\"day\",\"hour\",\"PM2.5\",\"PM10\",\"SO2\",\"NO2\",\"CO\",\"O3\",\"TEMP\",\"PRES\",\"DEWP\",\"RAIN\",\"wd\",\"WSPM\",\"station\"
1,2013,3,1,0,6,NA,4,8,300,81,-0.5,1024.5,-21.4,0,\"NNW\",5.7,\"Tiantan\"
";
    let (rows, _) = read(text.as_bytes(), &example("beijing-multisite"));
    assert_eq!(
        payload(rows[0].as_ref().unwrap()).unwrap(),
        r#"{"station":"Tiantan","time":"2013-03-01T00:00:00+08:00","period":"1h","label":"end","values":{"pm25":6,"so2":4,"no2":8,"co":300,"o3":81,"air_temp":-0.5,"pressure":1024.5,"rain":0,"wind_speed":5.7},"units":{"co":"ug/m3"}}"#
    );
}

const WATER: &str = "省份,流域,断面名称,监测时间,水质类别,水温(℃),pH(无量纲),溶解氧(mg/L),电导率(μS/cm),浊度(NTU),高锰酸盐指数(mg/L),氨氮(mg/L),总磷(mg/L),总氮(mg/L),叶绿素α(mg/L),藻密度(cells/L),站点情况
天津市,海河流域,黎河桥,04-01 08:00,Ⅱ,14.6,8.20,12.36,605.0,--,2.49,0.025,0.032,8.86,0.012,*,正常
上海市,长江流域,七效港西桥,*,*,--,--,--,--,--,--,--,--,--,*,*,正常
上海市,长江流域,七效港西桥,04-01 12:00,*,17.3,--,--,--,--,--,--,--,--,*,*,维护
";

#[test]
fn water_readings_get_their_year_and_leave_out_maintenance() {
    let mut mapping = example("water-cnemc-section");
    let (rows, counts) = read(WATER.as_bytes(), &mapping);
    assert_eq!(counts, RowCounts { records: 3, rows: 1, empty: 0, skipped: 2, problems: 0 });
    assert_eq!(
        payload(rows[0].as_ref().unwrap()).unwrap(),
        r#"{"station":"黎河桥","time":"2021-04-01T08:00:00+08:00","period":"moment","label":"end","values":{"temp":14.6,"ph":8.20,"do":12.36,"conductivity":605.0,"codmn":2.49,"nh3n":0.025,"tp":0.032,"tn":8.86,"chla":0.012},"units":{"chla":"mg/L"}}"#
    );
    mapping.set_year(2022).unwrap();
    let (rows, _) = read(WATER.as_bytes(), &mapping);
    assert_eq!(rows[0].as_ref().unwrap().end, "2022-04-01T00:00:00Z".parse::<Instant>().unwrap());
    assert!(example("air-site-hourly").set_year(2022).is_err());
}

#[test]
fn a_station_key_may_need_several_columns() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/examples/water-cnemc-section.toml");
    let text = std::fs::read_to_string(path).unwrap();
    let text = text.replace(r#"ignore = ["省份", "流域", "水质类别"]"#, r#"ignore = ["水质类别"]"#).replace(
        "\ncolumns = [\"断面名称\"]",
        "\ncolumns = [\"省份\", \"流域\", \"断面名称\"]\nprefix = \"cn:\"",
    );
    let (rows, _) = read(WATER.as_bytes(), &Mapping::from_toml("keyed", &text).unwrap());
    let row = rows[0].as_ref().unwrap();
    assert_eq!(row.station, "cn:天津市/海河流域/黎河桥");
    let (topic, bytes) = row_to_payload(row, "lanbi").unwrap();
    assert_eq!(topic, "lanbi/cn:天津市-海河流域-黎河桥", "a slash in an id must not become a topic level");
    assert!(String::from_utf8(bytes).unwrap().contains(r#""station":"cn:天津市/海河流域/黎河桥""#));
}

#[test]
fn a_header_that_does_not_fit_is_named() {
    let mapping = example("air-site-hourly");
    let check = |header: &str, expected: &str| {
        let error = read_rows(header.as_bytes(), &mapping).err().unwrap().to_string();
        assert!(error.contains(expected), "`{expected}` in: {error}");
    };
    let header = "Date,Hour,WatchPoint,AQI,Level,PrimaryPollution,PM2.5,PM10,CO,NO2,O3_1h,O3_8h,SO2\n";
    check(&header.replace("PM10", "PM1O"), "column `PM1O` is unknown");
    check(&header.replace(",SO2", ""), "no column `SO2`");
    check(&header.replace("Level", "CO"), "column `CO` stands there twice");
    check("", "column");
}

#[test]
fn bad_bytes_cost_a_line_and_an_open_quote_no_memory() {
    let mapping = example("air-site-hourly");
    let header = AIR.lines().next().unwrap().to_owned() + "\n";
    let good = "20200402,08,南京路,69,良,x,49,88,2.0,73,30,14,51\n";
    let mut bytes = header.clone().into_bytes();
    bytes.extend_from_slice(b"20200402,08,\xc0\xe8,69,x,x,49,88,2.0,73,30,14,51\n");
    bytes.extend_from_slice(good.as_bytes());
    let (rows, counts) = read(&bytes, &mapping);
    assert_eq!((counts.problems, counts.rows), (1, 1), "{rows:?}");
    let problem = rows[0].as_ref().unwrap_err();
    assert_eq!(problem.raw, b"20200402,08,\xc0\xe8,69,x,x,49,88,2.0,73,30,14,51");
    assert!(problem.detail.starts_with("not UTF-8"), "{}", problem.detail);

    // An endless quoted cell: the reader must give up after the limit instead of collecting it.
    let endless = header.into_bytes().into_iter().chain(b"20200402,08,\"".iter().copied());
    let endless = Endless { head: endless.collect(), given: 0, total: 0 };
    let mut rows = read_rows(endless, &mapping).unwrap();
    let problem = rows.next().unwrap().unwrap_err();
    assert!(problem.detail.contains("longer than"), "{}", problem.detail);
    assert!(rows.next().is_none());
    assert_eq!(rows.broke_off(), Some(&problem));
}

#[test]
fn lines_are_counted_as_an_editor_counts_them() {
    let mapping = example("beijing-multisite");
    let header = "No,year,month,day,hour,PM2.5,PM10,SO2,NO2,CO,O3,TEMP,PRES,DEWP,RAIN,wd,WSPM,station";
    let row = |wind: &str| format!("1,2013,3,1,0,6,4,4,8,300,81,-0.5,1024.5,-21.4,0,{wind},5.7,Tiantan");
    let check = |text: String, expected: &[u64]| {
        let lines: Vec<u64> = read_rows(text.as_bytes(), &mapping)
            .unwrap()
            .map(|row| row.map_or_else(|problem| problem.line, |row| row.line))
            .collect();
        assert_eq!(lines, expected, "{text:?}");
    };
    let (n, broken) = (row("NNW"), row("\"N\nNW\""));
    check(format!("{header}\n{n}\n{n}\n"), &[2, 3]);
    check(format!("{header}\n{n}\nshort\n{n}"), &[2, 3, 4]);
    check(format!("{header}\r\n{n}\r\n{n}\r\n"), &[2, 3]);
    check(format!("{header}\r\n{n}\r\n{n}"), &[2, 3]);
    check(format!("\n{header}\n\n{n}\n\n\n{n}\n"), &[4, 7]);
    check(format!("{header}\n{broken}\n{broken}\n{n}\n"), &[2, 4, 6]);
}

/// A head followed by `x` without end.
struct Endless {
    head: Vec<u8>,
    given: usize,
    total: usize,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        assert!(self.total < 4 << 20, "the reader does not stop");
        if self.given < self.head.len() {
            let n = buffer.len().min(self.head.len() - self.given);
            buffer[..n].copy_from_slice(&self.head[self.given..self.given + n]);
            self.given += n;
            return Ok(n);
        }
        buffer.fill(b'x');
        self.total += buffer.len();
        Ok(buffer.len())
    }
}

#[test]
fn a_draft_lists_stations_with_what_they_measure() {
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("a.csv");
    std::fs::write(&plain, AIR).unwrap();
    let packed = folder.path().join("b.csv.gz");
    let mut writer =
        flate2::write::GzEncoder::new(std::fs::File::create(&packed).unwrap(), flate2::Compression::fast());
    let more = AIR.replace("大道", "前进\"路\"").replace("20200403,01,南京路", "20200403,01,x");
    std::io::Write::write_all(&mut writer, more.as_bytes()).unwrap();
    writer.finish().unwrap();

    let text = draft_registry(&[plain, packed], &example("air-site-hourly")).unwrap();
    let draft: toml::Table = toml::from_str(&text).unwrap();
    let stations = draft["station"].as_array().unwrap();
    let ids: Vec<&str> = stations.iter().map(|s| s["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["x", "前进\"路\"", "南京路", "大道"]);
    let first = stations[3].as_table().unwrap();
    assert_eq!(first["kind"].as_str(), Some("air"));
    assert_eq!(first["zone"].as_str(), Some("Asia/Shanghai"));
    assert_eq!(first["cadence"].as_str(), Some("1h"));
    assert_eq!(first["parameters"].as_array().unwrap().len(), 7);

    let water = folder.path().join("w.csv");
    std::fs::write(
        &water,
        WATER.replace("正常", "维护") + "天津市,海河流域,空,04-01 08:00,*,*,*,*,*,*,*,*,*,*,*,*,正常\n",
    )
    .unwrap();
    let text = draft_registry(&[water], &example("water-cnemc-section")).unwrap();
    assert!(text.contains("# id = \"空\"") && text.contains("# body = \"river\""), "{text}");
    assert!(
        toml::from_str::<toml::Table>(&text).unwrap().is_empty(),
        "a station without values is a comment"
    );
    assert!(draft_registry(&[folder.path().join("none.csv")], &example("air-site-hourly")).is_err());
}

/// Where real recordings are kept, if this machine has them.
fn recordings() -> Option<PathBuf> {
    let folder = std::env::var_os("LANBI_SHARED_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    // Written past the test runner, which keeps what a passing test prints to itself.
    let _ =
        writeln!(std::io::stderr(), "SKIPPED: no recordings at {}; set LANBI_SHARED_DATA", folder.display());
    None
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "national_snapshot") {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found
}

#[test]
fn public_recordings_arrive_whole() {
    let Some(data) = recordings() else { return };
    let check = |mapping: &str, folder: &str, extension: &str, records: u64, problems: u64| {
        let mapping = example(mapping);
        let mut seen = RowCounts::default();
        let (mut values, mut stored) = (0, 0);
        for file in files(&data.join(folder), extension) {
            let mut rows = read_rows(open(&file).unwrap(), &mapping).unwrap();
            for row in rows.by_ref().flatten() {
                let Some((topic, payload)) = row_to_payload(&row, "lanbi") else { continue };
                let registry = registry_for(&row);
                let window =
                    Window { ahead: TimeDelta::minutes(15), earliest: "2000-01-01".parse().unwrap() };
                let limits = Limits { max_bytes: 256 * 1024, window };
                let context =
                    Context { registry: &registry, sources: &Sources::default(), now: row.end, limits };
                let message =
                    Message { topic: &topic, payload: &payload, received_at: row.end, retained: false };
                let decoded = decode(Format::LanbiJson, &message, &context).unwrap();
                assert!(decoded.samples.iter().all(|(sample, _)| sample.key.instant == row.end));
                values += row.values.len();
                stored += decoded.samples.len();
            }
            let counts = rows.counts();
            seen.records += counts.records;
            seen.problems += counts.problems;
        }
        assert_eq!((seen.records, seen.problems), (records, problems), "{folder}");
        assert_eq!(stored, values, "{folder}: every value that is written is a number");
    };
    check("air-site-hourly", "air_site_hourly", "csv", 23_286, 0);
    check("water-cnemc-section", "water_cnemc/by_station", "csv", 675, 0);
    check("beijing-multisite", "beijing_multisite", "gz", 6 * 35_064, 0);
}

fn registry_for(row: &Row) -> Registry {
    let station = Station {
        id: StationId::new(&row.station),
        name: row.station.clone(),
        kind: StationKind::Air,
        area: String::new(),
        water: String::new(),
        downstream: None,
        zone: Zone::shanghai(),
        period: AveragingPeriod::HOUR,
        cadence: AveragingPeriod::HOUR,
        parameters: Parameter::ALL.to_vec(),
    };
    Registry::new(vec![station], Vec::new()).unwrap()
}
