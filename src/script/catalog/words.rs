//! What scripts can use that the engine does not list: our syntax, and names with a meaning.

use super::entry::{Entry, EntryKind};

/// Name, kind, how it is written, type, documentation.
const WORDS: &[(&str, EntryKind, &str, &str, &str)] = &[
    (
        "step",
        EntryKind::Syntax,
        "step \"name\" { … }",
        "any",
        "A named, timed part of a run. It gives the value of its block; steps nest.

```rhai
let types = step \"choose\" { spot::types([\"m5.xlarge\"]) };
check(\"a step gives its value\", types.len == 1);
```
",
    ),
    (
        "PARAMS",
        EntryKind::Constant,
        "PARAMS",
        "map",
        "The parameters of a runbook, declared at its head: names, each with a map of `type`, `init`, `help` and `choices`.
`spotscript run FILE --help` shows them as flags.

```rhai
const PARAMS = #{ size: #{ type: \"int\", init: 2, help: \"Nodes wanted\" } };
check(\"the default\", PARAM.size == 2);
```
",
    ),
    (
        "PARAM",
        EntryKind::Constant,
        "PARAM",
        "map",
        "The values of the parameters: what was given on the command line, else what `PARAMS` says. Functions see it too.

```rhai
const PARAMS = #{ name: #{ type: \"string\", init: \"dev-spot\", help: \"Name of the group\" } };
fn greeting() { `group ${PARAM.name}` }
check(\"seen in a function\", greeting() == \"group dev-spot\");
```
",
    ),
    (
        "sandbox",
        EntryKind::Constant,
        "sandbox",
        "Sandbox",
        "The levers of the sandbox's world: its time, its capacity, its faults. On another target every call is refused.

Since: 0.2.0

```rhai
sandbox.advance(\"5m\");
```
",
    ),
];

/// The words as entries.
pub(super) fn entries() -> impl Iterator<Item = Entry> {
    WORDS.iter().map(|(name, kind, written, returns, documentation)| Entry {
        namespace: String::new(),
        name: (*name).to_owned(),
        kind: *kind,
        parameters: vec![(*written).to_owned()],
        returns: (*returns).to_owned(),
        documentation: (*documentation).to_owned(),
        own: true,
        scripted: false,
    })
}
