//! `get --watch`: a table that is drawn anew, or the rows that change, line by line.

use super::get::{self, Flags};
use super::select::Named;
use super::{Answer, Shell};
use crate::cli::live::Live;
use crate::domain::kubernetes::kinds::Kind;
use crate::domain::kubernetes::refusal::Refusal;
use crate::domain::kubernetes::table::Table;
use crate::ops::watching::Watching;
use crate::view::kubectl::{self, GetOptions};

/// Carries it out.
pub(super) async fn run(named: &Named, flags: &Flags, live: &Live, shell: &Shell<'_>) -> Answer {
    if live.drawn {
        return draw(named, flags, live, shell).await;
    }
    match named {
        Named::Kinds(kinds) if kinds.len() == 1 => follow(kinds[0], flags, &flags.field_selector, live, shell).await,
        Named::Objects(objects) if objects.len() == 1 => {
            let (kind, name) = &objects[0];
            // One that is not there is no empty list.
            crate::ops::objects::row(
                shell.api,
                *kind,
                flags.namespace_of(*kind),
                name,
                crate::ops::objects::Include::None,
            )
            .await?;
            follow(*kind, flags, &format!("metadata.name={name}"), live, shell).await
        }
        _ => Err(Refusal::Plain("you may only specify a single resource type".to_owned())),
    }
}

/// At a terminal: everything again and again.
async fn draw(named: &Named, flags: &Flags, live: &Live, shell: &Shell<'_>) -> Answer {
    loop {
        let drawn = std::sync::Mutex::new(String::new());
        let keep = |_, text: &str| {
            let mut all = drawn.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            all.push_str(text);
        };
        get::tables(named, flags, &Shell { to: &keep, ..*shell }).await?;
        let text = drawn.into_inner().unwrap_or_default();
        let now = shell.session.clock.now().strftime("%H:%M:%S UTC");
        live.draw(&format!("every {:?}, {now}; Ctrl-C ends it", live.every()), &text);
        if !live.pause(shell.session).await {
            return Ok(());
        }
    }
}

/// Elsewhere: what there is, then each row that changes, as kubectl does it.
async fn follow(kind: Kind, flags: &Flags, fields: &str, live: &Live, shell: &Shell<'_>) -> Answer {
    let scope = crate::ops::objects::Scope { fields, ..flags.scope(kind) };
    let mut headers = !flags.no_headers;
    loop {
        let (mut watching, mut table) = Watching::begin(shell.api, scope).await?;
        let all = table.rows.clone();
        shell.out(&lines(&table, kind, flags, shell, headers, None));
        headers = false;
        // Rows keep the widths of those before them.
        loop {
            let (news, goes_on) = live.during(shell.session, watching.next(shell.api, scope, live.every())).await;
            let Some(news) = news? else { break };
            for (_, row) in news {
                table.rows.clone_from(&all);
                table.rows.push(row);
                shell.out(&lines(&table, kind, flags, shell, false, Some(1)));
            }
            if !goes_on {
                return Ok(());
            }
        }
    }
}

/// A table's lines; of its last rows only, if a number is said.
fn lines(table: &Table, kind: Kind, flags: &Flags, shell: &Shell<'_>, headers: bool, last: Option<usize>) -> String {
    let options = GetOptions {
        wide: shell.output == "wide",
        show_labels: flags.show_labels,
        label_columns: flags.label_columns.clone(),
        no_headers: false,
        all_namespaces: flags.all_namespaces && kind.namespaced,
    };
    let prefix = flags.show_kind.then(|| kind.qualified_singular());
    let text = kubectl::server_table(table, &options, prefix.as_deref());
    let all: Vec<&str> = text.lines().collect();
    let from = match last {
        Some(count) => all.len().saturating_sub(count),
        None => usize::from(!headers).min(all.len()),
    };
    all[from..].iter().map(|line| format!("{line}\n")).collect()
}
