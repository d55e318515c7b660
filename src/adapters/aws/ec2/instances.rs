//! Instances, what they printed, and Spot prices.

use async_trait::async_trait;
use aws_sdk_ec2::types as sdk;
use base64::Engine as _;
use futures_util::future::try_join_all;

use super::from_tags;
use crate::adapters::aws::AwsCloud;
use crate::adapters::aws::convert::timestamp;
use crate::adapters::aws::error::{Failure, failed, is, sentence};
use crate::domain::advisor::OperatingSystem;
use crate::domain::cloud::{Instance, Lifecycle, Reclaim, SpotPrice};
use crate::domain::error::Result;
use crate::ports::Instances;

/// How many ids go into one request.
const BATCH: usize = 500;
/// Between the notice and the end of an instance.
const NOTICE: std::time::Duration = std::time::Duration::from_secs(120);
const GONE: &[&str] = &["InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed"];

#[async_trait]
impl Instances for AwsCloud {
    async fn instances(&self, ids: &[String]) -> Result<Vec<Instance>> {
        let batches = try_join_all(ids.chunks(BATCH).map(|ids| self.instance_batch(ids))).await?;
        Ok(batches.into_iter().flatten().collect())
    }

    async fn reclaims(&self) -> Result<Vec<Reclaim>> {
        let marked = sdk::Filter::builder().name("status-code").values("marked-for-termination").build();
        let pages = self.ec2().describe_spot_instance_requests().filters(marked).into_paginator().items().send();
        let requests: Result<Vec<sdk::SpotInstanceRequest>, Failure<_>> = pages.try_collect().await;
        let requests = requests.map_err(|e| failed("describe Spot requests", &e))?;
        let reclaim = |request: sdk::SpotInstanceRequest| {
            let noticed = timestamp(request.status()?.update_time()?)?;
            Some(Reclaim { instance: request.instance_id?, ends: noticed.checked_add(NOTICE).ok()? })
        };
        Ok(requests.into_iter().filter_map(reclaim).collect())
    }

    async fn console_output(&self, id: &str) -> Result<Option<String>> {
        match self.ec2().get_console_output().instance_id(id).latest(true).send().await {
            Ok(answer) => Ok(answer.output.filter(|text| !text.is_empty()).map(|text| plain(&text))),
            Err(e) if is(&e, GONE) => Ok(None),
            // `latest` is for Nitro instances only.
            Err(e) if is(&e, &["UnsupportedOperation", "InvalidParameterCombination"]) => {
                match self.ec2().get_console_output().instance_id(id).send().await {
                    Ok(answer) => Ok(answer.output.filter(|text| !text.is_empty()).map(|text| plain(&text))),
                    Err(e) => Err(failed(&format!("read the console output of `{id}`"), &e)),
                }
            }
            Err(e) => Err(failed(&format!("read the console output of `{id}`"), &e)),
        }
    }

    async fn spot_prices(&self, types: &[String], os: OperatingSystem) -> Result<Vec<SpotPrice>> {
        let product = match os {
            OperatingSystem::Linux => "Linux/UNIX",
            OperatingSystem::Windows => "Windows",
        };
        let pages = self
            .ec2()
            .describe_spot_price_history()
            .set_instance_types(Some(types.iter().map(|name| sdk::InstanceType::from(name.as_str())).collect()))
            .product_descriptions(product)
            // The change before the start is given too: of a span that begins now, that is the price in force.
            .start_time(std::time::SystemTime::now().into())
            .into_paginator()
            .items()
            .send();
        let prices: Result<Vec<sdk::SpotPrice>, Failure<_>> = pages.try_collect().await;
        let prices = prices.map_err(|e| failed("describe Spot prices", &e))?;
        let mut prices: Vec<SpotPrice> = prices.into_iter().filter_map(price).collect();
        prices.sort_by(|a, b| (&a.instance_type, &a.zone, b.since).cmp(&(&b.instance_type, &b.zone, a.since)));
        prices.dedup_by(|older, newer| (&older.instance_type, &older.zone) == (&newer.instance_type, &newer.zone));
        Ok(prices)
    }
}

impl AwsCloud {
    /// EC2 refuses the whole request when one id is gone, so that one is taken out and the rest asked again.
    async fn instance_batch(&self, ids: &[String]) -> Result<Vec<Instance>> {
        let mut ids = ids.to_vec();
        while !ids.is_empty() {
            let pages = self.ec2().describe_instances().set_instance_ids(Some(ids.clone())).into_paginator().send();
            let pages: Result<Vec<_>, Failure<_>> = pages.try_collect().await;
            match pages {
                Ok(pages) => {
                    let reservations = pages.into_iter().flat_map(|page| page.reservations.unwrap_or_default());
                    return Ok(reservations.flat_map(|r| r.instances.unwrap_or_default()).map(instance).collect());
                }
                Err(e) if is(&e, GONE) => {
                    let text = sentence(&e).to_owned();
                    let before = ids.len();
                    ids.retain(|id| !text.contains(id.as_str()));
                    if ids.len() == before {
                        return Err(failed("describe instances", &e));
                    }
                }
                Err(e) => return Err(failed("describe instances", &e)),
            }
        }
        Ok(vec![])
    }
}

fn instance(instance: sdk::Instance) -> Instance {
    Instance {
        tags: from_tags(instance.tags.as_deref()),
        id: instance.instance_id.unwrap_or_default(),
        instance_type: instance.instance_type.map(|name| name.as_str().to_owned()).unwrap_or_default(),
        zone: instance.placement.and_then(|placement| placement.availability_zone).unwrap_or_default(),
        lifecycle: match instance.instance_lifecycle {
            Some(sdk::InstanceLifecycleType::Spot) => Lifecycle::Spot,
            _ => Lifecycle::OnDemand,
        },
        state: instance.state.and_then(|state| state.name).map(|name| name.as_str().to_owned()).unwrap_or_default(),
        private_dns_name: instance.private_dns_name.unwrap_or_default(),
        private_ip: instance.private_ip_address,
        public_ip: instance.public_ip_address,
        instance_profile_arn: instance.iam_instance_profile.and_then(|profile| profile.arn),
        image_id: instance.image_id.filter(|id| !id.is_empty()),
        launched: instance.launch_time.as_ref().and_then(timestamp),
        state_reason: instance.state_reason.and_then(|reason| reason.message).filter(|text| !text.is_empty()),
    }
}

fn price(price: sdk::SpotPrice) -> Option<SpotPrice> {
    Some(SpotPrice {
        instance_type: price.instance_type?.as_str().to_owned(),
        zone: price.availability_zone?,
        price: price.spot_price?,
        since: price.timestamp.as_ref().and_then(timestamp)?,
    })
}

/// Console output travels as base64.
fn plain(text: &str) -> String {
    match base64::engine::general_purpose::STANDARD.decode(text.trim()) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) => text.to_owned(),
    }
}
