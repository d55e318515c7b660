//! Service Quotas: what the account's limits are.

use serde_json::json;

use super::Handler;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::World;

/// Operations by name.
pub const OPERATIONS: &[(&str, Handler)] = &[("GetServiceQuota", get)];

/// Codes of EC2's Spot quotas, with the world's classes and AWS's names.
const SPOT: &[(&str, &str, &str)] = &[
    ("L-34B43A08", "standard/spot", "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests"),
    ("L-3819A6DF", "g/spot", "All G and VT Spot Instance Requests"),
    ("L-7212CCBC", "p/spot", "All P Spot Instance Requests"),
    ("L-88CF9481", "f/spot", "All F Spot Instance Requests"),
    ("L-E3A00192", "x/spot", "All X Spot Instance Requests"),
    ("L-B5D1601B", "inf/spot", "All Inf Spot Instance Requests"),
    ("L-6B0D517C", "trn/spot", "All Trn Spot Instance Requests"),
    ("L-85EED4F7", "dl/spot", "All DL Spot Instance Requests"),
];

/// What an account is given where the world sets no limit.
const UNLIMITED: u64 = 100_000;

fn get(world: &mut World, params: &Params) -> Reply {
    let (service, code) = (params.required("ServiceCode")?, params.required("QuotaCode")?);
    let known = SPOT.iter().find(|(known, ..)| service == "ec2" && *known == code);
    let Some((code, class, name)) = known else {
        let message = "The request failed because the specified quota does not exist.";
        return Err(ApiError::client("NoSuchResourceException", message));
    };
    let account = &world.account;
    let value = world.faults.quotas.get(*class).or(account.quotas.get(*class)).copied().unwrap_or(UNLIMITED);
    Ok(json!({"Quota": {
        "ServiceCode": "ec2",
        "ServiceName": "Amazon Elastic Compute Cloud (Amazon EC2)",
        "QuotaArn": format!("arn:{}:servicequotas:{}:{}:ec2/{code}", account.partition, account.region, account.id),
        "QuotaCode": code,
        "QuotaName": name,
        "Value": value,
        "Unit": "None",
        "Adjustable": true,
        "GlobalQuota": false,
    }}))
}
