//! Dead letters.

use lanbi_model::RejectReason;

use super::fixture::{at, batch, letter, pm25};
use crate::{DeadLetterFilter, Store};

pub(crate) async fn bytes_and_counts_survive(store: &dyn Store) {
    let mut mixed = batch([pm25("2026-03-01T01:00:00Z", "1")]);
    let raws: [&[u8]; 5] = [b"", b"\0", b"{\"pm25\":\0}", b"\xff\xfe\x80 \xc3\x28", "中文".as_bytes()];
    mixed.dead_letters =
        raws.map(|raw| letter("2026-03-01T00:00:00Z", RejectReason::Malformed, raw)).to_vec();
    mixed.dead_letters[4].rejected = 7;
    mixed.dead_letters[4].raw_len = 1 << 40;
    let receipt = store.commit(&mixed).await.unwrap();
    assert_eq!((receipt.stored, receipt.rejected), (1, 11));
    let account = store.account().await.unwrap();
    assert_eq!((account.incoming, account.rejected), (12, 11));
    let found = store.dead_letters(&DeadLetterFilter::default()).await.unwrap();
    let mut letters: Vec<_> = found.into_iter().map(|stored| stored.letter).collect();
    letters.reverse();
    assert_eq!(letters, mixed.dead_letters);
}

pub(crate) async fn are_listed_newest_first_and_filtered(store: &dyn Store) {
    let mut mixed = batch([]);
    mixed.dead_letters = [
        ("2026-03-02T00:00:00Z", RejectReason::Malformed),
        ("2026-03-01T00:00:00Z", RejectReason::BadTime),
        ("2026-03-03T00:00:00Z", RejectReason::BadTime),
    ]
    .map(|(received, reason)| letter(received, reason, b"x"))
    .to_vec();
    store.commit(&mixed).await.unwrap();
    let days = async |filter: DeadLetterFilter| -> Vec<String> {
        let found = store.dead_letters(&filter).await.unwrap();
        found.iter().map(|stored| stored.letter.received_at.format("%d").to_string()).collect()
    };
    assert_eq!(days(DeadLetterFilter::default()).await, ["03", "02", "01"]);
    assert_eq!(days(DeadLetterFilter { limit: 2, ..Default::default() }).await, ["03", "02"]);
    let reason = Some(RejectReason::BadTime);
    assert_eq!(days(DeadLetterFilter { reason, ..Default::default() }).await, ["03", "01"]);
    let (after, until) = (Some(at("2026-03-01T00:00:00Z")), Some(at("2026-03-02T00:00:00Z")));
    assert_eq!(days(DeadLetterFilter { after, until, ..Default::default() }).await, ["02"]);
}
