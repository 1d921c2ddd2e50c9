//! What a bureau knows of its waters beside what stations send: the river network and what was sampled by hand.

use lanbi_config::Settings;
use lanbi_model::standard::Standards;

use crate::assess::{AssessError, RiverFile, Samplings, open_table};

/// Rivers and samplings, as far as the settings name them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Waters {
    pub(crate) rivers: Option<RiverFile>,
    pub(crate) samplings: Samplings,
}

/// Reads what the settings name. Cells of the samplings that cannot be used are logged and count as missing.
///
/// # Errors
/// A file cannot be read, or is refused.
pub(crate) fn load(settings: &Settings, law: &Standards) -> Result<Waters, AssessError> {
    let rivers = settings.network_file().map(|file| RiverFile::read(&file)).transpose()?;
    let Some(path) = settings.samplings_file() else {
        return Ok(Waters { rivers, samplings: Samplings::default() });
    };
    let shown = path.display();
    let of_list = |error: AssessError| AssessError::Failed(format!("{shown}: {error}"));
    let (samplings, complaints) = Samplings::read(open_table(&path)?, law).map_err(of_list)?;
    for complaint in complaints.lines() {
        tracing::warn!("{shown}: {complaint}");
    }
    Ok(Waters { rivers, samplings })
}
