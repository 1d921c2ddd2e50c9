//! Which outlets above a section fit in time with its worsening, and what speaks for each.
//!
//! Water that arrived after the last usual reading and not later than the first unusual one left a place above within
//! `[after − longest time, from − shortest time]`. What an outlet sent then is held against its limit and against what is usual
//! for it, in concentration and in load. An outlet whose readings show nothing is no candidate: not every worsening has one.
//! Diffuse inflow, dams and mixing are not known here.

use chrono::TimeDelta;
use lanbi_model::Instant;

use super::rivers::RiverNetwork;
use super::worsening::{Worsening, WorseningSettings, worsenings};

/// One reading of an outlet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OutletReading {
    /// When.
    pub at: Instant,
    /// mg/L.
    pub concentration: f64,
    /// m³/s; none where it was not measured.
    pub flow: Option<f64>,
}

/// An outlet or ditch with its readings of one item, in order of time.
#[derive(Clone, Debug)]
pub struct Outlet<'a> {
    /// Its name in the network.
    pub place: &'a str,
    /// Readings.
    pub readings: &'a [OutletReading],
    /// Its limit in mg/L.
    pub limit: Option<f64>,
}

/// What speaks for a candidate; at least one is there.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Evidence {
    /// `(largest value − limit) / limit` of the readings that fit in time.
    pub breach: Option<f64>,
    /// Largest concentration over what is usual for the outlet.
    pub concentration: Option<f64>,
    /// Largest load over what is usual for the outlet.
    pub load: Option<f64>,
    /// Load above the usual one, in kg/h at its largest; none without flow.
    pub excess_kg_h: Option<f64>,
    /// Whether what is unusual began in the time that fits, rather than long before.
    pub begins: bool,
}

/// A place that may have brought about a worsening.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate<'a> {
    /// The place.
    pub place: &'a str,
    /// Earliest moment at which the water can have left it.
    pub earliest: Instant,
    /// Latest moment.
    pub latest: Instant,
    /// What speaks for it.
    pub evidence: Evidence,
}

/// g/s in kg/h: mg/L times m³/s is g/s.
const KG_H: f64 = 3.6;

/// The candidates for a worsening at a section, the likeliest first: those whose change begins in time, then by load above the
/// usual one (those without flow behind), then by concentration over the usual one or over the limit.
#[must_use]
pub fn candidates<'a>(
    network: &RiverNetwork,
    section: &str,
    worsening: &Worsening,
    outlets: &[Outlet<'a>],
    settings: &WorseningSettings,
) -> Vec<Candidate<'a>> {
    let mut found: Vec<Candidate<'a>> = Vec::new();
    for above in network.upstream(section) {
        for outlet in outlets.iter().filter(|outlet| outlet.place == above.place) {
            let (earliest, latest) = (worsening.after - above.high, worsening.from - above.low);
            if let Some(evidence) = evidence(outlet, earliest, latest, settings) {
                found.push(Candidate { place: outlet.place, earliest, latest, evidence });
            }
        }
    }
    found.sort_by(|a, b| {
        let key = |c: &Candidate<'_>| (c.evidence.begins, c.evidence.excess_kg_h.unwrap_or(0.0), strength(c));
        let ((a_begins, a_load, a_strength), (b_begins, b_load, b_strength)) = (key(a), key(b));
        b_begins
            .cmp(&a_begins)
            .then(b_load.total_cmp(&a_load))
            .then(b_strength.total_cmp(&a_strength))
            .then(a.place.cmp(b.place))
    });
    found
}

fn strength(candidate: &Candidate<'_>) -> f64 {
    let Evidence { breach, concentration, load, .. } = candidate.evidence;
    let over_limit = breach.map_or(0.0, |multiple| multiple + 1.0);
    over_limit.max(concentration.unwrap_or(0.0)).max(load.unwrap_or(0.0))
}

fn evidence(
    outlet: &Outlet<'_>,
    earliest: Instant,
    latest: Instant,
    settings: &WorseningSettings,
) -> Option<Evidence> {
    // A reading stands for the time since the one before, so that the first one after the latest moment still speaks.
    let until = outlet.readings.iter().map(|r| r.at).find(|at| *at >= latest).unwrap_or(latest);
    let fits = |from: Instant, end: Option<Instant>| from <= until && end.is_none_or(|end| earliest < end);
    let series = |of: fn(&OutletReading) -> Option<f64>| -> Vec<(Instant, f64)> {
        outlet.readings.iter().filter_map(|r| Some((r.at, of(r)?))).collect()
    };
    let concentrations = series(|r| Some(r.concentration));
    let loads = series(|r| Some(r.concentration * r.flow?));
    let unusual = |series: &[(Instant, f64)]| {
        let spells = worsenings(series, None, settings).into_iter();
        spells.filter(|spell| fits(spell.from, spell.until)).max_by(|a, b| a.worst.total_cmp(&b.worst))
    };
    let (concentration, load) = (unusual(&concentrations), unusual(&loads));
    let over = outlet.limit.filter(|limit| *limit > 0.0).and_then(|limit| {
        let own = outlet.readings.iter().filter(|r| earliest < r.at && r.at <= until);
        let worst = own.map(|r| r.concentration).filter(|value| *value > limit).max_by(f64::total_cmp)?;
        Some((worst - limit) / limit)
    });
    if over.is_none() && concentration.is_none() && load.is_none() {
        return None;
    }
    let spacing = spacing(outlet.readings);
    let in_time = |spell: Worsening| earliest - spacing <= spell.from;
    let ratio = |spell: Worsening| (spell.usual > 0.0).then(|| spell.worst / spell.usual);
    Some(Evidence {
        breach: over,
        concentration: concentration.and_then(ratio),
        load: load.and_then(ratio),
        excess_kg_h: load.map(|spell| (spell.worst - spell.usual) * KG_H),
        begins: concentration.is_some_and(in_time) || load.is_some_and(in_time),
    })
}

/// The usual time between two readings.
fn spacing(readings: &[OutletReading]) -> TimeDelta {
    let mut steps: Vec<TimeDelta> = readings.windows(2).map(|pair| pair[1].at - pair[0].at).collect();
    steps.sort_unstable();
    steps.get(steps.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::rivers::Reach;
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    const READINGS: usize = 90 * 6;

    fn at(reading: usize) -> Instant {
        let start: Instant = "2026-06-01T00:00:00Z".parse().unwrap();
        start + TimeDelta::hours(4 * i64::try_from(reading).unwrap())
    }

    /// near (4-6 h) and far (20-28 h) above the section, below beneath it.
    fn network() -> RiverNetwork {
        let reach = |from: &str, to: &str, low, high| Reach {
            from: from.to_owned(),
            to: to.to_owned(),
            low: TimeDelta::hours(low),
            high: TimeDelta::hours(high),
        };
        RiverNetwork::new(vec![
            reach("near", "section", 4, 6),
            reach("far", "bridge", 12, 16),
            reach("bridge", "section", 8, 12),
            reach("section", "mouth", 4, 4),
            reach("below", "mouth", 1, 1),
        ])
        .unwrap()
    }

    /// Three months of four-hourly readings around a level, with noise and a daily course.
    fn quiet(rng: &mut ChaCha8Rng, level: f64) -> Vec<f64> {
        let course = |n: usize| 1.0 + 0.1 * f64::from(u32::try_from(n % 6).unwrap()) / 6.0;
        (0..READINGS).map(|n| level * course(n) * rng.random_range(0.85..1.15)).collect()
    }

    /// Runs the search: a name with its readings and flow for each outlet; a breach is (name, first reading, readings, times).
    fn named(
        seed: u64,
        breaches: &[(&str, usize, usize, f64)],
        section: &[(usize, usize)],
    ) -> Vec<Vec<String>> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let outlets: Vec<(&str, Vec<OutletReading>)> = [("near", 0.05), ("far", 0.2), ("below", 0.1)]
            .into_iter()
            .map(|(place, flow)| {
                let mut values = quiet(&mut rng, 10.0);
                for (_, first, long, times) in breaches.iter().filter(|b| b.0 == place) {
                    values[*first..first + long].iter_mut().for_each(|value| *value *= times);
                }
                let reading =
                    |(n, concentration)| OutletReading { at: at(n), concentration, flow: Some(flow) };
                (place, values.into_iter().enumerate().map(reading).collect())
            })
            .collect();
        let mut values = quiet(&mut rng, 0.6);
        for (first, long) in section {
            values[*first..first + long].iter_mut().for_each(|value| *value *= 3.0);
        }
        let readings: Vec<(Instant, f64)> = values.into_iter().enumerate().map(|(n, v)| (at(n), v)).collect();
        let settings = WorseningSettings::default();
        let outlets: Vec<Outlet<'_>> =
            outlets.iter().map(|(place, readings)| Outlet { place, readings, limit: Some(15.0) }).collect();
        worsenings(&readings, Some(1.0), &settings)
            .iter()
            .map(|worsening| {
                let found = candidates(&network(), "section", worsening, &outlets, &settings);
                found.into_iter().map(|c| format!("{} {}", c.place, c.evidence.begins)).collect()
            })
            .collect()
    }

    #[test]
    fn a_breach_above_is_the_first_candidate_within_a_travel_time() {
        let check = |name: &str, breaches: &[_], section: &[_], expected: &[&[&str]]| {
            for seed in 0..20 {
                assert_eq!(named(seed, breaches, section), expected, "{name}, seed {seed}");
            }
        };
        // near takes 4 to 6 hours, one reading or two; far takes 20 to 28, five to seven.
        check("near", &[("near", 299, 6, 5.0)], &[(300, 6)], &[&["near true"]]);
        check("far", &[("far", 294, 6, 5.0)], &[(300, 6)], &[&["far true"]]);
        check("nothing above", &[], &[(300, 6)], &[&[]]);
        check("beneath it", &[("below", 298, 6, 5.0)], &[(300, 6)], &[&[]]);
        check("too late", &[("far", 299, 6, 5.0)], &[(300, 6)], &[&[]]);
        check("over too early", &[("near", 280, 6, 5.0)], &[(300, 6)], &[&[]]);
        check("long before", &[("near", 270, 40, 5.0)], &[(300, 6)], &[&["near false"]]);
        // far carries four times the water of near.
        let both = [("near", 299, 6, 5.0), ("far", 294, 6, 5.0)];
        check("two", &both, &[(300, 6)], &[&["far true", "near true"]]);
        let long_before = [("far", 200, 150, 5.0), ("near", 299, 6, 5.0)];
        check("what begins in time comes first", &long_before, &[(300, 6)], &[&["near true", "far false"]]);
        check("a breach that does no harm", &[("near", 299, 6, 5.0)], &[], &[]);
    }

    #[test]
    fn three_quiet_months_name_nobody() {
        for seed in 100..200 {
            assert!(named(seed, &[], &[]).is_empty(), "seed {seed}");
        }
    }

    #[test]
    fn what_speaks_for_a_candidate_is_said() {
        let flat = |value: f64| vec![value; 60];
        let readings = |values: Vec<f64>, flow: Option<f64>| -> Vec<OutletReading> {
            let reading = |(n, concentration)| OutletReading { at: at(n), concentration, flow };
            values.into_iter().enumerate().map(reading).collect()
        };
        let worsening =
            Worsening { after: at(49), from: at(50), known: at(51), until: None, worst: 3.0, usual: 1.0 };
        let check = |readings: &[OutletReading], limit, expected: Option<[Option<f64>; 4]>| {
            let outlets = [Outlet { place: "near", readings, limit }];
            let found =
                candidates(&network(), "section", &worsening, &outlets, &WorseningSettings::default());
            let got = found.first().map(|c| {
                let e = c.evidence;
                [e.breach, e.concentration, e.load, e.excess_kg_h].map(|v| v.map(|v| (v * 1e6).round() / 1e6))
            });
            assert_eq!(got, expected);
        };
        let mut high = flat(10.0);
        high[48..52].fill(40.0);
        check(
            &readings(high.clone(), Some(0.5)),
            Some(20.0),
            Some([Some(1.0), Some(4.0), Some(4.0), Some(54.0)]),
        );
        check(&readings(high.clone(), None), None, Some([None, Some(4.0), None, None]));
        check(&readings(flat(10.0), None), Some(8.0), Some([Some(0.25), None, None, None]));
        check(&readings(flat(10.0), Some(1.0)), Some(12.0), None);
        check(&[], Some(1.0), None);
    }
}
