//! `NaN` and `Infinity` outside quotes are not JSON, yet common libraries send them. They are put in quotes, so that
//! the rest of the message can be read and only the value itself is rejected.

/// Puts the bare words for what is not finite in quotes; none where there are none.
pub(crate) fn quote_bare_words(json: &str) -> Option<String> {
    let mut quoted = String::with_capacity(json.len() + 16);
    let mut found = false;
    let mut rest = json;
    while let Some(start) = rest.find(|c: char| c == '"' || c.is_ascii_alphabetic()) {
        let (before, tail) = rest.split_at(start);
        quoted.push_str(before);
        let end = if tail.starts_with('"') { end_of_string(tail) } else { end_of_word(tail) };
        let (token, after) = tail.split_at(end);
        if ["nan", "inf", "infinity"].iter().any(|word| token.eq_ignore_ascii_case(word)) {
            found = true;
            let sign = pop_sign(&mut quoted);
            quoted.push('"');
            quoted.push_str(sign);
            quoted.push_str(token);
            quoted.push('"');
        } else {
            quoted.push_str(token);
        }
        rest = after;
    }
    quoted.push_str(rest);
    found.then_some(quoted)
}

/// Length of the string literal `text` begins with, up to the end where it is not closed.
fn end_of_string(text: &str) -> usize {
    let mut escaped = false;
    for (i, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return i + 1,
            _ => {}
        }
    }
    text.len()
}

fn end_of_word(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len())
}

/// Takes a sign off the end, to be put inside the quotes.
fn pop_sign(text: &mut String) -> &'static str {
    for sign in ["-", "+"] {
        if text.ends_with(sign) {
            text.pop();
            return sign;
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bare_words_are_quoted() {
        for (json, expected) in [
            (r#"{"a":NaN}"#, Some(r#"{"a":"NaN"}"#)),
            (r#"[-Infinity, inf,+inf]"#, Some(r#"["-Infinity", "inf","+inf"]"#)),
            (r#"{"NaN":1}"#, None),
            (r#"{"a":"x\"NaN","b":nan}"#, Some(r#"{"a":"x\"NaN","b":"nan"}"#)),
            (r#"{"站":NaN"#, Some(r#"{"站":"NaN""#)),
            (r#"{"a":true,"b":null,"c":1e5}"#, None),
            (r#"{"a":"NaN"#, None),
            ("", None),
        ] {
            assert_eq!(quote_bare_words(json).as_deref(), expected, "{json}");
        }
    }
}
