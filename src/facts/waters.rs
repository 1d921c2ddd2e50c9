//! What a bureau knows of its waters beside what stations send: the river network and what was sampled by hand.

use lanbi_config::Settings;
use lanbi_model::{Registry, standard::Standards};

use crate::assess::{AssessError, RiverFile, Samplings, open_table};

/// Rivers and samplings, as far as the settings name them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Waters {
    pub(crate) rivers: Option<RiverFile>,
    pub(crate) samplings: Samplings,
}

/// Reads what the settings name. What cannot be used is logged: cells of the samplings, which count as missing, and places that
/// the station file does not have.
///
/// # Errors
/// A file cannot be read, or is refused.
pub(crate) fn load(settings: &Settings, registry: &Registry, law: &Standards) -> Result<Waters, AssessError> {
    let rivers = settings.network_file().map(|file| RiverFile::read(&file)).transpose()?;
    if let (Some(file), Some(rivers)) = (settings.network_file(), &rivers) {
        for place in rivers.strangers(|id| registry.find(id).is_some()) {
            tracing::warn!(
                "{}: place `{place}` is no station; nothing is known of its water; add the station, or give the place the \
                 kind junction",
                file.display()
            );
        }
    }
    let Some(path) = settings.samplings_file() else {
        return Ok(Waters { rivers, samplings: Samplings::default() });
    };
    let shown = path.display();
    let of_list = |error: AssessError| AssessError::Failed(format!("{shown}: {error}"));
    let (samplings, complaints) = Samplings::read(open_table(&path)?, law).map_err(of_list)?;
    for complaint in complaints.lines() {
        tracing::warn!("{shown}: {complaint}");
    }
    let is_known = |name: &&str| registry.sections().any(|s| s.name == *name || s.id.as_str() == *name);
    for name in samplings.names().filter(|name| !is_known(name)) {
        tracing::warn!(
            "{shown}: `{name}` is no section of the station file; its rows change nothing; mend the name or add it"
        );
    }
    Ok(Waters { rivers, samplings })
}
