//! Settings of instances in a launch template, in the SDK's form.

use aws_sdk_ec2::types as sdk;
use aws_sdk_ec2::types::builders::RequestLaunchTemplateDataBuilder;

use crate::domain::cloud::InstanceSettings;

/// What a template says.
pub(super) fn from_sdk(data: &sdk::ResponseLaunchTemplateData) -> InstanceSettings {
    let reservation = data.capacity_reservation_specification.as_ref();
    let target = reservation.and_then(|it| it.capacity_reservation_target.as_ref());
    InstanceSettings {
        ebs_optimized: data.ebs_optimized,
        monitoring: data.monitoring.as_ref().and_then(|it| it.enabled),
        enclaves: data.enclave_options.as_ref().and_then(|it| it.enabled),
        cpu_credits: data.credit_specification.as_ref().and_then(|it| it.cpu_credits.clone()),
        placement_group: data.placement.as_ref().and_then(|it| it.group_name.clone()),
        reservation_preference: reservation
            .and_then(|it| it.capacity_reservation_preference.as_ref())
            .map(|it| it.as_str().to_owned()),
        reservation_id: target.and_then(|it| it.capacity_reservation_id.clone()),
        reservation_group_arn: target.and_then(|it| it.capacity_reservation_resource_group_arn.clone()),
        market_type: data
            .instance_market_options
            .as_ref()
            .and_then(|it| it.market_type.as_ref())
            .map(|it| it.as_str().to_owned()),
    }
}

/// A request's data that says so, and nothing else yet.
pub(super) fn to_sdk(settings: &InstanceSettings) -> RequestLaunchTemplateDataBuilder {
    let monitoring = settings.monitoring.map(|on| sdk::LaunchTemplatesMonitoringRequest::builder().enabled(on).build());
    let enclaves = settings.enclaves.map(|on| sdk::LaunchTemplateEnclaveOptionsRequest::builder().enabled(on).build());
    let credits = settings
        .cpu_credits
        .as_ref()
        .map(|credits| sdk::CreditSpecificationRequest::builder().cpu_credits(credits).build());
    let placement = settings
        .placement_group
        .as_ref()
        .map(|group| sdk::LaunchTemplatePlacementRequest::builder().group_name(group).build());
    let market = settings.market_type.as_deref().map(|kind| {
        sdk::LaunchTemplateInstanceMarketOptionsRequest::builder().market_type(sdk::MarketType::from(kind)).build()
    });
    sdk::RequestLaunchTemplateData::builder()
        .set_ebs_optimized(settings.ebs_optimized)
        .set_monitoring(monitoring)
        .set_enclave_options(enclaves)
        .set_credit_specification(credits)
        .set_placement(placement)
        .set_instance_market_options(market)
        .set_capacity_reservation_specification(reservation(settings))
}

fn reservation(settings: &InstanceSettings) -> Option<sdk::LaunchTemplateCapacityReservationSpecificationRequest> {
    let InstanceSettings { reservation_preference, reservation_id, reservation_group_arn, .. } = settings;
    if reservation_preference.is_none() && reservation_id.is_none() && reservation_group_arn.is_none() {
        return None;
    }
    let target = (reservation_id.is_some() || reservation_group_arn.is_some()).then(|| {
        sdk::CapacityReservationTarget::builder()
            .set_capacity_reservation_id(reservation_id.clone())
            .set_capacity_reservation_resource_group_arn(reservation_group_arn.clone())
            .build()
    });
    let preference = reservation_preference.as_deref().map(sdk::CapacityReservationPreference::from);
    Some(
        sdk::LaunchTemplateCapacityReservationSpecificationRequest::builder()
            .set_capacity_reservation_preference(preference)
            .set_capacity_reservation_target(target)
            .build(),
    )
}
