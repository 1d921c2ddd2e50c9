//! Example files that the program carries with it, by name.

/// The mappings of recorded files that `--mapping NAME` knows, as (name, TOML text).
pub const MAPPINGS: &[(&str, &str)] = &[
    ("air-site-hourly", include_str!("../examples/air-site-hourly.toml")),
    ("air-workbook-hourly", include_str!("../examples/air-workbook-hourly.toml")),
    ("beijing-multisite", include_str!("../examples/beijing-multisite.toml")),
    ("water-cnemc-section", include_str!("../examples/water-cnemc-section.toml")),
];

/// The TOML text of a built-in mapping.
#[must_use]
pub fn mapping(name: &str) -> Option<&'static str> {
    MAPPINGS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// A roster of black-odorous waters, the one of the demo.
pub const ROSTER: &str = include_str!("../examples/roster.csv");
