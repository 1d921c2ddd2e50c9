//! Topics of MQTT: which filter they fit, and what stands on their levels (MQTT 5.0, 4.7).

/// A topic filter: `+` stands for one level, `#` at the end for all that follow.
#[derive(Clone, Debug)]
pub(super) struct Filter(Vec<String>);

impl Filter {
    /// Reads a filter; none where a wildcard shares its level or `#` is not the last.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let levels: Vec<String> = text.split('/').map(str::to_owned).collect();
        let last = levels.len() - 1;
        let is_fine = |(i, level): (usize, &String)| match level.as_str() {
            "+" => true,
            "#" => i == last,
            level => !level.contains(['+', '#']),
        };
        (!text.is_empty() && levels.iter().enumerate().all(is_fine)).then_some(Self(levels))
    }

    /// Whether a topic fits. A wildcard in front does not stand for the broker's own topics (`$SYS`).
    pub(super) fn fits(&self, topic: &str) -> bool {
        let begins_wild = self.0.first().is_some_and(|level| level == "+" || level == "#");
        if begins_wild && topic.starts_with('$') {
            return false;
        }
        let mut levels = topic.split('/');
        for wanted in &self.0 {
            if wanted == "#" {
                return true;
            }
            if levels.next().is_none_or(|level| wanted != "+" && wanted != level) {
                return false;
            }
        }
        levels.next().is_none()
    }
}

/// A place in a topic, counted from 1. A topic that begins with `/` has an empty first level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// `topic:2`: one level.
    One(usize),
    /// `topic:2..`: this level and all that follow.
    From(usize),
}

impl Level {
    /// Reads `topic:2` or `topic:2..`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let place = text.strip_prefix("topic:")?;
        let (number, rest) = place.strip_suffix("..").map_or((place, false), |number| (number, true));
        let number: usize = number.parse().ok().filter(|number| *number > 0)?;
        Some(if rest { Self::From(number) } else { Self::One(number) })
    }

    /// What stands there; none where the topic is shorter or the level is empty.
    pub(crate) fn of(self, topic: &str) -> Option<&str> {
        let text = match self {
            Self::One(number) => topic.split('/').nth(number - 1)?,
            Self::From(number) => topic.splitn(number, '/').nth(number - 1)?,
        };
        (!text.is_empty()).then_some(text)
    }
}

/// The last level of a topic.
pub(crate) fn last_level(topic: &str) -> &str {
    topic.rsplit('/').next().unwrap_or(topic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_fit_as_brokers_have_them() {
        let check = |filter: &str, topic: &str, expected: bool| {
            assert_eq!(Filter::parse(filter).unwrap().fits(topic), expected, "{filter} {topic}");
        };
        check("tele/+/SENSOR", "tele/a/SENSOR", true);
        check("tele/+/SENSOR", "tele/a/b/SENSOR", false);
        check("tele/+/SENSOR", "tele/a/STATE", false);
        check("tele/+/SENSOR", "tele/a", false);
        check("tele/#", "tele/a/b", true);
        check("tele/#", "tele", true);
        check("tele/#", "tel", false);
        check("#", "a", true);
        check("#", "$SYS/broker", false);
        check("$SYS/#", "$SYS/broker", true);
        check("/sys/+/+/thing", "/sys/p/d/thing", true);
        check("+", "", true);
        for bad in ["", "a/#/b", "a+", "a/b#", "##"] {
            assert!(Filter::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn levels_are_counted_from_one() {
        let check = |level: &str, topic: &str, expected: Option<&str>| {
            assert_eq!(Level::parse(level).unwrap().of(topic), expected, "{level} {topic}");
        };
        check("topic:1", "tele/a/SENSOR", Some("tele"));
        check("topic:2", "tele/a/SENSOR", Some("a"));
        check("topic:4", "tele/a/SENSOR", None);
        check("topic:4", "/sys/p/d/thing", Some("d"));
        check("topic:1", "/sys", None);
        check("topic:2..", "zigbee2mqtt/yard/north", Some("yard/north"));
        check("topic:1..", "a/b", Some("a/b"));
        check("topic:3..", "a/b", None);
        for bad in ["topic:0", "topic:", "topic:x", "2", "topic:-1", "topic:2..3"] {
            assert_eq!(Level::parse(bad), None, "{bad}");
        }
    }
}
