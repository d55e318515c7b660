//! Launch templates with all of their versions, their data in EC2's spelling of a request.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::domain::cloud::{BlockDevice, InstanceSettings, TagMap, TemplateVersion};
use crate::domain::snapshot::Snapshot;
use crate::sandbox::services::ec2::state::{LaunchTemplate, LaunchTemplateVersion};
use crate::sandbox::world::World;

/// Key pairs of the account, and those that only templates name.
pub(super) fn key_pairs(snapshot: &Snapshot) -> Vec<String> {
    let versions = snapshot.launch_templates.iter().flat_map(|template| &template.versions);
    let named = versions.filter_map(|version| version.data.key_name.clone());
    let names: BTreeSet<String> = snapshot.key_pairs.iter().map(|pair| pair.name.clone()).chain(named).collect();
    names.into_iter().collect()
}

pub(super) fn put(world: &mut World, snapshot: &Snapshot) {
    for template in &snapshot.launch_templates {
        let version = |version: &TemplateVersion| {
            let (number, data) = (version.number, Arc::new(data(version)));
            (number, LaunchTemplateVersion { number, description: None, created: world.now(), data })
        };
        let made = LaunchTemplate {
            id: template.id.clone(),
            name: template.name.clone(),
            created: world.now(),
            created_by: world.account.caller_arn.clone(),
            default_version: template.default_version,
            versions: template.versions.iter().map(version).collect::<BTreeMap<_, _>>(),
            tags: template.tags.clone(),
            client_token: None,
        };
        world.ec2.tag_index.add_all(&made.id, &made.tags);
        world.ec2.launch_template_names.insert(made.name.clone(), made.id.clone());
        world.ec2.launch_templates.insert(made.id.clone(), made);
    }
}

/// What is known of key pairs beside their names.
pub(super) fn put_keys(world: &mut World, snapshot: &Snapshot) {
    for there in &snapshot.key_pairs {
        let Some(pair) = world.ec2.key_pairs.get_mut(&there.name) else { continue };
        pair.tags.clone_from(&there.tags);
        pair.public_key.clone_from(&there.public_key);
        if let Some(fingerprint) = &there.fingerprint {
            pair.fingerprint.clone_from(fingerprint);
        }
        if there.public_key.as_ref().is_some_and(|key| key.starts_with("ssh-ed25519")) {
            pair.kind = "ed25519".to_owned();
        }
        world.ec2.tag_index.add_all(&pair.id, &pair.tags);
    }
}

/// Numbers and truth values are words on the wire.
fn word(value: impl ToString) -> Value {
    Value::String(value.to_string())
}

fn data(version: &TemplateVersion) -> Value {
    let there = &version.data;
    let mut data = Map::new();
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            data.insert(key.to_owned(), value);
        }
    };
    let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty()).map(Value::String);
    put("ImageId", some(&there.image_id));
    put("InstanceType", there.instance_type.as_ref().and_then(some));
    put("KeyName", there.key_name.as_ref().and_then(some));
    let profile = match (&there.instance_profile_arn, &version.instance_profile_name) {
        (Some(arn), _) => Some(json!({"Arn": arn})),
        (None, Some(name)) => Some(json!({"Name": name})),
        (None, None) => None,
    };
    put("IamInstanceProfile", profile);
    let mut interface =
        json!({"DeviceIndex": "0", "NetworkCardIndex": "0", "SecurityGroupId": there.security_group_ids});
    if let Some(public) = version.public_ip {
        interface["AssociatePublicIpAddress"] = word(public);
    }
    put("NetworkInterface", Some(json!([interface])));
    put("UserData", some(&there.user_data));
    let metadata = &there.metadata_options;
    put(
        "MetadataOptions",
        Some(json!({"HttpTokens": metadata.http_tokens, "HttpPutResponseHopLimit": word(metadata.hop_limit)})),
    );
    let devices: Vec<Value> = there.block_devices.iter().map(device).collect();
    put("BlockDeviceMapping", Some(devices).filter(|devices| !devices.is_empty()).map(Value::Array));
    let tagged: Vec<Value> = there
        .tag_specifications
        .iter()
        .map(|one| json!({"ResourceType": one.resource_type, "Tag": tags(&one.tags)}))
        .collect();
    put("TagSpecification", Some(tagged).filter(|tagged| !tagged.is_empty()).map(Value::Array));
    settings(&there.settings, &mut put);
    Value::Object(data)
}

fn tags(tags: &TagMap) -> Vec<Value> {
    tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect()
}

fn device(there: &BlockDevice) -> Value {
    let mut ebs = Map::new();
    for (key, value) in [
        ("VolumeSize", Some(word(there.size_gib)).filter(|_| there.size_gib > 0)),
        ("VolumeType", Some(word(&there.volume_type)).filter(|_| !there.volume_type.is_empty())),
        ("Iops", there.iops.map(word)),
        ("Throughput", there.throughput.map(word)),
        ("Encrypted", there.encrypted.map(word)),
        ("KmsKeyId", there.kms_key.as_ref().map(word)),
        ("SnapshotId", there.snapshot.as_ref().map(word)),
        ("DeleteOnTermination", Some(word(true))),
    ] {
        if let Some(value) = value {
            ebs.insert(key.to_owned(), value);
        }
    }
    json!({"DeviceName": there.device_name, "Ebs": ebs})
}

fn settings(there: &InstanceSettings, put: &mut impl FnMut(&str, Option<Value>)) {
    put("EbsOptimized", there.ebs_optimized.map(word));
    put("Monitoring", there.monitoring.map(|on| json!({"Enabled": word(on)})));
    put("EnclaveOptions", there.enclaves.map(|on| json!({"Enabled": word(on)})));
    put("CreditSpecification", there.cpu_credits.as_ref().map(|credits| json!({"CpuCredits": credits})));
    put("Placement", there.placement_group.as_ref().map(|group| json!({"GroupName": group})));
    put("InstanceMarketOptions", there.market_type.as_ref().map(|kind| json!({"MarketType": kind})));
    let mut reservation = Map::new();
    if let Some(preference) = &there.reservation_preference {
        reservation.insert("CapacityReservationPreference".to_owned(), word(preference));
    }
    let mut target = Map::new();
    if let Some(id) = &there.reservation_id {
        target.insert("CapacityReservationId".to_owned(), word(id));
    }
    if let Some(arn) = &there.reservation_group_arn {
        target.insert("CapacityReservationResourceGroupArn".to_owned(), word(arn));
    }
    if !target.is_empty() {
        reservation.insert("CapacityReservationTarget".to_owned(), target.into());
    }
    put("CapacityReservationSpecification", (!reservation.is_empty()).then(|| reservation.into()));
}
