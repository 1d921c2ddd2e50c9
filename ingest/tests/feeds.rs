//! Feeds from bytes to samples, problems and presence, as the pipeline calls them.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod feed_site;

use feed_site::{
    RECORDED, at, devices, feed, names, recorded, registry, run, site, sources, summary, text, values,
};
use lanbi_ingest::source::FeedSpec;
use lanbi_model::RejectReason;

/// What the feeds of the site make of a message.
fn check(topic: &str, payload: &str, expected: &str) {
    check_with(&site(), topic, payload, expected);
}

fn check_with(specs: &[FeedSpec], topic: &str, payload: &str, expected: &str) {
    let outcome = run(&registry(), &sources(specs), (topic, payload.as_bytes(), false));
    assert_eq!(summary(&outcome), expected, "{topic} {payload}: {outcome:?}");
}

fn check_retained(topic: &str, payload: &str, expected: &str) {
    let outcome = run(&registry(), &sources(&site()), (topic, payload.as_bytes(), true));
    assert_eq!(summary(&outcome), expected, "{topic} {payload}: {outcome:?}");
}

#[test]
fn recorded_messages_of_every_form_become_samples() {
    let expected = [
        "air-01 00:00:00 1m: pm25=35.2 pm10=60 co=0.612",
        "air-01 00:10:00? 1m: pm10=26.83 pm25=7.10 air_temp=3.53 humidity=71.64 pressure=1022.2453",
        "air-01 00:10:00? 1m: air_temp=23.4",
        "",
        "air-01 00:00:00 1m: air_temp=21.5",
        "air-01 00:00:00 1m: air_temp=3.5 humidity=45.1 pressure=1022.2 pm25=35 pm10=60",
        "air-01 00:00:00 1m: humidity=45.1 /BME280/Temperature:unknown-parameter /DS18B20/Temperature:unknown-parameter",
        "air-01 00:00:00 1m: humidity=45.1 /BME280/Temperature:bad-unit /BME280/Pressure:bad-unit",
        "",
        "air-01 00:10:00? 1m: humidity=55.43 pressure=1020.6 air_temp=2.75",
        "air-01 00:00:00 1m: pm25=35 air_temp=2.75",
        "rejected: unknown-station*3",
        "air-01 00:10:00? 1m: pm25=7 pm10=8 air_temp=5.87 humidity=43",
        "ditch-01 00:00:00.123 1m: ph=7.61 temp=4.5 do=9.42",
        "0101010101010101 of ditch-01 online",
        "0101010101010101 of ditch-01 online",
        "rejected: malformed*1",
        "ditch-01 00:00:00.250 1m: ph=7.61 do=9.42 depth=0",
        "ditch-node-2 of ditch-01 online",
        "",
        "air-01 00:00:00 1m: pm25=35.6 air-01 00:10:00? 1m: pm10=60",
        "air-01 23:00:00 1m: pm25=34 air-01 00:00:00 1m: pm25=35 co=0.6",
        "air-01 00:00:00 1m: pm25=35.5",
        "air-01 00:00:00 10m: co=0.612",
        "air-01 00:00:00 moment: co=0.6! pm25=35",
        "air-01 00:00:00 1h: pm25=35 a21005:malformed a99999:unknown-parameter",
        "mini-3 of air-01 online",
        "school/roof of air-01 offline",
    ];
    let (registry, sources) = (registry(), sources(&site()));
    assert_eq!(RECORDED.len(), expected.len());
    for ((file, topic), expected) in RECORDED.iter().zip(expected) {
        let outcome = run(&registry, &sources, (topic, &recorded(file), false));
        assert_eq!(summary(&outcome), expected, "{file}: {outcome:?}");
    }
}

#[test]
fn json_of_any_shape_is_read_by_its_map() {
    let base = FeedSpec {
        station: text("/id"),
        time: text("/at"),
        time_format: text("%d.%m.%Y %H:%M"),
        values: values(&[("/readings/0/v", "pm25"), ("/readings/1/v", "co")]),
        ..feed("json", &["list"])
    };
    let listed = String::from_utf8(recorded("json/list.json")).unwrap();
    let check = |change: &dyn Fn(&mut FeedSpec), payload: &str, expected: &str| {
        let mut changed = base.clone();
        change(&mut changed);
        check_with(&[changed], "list", payload, expected);
    };
    let as_is = |_: &mut FeedSpec| {};
    check(&as_is, &listed, "air-01 00:00:00 1m: pm25=35 co=0.61");
    let long = listed.replace("08:00", "02:30");
    check(&|f| f.zone = text("UTC"), &long, "rejected: future-time*2");
    check(&|f| f.zone = text("+02:30"), &long, "air-01 00:00:00 1m: pm25=35 co=0.61");
    check(&|f| f.period = text("1h"), &listed, "air-01 00:00:00 1h: pm25=35 co=0.61");
    let early = listed.replace("08:00", "07:00");
    let hour_by_start = |f: &mut FeedSpec| (f.period, f.label) = (text("1h"), text("start"));
    check(&hour_by_start, &early, "air-01 00:00:00 1h: pm25=35 co=0.61");
    check(
        &|f| f.stations = devices(&[("air-01", "ditch-01")]),
        &listed,
        "/readings/0/v:unknown-parameter /readings/1/v:unknown-parameter",
    );
    check(
        &|f| f.station = text("ditch-01"),
        &listed,
        "/id:unknown-parameter /readings/0/v:unknown-parameter /readings/1/v:unknown-parameter",
    );
    check(&|f| f.stations = devices(&[("air-01", "gone")]), &listed, "rejected: unknown-station*2");
    check(&as_is, r#"{"readings":[{"v":1}]}"#, "rejected: unknown-station*1");
    check(&as_is, r#"{"id":"air-01","readings":[{"v":1}]}"#, "air-01 00:10:00? 1m: pm25=1");
    check(
        &as_is,
        r#"{"id":"air-01","at":"yesterday","readings":[{"v":1},{"v":null}]}"#,
        "rejected: bad-time*1",
    );
    check(
        &as_is,
        r#"{"id":"air-01","at":"31.12.1999 08:00","readings":[{"v":1}]}"#,
        "rejected: ancient-time*1",
    );
    check(
        &as_is,
        r#"{"id":"air-01","readings":[{"v":1,"q":true},{"v":"x"}],"note":"ok"}"#,
        "air-01 00:10:00? 1m: pm25=1 /readings/0/q:unknown-parameter /readings/1/v:not-finite /note:unknown-parameter",
    );
    check(
        &as_is,
        r#"{"id":"air-01","readings":[{"v":[1]},{"v":{"x":1}}]}"#,
        "/readings/0/v:not-finite /readings/1/v:not-finite",
    );
    check(
        &as_is,
        r#"{"id":"air-01","readings":[{"v":1,"v":2}]}"#,
        "air-01 00:10:00? 1m: pm25=2 /readings/0/v:malformed",
    );
    check(&as_is, r#"{"id":"air-01","readings":[{"v":NaN},{"v":Infinity}]}"#, "/readings/1/v:not-finite");
    check(&as_is, "{}", "");
    for bad in ["", " ", "[1", "hello", "{\"id\":}"] {
        check(&as_is, bad, "rejected: malformed*1");
    }
    let deep = format!(r#"{{"id":"air-01","x":{}1{}}}"#, "[".repeat(1000), "]".repeat(1000));
    check(&as_is, &deep, "rejected: malformed*1");
}

#[test]
fn what_is_missing_is_not_counted() {
    let message = |value: &str| {
        format!(r#"{{"device":{{"sn":"MS-0017"}},"ts":1767571200,"data":{{"pm10":1,"pm2_5":{value}}}}}"#)
    };
    for missing in ["null", "\"\"", "\" \"", "\"nan\"", "\"NaN\"", "NaN", "\"-\"", "\"null\""] {
        check("micro/7/data", &message(missing), "air-01 00:00:00 1m: pm10=1");
    }
    check("micro/7/data", &message("\"35.20\""), "air-01 00:00:00 1m: pm10=1 pm25=35.20");
    check("micro/7/data", &message("0"), "air-01 00:00:00 1m: pm10=1 pm25=0");
    check("micro/7/data", &message("true"), "air-01 00:00:00 1m: pm10=1 /data/pm2_5:not-finite");
}

#[test]
fn epochs_are_read_by_their_magnitude() {
    for (ts, expected) in [
        ("1767571200", "air-01 00:00:00 1m: pm25=1"),
        ("1767571200.5", "air-01 00:00:00.500 1m: pm25=1"),
        ("1767571200000", "air-01 00:00:00 1m: pm25=1"),
        ("\"1767571200000\"", "air-01 00:00:00 1m: pm25=1"),
        ("1767571200000000", "air-01 00:00:00 1m: pm25=1"),
        ("20260105080000", "rejected: bad-time*1"),
        ("17675712", "rejected: bad-time*1"),
        ("1767657600", "rejected: future-time*1"),
        ("null", "air-01 00:10:00? 1m: pm25=1"),
    ] {
        check(
            "micro/7/data",
            &format!(r#"{{"device":{{"sn":"MS-0017"}},"ts":{ts},"data":{{"pm2_5":1}}}}"#),
            expected,
        );
    }
}

#[test]
fn retained_messages_count_by_their_own_time_only() {
    let dated = String::from_utf8(recorded("tasmota/sensor.json")).unwrap();
    check_retained(
        "tele/mini-3/SENSOR",
        &dated,
        "air-01 00:00:00 1m: air_temp=3.5 humidity=45.1 pressure=1022.2 pm25=35 pm10=60",
    );
    check_retained("yard-east/sensor/outside/state", "23.4", "rejected: bad-time*1");
    check_retained("yard-east/sensor/outside/state", "nan", "");
    check_retained("tele/mini-3/LWT", "Online", "mini-3 of air-01 online");
    let mixed = String::from_utf8(recorded("alink/post.json")).unwrap();
    check_retained(
        "/sys/a1/gate-7/thing/event/property/post",
        &mixed,
        "air-01 00:00:00 1m: pm25=35.6 PM10:bad-time",
    );
}

#[test]
fn presence_says_who_came_or_went_and_counts_no_value() {
    check("tele/mini-3/LWT", "Offline", "mini-3 of air-01 offline");
    check("tele/stranger/LWT", "Online", "stranger of - online");
    check("yard-east/status", "online", "yard-east of air-01 online");
    check("zigbee2mqtt/school/roof/availability", "online", "school/roof of air-01 online");
    check("zigbee2mqtt/bridge/state", r#"{"state":"online"}"#, "bridge of - online");
    check("zigbee2mqtt/bridge/devices", "[{}]", "");
    check("zigbee2mqtt/school/roof/set", r#"{"state":"ON"}"#, "");
    check("airgradient/status/ecda3b1eaaaf", "offline", "airgradient/status/ecda3b1eaaaf of - offline");
    check(
        "airgradient/status/x",
        r#"{"serialno":"ecda3b1eaaaf","online":true}"#,
        "ecda3b1eaaaf of air-01 online",
    );
    check(
        "/as/mqtt/status/a1/gate-7",
        r#"{"status":"offline","deviceName":"gate-7"}"#,
        "gate-7 of air-01 offline",
    );
    check("tele/mini-3/LWT", "", "");
    for bad in ["perhaps", "{", r#"{"state":7}"#, r#"{"colour":"red"}"#, "\u{0}"] {
        check("tele/mini-3/LWT", bad, "rejected: malformed*1");
    }
}

#[test]
fn lists_name_their_values_in_several_ways() {
    let base = FeedSpec {
        station: text("air-01"),
        time: text("/time"),
        list: text("/values"),
        ..feed("sensor-community", &["named"])
    };
    let named = String::from_utf8(recorded("sensor-community/named.json")).unwrap();
    let check =
        |payload: &str, expected: &str| check_with(std::slice::from_ref(&base), "named", payload, expected);
    check(&named, "air-01 00:00:00 1m: pm25=35 pressure=1022.5 co:unknown-parameter");
    check(
        r#"{"values":[{"type":"P2","val":1},{"id":"SDS_P1","v":"2"}]}"#,
        "air-01 00:10:00? 1m: pm25=1 pm10=2",
    );
    check(
        r#"{"values":[{"type":"P2"},{"value":1},7,{"name":"P1","value":null}]}"#,
        "0:malformed 1:malformed 2:malformed",
    );
    check(
        r#"{"values":[{"name":"P2","value":{"x":1}},{"name":"P1","value":1,"unit":"ppm"}]}"#,
        "P2:not-finite P1:bad-unit",
    );
    check(
        r#"{"values":[{"name":"SDS_P2","value":1},{"name":"PMS_P2","value":2}]}"#,
        "SDS_P2:unknown-parameter PMS_P2:unknown-parameter",
    );
    check(r#"{"values":{"P2":1}}"#, "rejected: malformed*1");
    let whole = FeedSpec { list: text(""), time: None, ..base.clone() };
    check_with(&[whole], "named", r#"[{"name":"P2","value":1}]"#, "air-01 00:10:00? 1m: pm25=1");
}

#[test]
fn what_the_operator_names_counts_before_what_the_maker_documents() {
    let twins = String::from_utf8(recorded("tasmota/two-thermometers.json")).unwrap();
    let check = |change: &dyn Fn(&mut FeedSpec), expected: &str| {
        let mut changed = FeedSpec { station: text("air-01"), ..feed("tasmota", &["t"]) };
        change(&mut changed);
        check_with(&[changed], "t", &twins, expected);
    };
    check(
        &|f| f.values = values(&[("/BME280/Temperature", "air_temp")]),
        "air-01 00:00:00 1m: air_temp=3.5 humidity=45.1 /DS18B20/Temperature:unknown-parameter",
    );
    check(&|f| f.ignore = names(&["/DS18B20"]), "air-01 00:00:00 1m: air_temp=3.5 humidity=45.1");
    check(&|f| f.ignore = names(&["DS18B20", "Humidity"]), "air-01 00:00:00 1m: air_temp=3.5");
    check(
        &|f| f.values = values(&[("Temperature", "air_temp")]),
        "air-01 00:00:00 1m: humidity=45.1 /BME280/Temperature:unknown-parameter /DS18B20/Temperature:unknown-parameter",
    );
    check(
        &|f| f.values = values(&[("/DS18B20/Temperature", "temp")]),
        "air-01 00:00:00 1m: air_temp=3.5 humidity=45.1 /DS18B20/Temperature:unknown-parameter",
    );
    check(
        &|f| f.values = values(&[("/DS18B20/Id", "pm25")]),
        "air-01 00:00:00 1m: humidity=45.1 /BME280/Temperature:unknown-parameter /DS18B20/Id:not-finite /DS18B20/Temperature:unknown-parameter",
    );
}

#[test]
fn below_what_is_ignored_only_pointers_count() {
    let spec = FeedSpec {
        station: text("air-01"),
        values: values(&[("/ESP32/Air/Temperature", "air_temp")]),
        ignore: names(&["/odd"]),
        ..feed("tasmota", &["t"])
    };
    let check =
        |payload: &str, expected: &str| check_with(std::slice::from_ref(&spec), "t", payload, expected);
    check(
        r#"{"ESP32":{"Temperature":50,"x":1,"Air":{"Temperature":3,"y":[1]}},"odd":{"PM10":1}}"#,
        "air-01 00:10:00? 1m: air_temp=3",
    );
    check(r#"{"ESP32":7,"odd":1,"PM10":2}"#, "air-01 00:10:00? 1m: pm10=2");
}

#[test]
fn absent_fields_are_zero_only_where_the_feed_says_so() {
    let up = |object: &str| {
        format!(r#"{{"time":"2026-01-05T00:00:00Z","deviceInfo":{{"devEui":"ditch-01"}},"object":{object}}}"#)
    };
    let check = |absent: Option<&str>, object: &str, expected: &str| {
        let absent = absent.map(str::to_owned);
        let fields = values(&[("level", "depth"), ("/water/ph", "ph")]);
        let spec = FeedSpec { absent, values: fields, ..feed("chirpstack", &["up"]) };
        check_with(&[spec], "up", &up(object), expected);
    };
    check(None, r#"{"water":{"ph":7}}"#, "ditch-01 00:00:00 1m: ph=7");
    check(Some("missing"), r#"{"water":{"ph":7}}"#, "ditch-01 00:00:00 1m: ph=7");
    check(Some("zero"), r#"{"water":{"ph":7}}"#, "ditch-01 00:00:00 1m: ph=7 depth=0");
    check(Some("zero"), r#"{"water":{"ph":7},"level":null}"#, "ditch-01 00:00:00 1m: ph=7");
    check(Some("zero"), r#"{"water":{"ph":7},"level":12}"#, "ditch-01 00:00:00 1m: ph=7 depth=12");
}

#[test]
fn one_value_a_topic_is_named_by_the_topic() {
    let sense = FeedSpec {
        station: text("topic:4"),
        parameter: text("topic:7"),
        values: values(&[("4097", "air_temp"), ("4101", "pressure in Pa")]),
        ..feed("scalar", &["/device_sensor_data/#"])
    };
    let check = |rest: &str, payload: &str, expected: &str| {
        let topic = format!("/device_sensor_data/org/{rest}");
        check_with(std::slice::from_ref(&sense), &topic, payload, expected);
    };
    let sent = r#"{"value":102230,"timestamp":1767571200000}"#;
    check("air-01/1/vs/4101", sent, "air-01 00:00:00 1m: pressure=1022.3");
    check("air-01/1/vs/4097", "3.5", "air-01 00:10:00? 1m: air_temp=3.5");
    check("air-01/1/vs/pm25", " 35\n", "air-01 00:10:00? 1m: pm25=35");
    check("air-01/1/vs/4100", "3.5", "4100:unknown-parameter");
    check("air-01/1/vs/4097", "3.5 C", "4097:not-finite");
    check("air-01/1/vs/4097", r#"{"value":null}"#, "");
    check("air-01/1/vs/4097", r#"{"value":[1]}"#, "4097:not-finite");
    check("air-01/1/vs/4097", r#"{"reading":1}"#, "rejected: malformed*1");
    check("air-01/1/vs", "3.5", "rejected: malformed*1");
    check("stranger/1/vs/4097", "3.5", "rejected: unknown-station*1");
}

#[test]
fn envelopes_without_values_are_told_apart() {
    let eui = "application/1/device/0101010101010101/event";
    for event in ["ack", "txack", "log", "location", "integration"] {
        check(&format!("{eui}/{event}"), r#"{"deviceInfo":{"devEui":"0101010101010101"}}"#, "");
    }
    check(&format!("{eui}/up"), "[]", "rejected: malformed*1");
    check(
        "v3/a/devices/ditch-node-2/up",
        r#"{"end_device_ids":{"device_id":"ditch-node-2"}}"#,
        "rejected: malformed*1",
    );
    check(
        "v3/a/devices/d/up",
        r#"{"end_device_ids":{"device_id":"d"},"uplink_message":{"frm_payload":"AQID"}}"#,
        "rejected: malformed*1",
    );
    check(
        "v3/a/devices/d/up",
        r#"{"end_device_ids":{"device_id":"ditch-01"},"received_at":"2026-01-05T00:00:00Z","uplink_message":{"decoded_payload":{"ph":7,"odd":1}}}"#,
        "ditch-01 00:00:00 1m: ph=7 depth=0 /odd:unknown-parameter",
    );
}

#[test]
fn alink_takes_property_posts_only() {
    let topic = "/sys/a1/gate-7/thing/event/property/post";
    check(
        topic,
        r#"{"params":{"pm25":1,"O3":"2","smell":3}}"#,
        "air-01 00:10:00? 1m: pm25=1 o3=2 smell:unknown-parameter",
    );
    check(
        topic,
        r#"{"params":{"pm25":{"value":1,"time":"x"},"co":1}}"#,
        "air-01 00:10:00? 1m: co=1 pm25:bad-time",
    );
    check(topic, r#"{"params":{"pm25":{"other":1}}}"#, "pm25:not-finite");
    check(topic, r#"{"method":"thing.service.reboot","params":{}}"#, "rejected: malformed*1");
    check(topic, r#"{"params":[1]}"#, "rejected: malformed*1");
    check(
        "/sys/a1/stranger/thing/event/property/post",
        r#"{"params":{"pm25":1,"co":null}}"#,
        "rejected: unknown-station*1",
    );
}

#[test]
fn observations_are_known_by_their_datastream() {
    let topic = "v1.1/Datastreams(1)/Observations";
    check(topic, r#"{"result":1}"#, "air-01 00:10:00? 1m: pm25=1");
    check(topic, r#"{"result":"1","resultTime":"2026-01-05T00:00:00Z"}"#, "air-01 00:00:00 1m: pm25=1");
    check(topic, r#"{"result":null}"#, "");
    check(topic, r#"{"result":[1,2]}"#, "Datastreams(1):not-finite");
    check(topic, r#"{"result":1,"phenomenonTime":"2026-01-05T00:00:00Z/x"}"#, "rejected: bad-time*1");
    check("v1.1/Datastreams(9)/Observations", r#"{"result":1}"#, "rejected: unknown-station*1");
    check("v1.1/Observations", r#"{"result":1}"#, "rejected: malformed*1");
    check(topic, r#"{"value":1}"#, "rejected: malformed*1");
}

#[test]
fn codes_of_hj_212_keep_their_units_periods_and_letters() {
    let head = r#""MN":"air-01","DataTime":"20260105070000""#;
    let check = |rest: &str, expected: &str| check("logger/1", &format!("{{{head},{rest}}}"), expected);
    check(r#""a21005-Avg":0.6,"a21005-Min":0.5"#, "air-01 23:01:00 1m: co=0.6");
    check(r#""CN":"2051","a21005-Avg":0.6"#, "air-01 23:01:00 1m: co=0.6");
    check(r#""CN":2031,"a21005-Avg":0.6"#, "rejected: future-time*1");
    check(r#""CN":"2011","a21005-Rtd":0.6,"a21005-Avg":9"#, "air-01 23:00:00 moment: co=0.6");
    check(r#""CN":"9014","a21005-Rtd":0.6"#, "");
    check(r#""a21005-Max":0.6"#, "a21005:malformed");
    check(r#""a21005":0.6,"A34004-Rtd":1"#, "air-01 23:00:00 moment: pm25=1 co=0.6");
    check(r#""a21005-Rtd":0.6,"a21005-Rtd":0.7"#, "air-01 23:00:00 moment: co=0.7 a21005:malformed");
    check(r#""a21005-Rtd":0.6,"a21005-Flag":"D""#, "air-01 23:00:00 moment: co=0.6!");
    check(r#""LA-Rtd":55,"站-Rtd":1"#, "LA:unknown-parameter 站:unknown-parameter");
    let gbk = b"{\"MN\":\"air-01\",\"\xb3\xb5\":\"\xb3\xb5\",\"a34004-Rtd\":3}";
    let outcome = run(&registry(), &sources(&site()), ("logger/1", gbk, false)).unwrap();
    assert_eq!((outcome.samples.len(), outcome.problems.len()), (1, 1), "{outcome:?}");
}

#[test]
fn topics_without_a_feed_and_feeds_of_the_standards_stay_as_they_are() {
    let lanbi = r#"{"time":"2026-01-05T08:00:00+08:00","values":{"pm25":1}}"#;
    check("anything/air-01", lanbi, "air-01 00:00:00 1m: pm25=1");
    check("own/air-01", lanbi, "air-01 00:00:00 1m: pm25=1");
    check("frames/1", lanbi, "rejected: malformed*1");
    check("own/air-01", "", "rejected: malformed*1");
    check("tele/mini-3/SENSOR", lanbi, "/time:unknown-parameter /values/pm25:unknown-parameter");
    let large = format!("\"{}\"", "x".repeat(256 * 1024));
    check("tele/mini-3/LWT", &large, "rejected: too-large*1");
}

#[test]
fn a_problem_names_the_feed_and_the_remedy() {
    let outcome =
        run(&registry(), &sources(&site()), ("tele/mini-3/SENSOR", br#"{"X":{"Y":1}}"#, false)).unwrap();
    let problem = &outcome.problems[0];
    assert_eq!((problem.reason, problem.field.as_str()), (RejectReason::UnknownParameter, "/X/Y"));
    assert!(problem.detail.contains("`values` or `ignore` of feed `tasmota`"), "{}", problem.detail);
    let rejected =
        run(&registry(), &sources(&site()), ("tele/x/SENSOR", br#"{"PM10":1}"#, false)).unwrap_err();
    assert!(rejected.detail.contains("`stations` of feed `tasmota`"), "{}", rejected.detail);
    assert_eq!(at("2026-01-05T00:10:00Z"), at(feed_site::NOW));
}

#[test]
fn many_fields_take_no_quadratic_time() {
    let fields: Vec<String> = (0..8_000).map(|i| format!("\"pm25\":{i},\"k{i}\":1")).collect();
    let payload = format!("{{{}}}", fields.join(","));
    let begin = std::time::Instant::now();
    let outcome =
        run(&registry(), &sources(&site()), ("zigbee2mqtt/school/roof", payload.as_bytes(), false)).unwrap();
    assert_eq!((outcome.samples.len(), outcome.problems.len()), (1, 15_999));
    let below = format!("{{\"{}\":[{}1]}}", "/".repeat(100_000), "1,".repeat(20_000));
    let outcome =
        run(&registry(), &sources(&site()), ("zigbee2mqtt/school/roof", below.as_bytes(), false)).unwrap();
    assert_eq!((outcome.samples.len(), outcome.problems.len()), (0, 20_001));
    assert!(begin.elapsed().as_secs() < 5, "took {:?}", begin.elapsed());
}
