//! What the fields of a message are: by their place (JSON pointers), as a tree that is walked along with the message, or by
//! their names alone.

use std::collections::HashMap;

use lanbi_model::{Parameter, Unit};

use crate::decode::Pointer;

/// What a field of a message is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Field {
    /// A value.
    Value {
        /// What it measures.
        parameter: Parameter,
        /// In which unit.
        unit: Unit,
        /// Whether the operator says so, not the maker.
        is_own: bool,
    },
    /// Nothing to store.
    Ignored,
}

/// The fields that are known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields {
    /// By name.
    names: HashMap<String, Field>,
    /// By place.
    root: Branch,
    /// Those that the operator names.
    own: Vec<(String, Option<Pointer>, Field)>,
}

/// A place in a message.
#[derive(Clone, Debug, Default)]
pub(crate) struct Branch {
    /// What stands there, with the pointer to it.
    field: Option<(String, Field)>,
    /// What is below, by token.
    below: Vec<(String, Branch)>,
}

impl Branch {
    /// The place of a member below.
    pub(crate) fn at(&self, token: &str) -> Option<&Self> {
        self.below.iter().find(|(known, _)| known == token).map(|(_, branch)| branch)
    }

    /// Whether no pointer leads further.
    pub(crate) fn is_end(&self) -> bool {
        self.below.is_empty()
    }

    /// What stands here, with the pointer to it.
    pub(crate) fn field(&self) -> Option<(&str, Field)> {
        self.field.as_ref().map(|(key, field)| (key.as_str(), *field))
    }
}

impl Fields {
    /// Adds a field by its name, or by its place where the key is a pointer; a later one takes the place of an earlier.
    pub(super) fn insert(&mut self, key: &str, pointer: Option<Pointer>, field: Field) {
        self.own.retain(|(known, ..)| known != key);
        match &pointer {
            None => {
                self.names.insert(key.to_owned(), field);
            }
            Some(pointer) => {
                let mut branch = &mut self.root;
                for token in pointer.tokens() {
                    let known = branch.below.iter().position(|(known, _)| known == token);
                    let place = known.unwrap_or(branch.below.len());
                    if known.is_none() {
                        branch.below.push((token.clone(), Branch::default()));
                    }
                    match branch.below.get_mut(place) {
                        Some((_, below)) => branch = below,
                        None => return,
                    }
                }
                branch.field = Some((key.to_owned(), field));
            }
        }
        if matches!(field, Field::Value { is_own: true, .. }) {
            self.own.push((key.to_owned(), pointer, field));
        }
    }

    /// What a name means.
    pub(crate) fn named(&self, name: &str) -> Option<(&str, Field)> {
        if self.names.is_empty() {
            return None;
        }
        self.names.get_key_value(name).map(|(key, field)| (key.as_str(), *field))
    }

    /// The place of the whole message.
    pub(crate) const fn root(&self) -> &Branch {
        &self.root
    }

    /// The fields that the operator names.
    pub(crate) fn own(&self) -> &[(String, Option<Pointer>, Field)] {
        &self.own
    }
}
