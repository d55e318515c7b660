//! Systems Manager: public parameters that name machine images.

pub mod state;

use serde_json::{Value, json};

use self::state::Parameter;
use super::Handler;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::wire::page;
use crate::sandbox::world::World;

/// Operations by name.
pub const OPERATIONS: &[(&str, Handler)] = &[
    ("GetParameter", get_parameter),
    ("GetParameters", get_parameters),
    ("GetParametersByPath", get_parameters_by_path),
];

fn get_parameter(world: &mut World, params: &Params) -> Reply {
    let name = params.required("Name")?;
    match world.ssm.parameters.get(name) {
        Some(parameter) => Ok(json!({"Parameter": describe(world, name, parameter)})),
        None => Err(ApiError::client("ParameterNotFound", format!("Parameter {name} not found."))),
    }
}

fn get_parameters(world: &mut World, params: &Params) -> Reply {
    let names = params.strings("Names");
    if !(1..=10).contains(&names.len()) {
        let message = "1 validation error detected: Value at 'names' failed to satisfy constraint: \
                       Member must have length between 1 and 10";
        return Err(ApiError::client("ValidationException", message));
    }
    let (mut found, mut invalid) = (Vec::new(), Vec::new());
    for name in names {
        match world.ssm.parameters.get(&name) {
            Some(parameter) => found.push(describe(world, &name, parameter)),
            None => invalid.push(name),
        }
    }
    Ok(json!({"Parameters": found, "InvalidParameters": invalid}))
}

fn get_parameters_by_path(world: &mut World, params: &Params) -> Reply {
    let path = params.required("Path")?.trim_end_matches('/').to_owned() + "/";
    let recursive = params.boolean("Recursive")?.unwrap_or(false);
    let limit = usize::try_from(params.int("MaxResults")?.unwrap_or(10).clamp(1, 10)).unwrap_or(10);
    let after = page::after(params.text("NextToken"), "InvalidNextToken")?.unwrap_or_default();
    let inside = world.ssm.parameters.range(path.clone()..).take_while(|(name, _)| name.starts_with(&path));
    let direct = inside.filter(|(name, _)| recursive || !name[path.len()..].contains('/'));
    let page = page::take(direct.filter(|(name, _)| **name > after), limit, |(name, _)| name.as_str());
    let found: Vec<Value> = page.items.into_iter().map(|(name, value)| describe(world, name, value)).collect();
    Ok(json!({"Parameters": found, "NextToken": page.next}))
}

fn describe(world: &World, name: &str, parameter: &Parameter) -> Value {
    let account = &world.account;
    // Public parameters belong to no account.
    let owner = if name.starts_with("/aws/") { "" } else { account.id.as_str() };
    json!({
        "Name": name,
        "Type": parameter.kind,
        "Value": parameter.value,
        "Version": parameter.version,
        "LastModifiedDate": world.clock.at(parameter.modified).as_second(),
        "ARN": format!("arn:{}:ssm:{}:{owner}:parameter{name}", account.partition, account.region),
        "DataType": if parameter.value.starts_with("ami-") { "aws:ec2:image" } else { "text" },
    })
}
