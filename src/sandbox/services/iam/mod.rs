//! Identity and Access Management.

mod attached;
mod boundary;
mod document;
mod error;
mod inline;
mod list;
mod managed;
mod name;
mod profile;
mod profile_role;
mod role;
mod service_linked;
pub mod state;
mod tagging;

use super::Handler;

/// Operations by name.
pub const OPERATIONS: &[(&str, Handler)] = &[
    ("CreateRole", role::create),
    ("GetRole", role::get),
    ("ListRoles", role::list),
    ("DeleteRole", role::delete),
    ("CreateServiceLinkedRole", service_linked::create),
    ("PutRolePermissionsBoundary", boundary::put),
    ("DeleteRolePermissionsBoundary", boundary::delete),
    ("AttachRolePolicy", attached::attach),
    ("DetachRolePolicy", attached::detach),
    ("ListAttachedRolePolicies", attached::list),
    ("PutRolePolicy", inline::put),
    ("GetRolePolicy", inline::get),
    ("DeleteRolePolicy", inline::delete),
    ("ListRolePolicies", inline::list),
    ("CreateInstanceProfile", profile::create),
    ("GetInstanceProfile", profile::get),
    ("DeleteInstanceProfile", profile::delete),
    ("ListInstanceProfiles", profile::list),
    ("ListInstanceProfilesForRole", profile::list_for_role),
    ("AddRoleToInstanceProfile", profile_role::add),
    ("RemoveRoleFromInstanceProfile", profile_role::remove),
    ("TagRole", tagging::tag_role),
    ("UntagRole", tagging::untag_role),
    ("ListRoleTags", tagging::list_role_tags),
    ("TagInstanceProfile", tagging::tag_profile),
];
