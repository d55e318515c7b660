//! Long lines around a fault, cut to what fits a screen.

use std::ops::Range;
use std::sync::Arc;

use super::diagnostic::Place;

/// Lines up to so many characters are shown whole.
const LONGEST: usize = 240;
/// Characters that are kept before a fault, of the fault itself, and behind it.
const BEFORE: usize = 60;
const FAULT: usize = 100;
const BEHIND: usize = 60;
/// What stands for the part that is cut off before it.
const LEAD: &str = "… ";

/// A place as it is drawn.
#[derive(Debug)]
pub(super) struct Drawn {
    /// The place, with long lines cut.
    pub(super) place: Place,
    /// How many characters the fault stands further left than in its file.
    pub(super) shift: usize,
}

/// Cuts the line of the fault and those beside it, if they are long. The number of lines stays.
pub(super) fn cut(place: Place) -> Drawn {
    let text = &place.text;
    let start = place.span.start.min(text.len());
    let line =
        text[..start].rfind('\n').map_or(0, |at| at + 1)..text[start..].find('\n').map_or(text.len(), |at| start + at);
    let before = line_before(text, line.start);
    let behind = line_behind(text, line.end);
    let is_long = |range: &Range<usize>| text[range.clone()].chars().nth(LONGEST).is_some();
    if ![Some(&line), before.as_ref(), behind.as_ref()].into_iter().flatten().any(is_long) {
        return Drawn { place, shift: 0 };
    }
    let (middle, span, shift) = around(&text[line.clone()], start - line.start..place.span.end.max(start) - line.start);
    let mut drawn = String::new();
    match &before {
        Some(range) => {
            drawn.push_str(&text[..range.start]);
            drawn.push_str(&head(&text[range.clone()]));
            drawn.push_str(&text[range.end..line.start]);
        }
        None => drawn.push_str(&text[..line.start]),
    }
    let offset = drawn.len();
    drawn.push_str(&middle);
    match &behind {
        Some(range) => {
            drawn.push_str(&text[line.end..range.start]);
            drawn.push_str(&head(&text[range.clone()]));
            drawn.push_str(&text[range.end..]);
        }
        None => drawn.push_str(&text[line.end..]),
    }
    let span = offset + span.start..offset + span.end;
    Drawn { place: Place { text: Arc::from(drawn), span, ..place }, shift }
}

fn line_before(text: &str, start: usize) -> Option<Range<usize>> {
    let end = start.checked_sub(1)?;
    Some(text[..end].rfind('\n').map_or(0, |at| at + 1)..end)
}

fn line_behind(text: &str, end: usize) -> Option<Range<usize>> {
    let start = (end < text.len()).then_some(end + 1)?;
    Some(start..text[start..].find('\n').map_or(text.len(), |at| start + at))
}

/// The beginning of a line.
fn head(line: &str) -> String {
    match line.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{} …", &line[..at]),
        None => line.to_owned(),
    }
}

/// The part of a line around a span, where that is then, and how many characters it has moved to the left.
fn around(line: &str, span: Range<usize>) -> (String, Range<usize>, usize) {
    if line.chars().nth(LONGEST).is_none() {
        return (line.to_owned(), span.start..span.end.min(line.len()), 0);
    }
    let behind =
        |at: usize, count: usize| line[at..].char_indices().nth(count).map_or(line.len(), |(more, _)| at + more);
    let ahead = |at: usize, count: usize| {
        let mut kept = line[..at].char_indices().rev().take(count);
        kept.by_ref().last().map_or(at, |(first, _)| first)
    };
    let end = span.end.min(line.len()).min(behind(span.start, FAULT));
    let (mut from, to) = (ahead(span.start, BEFORE), behind(end, BEHIND));
    // The ellipsis would take as much room as what it stands for.
    if line[..from].chars().count() <= LEAD.chars().count() {
        from = 0;
    }
    let lead = if from > 0 { LEAD } else { "" };
    let tail = if to < line.len() { " …" } else { "" };
    let gone = line[..from].chars().count();
    let start = lead.len() + span.start - from;
    let shift = gone.saturating_sub(lead.chars().count());
    (format!("{lead}{}{tail}", &line[from..to]), start..start + (end - span.start), shift)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn place(text: &str, span: Range<usize>) -> Place {
        Place { name: "x.rhai".to_owned(), text: Arc::from(text), span }
    }

    #[test]
    fn short_lines_stay() {
        let drawn = cut(place("a\nlet x = 1;\nb", 6..7));
        assert_eq!((&*drawn.place.text, drawn.place.span, drawn.shift), ("a\nlet x = 1;\nb", 6..7, 0));
    }

    #[test]
    fn a_long_line_is_cut_on_both_sides() {
        let text = format!("first\n{}fault{}\nlast", "节".repeat(1000), "点".repeat(1000));
        let start = text.find("fault").unwrap();
        let drawn = cut(place(&text, start..start + 5));
        let line = drawn.place.text.lines().nth(1).unwrap();
        assert_eq!(line, format!("… {}fault{} …", "节".repeat(60), "点".repeat(60)));
        assert_eq!(&drawn.place.text[drawn.place.span.clone()], "fault");
        assert_eq!(drawn.shift, 938);
        assert!(drawn.place.text.starts_with("first\n") && drawn.place.text.ends_with("\nlast"));
    }

    proptest! {
        /// What is underlined is the fault, or where that begins; lines stay lines.
        #[test]
        fn the_fault_is_kept(lines in prop::collection::vec("[a-z节 ]{0,600}", 1..5), at in any::<prop::sample::Index>(), length in 0usize..300) {
            let text = lines.join("\n");
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let start = *at.get(&places);
            let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
            let end = places.iter().copied().filter(|at| *at >= start && *at <= line_end).take(length + 1).last().unwrap();
            let drawn = cut(place(&text, start..end));
            let shown = &drawn.place.text[drawn.place.span.clone()];
            prop_assert!(text[start..end].starts_with(shown));
            prop_assert_eq!(shown.is_empty(), start == end);
            prop_assert_eq!(drawn.place.text.matches('\n').count(), text.matches('\n').count());
            let column = |text: &str, at: usize| text[..at].rsplit('\n').next().unwrap().chars().count();
            prop_assert_eq!(column(&drawn.place.text, drawn.place.span.start) + drawn.shift, column(&text, start));
        }
    }
}
