//! A proposal as text: an entry of the station file, with what was seen above it in comments.

use std::fmt::Write as _;

use lanbi_model::{Parameter, Zone};

use super::device::Range;
use super::magnitude::Doubt;
use super::proposal::{Proposal, Task};
use super::sighting::Naming;

/// What a person has decided of a station. The default leaves all to be filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// Id; the device's own name where none is given.
    pub id: Option<String>,
    /// Key of the kind of station.
    pub kind: Option<String>,
    /// Name as printed; the id where none is given.
    pub name: Option<String>,
    /// District or area.
    pub area: Option<String>,
    /// The water it stands on or discharges to.
    pub water: Option<String>,
    /// Limit table and grade of an outlet.
    pub limits: Option<String>,
    /// Target class of a section.
    pub target: Option<u8>,
}

/// The entry of a device that has none.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// What was seen.
    pub proposal: &'a Proposal,
    /// What was decided; what was not gets a word on what to do.
    pub filled: &'a Filled,
}

impl Entry<'_> {
    /// The `[[station]]` table, beginning with its header and ending with a line end.
    #[must_use]
    pub fn table(&self) -> String {
        let Self { proposal, filled } = self;
        let mut text = String::from("[[station]]\n");
        let id = filled.id.as_deref().unwrap_or(&proposal.device);
        let kind = filled.kind.as_deref().unwrap_or(proposal.kind);
        let mut line = |key: &str, value: &str, said: Option<&str>| {
            let said = said.map(|word| format!("    # {word}")).unwrap_or_default();
            let _ = writeln!(text, "{key} = {value}{said}");
        };
        let word = |given: bool, word: &'static str| (!given).then_some(word);
        let own = match proposal.naming {
            Naming::Mn => word(filled.id.is_some(), "the bureau's own number of the station, if it has one"),
            Naming::Id => None,
        };
        line("id", &string(id), own);
        if proposal.naming == Naming::Mn && id != proposal.device {
            line("mn", &string(&proposal.device), None);
        }
        line("name", &string(filled.name.as_deref().unwrap_or(id)), word(filled.name.is_some(), "fill in"));
        let guess = format!("a guess: {}; air, section, outlet or ditch", proposal.kind_by);
        line("kind", &string(kind), (filled.kind.is_none()).then_some(&guess));
        line(
            "area",
            &string(filled.area.as_deref().unwrap_or_default()),
            word(filled.area.is_some(), "fill in"),
        );
        if kind != "air" {
            let water = filled.water.as_deref().unwrap_or_default();
            line("water", &string(water), word(filled.water.is_some(), "fill in"));
        }
        match (kind, &filled.limits, filled.target) {
            ("outlet", Some(limits), _) => line("limits", &string(limits), None),
            ("outlet", None, _) => {
                line("# limits", "\"STANDARD/GRADE\"", Some("needed: the limits of its licence"));
            }
            ("section", _, Some(target)) => line("target", &target.to_string(), None),
            _ => {}
        }
        line("zone", "\"Asia/Shanghai\"", None);
        line("period", &string(&proposal.period.to_string()), None);
        let seldom = word(proposal.cadence_seen, "a guess: one message does not tell how often");
        line("cadence", &string(&proposal.cadence.to_string()), seldom);
        line("parameters", &keys(&proposal.parameters), None);
        text
    }
}

impl Proposal {
    /// What was seen and what to do, as text that can stand in a station file: everything but the entry or line to add
    /// is a comment.
    #[must_use]
    pub fn text(&self) -> String {
        let stamp = |instant| Zone::shanghai().at(instant).format("%Y-%m-%dT%H:%M:%S%:z");
        let named = if self.naming == Naming::Mn { "MN " } else { "" };
        let mut text = format!(
            "# {named}{}: {} letters from {} to {}\n",
            plain(&self.device),
            self.letters,
            stamp(self.first),
            stamp(self.last)
        );
        for range in &self.ranges {
            let _ = writeln!(text, "#   {}", told(range));
        }
        self.add_hints(&mut text);
        match &self.task {
            Task::Enter => text.push_str(&Entry { proposal: self, filled: &Filled::default() }.table()),
            Task::Extend { station, parameters } => {
                let _ = writeln!(text, "# in the entry of station {}:", plain(station.as_str()));
                let _ = writeln!(text, "parameters = {}", keys(parameters));
            }
            Task::Replay { station } => {
                let station = plain(station.as_str());
                let _ = writeln!(
                    text,
                    "# station {station} lists what is known of this; `lanbi dead-letters replay` stores what it can"
                );
            }
        }
        text
    }

    /// Lines for the file of sources: units that numbers speak of, and codes that nobody knows.
    fn add_hints(&self, text: &mut String) {
        let doubts: Vec<(&str, Doubt)> =
            self.ranges.iter().filter_map(|range| Some((range.code.as_str(), range.doubt?))).collect();
        let told = |doubt: &Doubt| string(doubt.probably.key());
        if self.naming == Naming::Id {
            let units: Vec<String> =
                doubts.iter().map(|(code, doubt)| format!("{}: {}", string(code), told(doubt))).collect();
            if !units.is_empty() {
                let _ = writeln!(
                    text,
                    "#   the sender can name its units: \"units\": {{ {} }}",
                    units.join(", ")
                );
            }
            return;
        }
        let units: Vec<String> =
            doubts.iter().map(|(code, doubt)| format!("{} = {}", key(code), told(doubt))).collect();
        let unknown: Vec<String> =
            self.unknown_codes().map(|code| format!("{} = \"PARAMETER\"", key(code))).collect();
        if units.is_empty() && unknown.is_empty() {
            return;
        }
        let _ = writeln!(text, "#   if that is so, in sources.toml:");
        let _ = writeln!(text, "#   [[logger]]\n#   mn = [{}]", string(&self.device));
        for (name, pairs) in [("units", &units), ("codes", &unknown)] {
            if !pairs.is_empty() {
                let _ = writeln!(text, "#   {name} = {{ {} }}", pairs.join(", "));
            }
        }
    }
}

/// What was seen of a code, on one line.
fn told(range: &Range) -> String {
    let Range { code, known, count, spread, doubt } = range;
    let code = plain(code);
    let mut text = match known {
        Some((parameter, _)) if parameter.key() == code => format!("{code} {}", parameter.symbol()),
        Some((parameter, _)) => format!("{code} {parameter} {}", parameter.symbol()),
        None => format!("{code} of no known parameter"),
    };
    let _ = match spread {
        None => write!(text, ": no number"),
        Some([least, median, largest]) => {
            let unit = known.map(|(_, unit)| format!(" {}", unit.key())).unwrap_or_default();
            write!(text, ": {count} values from {least} to {largest}, median {median}{unit}")
        }
    };
    if let Some(doubt) = doubt {
        let _ = write!(text, " -- doubtful, probably {}", doubt.probably.key());
    }
    text
}

/// A string of TOML on one line: JSON's escapes are a part of TOML's, which asks for one more.
fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}

/// A key of TOML, quoted where it must be.
fn key(text: &str) -> String {
    let bare =
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    if bare { text.to_owned() } else { string(text) }
}

fn keys(parameters: &[Parameter]) -> String {
    let keys: Vec<String> = parameters.iter().map(|parameter| string(parameter.key())).collect();
    format!("[{}]", keys.join(", "))
}

/// Text from outside within a comment: a line end in it would end the comment.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
