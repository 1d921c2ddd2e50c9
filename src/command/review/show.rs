//! `lanbi review show`.

use std::io::Write as _;

use lanbi_model::{Sample, Station};
use lanbi_store::Store;

use super::{super::stretch::Stretch, values, words};
use crate::{
    cli::StretchArgs,
    command::{local_stamp, plain},
};

pub(super) async fn run(
    store: &dyn Store,
    station: &Station,
    args: &StretchArgs,
    history: bool,
) -> anyhow::Result<()> {
    let stretch = Stretch::new(Some(args.from), Some(args.to))?;
    let period = args.period.unwrap_or(station.period);
    let mut out = std::io::stdout().lock();
    write!(out, "time\tparameter\tperiod\tvalue\tunit\tcounts\tflags\trevisions")?;
    writeln!(out, "{}", if history { "\treplaced_at\tsource\tby\treason" } else { "" })?;
    let line = |sample: &Sample, revision: usize| {
        let parameter = sample.key.parameter;
        format!(
            "{}\t{parameter}\t{}\t{}\t{}\t{}\t{}\t{revision}",
            local_stamp(station.zone, sample.key.instant),
            sample.key.period,
            sample.value,
            parameter.unit().symbol(),
            if sample.flags.is_valid() { "yes" } else { "no" },
            words(sample.flags),
        )
    };
    for kept in values::read(store, station, stretch, period, &args.parameters).await? {
        if history {
            for (number, earlier) in kept.earlier.iter().enumerate() {
                writeln!(
                    out,
                    "{}\t{}\t{}\t{}\t{}",
                    line(&earlier.sample, number),
                    local_stamp(station.zone, earlier.replaced_at),
                    plain(&earlier.source),
                    plain(earlier.by.as_deref().unwrap_or_default()),
                    plain(earlier.reason.as_deref().unwrap_or_default())
                )?;
            }
        }
        let present = line(&kept.now.sample, kept.earlier.len());
        writeln!(out, "{present}{}", if history { "\t\t\t\t" } else { "" })?;
    }
    Ok(())
}
