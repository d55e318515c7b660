//! `assert_snapshot`: a value as it was when somebody looked at it and found it good.

use rhai::Dynamic;
use rhai::plugin::*;

use super::compare::diff;
use super::pretty::pretty;
use crate::bindings::call::{Outcome, call};
use crate::domain::Code;
use crate::domain::error::Error;
use crate::host::Snapshot;

/// Snapshots.
#[export_module]
#[allow(missing_docs, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod module {
    use super::{Outcome, compared};
    use rhai::Dynamic;

    /// Fails the test unless a value is what the snapshot of this name says: a file below `__snapshots__`, beside the
    /// test's file. `spotscript test --update` writes it.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// assert_snapshot("types", spot::types(["m5.xlarge", "t3.xlarge"]));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn assert_snapshot(ctx: NativeCallContext, name: &str, value: Dynamic) -> Outcome<()> {
        compared(&ctx, name, &value)
    }
}

fn compared(ctx: &NativeCallContext, name: &str, value: &Dynamic) -> Outcome<()> {
    // A text is kept as it is; everything else as it is shown in a diff.
    let text = value.clone().into_string().unwrap_or_else(|_| pretty(ctx, value));
    call(ctx, |host| {
        let lab = host
            .lab()
            .ok_or_else(|| Error::new(Code::SnapshotDiffers, "there are no snapshots outside of `spotscript test`"))?;
        let failed = |message: String| Error::new(Code::SnapshotDiffers, message);
        match lab.snapshot(name, &text)? {
            Snapshot::Same => Ok(()),
            Snapshot::Missing(file) => Err(failed(format!("there is no snapshot `{name}`"))
                .help(format!("`--update` writes it to `{file}`; look at it before you keep it"))
                .detail(text.clone())),
            Snapshot::Differs(kept) => Err(failed(format!("the value differs from the snapshot `{name}`"))
                .help("if it is right now, `--update` keeps it")
                .detail(diff(&kept, &text))),
        }
    })
}
