//! Dead letters.

use lanbi_model::RejectReason;

use super::fixture::{at, batch, letter, pm25};
use crate::{DeadLetterFilter, LetterStock, LettersToGo, Store};

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

pub(crate) async fn are_gone_through_piece_by_piece(store: &dyn Store) {
    let mut mixed = batch([]);
    // Arrived out of order: the numbers, not the arrivals, lead through a long list.
    mixed.dead_letters = ["03", "01", "05", "02", "04"]
        .map(|day| letter(&format!("2026-03-{day}T00:00:00Z"), RejectReason::Malformed, day.as_bytes()))
        .to_vec();
    mixed.dead_letters[1].rejected = 0;
    store.commit(&mixed).await.unwrap();
    let (mut below, mut pieces) = (Some(i64::MAX), Vec::new());
    while let Some(piece) = below {
        let filter = DeadLetterFilter { below: Some(piece), limit: 2, ..Default::default() };
        let found = store.dead_letters(&filter).await.unwrap();
        below = found.last().map(|letter| letter.id);
        pieces.push(found.iter().map(|l| l.letter.received_at.format("%d").to_string()).collect::<Vec<_>>());
    }
    assert_eq!(pieces, [vec!["04", "02"], vec!["05", "01"], vec!["03"], vec![]]);
    let open = DeadLetterFilter { open: true, ..Default::default() };
    let open: Vec<_> = store.dead_letters(&open).await.unwrap();
    assert_eq!(open.len(), 4);
    let id = open[0].id;
    let one = store.dead_letters(&DeadLetterFilter { id: Some(id), ..Default::default() }).await.unwrap();
    assert_eq!(one, open[..1]);
}

pub(crate) async fn let_go_oldest_first(store: &dyn Store) {
    let nothing = LetterStock::default();
    assert_eq!(store.letter_stock().await.unwrap(), nothing);
    let lot = LettersToGo { until: Some(at("2026-12-31T00:00:00Z")), down_to_bytes: Some(0) };
    assert_eq!(store.let_letters_go(&lot).await.unwrap(), nothing);
    let mut mixed = batch([]);
    mixed.dead_letters = [("03", 30), ("01", 10), ("05", 0), ("02", 20), ("04", 40)]
        .map(|(day, bytes)| {
            letter(&format!("2026-03-{day}T00:00:00Z"), RejectReason::Malformed, &vec![b'x'; bytes])
        })
        .to_vec();
    mixed.dead_letters[1].rejected = 0;
    // What was cut off a message is not kept.
    mixed.dead_letters[4].raw_len = 1 << 30;
    store.commit(&mixed).await.unwrap();
    let account = store.account().await.unwrap();
    let stock = |count, open, bytes, oldest: &str| LetterStock {
        count,
        open,
        bytes,
        oldest: Some(at(&format!("2026-03-{oldest}T00:00:00Z"))),
    };
    let until =
        |day: &str| LettersToGo { until: Some(at(&format!("2026-03-{day}T00:00:00Z"))), down_to_bytes: None };
    let down_to = |bytes| LettersToGo { until: None, down_to_bytes: Some(bytes) };
    assert_eq!(store.letter_stock().await.unwrap(), stock(5, 4, 100, "01"));
    for (which, gone, left) in [
        (LettersToGo::default(), nothing, stock(5, 4, 100, "01")),
        (down_to(100), nothing, stock(5, 4, 100, "01")),
        (until("01"), stock(1, 0, 10, "01"), stock(4, 4, 90, "02")),
        (down_to(89), stock(1, 1, 20, "02"), stock(3, 3, 70, "03")),
        (
            LettersToGo { down_to_bytes: Some(50), ..until("02") },
            stock(1, 1, 30, "03"),
            stock(2, 2, 40, "04"),
        ),
        (down_to(0), stock(1, 1, 40, "04"), stock(1, 1, 0, "05")),
        (until("05"), stock(1, 1, 0, "05"), nothing),
    ] {
        assert_eq!(store.let_letters_go(&which).await.unwrap(), gone, "{which:?}");
        assert_eq!(store.letter_stock().await.unwrap(), left, "{which:?}");
    }
    assert_eq!(store.account().await.unwrap(), account, "they count as rejected for ever");
}
