//! Which lines of scripts ran: what `spotscript test --coverage` measures.
//!
//! The engine could call back for each statement, but then every run would pay for it. So the texts that are measured
//! are compiled with a call in front of each line that begins a statement. The call stands behind what ends the
//! statement before, on that one's line: no word of the script moves, and places in messages stay true.

mod lcov;
mod lines;
mod report;

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use rhai::{Engine, INT};

pub use lcov::document as lcov;
pub use report::{FileReport, Report};

use super::engine;
use super::testing::SUFFIX;
use crate::domain::error::Result;

/// What is called where a line begins a statement. Scripts cannot name it: their own names win.
const CALL: &str = "__covered";

/// What is measured in a run of tests. Shared by all of them.
pub struct Coverage {
    /// Compiles without folding away what it can compute.
    engine: Engine,
    files: Mutex<Files>,
    hits: RwLock<Vec<AtomicU64>>,
}

#[derive(Default)]
struct Files {
    known: Vec<File>,
    /// By the name that tells files apart.
    by_name: HashMap<String, usize>,
}

/// A text that is measured.
struct File {
    name: String,
    original: Arc<str>,
    measured: Arc<str>,
    /// Lines that begin a statement, with the number of each one's call.
    lines: Vec<(usize, usize)>,
}

impl std::fmt::Debug for Coverage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Coverage")
    }
}

impl Coverage {
    /// Nothing measured yet.
    ///
    /// # Errors
    /// `SPOT-0901` when the engine cannot be built.
    pub fn new() -> Result<Self> {
        let engine = engine::syntax()?;
        Ok(Coverage { engine, files: Mutex::default(), hits: RwLock::default() })
    }

    /// The text called `name` as it is to be compiled. Tests themselves are not measured, nor is what does not parse.
    pub(super) fn measured(&self, name: &str, text: &Arc<str>) -> Arc<str> {
        if name.ends_with(SUFFIX) {
            return Arc::clone(text);
        }
        let name = told_apart(name);
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = files.by_name.get(&name).and_then(|index| files.known.get(*index)) {
            // A file that a test has rewritten is measured as it was first read.
            return Arc::clone(if file.original == *text { &file.measured } else { text });
        }
        let Some(file) = self.measure(&name, text) else { return Arc::clone(text) };
        let measured = Arc::clone(&file.measured);
        let index = files.known.len();
        files.known.push(file);
        files.by_name.insert(name, index);
        measured
    }

    fn measure(&self, name: &str, text: &Arc<str>) -> Option<File> {
        let ast = self.engine.compile(&**text).ok()?;
        let places = lines::places(&ast, text);
        let mut hits = self.hits.write().unwrap_or_else(PoisonError::into_inner);
        let first = hits.len();
        let mut measured = text.to_string();
        for (index, place) in places.iter().enumerate().rev() {
            if let Some(at) = place.behind {
                measured.insert_str(at, &format!("{CALL}({});", first + index));
            }
        }
        self.engine.compile(&measured).ok()?;
        // Nothing stands before the first statement: it runs when the text does.
        hits.extend(places.iter().map(|place| AtomicU64::new(u64::from(place.behind.is_none()))));
        let lines = places.iter().enumerate().map(|(index, place)| (place.line, first + index)).collect();
        Some(File { name: name.to_owned(), original: Arc::clone(text), measured: measured.into(), lines })
    }

    /// Teaches an engine what measured texts call.
    pub(super) fn register(self: &Arc<Self>, engine: &mut Engine) {
        let this = Arc::clone(self);
        engine.register_fn(CALL, move |number: INT| {
            let hits = this.hits.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(count) = usize::try_from(number).ok().and_then(|number| hits.get(number)) {
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
    }

    /// What was measured, in the order of the files' names.
    pub fn report(&self) -> Report {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let hits = self.hits.read().unwrap_or_else(PoisonError::into_inner);
        let count = |number: &usize| hits.get(*number).map_or(0, |hits| hits.load(Ordering::Relaxed));
        let file = |file: &File| {
            let lines = file.lines.iter().map(|(line, number)| (*line, count(number)));
            FileReport::of(file.name.clone(), lines.collect())
        };
        Report::of(files.known.iter().map(file).collect())
    }
}

/// One name for each file, however it was reached: relative to the working directory where it is below that.
fn told_apart(name: &str) -> String {
    let Ok(real) = Path::new(name).canonicalize() else { return name.to_owned() };
    let here = std::env::current_dir().and_then(|folder| folder.canonicalize());
    let short = here.ok().and_then(|here| real.strip_prefix(here).ok().map(Path::to_owned));
    short.unwrap_or(real).display().to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn ran(text: &str) -> (Report, Arc<str>) {
        let coverage = Arc::new(Coverage::new().unwrap());
        let measured = coverage.measured("a.rhai", &text.into());
        let mut engine = Engine::new();
        coverage.register(&mut engine);
        engine.run(&measured).unwrap();
        (coverage.report(), measured)
    }

    #[test]
    fn lines_that_begin_a_statement_are_counted_each_where_it_begins() {
        let text = "\
// 一 comment; with {
let a = 1; // behind; it
let list = [1,
    2];
fn twice(x) { /* never */
    let y = x * 2;
    y
}
if a > 1 {
    a = twice(a);
} else if a == 1 {
    for one in list {
        a += `${one; one} \" {
`.len;
    }
} else { a = 0; }
list.map(|x| {
    x + 1
});
";
        let (report, measured) = ran(text);
        let lines: Vec<String> = report.files[0].counts.iter().map(|(line, count)| format!("{line}:{count}")).collect();
        assert_eq!(lines.join(" "), "2:1 3:1 6:0 7:0 9:1 10:0 12:1 13:2 17:1 18:2");
        assert_eq!(report.files[0].missed, ["6-7", "10"]);
        let mut parts = measured.split(CALL);
        let first = parts.next().unwrap().to_owned();
        assert_eq!(parts.fold(first, |before, part| before + part.split_once(");").unwrap().1), text);
    }

    #[test]
    fn no_word_of_a_script_moves() {
        let coverage = Coverage::new().unwrap();
        let mut files = Vec::new();
        for folder in ["scripts", "stdlib", "tests/check/good", "tests/diagnostics"] {
            super::super::testing::discover::walk(Path::new(folder), &|name| name.ends_with(".rhai"), &mut files)
                .unwrap();
        }
        let mut measured = 0;
        for file in files.iter().filter(|file| !file.to_string_lossy().ends_with(SUFFIX)) {
            let text: Arc<str> = std::fs::read_to_string(file).unwrap().replace("#!/", "// ").into();
            let Ok(before) = coverage.engine.compile(&*text) else { continue };
            let other = coverage.measured(&file.to_string_lossy(), &text);
            let after = coverage.engine.compile(&*other).unwrap();
            assert_eq!(places_of(&before), places_of(&after), "{}", file.display());
            measured += usize::from(other != text);
        }
        assert!(measured > 70, "only {measured} files were measured");
    }

    /// The places of all statements that are not ours.
    fn places_of(ast: &rhai::AST) -> Vec<String> {
        let mut places = Vec::new();
        ast.walk(&mut |path: &[rhai::ASTNode<'_>]| {
            if let Some(node) = path.last() {
                let ours = |node: &rhai::ASTNode<'_>| match node {
                    rhai::ASTNode::Stmt(rhai::Stmt::FnCall(call, _)) => call.name == CALL,
                    rhai::ASTNode::Stmt(rhai::Stmt::Expr(expression)) => {
                        matches!(&**expression, rhai::Expr::FnCall(call, _) if call.name == CALL)
                    }
                    _ => false,
                };
                if !path.iter().any(ours) {
                    places.push(format!("{:?} {:?}", node.position(), std::mem::discriminant(node)));
                }
            }
            true
        });
        places.sort();
        places
    }
}
