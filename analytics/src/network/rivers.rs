//! Places on rivers and the reaches between them, with the time water takes.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

/// What a place of the network is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A section of a river.
    Section,
    /// 入河排污口.
    Outlet,
    /// A ditch or tributary whose mouth is watched.
    Ditch,
    /// A confluence, a sluice: nothing is measured there.
    Junction,
}

impl Place {
    /// Finds a place by its word in files.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        match key {
            "section" => Some(Self::Section),
            "outlet" => Some(Self::Outlet),
            "ditch" => Some(Self::Ditch),
            "junction" => Some(Self::Junction),
            _ => None,
        }
    }
}

/// Water that flows from one place to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Where it comes from.
    pub from: String,
    /// Where it goes.
    pub to: String,
    /// Shortest time it takes (high water).
    pub low: TimeDelta,
    /// Longest time it takes (low water).
    pub high: TimeDelta,
}

/// Why reaches make no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RiverNetworkError {
    /// Water cannot come back to where it was.
    #[error("the reaches lead from `{0}` back to it; turn the one that runs against the flow")]
    Circle(String),
    /// A time below zero, or the shortest above the longest.
    #[error("the reach from `{from}` to `{to}` has no possible travel time; give 0 <= shortest <= longest")]
    Time {
        /// Its upper end.
        from: String,
        /// Its lower end.
        to: String,
    },
    /// The same reach twice.
    #[error("the reach from `{from}` to `{to}` stands twice; keep one")]
    Twice {
        /// Its upper end.
        from: String,
        /// Its lower end.
        to: String,
    },
}

/// A place above another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream<'a> {
    /// The place.
    pub place: &'a str,
    /// Shortest time of its water, over all ways.
    pub low: TimeDelta,
    /// Longest time of its water, over all ways.
    pub high: TimeDelta,
}

/// Reaches without circles.
#[derive(Clone, Debug, Default)]
pub struct RiverNetwork {
    /// Reaches by the place they lead to.
    into: BTreeMap<String, Vec<Reach>>,
}

impl RiverNetwork {
    /// Joins reaches.
    ///
    /// # Errors
    /// They lead in a circle, stand twice, or have impossible times.
    pub fn new(reaches: Vec<Reach>) -> Result<Self, RiverNetworkError> {
        let mut into: BTreeMap<String, Vec<Reach>> = BTreeMap::new();
        for reach in reaches {
            let (from, to) = (reach.from.clone(), reach.to.clone());
            if reach.low < TimeDelta::zero() || reach.high < reach.low {
                return Err(RiverNetworkError::Time { from, to });
            }
            let known = into.entry(to.clone()).or_default();
            if known.iter().any(|other| other.from == from) {
                return Err(RiverNetworkError::Twice { from, to });
            }
            known.push(reach);
        }
        let network = Self { into };
        network.refuse_circles()?;
        Ok(network)
    }

    /// Takes away places without inflow until none is left; what remains lies on a circle or below one.
    fn refuse_circles(&self) -> Result<(), RiverNetworkError> {
        let mut open: BTreeMap<&str, BTreeSet<&str>> = self
            .into
            .iter()
            .map(|(to, reaches)| (to.as_str(), reaches.iter().map(|reach| reach.from.as_str()).collect()))
            .collect();
        loop {
            let fed: BTreeSet<&str> = open.keys().copied().collect();
            let before = open.len();
            for inflows in open.values_mut() {
                inflows.retain(|place| fed.contains(place));
            }
            open.retain(|_, inflows| !inflows.is_empty());
            match open.keys().next() {
                None => return Ok(()),
                Some(place) if open.len() == before => {
                    return Err(RiverNetworkError::Circle((*place).to_owned()));
                }
                Some(_) => {}
            }
        }
    }

    /// Every place above `place`, by name.
    #[must_use]
    pub fn upstream(&self, place: &str) -> Vec<Upstream<'_>> {
        let mut found: BTreeMap<&str, (TimeDelta, TimeDelta)> = BTreeMap::new();
        let zero = TimeDelta::zero();
        let mut open: Vec<(&str, TimeDelta, TimeDelta)> = vec![(place, zero, zero)];
        while let Some((at, low, high)) = open.pop() {
            for reach in self.into.get(at).into_iter().flatten() {
                let (low, high) = (low + reach.low, high + reach.high);
                let wider = match found.get_mut(reach.from.as_str()) {
                    Some(known) => {
                        let wider = (known.0.min(low), known.1.max(high));
                        std::mem::replace(known, wider) != wider
                    }
                    None => found.insert(&reach.from, (low, high)).is_none(),
                };
                // Another way to the same place only matters where it is quicker or slower.
                if wider {
                    open.push((&reach.from, low, high));
                }
            }
        }
        found.into_iter().map(|(place, (low, high))| Upstream { place, low, high }).collect()
    }

    /// Every place of the network, by name.
    #[must_use]
    pub fn places(&self) -> BTreeSet<&str> {
        let reaches = self.into.values().flatten();
        reaches.flat_map(|reach| [reach.from.as_str(), reach.to.as_str()]).collect()
    }

    /// Whether water is known to come to a place from another.
    #[must_use]
    pub fn has_inflow(&self, place: &str) -> bool {
        self.into.contains_key(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(from: &str, to: &str, low: i64, high: i64) -> Reach {
        let hours = TimeDelta::hours;
        Reach { from: from.to_owned(), to: to.to_owned(), low: hours(low), high: hours(high) }
    }

    #[test]
    fn times_add_up_along_every_way() {
        let network = RiverNetwork::new(vec![
            reach("outlet", "fork", 1, 2),
            reach("fork", "left", 1, 3),
            reach("fork", "right", 4, 9),
            reach("left", "section", 1, 1),
            reach("right", "section", 1, 1),
            reach("section", "below", 2, 2),
        ])
        .unwrap();
        let check = |place: &str, expected: &[(&str, i64, i64)]| {
            let got = network.upstream(place);
            let got: Vec<_> = got.iter().map(|u| (u.place, u.low.num_hours(), u.high.num_hours())).collect();
            assert_eq!(got, expected, "{place}");
        };
        check("section", &[("fork", 2, 10), ("left", 1, 1), ("outlet", 3, 12), ("right", 1, 1)]);
        check("fork", &[("outlet", 1, 2)]);
        check("outlet", &[]);
        check("nowhere", &[]);
        assert_eq!(network.places().len(), 6);
        assert!(network.has_inflow("section") && !network.has_inflow("outlet"));
    }

    #[test]
    fn what_is_no_river_is_refused() {
        let check = |reaches: Vec<Reach>, expected: &str| {
            assert!(RiverNetwork::new(reaches).unwrap_err().to_string().contains(expected), "{expected}");
        };
        check(vec![reach("a", "b", 1, 1), reach("b", "c", 1, 1), reach("c", "a", 1, 1)], "back to it");
        check(vec![reach("a", "a", 1, 1)], "from `a` back to it");
        check(vec![reach("a", "b", 2, 1)], "no possible travel time");
        check(vec![reach("a", "b", 1, 2), reach("a", "b", 1, 2)], "stands twice");
    }
}
