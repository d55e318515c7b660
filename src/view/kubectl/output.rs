//! `-o`: objects as JSON, YAML, names, or what a template or columns make of them.

use serde_json::{Value, json};

use super::text_table::lay_out_raw;
use super::yaml::yaml;
use crate::domain::kubernetes::go_value;
use crate::domain::kubernetes::jsonpath::{Template, relaxed};
use crate::domain::kubernetes::kinds::Kind;

/// A form of output that is made of whole objects.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// `json`
    Json,
    /// `yaml`
    Yaml,
    /// `name`
    Name,
    /// `jsonpath=…`: the template as written, and parsed.
    JsonPath(String, Template),
    /// `jsonpath-as-json=…`
    JsonPathAsJson(String, Template),
    /// `custom-columns=…`: headers with their paths.
    Columns(Vec<(String, Template)>),
}

const FORMATS: &str = "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,\
                       jsonpath-file,name,template,templatefile,wide,yaml";

impl Output {
    /// Reads what stands behind `-o`. `None` for the tables: nothing and `wide`.
    ///
    /// # Errors
    /// kubectl's sentence about what is wrong.
    pub fn parse(text: &str) -> Result<Option<Output>, String> {
        let (format, argument) = text.split_once('=').unwrap_or((text, ""));
        let template = |argument: &str| {
            if argument.is_empty() {
                return Err("template format specified but no template given".to_owned());
            }
            Template::parse(argument).map_err(|error| format!("error parsing {format} {argument}, {error}"))
        };
        Ok(Some(match format {
            "" | "text" | "wide" => return Ok(None),
            "json" => Output::Json,
            "yaml" => Output::Yaml,
            "name" => Output::Name,
            "jsonpath" => Output::JsonPath(argument.to_owned(), template(argument)?),
            "jsonpath-as-json" => Output::JsonPathAsJson(argument.to_owned(), template(argument)?),
            "custom-columns" => Output::Columns(columns(argument)?),
            _ => {
                return Err(format!(
                    "unable to match a printer suitable for the output format {format:?}, allowed formats are: {FORMATS}"
                ));
            }
        }))
    }
}

fn columns(spec: &str) -> Result<Vec<(String, Template)>, String> {
    if spec.is_empty() {
        return Err("custom-columns format specified but no custom columns given".to_owned());
    }
    let column = |part: &str| {
        let Some((header, path)) = part.split_once(':') else {
            return Err(format!("unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>"));
        };
        Ok((header.to_owned(), Template::parse(&relaxed(path)?)?))
    };
    spec.split(',').map(column).collect()
}

/// What is printed: one object that was asked for by its name, or a list.
#[derive(Debug, Clone, PartialEq)]
pub enum Objects {
    /// One.
    One(Value),
    /// A list.
    List(Vec<Value>),
}

/// The text of objects.
///
/// # Errors
/// kubectl's sentence about a template that cannot be followed.
pub fn output(
    objects: Objects,
    output: &Output,
    no_headers: bool,
    show_managed_fields: bool,
) -> Result<String, String> {
    if let Output::Name = output {
        return Ok(each(&objects).map(|object| format!("{}\n", qualified_name(object))).collect());
    }
    if let Output::Columns(columns) = output {
        return custom_columns(&objects, columns, no_headers);
    }
    let whole = |objects: Objects| match objects {
        Objects::One(object) => object,
        Objects::List(items) => {
            json!({"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": items})
        }
    };
    Ok(match output {
        Output::Json => go_value::json_indented(&whole(without_managed(objects, show_managed_fields))) + "\n",
        Output::Yaml => yaml(&whole(without_managed(objects, show_managed_fields))),
        Output::JsonPath(text, template) => {
            let data = whole(objects);
            template.print(&data).map_err(|error| not_followed(text, &error, &data))?
        }
        Output::JsonPathAsJson(text, template) => {
            let data = whole(objects);
            let found = template.find(&data).map_err(|error| not_followed(text, &error, &data))?;
            let all: String =
                found.into_iter().map(|some| go_value::json_indented(&Value::Array(some)) + "\n").collect();
            all
        }
        Output::Name | Output::Columns(_) => String::new(),
    })
}

fn not_followed(template: &str, error: &str, data: &Value) -> String {
    format!(
        "error executing jsonpath {template:?}: Error executing template: {error}. Printing more information for \
         debugging the template:\n\ttemplate was:\n\t\t{template}\n\tobject given to jsonpath engine was:\n\t\t{}\n\n\n",
        go_value::syntax(data)
    )
}

fn each(objects: &Objects) -> impl Iterator<Item = &Value> {
    match objects {
        Objects::One(object) => std::slice::from_ref(object).iter(),
        Objects::List(items) => items.iter(),
    }
}

fn without_managed(mut objects: Objects, show: bool) -> Objects {
    let strip = |object: &mut Value| {
        if let Some(metadata) = object["metadata"].as_object_mut().filter(|_| !show) {
            metadata.shift_remove("managedFields");
        }
    };
    match &mut objects {
        Objects::One(object) => strip(object),
        Objects::List(items) => items.iter_mut().for_each(strip),
    }
    objects
}

/// `node/NAME`, `lease.coordination.k8s.io/NAME`.
fn qualified_name(object: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (kind, version) = (text(&object["kind"]), text(&object["apiVersion"]));
    let group = version.split_once('/').map_or("", |(group, _)| group);
    let name = text(&object["metadata"]["name"]);
    match Kind::find(&format!("{kind}.{group}")).filter(|_| !group.is_empty()) {
        Some(kind) => format!("{}/{name}", kind.qualified_singular()),
        None if group.is_empty() => format!("{}/{name}", kind.to_lowercase()),
        None => format!("{}.{group}/{name}", kind.to_lowercase()),
    }
}

fn custom_columns(objects: &Objects, columns: &[(String, Template)], no_headers: bool) -> Result<String, String> {
    let mut rows: Vec<Vec<String>> = vec![];
    if !no_headers {
        rows.push(columns.iter().map(|(header, _)| header.clone()).collect());
    }
    for object in each(objects) {
        let cell = |(_, template): &(String, Template)| {
            let found: Vec<String> = template.find(object)?.iter().flatten().map(go_value::print).collect();
            Ok(if found.is_empty() { "<none>".to_owned() } else { found.join(",") })
        };
        rows.push(columns.iter().map(cell).collect::<Result<_, String>>()?);
    }
    Ok(lay_out_raw(&rows))
}
