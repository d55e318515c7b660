//! Everything scripts can call, from the engine's own metadata: names, parameters, documentation.

mod options;

pub use options::{OptionKey, OptionKind, options_of};

use rhai::Engine;

use crate::bindings::values::script_name;

/// One function, method or property that scripts can use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// `eks`, or empty for what needs no namespace.
    pub namespace: String,
    /// Name; a property is `get$name`, as the engine calls it.
    pub name: String,
    /// Name and type of each parameter, as people write them: `group: Nodegroup`.
    pub parameters: Vec<String>,
    /// Type of the result.
    pub returns: String,
    /// The doc comment without its comment signs.
    pub documentation: String,
    /// Whether it belongs to the product, not to the engine's standard library.
    pub own: bool,
}

impl Entry {
    /// `eks::nodegroup`, `len`; the name of a property without its prefix.
    pub fn path(&self) -> String {
        let name = self.property().unwrap_or(&self.name);
        if self.namespace.is_empty() { name.to_owned() } else { format!("{}::{name}", self.namespace) }
    }

    /// The name of a property, if this is one.
    pub fn property(&self) -> Option<&str> {
        self.name.strip_prefix("get$")
    }

    /// `eks::scale(group: Nodegroup, desired: int)`.
    pub fn signature(&self) -> String {
        format!("{}({})", self.path(), self.parameters.join(", "))
    }

    /// The type of the first parameter: what a method or property belongs to.
    pub fn receiver(&self) -> Option<&str> {
        self.parameters.first().map(|parameter| parameter.rsplit(": ").next().unwrap_or(parameter))
    }

    /// The runnable examples of the documentation.
    pub fn examples(&self) -> Vec<String> {
        let mut examples = Vec::new();
        for part in self.documentation.split("```rhai\n").skip(1) {
            if let Some((code, _)) = part.split_once("```") {
                examples.push(code.to_owned());
            }
        }
        examples
    }
}

/// Every entry, in the engine's order.
pub fn entries(engine: &Engine) -> Vec<Entry> {
    let own = collect(engine, false);
    let mut all = collect(engine, true);
    for entry in &mut all {
        entry.own = own.iter().any(|known| {
            known.name == entry.name && known.namespace == entry.namespace && known.parameters == entry.parameters
        });
    }
    all
}

fn collect(engine: &Engine, standard: bool) -> Vec<Entry> {
    engine.collect_fn_metadata(
        None,
        |info| {
            let metadata = info.metadata;
            let types = metadata.params_info.iter().map(|parameter| parameter_text(engine, parameter));
            Some(Entry {
                namespace: info.namespace.to_string(),
                name: metadata.name.to_string(),
                parameters: types.collect(),
                returns: type_name(engine, &metadata.return_type),
                documentation: documentation(&metadata.comments),
                own: false,
            })
        },
        standard,
    )
}

fn parameter_text(engine: &Engine, parameter: &str) -> String {
    match parameter.split_once(": ") {
        Some((name, kind)) => format!("{}: {}", name.trim_end_matches('_'), type_name(engine, kind)),
        None => parameter.to_owned(),
    }
}

/// A type as people write it.
pub(crate) fn type_name(engine: &Engine, raw: &str) -> String {
    let raw = raw.trim().trim_start_matches("&mut ").trim_start_matches('&').trim();
    let inner = ["Outcome<", "RhaiResultOf<", "Result<"].iter().find_map(|wrapper| raw.strip_prefix(wrapper));
    if let Some(inner) = inner {
        let inner = inner.strip_suffix('>').unwrap_or(inner);
        return type_name(engine, inner.split(", Box<").next().unwrap_or(inner));
    }
    match raw {
        "str" | "String" | "ImmutableString" | "&str | ImmutableString | String" | "str | ImmutableString | String" => {
            "string".into()
        }
        "i64" | "INT" => "int".into(),
        "f64" | "FLOAT" => "float".into(),
        "bool" => "bool".into(),
        "char" => "char".into(),
        "Array" | "Vec<Dynamic>" | "array" => "list".into(),
        "Map" | "map" => "map".into(),
        "FnPtr" | "Fn" => "closure".into(),
        "Dynamic" | "?" | "T" => "any".into(),
        "()" | "" => "nothing".into(),
        other => {
            let known = engine.map_type_name(other);
            let short = known.rsplit("::").next().unwrap_or(known);
            script_name(short).unwrap_or(short).to_owned()
        }
    }
}

fn documentation(comments: &[impl AsRef<str>]) -> String {
    let mut text = String::new();
    for line in comments.iter().flat_map(|comment| comment.as_ref().lines().map(str::to_owned).collect::<Vec<_>>()) {
        let line = line.trim_start().trim_start_matches("///");
        text.push_str(line.strip_prefix(' ').unwrap_or(line));
        text.push('\n');
    }
    text
}
