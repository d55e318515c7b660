//! Shell variables left in a document, as an unquoted heredoc would have filled them in.

/// A piece of a text with variables.
#[derive(Debug, PartialEq)]
pub(super) enum Piece<'t> {
    Text(&'t str),
    /// `$NAME` or `${NAME}`: the name, and how it is written.
    Variable(&'t str, &'t str),
    /// `$(command)` or `${NAME:-default}`: only a shell can tell.
    Shell(&'t str),
}

/// Cuts a text into pieces. A `$` that begins nothing stands for itself.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('$') {
        let (before, from) = rest.split_at(start);
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        let piece = variable(from);
        let length = match &piece {
            Piece::Text(written) | Piece::Variable(_, written) | Piece::Shell(written) => written.len(),
        };
        pieces.push(piece);
        rest = &from[length..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// What begins at this `$`.
fn variable(from: &str) -> Piece<'_> {
    let after = &from[1..];
    let name_length = |text: &str| text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    let is_name = |text: &str| !text.is_empty() && !text.starts_with(|c: char| c.is_ascii_digit());
    if let Some(inside) = after.strip_prefix('{') {
        let end = inside.find('}').map_or(from.len(), |end| end + 3);
        let name = &inside[..name_length(inside)];
        return if is_name(name) && inside[name.len()..].starts_with('}') {
            Piece::Variable(name, &from[..end])
        } else {
            Piece::Shell(&from[..end])
        };
    }
    if after.starts_with('(') {
        return Piece::Shell(&from[..from.find(')').map_or(from.len(), |end| end + 1)]);
    }
    let name = &after[..name_length(after)];
    if is_name(name) { Piece::Variable(name, &from[..name.len() + 1]) } else { Piece::Text(&from[..1]) }
}

#[cfg(test)]
mod tests {
    use super::Piece::{Shell, Text, Variable};
    use super::*;

    #[test]
    fn variables_are_found() {
        assert_eq!(pieces("$AWS_REGION"), [Variable("AWS_REGION", "$AWS_REGION")]);
        assert_eq!(pieces("a-${X}-b"), [Text("a-"), Variable("X", "${X}"), Text("-b")]);
        assert_eq!(pieces("${X:-y}z"), [Shell("${X:-y}"), Text("z")]);
        assert_eq!(pieces("$(date)"), [Shell("$(date)")]);
        assert_eq!(pieces("5$ $1 $"), [Text("5"), Text("$"), Text(" "), Text("$"), Text("1 "), Text("$")]);
        assert_eq!(pieces("${"), [Shell("${")]);
        assert_eq!(pieces("$é"), [Text("$"), Text("é")]);
    }
}
