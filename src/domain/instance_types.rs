//! An ordered set of instance types with the algebra that Spot groups need.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::catalogue;
use super::code::Code;
use super::error::{Error, Result, nearest};
use super::instance_type::InstanceType;
use super::shape::Shape;

/// Known instance types, without repetition, in the order given. Serialised as a list of names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Vec<String>", try_from = "Vec<String>")]
pub struct InstanceTypes(Vec<Arc<InstanceType>>);

impl InstanceTypes {
    /// Looks the names up in the catalogue; a repeated name counts once.
    ///
    /// # Errors
    /// `SPOT-0111` that names every unknown type, with the nearest known one.
    pub fn parse<I>(names: I) -> Result<Self>
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let mut known = Vec::new();
        let mut unknown: Vec<String> = Vec::new();
        for name in names {
            match catalogue::get(name.as_ref()) {
                Some(found) => known.push(Arc::clone(found)),
                None => unknown.push(name.as_ref().to_owned()),
            }
        }
        if unknown.is_empty() { Ok(known.into_iter().collect()) } else { Err(unknown_types(&unknown)) }
    }

    /// The types, in order.
    pub fn iter(&self) -> impl Iterator<Item = &InstanceType> {
        self.0.iter().map(AsRef::as_ref)
    }

    /// The names, in order.
    pub fn names(&self) -> Vec<&str> {
        self.iter().map(|instance_type| instance_type.name.as_str()).collect()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first type: the one a launch template and the Cluster Autoscaler take for the group.
    pub fn first(&self) -> Option<&InstanceType> {
        self.0.first().map(AsRef::as_ref)
    }

    /// Whether a type of that name is in the set.
    pub fn contains(&self, name: &str) -> bool {
        self.iter().any(|known| known.name == name)
    }

    /// These, then those of `other` that are not here.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.0.iter().chain(&other.0).cloned().collect()
    }

    /// Those that are in both, in this set's order.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        self.filter(|known| other.contains(&known.name))
    }

    /// Those that are not in `other`.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        self.filter(|known| !other.contains(&known.name))
    }

    /// Those that `keep` says yes to.
    #[must_use]
    pub fn filter(&self, mut keep: impl FnMut(&InstanceType) -> bool) -> Self {
        InstanceTypes(self.0.iter().filter(|known| keep(known)).cloned().collect())
    }

    /// The set cut by shape; shapes and types in the order in which they first occur.
    pub fn by_shape(&self) -> Vec<(Shape, InstanceTypes)> {
        let mut shapes: indexmap::IndexMap<Shape, Vec<Arc<InstanceType>>> = indexmap::IndexMap::new();
        for known in &self.0 {
            shapes.entry(known.shape()).or_default().push(Arc::clone(known));
        }
        shapes.into_iter().map(|(shape, types)| (shape, InstanceTypes(types))).collect()
    }

    /// The one shape that all types have.
    ///
    /// # Errors
    /// `SPOT-0112` for an empty set; `SPOT-0110` that names the types off the commonest shape, their
    /// shapes, and every sub-set that would be legal.
    pub fn same_shape(&self) -> Result<Shape> {
        let shapes = self.by_shape();
        match shapes.as_slice() {
            [] => Err(Error::new(Code::UnusableInstanceTypes, "the list of instance types is empty")
                .help("name at least one instance type")),
            [(shape, _)] => Ok(*shape),
            _ => Err(mixed(&shapes)),
        }
    }
}

impl FromIterator<Arc<InstanceType>> for InstanceTypes {
    fn from_iter<I: IntoIterator<Item = Arc<InstanceType>>>(types: I) -> Self {
        let mut seen = std::collections::HashSet::new();
        InstanceTypes(types.into_iter().filter(|known| seen.insert(known.name.clone())).collect())
    }
}

impl From<InstanceTypes> for Vec<String> {
    fn from(types: InstanceTypes) -> Self {
        types.iter().map(|known| known.name.clone()).collect()
    }
}

impl TryFrom<Vec<String>> for InstanceTypes {
    type Error = Error;

    fn try_from(names: Vec<String>) -> Result<Self> {
        InstanceTypes::parse(names)
    }
}

fn unknown_types(unknown: &[String]) -> Error {
    let suggestions: Vec<String> = unknown
        .iter()
        .filter_map(|name| {
            let near = nearest(name.trim(), catalogue::all().iter().map(|known| known.name.as_str()))?;
            Some(format!("for `{name}`, did you mean `{near}`?"))
        })
        .collect();
    let noun = if unknown.len() == 1 { "instance type" } else { "instance types" };
    let error = Error::new(Code::UnknownInstanceType, format!("EC2 has no {noun} {}", quoted(unknown)));
    if suggestions.is_empty() {
        error.help(format!("the known types are those of {}", catalogue::provenance()))
    } else {
        error.help(suggestions.join("; "))
    }
}

fn mixed(shapes: &[(Shape, InstanceTypes)]) -> Error {
    // The commonest shape is what was meant; of equals, the one named first.
    let common = shapes.iter().rev().max_by_key(|(_, types)| types.len());
    let (common_shape, common_types) = match common {
        Some((shape, types)) => (*shape, types.len()),
        None => return Error::new(Code::Internal, "no shapes in a mixed set"),
    };
    let total: usize = shapes.iter().map(|(_, types)| types.len()).sum();
    let odd: Vec<String> = shapes
        .iter()
        .filter(|(shape, _)| *shape != common_shape)
        .flat_map(|(shape, types)| types.iter().map(move |known| format!("`{}` ({shape})", known.name)))
        .collect();
    let verb = if odd.len() == 1 { "differs" } else { "differ" };
    let mut error = Error::new(
        Code::MixedShape,
        format!("{} {verb} from {common_types} of {total} instance types, which are {common_shape}", list(&odd)),
    )
    .because("the Cluster Autoscaler models a group from its first instance type alone");
    for (shape, types) in shapes {
        error = error.because(format!("legal on its own: {shape}: {}", quoted(&types.names())));
    }
    error.help(format!("keep one of these sets, or make one group for each: {}", sets(shapes)))
}

fn sets(shapes: &[(Shape, InstanceTypes)]) -> String {
    let sets: Vec<String> = shapes.iter().map(|(_, types)| format!("[{}]", types.names().join(", "))).collect();
    sets.join(" or ")
}

fn quoted<S: AsRef<str>>(names: &[S]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    list(&quoted)
}

/// `a`, `a and b`, `a, b and c`.
fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TUTORIAL: [&str; 7] =
        ["m5.xlarge", "m5d.xlarge", "m4.xlarge", "t3.xlarge", "t3a.xlarge", "m5a.xlarge", "t2.xlarge"];

    #[test]
    fn the_tutorials_types_have_one_shape() {
        let types = InstanceTypes::parse(TUTORIAL).unwrap();
        assert_eq!(types.same_shape().unwrap().to_string(), "4 vCPU / 16 GiB");
        assert_eq!(types.names(), TUTORIAL);
    }

    #[test]
    fn a_mixed_set_says_who_is_odd_and_what_would_be_legal() {
        let error = InstanceTypes::parse(["m5.large", "m5.xlarge", "t3.xlarge", "m6g.xlarge", "g4dn.xlarge"])
            .unwrap()
            .same_shape()
            .unwrap_err();
        assert_eq!(error.code, Code::MixedShape);
        insta::assert_snapshot!(error, @"`m5.large` (2 vCPU / 8 GiB), `m6g.xlarge` (4 vCPU / 16 GiB arm64) and `g4dn.xlarge` (4 vCPU / 16 GiB / 1 NVIDIA GPU) differ from 2 of 5 instance types, which are 4 vCPU / 16 GiB");
        insta::assert_snapshot!(error.causes.join("\n"), @r"
        the Cluster Autoscaler models a group from its first instance type alone
        legal on its own: 2 vCPU / 8 GiB: `m5.large`
        legal on its own: 4 vCPU / 16 GiB: `m5.xlarge` and `t3.xlarge`
        legal on its own: 4 vCPU / 16 GiB arm64: `m6g.xlarge`
        legal on its own: 4 vCPU / 16 GiB / 1 NVIDIA GPU: `g4dn.xlarge`
        ");
    }

    #[test]
    fn unknown_types_are_all_named_with_the_nearest() {
        let error = InstanceTypes::parse(["m5.xlarge", "m5.xlrge", "zebra"]).unwrap_err();
        assert_eq!(error.code, Code::UnknownInstanceType);
        assert_eq!(error.message, "EC2 has no instance types `m5.xlrge` and `zebra`");
        assert_eq!(error.help.unwrap(), "for `m5.xlrge`, did you mean `m5.xlarge`?");
    }

    #[test]
    fn an_empty_set_has_no_shape() {
        assert_eq!(InstanceTypes::default().same_shape().unwrap_err().code, Code::UnusableInstanceTypes);
    }

    #[test]
    fn a_set_is_serialised_by_name() {
        let types = InstanceTypes::parse(["m5.xlarge", "t2.xlarge", "m5.xlarge"]).unwrap();
        let json = serde_json::to_string(&types).unwrap();
        assert_eq!(json, r#"["m5.xlarge","t2.xlarge"]"#);
        assert_eq!(serde_json::from_str::<InstanceTypes>(&json).unwrap(), types);
        assert!(serde_json::from_str::<InstanceTypes>(r#"["m5.xlrge"]"#).is_err());
    }
}
