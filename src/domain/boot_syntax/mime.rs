//! Multipart user data, read as the mail format it is.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// One part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// `application/node.eks.aws`, in lower case; empty when the part does not say.
    pub media_type: String,
    /// Decoded content.
    pub body: String,
}

/// The parts of a multipart document; `None` when the text is none.
pub fn parts(text: &str) -> Option<Vec<Part>> {
    let (headers, body) = split(text)?;
    let content_type = header(&headers, "content-type")?;
    if !media_type(content_type).starts_with("multipart/") {
        return None;
    }
    let boundary = parameter(content_type, "boundary").filter(|boundary| !boundary.is_empty())?;
    let (open, close) = (format!("--{boundary}"), format!("--{boundary}--"));
    let mut chunks: Vec<Vec<&str>> = Vec::new();
    for line in body.lines() {
        // Blanks after a boundary are transport's padding. A missing end is forgiven, text after the end is not read.
        match line.trim_end() {
            line if line == close => break,
            line if line == open => chunks.push(Vec::new()),
            _ => {
                if let Some(chunk) = chunks.last_mut() {
                    chunk.push(line);
                }
            }
        }
    }
    Some(chunks.iter().map(|lines| part(&lines.join("\n"))).collect())
}

fn part(text: &str) -> Part {
    let (headers, body) = split(text).unwrap_or_default();
    let encoded = header(&headers, "content-transfer-encoding").is_some_and(|it| it.eq_ignore_ascii_case("base64"));
    let decoded = encoded
        .then(|| STANDARD.decode(body.split_ascii_whitespace().collect::<String>()).ok())
        .flatten()
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    Part {
        media_type: header(&headers, "content-type").map(media_type).unwrap_or_default(),
        body: decoded.unwrap_or_else(|| body.to_owned()),
    }
}

type Headers<'a> = Vec<(&'a str, String)>;

/// Headers up to the first blank line, and what follows it. `None` when a line before that is no header.
fn split(text: &str) -> Option<(Headers<'_>, &str)> {
    let mut headers: Headers<'_> = Vec::new();
    let mut rest = text;
    loop {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let line = line.trim_end_matches('\r');
        if line.is_empty() {
            return Some((headers, after));
        }
        if line.starts_with([' ', '\t']) {
            let (_, value) = headers.last_mut()?;
            value.push(' ');
            value.push_str(line.trim());
        } else {
            let (name, value) = line.split_once(':')?;
            headers.push((name.trim(), value.trim().to_owned()));
        }
        rest = after;
    }
}

fn header<'a>(headers: &'a Headers<'_>, name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

fn media_type(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn parameter<'a>(content_type: &'a str, name: &str) -> Option<&'a str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (known, value) = parameter.split_once('=')?;
        let value = value.trim();
        let unquoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
        known.trim().eq_ignore_ascii_case(name).then_some(unquoted)
    })
}
