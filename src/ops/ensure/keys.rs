//! The key pair of a key that is given: imported under a name that tells it from those of other keys.

use super::observe::Facts;
use crate::domain::Code;
use crate::domain::cloud::KeyPair;
use crate::domain::desired::{ResourceNames, key_pair_name, resource_tags};
use crate::domain::error::{Error, Result};
use crate::domain::inventory::GroupRef;
use crate::domain::mutation::AwsMutation;
use crate::domain::nodegroup::{NodegroupSpec, PublicKey, before_key_id};
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
        Some(pair) if is_ours(pair, spec) => ledger.settle(ResourceKind::KeyPair, &name, Verdict::Unchanged),
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
        None if is_ours(there, spec) => return Ok(()),
        None => "AWS does not say of which key it is, and its tags do not say that spotscript made it",
    };
    let error = Error::new(Code::NotOurs, format!("key pair `{name}` exists and is not this group's")).because(why);
    Err(error.help(format!("remove it (`aws ec2 delete-key-pair --key-name {name}`), or give the group another name")))
}

/// Removes pairs that were made for the group of other keys: to be called once no version of the launch template that the
/// group starts nodes from names them. Nodes that run need none.
pub(super) async fn remove_others(
    ledger: &Ledger<'_>,
    spec: &NodegroupSpec,
    facts: &Facts,
    names: &ResourceNames,
) -> Result<()> {
    let wanted = key_pair_name(spec);
    let pairs = match &facts.template {
        // Those that were read for the key that is given.
        _ if given(spec)?.is_some() => facts.key_pairs.clone().unwrap_or_default(),
        // No key is given any more: the template tells whether one was.
        Some(template) if template.data.key_name != wanted => match &template.data.key_name {
            Some(old) if before_key_id(old).is_some_and(|before| names.key_pairs == format!("{before}-")) => {
                ledger.session().cloud.key_pairs_beginning(&names.key_pairs).await?
            }
            _ => vec![],
        },
        _ => vec![],
    };
    for pair in pairs.iter().filter(|pair| Some(&pair.name) != wanted.as_ref() && is_ours(pair, spec)) {
        ledger.aws(AwsMutation::DeleteKeyPair { name: pair.name.clone() }).await?;
        match wanted {
            Some(_) => ledger.settle(ResourceKind::KeyPair, &pair.name, Verdict::Replaced),
            None => ledger.session().note(format!("key pair \"{}\" is removed: nothing needs it", pair.name)),
        }
    }
    Ok(())
}

fn is_ours(pair: &KeyPair, spec: &NodegroupSpec) -> bool {
    GroupRef::of_tags(&pair.tags).is_some_and(|group| group.cluster == spec.cluster && group.name == spec.name)
}
