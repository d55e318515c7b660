//! `get`: objects as tables, documents, names, or what a template makes of them.

use serde_json::Value;

use super::select::{self, Named, named};
use super::{Answer, Shell, watch};
use crate::cli::cluster_choice::ClusterChoice;
use crate::cli::live::{self, Live};
use crate::domain::kubernetes::kinds::Kind;
use crate::domain::kubernetes::refusal::Refusal;
use crate::domain::kubernetes::sort;
use crate::domain::kubernetes::table::Table;
use crate::ops::objects::{self, Include, Scope};
use crate::view::kubectl::{self, GetOptions, Objects, Output};

/// What `get` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Kind, or several with commas; names of objects behind it; or KIND/NAME
    #[arg(value_name = "KIND")]
    pub resources: Vec<String>,
    /// Flags
    #[command(flatten)]
    pub flags: Flags,
}

/// The flags of `get`.
#[derive(Debug, Default, clap::Args)]
pub struct Flags {
    /// Label selector: `key=value`, `key!=value`, `key in (a,b)`, `key notin (a,b)`, `key`, `!key`
    #[arg(short = 'l', long, value_name = "SELECTOR", default_value = "", hide_default_value = true)]
    pub selector: String,
    /// Field selector, such as `spec.unschedulable=true`
    #[arg(long, value_name = "SELECTOR", default_value = "", hide_default_value = true)]
    pub field_selector: String,
    /// All labels as the last column
    #[arg(long)]
    pub show_labels: bool,
    /// Labels to show as columns
    #[arg(short = 'L', long, value_name = "KEYS", value_delimiter = ',')]
    pub label_columns: Vec<String>,
    /// No line of headers
    #[arg(long)]
    pub no_headers: bool,
    /// Field to sort by, such as `.metadata.creationTimestamp`
    #[arg(long, value_name = "PATH")]
    pub sort_by: Option<String>,
    /// Objects of all namespaces
    #[arg(short = 'A', long)]
    pub all_namespaces: bool,
    /// Namespace
    #[arg(short = 'n', long, default_value = "default", hide_default_value = true)]
    pub namespace: String,
    /// Names with their kind in front
    #[arg(long)]
    pub show_kind: bool,
    /// `metadata.managedFields` too
    #[arg(long)]
    pub show_managed_fields: bool,
    /// Say nothing about objects that are not there
    #[arg(long)]
    pub ignore_not_found: bool,
    /// Watching
    #[command(flatten)]
    pub live: live::Watch,
    /// The cluster
    #[command(flatten)]
    pub cluster: ClusterChoice,
}

impl Flags {
    pub(super) fn namespace_of(&self, kind: Kind) -> Option<&str> {
        (kind.namespaced && !self.all_namespaces).then_some(self.namespace.as_str())
    }

    /// How the table of a kind looks.
    pub(super) fn table(&self, kind: Kind, shell: &Shell<'_>) -> GetOptions {
        GetOptions {
            wide: shell.output == "wide",
            show_labels: self.show_labels,
            label_columns: self.label_columns.clone(),
            no_headers: self.no_headers,
            all_namespaces: self.all_namespaces && kind.namespaced,
        }
    }

    pub(super) fn scope(&self, kind: Kind) -> Scope<'_> {
        Scope { kind, namespace: self.namespace_of(kind), labels: &self.selector, fields: &self.field_selector }
    }
}

/// Carries it out.
pub async fn run(resources: &[String], flags: &Flags, shell: &Shell<'_>) -> Answer {
    let named = named(resources)?;
    match &named {
        Named::Kinds(kinds) if kinds.is_empty() => {
            shell.err("You must specify the type of resource to get. Use \"kubectl api-resources\" for a complete list of supported resources.\n\n");
            return Err(Refusal::usage("get", select::NO_KIND));
        }
        Named::Objects(_) if !flags.selector.is_empty() || !flags.field_selector.is_empty() => {
            return Err(Refusal::Plain("name cannot be provided when a selector is specified".to_owned()));
        }
        Named::Objects(objects) if flags.all_namespaces && objects.iter().any(|(kind, _)| kind.namespaced) => {
            return Err(Refusal::Plain("a resource cannot be retrieved by name across all namespaces".to_owned()));
        }
        _ => {}
    }
    match Output::parse(shell.output).map_err(Refusal::Plain)? {
        None if flags.live.watch => {
            let live = Live::begin(&flags.live, shell.session, shell.global)?;
            watch::run(&named, flags, &live, shell).await
        }
        None => tables(&named, flags, shell).await,
        Some(_) if flags.live.watch => {
            Err(Refusal::Plain("tables are watched: leave `-o` out, or write `-o wide`".to_owned()))
        }
        Some(output) => documents(&named, flags, &output, shell).await,
    }
}

/// Everything of one kind that was asked for, or what went wrong with it.
struct Group {
    kind: Kind,
    table: Table,
}

pub(super) async fn tables(named: &Named, flags: &Flags, shell: &Shell<'_>) -> Answer {
    let include = if flags.sort_by.is_some() {
        Include::Object
    } else if flags.show_labels || flags.all_namespaces || !flags.label_columns.is_empty() {
        Include::Metadata
    } else {
        Include::None
    };
    let mut groups: Vec<Group> = vec![];
    let mut refusals = vec![];
    match named {
        Named::Kinds(kinds) => {
            for kind in kinds {
                match objects::table(shell.api, flags.scope(*kind), include).await {
                    Ok(table) => groups.push(Group { kind: *kind, table }),
                    Err(refusal) => refusals.push(refusal),
                }
            }
        }
        Named::Objects(names) => {
            for (kind, name) in names {
                match objects::row(shell.api, *kind, flags.namespace_of(*kind), name, include).await {
                    Ok(table) => match groups.last_mut().filter(|group| group.kind == *kind) {
                        Some(group) => group.table.rows.extend(table.rows),
                        None => groups.push(Group { kind: *kind, table }),
                    },
                    Err(refusal) => refusals.push(refusal),
                }
            }
        }
    }
    let several = match named {
        Named::Kinds(kinds) => kinds.len() > 1,
        Named::Objects(names) => names.iter().any(|(kind, _)| *kind != names[0].0),
    };
    let mut printed = false;
    // From the first kind that has namespaces on, kubectl leaves their column there for all.
    let mut namespaces = false;
    for Group { kind, mut table } in groups {
        if let Some(path) = &flags.sort_by {
            sort_rows(&mut table, path)?;
        }
        let mut options = flags.table(kind, shell);
        namespaces |= options.all_namespaces;
        options.all_namespaces = namespaces;
        let prefix = (several || flags.show_kind).then(|| kind.qualified_singular());
        let text = kubectl::server_table(&table, &options, prefix.as_deref());
        if text.is_empty() {
            continue;
        }
        if printed && !flags.no_headers {
            shell.out("\n");
        }
        shell.out(&text);
        printed = true;
    }
    if flags.ignore_not_found {
        refusals.retain(|refusal| !refusal.is_not_found());
    } else if !printed && refusals.is_empty() {
        let own = match named {
            Named::Kinds(kinds) => kinds.iter().all(|kind| kind.namespaced),
            Named::Objects(_) => false,
        };
        let namespace = (own && !flags.all_namespaces).then_some(flags.namespace.as_str());
        shell.err(&format!("{}\n", kubectl::none_found(namespace)));
    }
    Refusal::all(refusals).map_or(Ok(()), Err)
}

/// One row is in order, whatever it is sorted by: kubectl does not look at the path then.
fn sort_rows(table: &mut Table, path: &str) -> Result<(), Refusal> {
    if table.rows.len() == 1 {
        return Ok(());
    }
    let objects: Vec<&Value> = table.rows.iter().map(|row| &row.object).collect();
    let order = sort::order(&objects, path).map_err(Refusal::Plain)?;
    table.rows = order.into_iter().map(|at| table.rows[at].clone()).collect();
    Ok(())
}

async fn documents(named: &Named, flags: &Flags, output: &Output, shell: &Shell<'_>) -> Answer {
    let mut items: Vec<Value> = vec![];
    let mut refusals = vec![];
    match named {
        Named::Kinds(kinds) => {
            for kind in kinds {
                match objects::objects(shell.api, flags.scope(*kind)).await {
                    Ok(found) => items.extend(found),
                    Err(refusal) => refusals.push(refusal),
                }
            }
        }
        Named::Objects(names) => {
            for (kind, name) in names {
                match objects::object(shell.api, *kind, flags.namespace_of(*kind), name).await {
                    Ok(found) => items.push(found),
                    Err(refusal) => refusals.push(refusal),
                }
            }
        }
    }
    if flags.ignore_not_found {
        refusals.retain(|refusal| !refusal.is_not_found());
        if items.is_empty() && refusals.is_empty() {
            return Ok(());
        }
    }
    let single = matches!(named, Named::Objects(names) if names.len() == 1);
    // Of several, kubectl prints the list of those that are there, though it be empty.
    if single && !refusals.is_empty() {
        return Refusal::all(refusals).map_or(Ok(()), Err);
    }
    if let Some(path) = flags.sort_by.as_ref().filter(|_| !single) {
        let all: Vec<&Value> = items.iter().collect();
        let order = sort::order(&all, path).map_err(Refusal::Plain)?;
        items = order.into_iter().map(|at| items[at].clone()).collect();
    }
    let objects = if single && items.len() == 1 { Objects::One(items.remove(0)) } else { Objects::List(items) };
    let text = kubectl::output(objects, output, flags.no_headers, flags.show_managed_fields);
    shell.out(&text.map_err(Refusal::Plain)?);
    Refusal::all(refusals).map_or(Ok(()), Err)
}
