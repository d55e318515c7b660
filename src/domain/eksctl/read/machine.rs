//! Settings of the instances themselves.

use super::{Fields, Reader};
use crate::domain::nodegroup::{CapacityReservation, CpuCredits, Machine, NodegroupSpec, Placement};

impl Reader<'_> {
    pub(super) fn machine(&mut self, group: &Fields, spec: &mut NodegroupSpec) {
        spec.machine = Machine {
            name_prefix: group.filled("instancePrefix"),
            name: group.filled("instanceName"),
            placement: self.placement(group),
            ebs_optimized: group.bool("ebsOptimized"),
            detailed_monitoring: group.bool("enableDetailedMonitoring"),
            enclaves: group.bool("enclaveEnabled"),
            cpu_credits: None,
            efa: group.bool("efaEnabled"),
            capacity_reservation: self.reservation(group),
            market_type: None,
            outpost_arn: group.filled("outpostARN"),
            disable_imds_v1: group.bool("disableIMDSv1"),
            disable_pod_imds: group.bool("disablePodIMDS"),
        };
        self.market(group, spec);
        if group.bool("efaEnabled") == Some(true)
            && let Some(key) = ["availabilityZones", "subnets"].into_iter().find(|key| group.items(key).len() > 1)
        {
            let message = format!("`{}` needs all nodes in one zone", group.path("efaEnabled"));
            self.bad(group.key_at(key), message, "name one zone or one subnet");
        }
    }

    fn placement(&mut self, group: &Fields) -> Option<Placement> {
        let fields = group.fields("placement")?;
        let placement = Placement { group: fields.filled("groupName"), spread_level: fields.filled("spreadLevel") };
        if placement.group.is_none() {
            let message = format!("`{}` must be set", fields.path("groupName"));
            self.bad(group.key_at("placement"), message, "name an existing placement group");
        }
        Some(placement)
    }

    fn reservation(&mut self, group: &Fields) -> Option<CapacityReservation> {
        let fields = group.fields("capacityReservation")?;
        let target = fields.fields("capacityReservationTarget");
        let preference = self.one_of(&fields, "capacityReservationPreference", &["open", "none"]);
        let of_target = |key| target.as_ref().and_then(|target| target.filled(key));
        let reservation = CapacityReservation {
            preference,
            id: of_target("capacityReservationID"),
            resource_group_arn: of_target("capacityReservationResourceGroupARN"),
        };
        if let Some(target) = &target {
            if fields.has("capacityReservationPreference") {
                let message = format!("`{}` has both a preference and a target", fields.path);
                self.bad(fields.key_at("capacityReservationTarget"), message, "give one of the two");
            }
            if reservation.id.is_some() == reservation.resource_group_arn.is_some() {
                let message = format!("`{}` is one reservation or one resource group", target.path);
                let help = "give `capacityReservationID` or `capacityReservationResourceGroupARN`";
                self.bad(fields.key_at("capacityReservationTarget"), message, help);
            }
        }
        Some(reservation)
    }

    fn market(&mut self, group: &Fields, spec: &mut NodegroupSpec) {
        let Some(fields) = group.fields("instanceMarketOptions") else { return };
        let Some((kind, at)) = fields.text("marketType").filter(|(kind, _)| !kind.is_empty()) else { return };
        if kind != "capacity-block" {
            let message = format!("`{}` is `{kind}`", fields.path("marketType"));
            let help = "only `capacity-block` can be set here; Spot is set by `instancesDistribution`, or `spot: true` of a managed group";
            self.bad(at, message, help);
        }
        if spec
            .machine
            .capacity_reservation
            .as_ref()
            .is_none_or(|it| it.id.is_none() && it.resource_group_arn.is_none())
        {
            let message = format!("`{}` without `capacityReservation.capacityReservationTarget`", fields.path);
            self.bad(group.key_at("instanceMarketOptions"), message, "say which capacity block");
        }
        spec.machine.market_type = Some(kind);
    }

    pub(super) fn cpu_credits(&mut self, group: &Fields, spec: &mut NodegroupSpec) {
        let Some(text) = self.one_of(group, "cpuCredits", &["standard", "unlimited"]) else { return };
        let credits = if text == "standard" { CpuCredits::Standard } else { CpuCredits::Unlimited };
        let burstable = spec.types.iter().any(|known| known.burstable)
            || spec.unknown_types.iter().any(|name| name.starts_with('t'));
        if !burstable {
            let message = format!("`{}` is set, and none of the types has CPU credits", group.path("cpuCredits"));
            self.bad(group.key_at("cpuCredits"), message, "leave it out, or name t2, t3, t3a or t4g types");
        }
        spec.machine.cpu_credits = Some(credits);
    }
}
