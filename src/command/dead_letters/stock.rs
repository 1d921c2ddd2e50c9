//! `lanbi dead-letters stock`.

use std::io::Write as _;

use lanbi_config::settings::DeadLetters;
use lanbi_model::Zone;
use lanbi_store::Store;

use crate::upkeep;

pub(super) async fn run(store: &dyn Store, settings: &DeadLetters) -> anyhow::Result<()> {
    let now = chrono::Utc::now();
    let stock = store.letter_stock().await?;
    let since = upkeep::warned_since(store).await?;
    let verdict = upkeep::judge(settings, stock, since, now);
    let stamp = |instant| Zone::shanghai().at(instant).format("%Y-%m-%dT%H:%M:%S%:z").to_string();
    let bound = |number: u32| if number == 0 { "none".to_owned() } else { number.to_string() };
    let mut out = std::io::stdout().lock();
    for (key, value) in [
        ("letters", stock.count.to_string()),
        ("open", stock.open.to_string()),
        ("bytes", stock.bytes.to_string()),
        ("oldest", stock.oldest.map(stamp).unwrap_or_default()),
        ("keep_days", bound(settings.keep_days)),
        ("keep_mb", bound(settings.keep_mb)),
        ("warning_days", settings.warning_days.to_string()),
        ("warned_since", since.map(stamp).unwrap_or_default()),
        ("warning", verdict.warning.unwrap_or_default()),
    ] {
        writeln!(out, "{key}\t{value}")?;
    }
    Ok(())
}
