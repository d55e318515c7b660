//! The head of a runbook, read without running it: its `//!` text and its `const PARAMS = #{ … }`.

use std::ops::Range;

use regex_lite::Regex;
use rhai::{AST, Dynamic, Map};

use crate::domain::Code;
use crate::domain::error::{Error, Result, nearest};
use crate::domain::secret::Secrets;

/// The types a parameter can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamKind {
    /// Text.
    String,
    /// A whole number.
    Int,
    /// A number.
    Float,
    /// `true` or `false`; as a flag without a value it is `true`.
    Bool,
    /// Texts, with commas between them where they stand in one.
    List,
}

impl ParamKind {
    const ALL: [(&'static str, ParamKind); 5] = [
        ("string", ParamKind::String),
        ("int", ParamKind::Int),
        ("float", ParamKind::Float),
        ("bool", ParamKind::Bool),
        ("list", ParamKind::List),
    ];

    /// Its name in `type: "…"`.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// Whether a value is of this type, all of its elements texts if it is a list.
    fn fits(self, value: &Dynamic) -> bool {
        let texts = || value.as_array_ref().is_ok_and(|items| items.iter().all(Dynamic::is_string));
        Self::of(value) == Some(self) && (self != ParamKind::List || texts())
    }

    fn of(value: &Dynamic) -> Option<Self> {
        match () {
            () if value.is_string() => Some(ParamKind::String),
            () if value.is_int() => Some(ParamKind::Int),
            () if value.is_float() => Some(ParamKind::Float),
            () if value.is_bool() => Some(ParamKind::Bool),
            () if value.is_array() => Some(ParamKind::List),
            () => None,
        }
    }

    /// The value that `text` means.
    fn parse(self, text: &str) -> Option<Dynamic> {
        match self {
            ParamKind::String => Some(text.to_owned().into()),
            ParamKind::Int => text.parse::<i64>().ok().map(Into::into),
            ParamKind::Float => text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Into::into),
            ParamKind::Bool => text.parse::<bool>().ok().map(Into::into),
            ParamKind::List => {
                let items: Vec<&str> = match text.trim() {
                    "" => Vec::new(),
                    text => text.split(',').map(str::trim).collect(),
                };
                (!items.contains(&""))
                    .then(|| items.into_iter().map(|item| Dynamic::from(item.to_owned())).collect::<Vec<_>>().into())
            }
        }
    }

    /// Whether `text` on the command line is a value of this type.
    pub fn reads(self, text: &str) -> bool {
        self.parse(text).is_some()
    }

    /// What its values are, for who gave another.
    pub fn hint(self) -> String {
        match self {
            ParamKind::List => "it is of type `list`: texts with commas between them".to_owned(),
            kind => format!("it is of type `{}`", kind.name()),
        }
    }
}

/// One parameter.
#[derive(Debug, Clone)]
pub struct Param {
    /// Name; on the command line with `-` for `_`.
    pub name: String,
    /// Type.
    pub kind: ParamKind,
    /// What it is when not given; `None` means it has to be given.
    pub init: Option<Dynamic>,
    /// What it is for.
    pub help: String,
    /// The only values allowed; empty allows all.
    pub choices: Vec<Dynamic>,
    /// The least and the greatest number allowed.
    pub bounds: (Option<f64>, Option<f64>),
    /// What the whole of a text has to match.
    pub pattern: Option<Regex>,
    /// Whether its value is shown and written down nowhere.
    pub secret: bool,
}

impl Param {
    /// The flag's name: `max-nodes` for `max_nodes`.
    pub fn flag(&self) -> String {
        self.name.replace('_', "-")
    }

    /// The value that `text` on the command line means.
    ///
    /// # Errors
    /// `SPOT-0606` when it is not of the type, or not one of the choices.
    pub fn parse(&self, text: &str) -> Result<Dynamic> {
        match self.kind.parse(text) {
            Some(value) => self.accept(value),
            None => Err(self.refused(text, self.kind.hint())),
        }
    }

    /// The value, if it fits: all of its texts, if it is a list.
    ///
    /// # Errors
    /// As [`Param::parse`].
    pub fn accept(&self, value: Dynamic) -> Result<Dynamic> {
        if !self.kind.fits(&value) {
            return Err(self.refused(&told(&value), self.kind.hint()));
        }
        for one in parts(&value) {
            let text = one.to_string();
            if let Some(rule) = self.broken_rule(&one) {
                return Err(self.refused(&text, rule));
            }
            if self.choices.is_empty() || self.choices.iter().any(|choice| choice.to_string() == text) {
                continue;
            }
            let choices: Vec<String> = self.choices.iter().map(ToString::to_string).collect();
            return Err(match nearest(&text, choices.iter().map(String::as_str)) {
                Some(near) => self.refused(&text, format!("did you mean `{near}`?")),
                None => self.refused(&text, format!("it is one of `{}`", choices.join("`, `"))),
            });
        }
        Ok(value)
    }

    fn refused(&self, text: &str, help: String) -> Error {
        let said = if self.secret { "what was given (it is secret)".to_owned() } else { format!("`{text}`") };
        let verb = if self.kind == ParamKind::List { "hold" } else { "be" };
        Error::new(Code::InvalidArgument, format!("`--{}` cannot {verb} {said}", self.flag())).help(help)
    }
}

impl Param {
    /// The rule that a value of the right type breaks: bounds of numbers, the pattern of texts.
    fn broken_rule(&self, value: &Dynamic) -> Option<String> {
        let number = value.as_float().ok().or_else(|| value.as_int().ok().map(|number| number as f64));
        match (self.bounds, number) {
            ((Some(least), _), Some(number)) if number < least => return Some(format!("it is {least} or more")),
            ((_, Some(most)), Some(number)) if number > most => return Some(format!("it is {most} or less")),
            _ => {}
        }
        let pattern = self.pattern.as_ref().filter(|_| value.is_string())?;
        (!pattern.is_match(&value.to_string())).then(|| format!("it has to match `{}`", shown(pattern)))
    }
}

/// What rules are about: the elements of a list, else the value.
fn parts(value: &Dynamic) -> Vec<Dynamic> {
    value.as_array_ref().map_or_else(|_| vec![value.clone()], |items| items.to_vec())
}

/// A value as people read it: a list with commas between its texts, as flags take it.
pub fn told(value: &Dynamic) -> String {
    parts(value).iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// A pattern as it was written: what makes it match the whole text is ours.
fn shown(pattern: &Regex) -> &str {
    let text = pattern.as_str();
    text.strip_prefix("^(?:").and_then(|text| text.strip_suffix(")$")).unwrap_or(text)
}

/// The head of a runbook.
#[derive(Debug, Clone, Default)]
pub struct Header {
    /// The `//!` text.
    pub documentation: String,
    /// Parameters, sorted by name.
    pub params: Vec<Param>,
}

impl Header {
    /// Reads the head of a compiled script. `text` is what was compiled: the engine's maps forget the order in which
    /// their keys were written, and help should list parameters as the author did.
    ///
    /// # Errors
    /// `SPOT-0605` that names the parameter and what is wrong with it.
    pub fn read(ast: &AST, text: &str) -> Result<Self> {
        let lines = ast.doc().lines().map(|line| line.trim_start().trim_start_matches("//!"));
        let documentation: Vec<&str> = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
        let declared = ast.iter_literal_variables(true, true).find(|(name, ..)| *name == "PARAMS");
        let mut params = match declared {
            None => Vec::new(),
            Some((_, _, value)) => declarations(value)?,
        };
        params.sort_by_key(|param| declared_at(text, &param.name).unwrap_or(usize::MAX));
        Ok(Header { documentation: documentation.join("\n").trim().to_owned(), params })
    }

    /// The first line of the text.
    pub fn summary(&self) -> &str {
        self.documentation.lines().next().unwrap_or_default()
    }

    /// The texts of secret parameters, given or declared. `true` and `false` tell nothing.
    pub fn secrets(&self, given: &Map) -> Secrets {
        let secret = self.params.iter().filter(|param| param.secret && param.kind != ParamKind::Bool);
        let values = secret.filter_map(|param| given.get(param.name.as_str()).or(param.init.as_ref()));
        Secrets::new(values.flat_map(parts).map(|value| value.to_string()))
    }

    /// The map that scripts read as `PARAM`: what was given, else what is declared.
    ///
    /// # Errors
    /// `SPOT-0606` for a parameter that has to be given and was not.
    pub fn values(&self, given: &Map) -> Result<Map> {
        let mut values = Map::new();
        for param in &self.params {
            let value = given.get(param.name.as_str()).or(param.init.as_ref()).ok_or_else(|| {
                let flag = param.flag();
                Error::new(Code::InvalidArgument, format!("the script needs `--{flag}`")).help(
                    match param.help.as_str() {
                        "" => format!("give `--{flag} {}`", param.kind.name().to_uppercase()),
                        help => format!("give `--{flag} {}`: {help}", param.kind.name().to_uppercase()),
                    },
                )
            })?;
            values.insert(param.name.as_str().into(), value.clone());
        }
        Ok(values)
    }
}

/// Where `name: #{` stands in the text.
fn declared_at(text: &str, name: &str) -> Option<usize> {
    let is_map = |rest: &str| rest.trim_start().starts_with("#{");
    keys(text, name).find(|(_, rest)| is_map(rest)).map(|(at, _)| at)
}

/// The places of `key:` or `"key":` in the text, each with what follows the colon.
fn keys<'a>(text: &'a str, key: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    text.match_indices(key).filter_map(move |(at, _)| {
        let inside = text[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_');
        let after = text[at + key.len()..].trim_start_matches('"').trim_start();
        let rest = after.strip_prefix(':').filter(|rest| !rest.starts_with(':'));
        rest.filter(|_| !inside).map(|rest| (at, rest))
    })
}

/// The bytes of what is at fault in `PARAMS`: of the parameter, or the key of it, that the message names.
pub(super) fn fault_at(text: &str, error: &Error) -> Option<Range<usize>> {
    let start = text.find("PARAMS")?;
    let whole = start..start + "PARAMS".len();
    let Some(path) = error.message.split('`').find_map(|part| part.strip_prefix("PARAMS.")) else { return Some(whole) };
    let (name, key) = path.split_once('.').unwrap_or((path, ""));
    let declared =
        declared_at(text, name).or_else(|| keys(&text[whole.end..], name).next().map(|(at, _)| whole.end + at));
    let Some(at) = declared else { return Some(whole) };
    let name = at..at + name.len();
    let key_at = keys(&text[name.end..], key).next().filter(|_| !key.is_empty());
    Some(key_at.map_or(name.clone(), |(at, _)| name.end + at..name.end + at + key.len()))
}

fn wrong(message: String) -> Error {
    Error::new(Code::InvalidParams, message)
        .help("write `name: #{ type: \"string|int|float|bool|list\", init: …, help: \"…\", choices: […], min: …, max: …, pattern: \"…\", secret: true }`")
}

fn declarations(value: Dynamic) -> Result<Vec<Param>> {
    let map = value.try_cast::<Map>().ok_or_else(|| wrong("`PARAMS` is not a map".into()))?;
    map.into_iter().map(|(name, declaration)| declaration_of(&name, declaration)).collect()
}

/// Flags that `spotscript run` itself has behind FILE: a parameter cannot be called so.
pub const RESERVED: [&str; 14] = [
    "color",
    "feed",
    "help",
    "kubeconfig",
    "no-color",
    "output",
    "profile",
    "quiet",
    "region",
    "target",
    "timeout",
    "verbose",
    "world",
    "yes",
];

fn declaration_of(name: &str, value: Dynamic) -> Result<Param> {
    if RESERVED.contains(&name.replace('_', "-").as_str()) {
        return Err(Error::new(Code::InvalidParams, format!("`PARAMS.{name}` is named like a flag of spotscript"))
            .help("choose another name"));
    }
    if !name.starts_with(|c: char| c.is_ascii_alphabetic())
        || name.contains(|c: char| !c.is_ascii_alphanumeric() && c != '_')
    {
        return Err(Error::new(Code::InvalidParams, format!("`PARAMS.{name}` cannot be a flag"))
            .help("a name is of ASCII letters, digits and `_`, and begins with a letter"));
    }
    const KEYS: [&str; 8] = ["type", "init", "help", "choices", "min", "max", "pattern", "secret"];
    let mut map = value.try_cast::<Map>().ok_or_else(|| wrong(format!("`PARAMS.{name}` is not a map")))?;
    if let Some(key) = map.keys().find(|key| !KEYS.contains(&key.as_str())) {
        let error = wrong(format!("`PARAMS.{name}.{key}` means nothing"));
        return Err(nearest(key, KEYS).map_or(error.clone(), |near| error.help(format!("did you mean `{near}`?"))));
    }
    let init = map.remove("init").filter(|value| !value.is_unit());
    let kind = match map.remove("type") {
        Some(kind) => {
            let said = kind.to_string();
            let known = ParamKind::ALL.iter().find(|(name, _)| *name == said);
            known.map(|(_, kind)| *kind).ok_or_else(|| wrong(format!("`PARAMS.{name}.type` is `{said}`")))?
        }
        None => init.as_ref().and_then(ParamKind::of).ok_or_else(|| wrong(format!("`PARAMS.{name}` has no `type`")))?,
    };
    let choices = match map.remove("choices") {
        Some(choices) => choices.into_array().map_err(|_| wrong(format!("`PARAMS.{name}.choices` is not a list")))?,
        None => Vec::new(),
    };
    let init = match init {
        // A whole number is a number too.
        Some(value) if kind == ParamKind::Float && value.is_int() => {
            value.as_int().ok().map(|number| Dynamic::from(number as f64))
        }
        other => other,
    };
    // The choices of a list are those of its texts.
    let of_one = if kind == ParamKind::List { ParamKind::String } else { kind };
    let odd = init.iter().find(|value| !kind.fits(value));
    if let Some(value) = odd.or_else(|| choices.iter().find(|value| !of_one.fits(value))) {
        return Err(wrong(format!("`PARAMS.{name}` is of type `{}`, but `{value}` is not", kind.name())));
    }
    if let Some(value) = init
        .iter()
        .flat_map(parts)
        .find(|value| !choices.is_empty() && !choices.iter().any(|choice| choice.to_string() == value.to_string()))
    {
        return Err(wrong(format!("`PARAMS.{name}.init` is `{value}`, which is not one of its choices")));
    }
    let bounds = (bound(name, kind, &mut map, "min")?, bound(name, kind, &mut map, "max")?);
    if let (Some(least), Some(most)) = bounds
        && least > most
    {
        return Err(wrong(format!("`PARAMS.{name}.min` is {least}, which is greater than `max` {most}")));
    }
    let pattern = match map.remove("pattern") {
        None => None,
        Some(_) if of_one != ParamKind::String => {
            return Err(wrong(format!("`PARAMS.{name}.pattern` is for texts, and it is of type `{}`", kind.name())));
        }
        Some(pattern) => Some(Regex::new(&format!("^(?:{pattern})$")).map_err(|error| {
            wrong(format!("`PARAMS.{name}.pattern` is no regular expression")).because(error.to_string())
        })?),
    };
    let secret = match map.remove("secret") {
        None => false,
        Some(secret) => secret.as_bool().map_err(|_| wrong(format!("`PARAMS.{name}.secret` is `true` or `false`")))?,
    };
    let help = map.remove("help").map(|help| help.to_string()).unwrap_or_default();
    let param = Param { name: name.to_owned(), kind, init, help, choices, bounds, pattern, secret };
    if let Some(rule) = param.init.iter().flat_map(parts).find_map(|value| param.broken_rule(&value)) {
        return Err(wrong(format!("`PARAMS.{name}.init` breaks a rule of its own: {rule}")));
    }
    Ok(param)
}

/// `min` or `max` of a number.
fn bound(name: &str, kind: ParamKind, map: &mut Map, key: &str) -> Result<Option<f64>> {
    let Some(value) = map.remove(key) else { return Ok(None) };
    if !matches!(kind, ParamKind::Int | ParamKind::Float) {
        return Err(wrong(format!("`PARAMS.{name}.{key}` is for numbers, and it is of type `{}`", kind.name())));
    }
    let number = value.as_float().ok().or_else(|| value.as_int().ok().map(|number| number as f64));
    number.map(Some).ok_or_else(|| wrong(format!("`PARAMS.{name}.{key}` is not a number")))
}
