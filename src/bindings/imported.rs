//! `eks::read_back`: a live group as a description.

use rhai::plugin::*;

use super::eks::Target;
use super::values::Nodegroup;
use crate::domain::error::Result;
use crate::host::Host;
use crate::ops;

/// Reads a live group back. What the description does not say is told.
fn described(host: &Host, target: &Target) -> Result<Nodegroup> {
    let imported = host.ask(async |session| ops::import(session, &target.cluster, &target.name).await)?;
    for note in &imported.notes {
        host.console().talk(&format!("  {}: {note}", target.name));
    }
    Ok(Nodegroup(imported.spec.into()))
}

/// Live groups as descriptions.
#[export_module]
#[allow(missing_docs, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod module {
    use super::{Target, described};
    use crate::bindings::call::{Outcome, call};
    use crate::bindings::values::Nodegroup;

    /// The description of a live group, whoever made it: what `eks::nodegroup` or `eks::managed_nodegroup` would have been
    /// told. Making a group of ours by it again changes nothing; a foreign one is never changed by its name, but
    /// `with_name` gives an equal one beside it. What the description cannot say is told while it is read.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// eks::ensure(eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"] }));
    /// let group = eks::read_back("dev-spot");
    /// check("as it was described", eks::ensure(group).verdict == "unchanged");
    /// print(group.config());
    /// ```
    #[rhai_fn(return_raw)]
    pub fn read_back(ctx: NativeCallContext, name: &str) -> Outcome<Nodegroup> {
        call(&ctx, |host| described(host, &Target::of(host, name)?))
    }
}
