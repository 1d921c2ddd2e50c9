//! What is known of one device from its letters.

use std::collections::BTreeMap;

use lanbi_model::{Decimal, Instant, Medium, Parameter, Unit};

use super::cadence::Times;
use super::magnitude::{Doubt, doubt};
use super::sighting::{Naming, Seen, Sighting};

/// Numbers of one code that are kept to tell their median by.
const KEPT: usize = 5000;

/// What one code of a device was seen with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// Code or key in the messages.
    pub code: String,
    /// The parameter and the unit the code stands in by its format; none where it is not known.
    pub known: Option<(Parameter, Unit)>,
    /// Numbers seen.
    pub count: u64,
    /// Least and largest number and the median (of the first few thousand), as sent; none where no number was seen.
    pub spread: Option<[Decimal; 3]>,
    /// Whether the numbers rather speak of another unit.
    pub doubt: Option<Doubt>,
}

#[derive(Clone, Debug, Default)]
struct Numbers {
    known: Option<(Parameter, Unit)>,
    count: u64,
    bounds: Option<(Decimal, Decimal)>,
    kept: Vec<Decimal>,
}

impl Numbers {
    fn add(&mut self, seen: &Seen) {
        self.known = seen.known;
        let Some(number) = seen.number else { return };
        self.count += 1;
        let (least, largest) = self.bounds.unwrap_or((number, number));
        self.bounds = Some((least.min(number), largest.max(number)));
        if self.kept.len() < KEPT {
            self.kept.push(number);
        }
    }

    fn range(&self, code: &str) -> Range {
        let mut kept = self.kept.clone();
        kept.sort_unstable();
        let median = kept.get(kept.len() / 2).copied();
        let spread = self.bounds.zip(median).map(|((least, largest), median)| [least, median, largest]);
        let doubt = self.known.zip(median).and_then(|(known, median)| doubt(known, median));
        Range { code: code.to_owned(), known: self.known, count: self.count, spread, doubt }
    }
}

/// A device and what its letters say.
#[derive(Clone, Debug)]
pub(super) struct Device {
    pub(super) naming: Naming,
    /// Arrival and number of each letter that speaks of it.
    pub(super) letters: Vec<(Instant, i64)>,
    pub(super) times: Times,
    codes: BTreeMap<String, Numbers>,
}

impl Device {
    pub(super) fn new(naming: Naming) -> Self {
        Self { naming, letters: Vec::new(), times: Times::default(), codes: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, letter: (Instant, i64), sighting: &Sighting) {
        if self.letters.last() != Some(&letter) {
            self.letters.push(letter);
        }
        // What a device is called in a frame decides: an id can be anything, an MN stands beside one.
        self.naming = self.naming.min(sighting.naming);
        if !sighting.values.is_empty() {
            self.times.add(sighting.period, sighting.instant);
        }
        for seen in &sighting.values {
            self.codes.entry(seen.code.clone()).or_default().add(seen);
        }
    }

    /// What its codes were seen with, by code.
    pub(super) fn ranges(&self) -> Vec<Range> {
        self.codes.iter().map(|(code, numbers)| numbers.range(code)).collect()
    }

    /// The parameters of its codes, in the order of the model.
    pub(super) fn parameters(&self) -> Vec<Parameter> {
        let sent: Vec<Parameter> =
            self.codes.values().filter_map(|numbers| numbers.known).map(|(parameter, _)| parameter).collect();
        Parameter::ALL.iter().copied().filter(|parameter| sent.contains(parameter)).collect()
    }

    /// The kind of station whose key fits what it sends, and by what.
    pub(super) fn kind(&self) -> (&'static str, &'static str) {
        let parameters = self.parameters();
        let sends = |wanted: &[Parameter]| parameters.iter().any(|parameter| wanted.contains(parameter));
        let letter = |letter: char| self.codes.keys().any(|code| code.starts_with(letter));
        let in_air = |parameter: &Parameter| matches!(parameter.medium(), Medium::Air | Medium::Weather);
        if parameters.iter().any(in_air) || (parameters.is_empty() && letter('a')) {
            ("air", "it sends air parameters")
        } else if sends(&[Parameter::CodMn]) {
            ("section", "it sends the permanganate index")
        } else if sends(&[Parameter::Flow, Parameter::Cod]) {
            ("outlet", "it sends flow or chemical oxygen demand")
        } else if sends(&[Parameter::Transparency, Parameter::Orp]) {
            ("ditch", "it sends transparency or redox potential")
        } else {
            ("section", "it sends water parameters")
        }
    }
}
