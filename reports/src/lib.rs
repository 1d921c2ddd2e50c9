//! Plain report models and the writers that lay them out
