//! `get --watch`: a table that is drawn anew, or the rows that change, line by line.

use super::get::{self, Flags};
use super::select::Named;
use super::{Answer, Shell};
use crate::cli::live::Live;
use crate::domain::kubernetes::kinds::Kind;
use crate::domain::kubernetes::refusal::Refusal;
use crate::domain::kubernetes::table::Table;
use crate::ops::objects::{self, Include, Scope};
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
            objects::row(shell.api, *kind, flags.namespace_of(*kind), name, Include::None).await?;
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
        if !live.pause(shell.session).await? {
            return Ok(());
        }
    }
}

/// Elsewhere: what there is, then each row that changes, as kubectl does it.
async fn follow(kind: Kind, flags: &Flags, fields: &str, live: &Live, shell: &Shell<'_>) -> Answer {
    let scope = Scope { fields, ..flags.scope(kind) };
    let mut begun = false;
    loop {
        let (mut watching, table) = Watching::begin(shell.api, scope).await?;
        let text = lines(&table, kind, flags, shell);
        // Headers come once, also where a watch has to begin anew.
        let from = usize::from(begun || flags.no_headers);
        text.lines().skip(from).for_each(|line| shell.out(&format!("{line}\n")));
        begun = true;
        loop {
            let (news, goes_on) = live.during(shell.session, watching.next(shell.api, scope, live.every())).await?;
            let Some(news) = news? else { break };
            if !news.is_empty() {
                // New rows keep the widths of those before them.
                let mut all = table.clone();
                all.rows.extend(news.into_iter().map(|(_, row)| row));
                let text = lines(&all, kind, flags, shell);
                text.lines().skip(1 + table.rows.len()).for_each(|line| shell.out(&format!("{line}\n")));
            }
            if !goes_on {
                return Ok(());
            }
        }
    }
}

/// A table with its headers.
fn lines(table: &Table, kind: Kind, flags: &Flags, shell: &Shell<'_>) -> String {
    let options = GetOptions { no_headers: false, ..flags.table(kind, shell) };
    let prefix = flags.show_kind.then(|| kind.qualified_singular());
    kubectl::server_table(table, &options, prefix.as_deref())
}
