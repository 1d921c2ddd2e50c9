//! The air law: HJ 633 and GB 3095.
