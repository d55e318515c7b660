//! The key pair of a key that is given: imported under a name that tells it from those of other keys.

use super::is_of;
use super::observe::Facts;
use crate::domain::Code;
use crate::domain::cloud::KeyPair;
use crate::domain::desired::{ResourceNames, key_pair_name, resource_tags};
use crate::domain::error::{Error, Result};
use crate::domain::mutation::AwsMutation;
use crate::domain::nodegroup::{NodegroupSpec, PublicKey};
use crate::ops::ledger::Ledger;
use crate::ports::{ResourceKind, Verdict};

/// The key that becomes a pair. A launch template of the user's own names its pair itself.
pub(super) fn given(spec: &NodegroupSpec) -> Result<Option<PublicKey>> {
    match &spec.ssh {
        Some(ssh) if !spec.has_own_template() => ssh.key(),
        _ => Ok(None),
    }
}

/// Makes the pair be there. It is the first thing that is made: whoever may not import keys hears it before all else. One
/// that someone else made of the same key does as well, and stays theirs.
pub(super) async fn ensure(
    ledger: &Ledger<'_>,
    spec: &NodegroupSpec,
    facts: &Facts,
    names: &ResourceNames,
) -> Result<()> {
    let Some(key) = given(spec)? else { return Ok(()) };
    let name = names.key_pair(&key);
    match facts.key_pairs.iter().flatten().find(|pair| pair.name == name) {
        None => {
            let (public_key, tags) = (key.openssh(), resource_tags(spec));
            ledger.aws(AwsMutation::ImportKeyPair { name: name.clone(), public_key, tags }).await?;
            ledger.settle(ResourceKind::KeyPair, &name, Verdict::Created);
        }
        Some(pair) if is_of(&pair.tags, spec) => ledger.settle(ResourceKind::KeyPair, &name, Verdict::Unchanged),
        Some(_) => {}
    }
    Ok(())
}

/// Whether a pair that has the name is of the key: our tags vouch for it unless AWS says otherwise; without them AWS must say
/// that it is.
pub(super) fn check(spec: &NodegroupSpec, facts: &Facts, names: &ResourceNames) -> Result<()> {
    let Some(key) = given(spec)? else { return Ok(()) };
    let name = names.key_pair(&key);
    let Some(there) = facts.key_pairs.iter().flatten().find(|pair| pair.name == name) else { return Ok(()) };
    let why = match there.is_of(&key) {
        Some(true) => return Ok(()),
        Some(false) => "it is of another key",
        None if is_of(&there.tags, spec) => return Ok(()),
        None => "AWS does not say of which key it is, and its tags do not say that spotscript made it",
    };
    let error = Error::new(Code::NotOurs, format!("key pair `{name}` exists and is not this group's")).because(why);
    Err(error.help(format!("remove it (`aws ec2 delete-key-pair --key-name {name}`), or give the group another name")))
}

/// Removes pairs that were made for the group of other keys, in this run or in one that was cut off: to be called once no
/// version of the launch template that the group starts nodes from names them. Nodes that run need none.
pub(super) async fn remove_others(
    ledger: &Ledger<'_>,
    spec: &NodegroupSpec,
    facts: &Facts,
    names: &ResourceNames,
) -> Result<()> {
    let wanted = key_pair_name(spec);
    if spec.has_own_template() {
        return Ok(());
    }
    let made_for_it = |pair: &&KeyPair| pair.name.starts_with(&names.key_pairs) && is_of(&pair.tags, spec);
    let pairs = facts.key_pairs.iter().flatten().filter(made_for_it);
    for pair in pairs.filter(|pair| Some(&pair.name) != wanted.as_ref()) {
        ledger.aws(AwsMutation::DeleteKeyPair { name: pair.name.clone() }).await?;
        match wanted {
            Some(_) => ledger.settle(ResourceKind::KeyPair, &pair.name, Verdict::Replaced),
            None => ledger.session().note(format!("key pair \"{}\" is removed: nothing needs it", pair.name)),
        }
    }
    Ok(())
}
