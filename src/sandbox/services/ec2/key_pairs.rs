//! Key pairs: describe, create, import, delete.

use serde_json::{Value, json};

use super::common::{required, tag_set, tags_for};
use super::filter::{Field, Filters};
use super::key_material::{self, Material};
use super::state::KeyPair;
use crate::sandbox::services::read;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::World;

/// EC2's limit for names.
const LONGEST_NAME: usize = 255;

pub(super) fn describe(world: &mut World, params: &Params) -> Reply {
    let filters = Filters::read(&params.0);
    let names = read::strings(&params.0, "KeyName");
    if let Some(name) = names.iter().find(|name| !world.ec2.key_pairs.contains_key(*name)) {
        return Err(ApiError::client("InvalidKeyPair.NotFound", format!("The key pair '{name}' does not exist")));
    }
    let ids = read::strings(&params.0, "KeyPairId");
    let with_key = read::boolean(&params.0, "IncludePublicKey") == Some(true);
    let mut found = Vec::new();
    for pair in world.ec2.key_pairs.values() {
        let wanted = (names.is_empty() || names.contains(&pair.name)) && (ids.is_empty() || ids.contains(&pair.id));
        if wanted
            && filters.pass(|name| match name {
                "key-name" => Field::one(&pair.name),
                "key-pair-id" => Field::one(&pair.id),
                "fingerprint" => Field::one(&pair.fingerprint),
                _ => Field::tag(name, &pair.tags),
            })?
        {
            found.push(json!({
                "keyPairId": pair.id, "keyName": pair.name, "keyFingerprint": pair.fingerprint,
                "keyType": pair.kind, "createTime": world.clock.precise(pair.created), "tagSet": tag_set(&pair.tags),
                "publicKey": pair.public_key.as_ref().filter(|_| with_key),
            }));
        }
    }
    Ok(json!({"keySet": found}))
}

fn add(world: &mut World, params: &Params, kind: &str, material: Option<Material>) -> Result<Value, ApiError> {
    let name = required(&params.0, "KeyName")?;
    let refuse = |why: String| Err(ApiError::client("InvalidParameterValue", why));
    if name.len() > LONGEST_NAME {
        return refuse(format!("Value for parameter KeyName is invalid. Length exceeds maximum of {LONGEST_NAME}."));
    }
    if !name.is_ascii() || name.trim() != name {
        return refuse(format!("Value ({name}) for parameter KeyName is invalid."));
    }
    if world.ec2.key_pairs.contains_key(name) {
        return Err(ApiError::client("InvalidKeyPair.Duplicate", format!("The keypair '{name}' already exists.")));
    }
    let tags = tags_for(&params.0, "key-pair")?;
    let (fingerprint, public_key) = match material {
        Some(material) => (material.fingerprint, Some(material.public_key)),
        // Nobody has the key that EC2 would have made.
        None => {
            let (a, b) = world.ids.next("fingerprint");
            let bytes: Vec<String> =
                a.to_be_bytes().iter().chain(b.to_be_bytes().iter()).map(|byte| format!("{byte:02x}")).collect();
            (bytes.join(":"), None)
        }
    };
    let pair = KeyPair {
        id: world.ids.ec2("key"),
        name: name.into(),
        fingerprint,
        kind: kind.into(),
        public_key,
        tags,
        created: world.now(),
    };
    let shown = json!({
        "keyPairId": pair.id, "keyName": pair.name, "keyFingerprint": pair.fingerprint,
        "tagSet": tag_set(&pair.tags),
    });
    world.ec2.tag_index.add_all(&pair.id, &pair.tags);
    world.ec2.key_pairs.insert(pair.name.clone(), pair);
    Ok(shown)
}

pub(super) fn create(world: &mut World, params: &Params) -> Reply {
    let kind = read::text(&params.0, "KeyType").unwrap_or("rsa");
    let mut shown = add(world, params, kind, None)?;
    // Opens nothing: the sandbox's instances have no SSH server.
    let material = "-----BEGIN RSA PRIVATE KEY-----\nsandbox: this key opens nothing\n-----END RSA PRIVATE KEY-----";
    shown["keyMaterial"] = material.into();
    Ok(shown)
}

pub(super) fn import(world: &mut World, params: &Params) -> Reply {
    let material = key_material::read(required(&params.0, "PublicKeyMaterial")?)?;
    add(world, params, material.kind, Some(material))
}

pub(super) fn delete(world: &mut World, params: &Params) -> Reply {
    let by_id = read::text(&params.0, "KeyPairId");
    let name = match (read::text(&params.0, "KeyName"), by_id) {
        (Some(name), _) => Some(name.to_owned()),
        (None, Some(id)) => world.ec2.key_pairs.values().find(|pair| pair.id == id).map(|pair| pair.name.clone()),
        (None, None) => {
            let message = "The request must contain the parameter KeyName or KeyPairId";
            return Err(ApiError::client("MissingParameter", message));
        }
    };
    // Deleting what is not there is no error at EC2.
    let removed = name.and_then(|name| world.ec2.key_pairs.remove(&name));
    if let Some(pair) = &removed {
        world.ec2.tag_index.remove_all(&pair.id, &pair.tags);
    }
    Ok(json!({"return": true, "keyPairId": removed.map(|pair| pair.id)}))
}
