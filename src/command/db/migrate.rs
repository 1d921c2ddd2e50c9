//! `lanbi db migrate`.

use lanbi_config::Settings;
use lanbi_store::StoreError;

pub(super) async fn run(settings: &Settings) -> anyhow::Result<()> {
    let uri = settings.store_uri();
    let before = match lanbi_store::open_as_is(&uri).await {
        Ok(store) => {
            let status = store.status().await;
            store.close().await;
            Some(status?)
        }
        Err(StoreError::NoStore(_)) => None,
        Err(error) => return Err(error.into()),
    };
    if let Some(status) = &before
        && status.pending.is_empty()
    {
        println!("the schema is at {}, as this lanbi has it; there was nothing to do", status.schema);
        return Ok(());
    }
    let store = lanbi_store::open(&uri).await?;
    let status = store.status().await;
    store.close().await;
    let now = status?.schema;
    match before {
        Some(before) if before.schema > 0 => {
            println!("the schema was brought from {} to {now}", before.schema)
        }
        _ => println!("an empty store was made, with the schema at {now}"),
    }
    Ok(())
}
