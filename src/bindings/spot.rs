//! `spot::…`: choosing instance types, and what the Spot Instance Advisor says about them.

use rhai::plugin::*;
use schemars::JsonSchema;
use serde::Deserialize;

use super::values::{Advice, AdviceData};
use crate::domain::advisor::{Filter as AdvisorFilter, OperatingSystem, Sort};
use crate::domain::catalogue;
use crate::domain::error::{Error, Result, nearest};
use crate::domain::shape::Architecture;
use crate::domain::{Code, instance_types::InstanceTypes};
use crate::host::Host;

/// Options of `spot::select`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Select {
    /// Number of vCPUs.
    vcpu: Option<u32>,
    /// Memory in GiB.
    memory_gib: Option<f64>,
    /// Architecture of the processor; `amd64` unless said.
    #[schemars(extend("enum" = ["amd64", "x86_64", "arm64", "aarch64"]))]
    architecture: Option<String>,
    /// Whether the type runs on CPU credits; both unless said.
    burstable: Option<bool>,
    /// Whether AWS calls the type current; both unless said.
    current_generation: Option<bool>,
    /// Whether the type is a whole machine; `false` unless said.
    bare_metal: Option<bool>,
    /// Whether the type is offered as Spot; `true` unless said.
    spot: Option<bool>,
    /// Number of GPUs; 0 unless said.
    gpus: Option<u32>,
    /// Number of other accelerators; 0 unless said.
    accelerators: Option<u32>,
    /// Only these families, such as `m5`.
    families: Vec<String>,
    /// None of these families.
    exclude_families: Vec<String>,
}

impl Select {
    fn run(self) -> Result<InstanceTypes> {
        let worker = catalogue::Filter::spot_worker();
        let architecture = match self.architecture.as_deref() {
            None => Some(Architecture::Amd64),
            Some(text) => Some(Architecture::parse(text).ok_or_else(|| {
                Error::new(Code::InvalidValue, format!("`{text}` is no architecture")).help("it is `amd64` or `arm64`")
            })?),
        };
        Ok(catalogue::select(&catalogue::Filter {
            vcpu: self.vcpu,
            memory_gib: self.memory_gib,
            architecture,
            burstable: self.burstable,
            current_generation: self.current_generation,
            bare_metal: self.bare_metal.or(worker.bare_metal),
            spot: self.spot.or(worker.spot),
            gpus: self.gpus.or(worker.gpus),
            accelerators: self.accelerators.or(worker.accelerators),
            families: self.families,
            exclude_families: self.exclude_families,
        }))
    }
}

/// Options of `spot::advisor`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Advise {
    /// Region; the session's unless said.
    region: Option<String>,
    /// Only these types; one that the feed lacks has a row without data.
    types: Option<Vec<String>>,
    /// Number of vCPUs.
    vcpu: Option<u32>,
    /// Memory in GiB.
    memory_gib: Option<f64>,
    /// Operating system; `linux` unless said.
    #[schemars(extend("enum" = OS.map(|(word, _)| word)))]
    os: Option<String>,
    /// Highest band of interruption: 0 is below 5 %, 4 is above 20 %.
    max_interruption: Option<u32>,
    /// Lowest saving over On-Demand, in percent.
    min_savings: Option<i32>,
    /// Order of the rows; `interruption` unless said.
    #[schemars(extend("enum" = SORTS.map(|(word, _)| word)))]
    sort: Option<String>,
}

/// What `os` takes.
const OS: [(&str, OperatingSystem); 2] = [("linux", OperatingSystem::Linux), ("windows", OperatingSystem::Windows)];

/// What `sort` takes.
const SORTS: [(&str, Sort); 3] =
    [("interruption", Sort::Interruption), ("savings", Sort::Savings), ("type", Sort::Type)];

impl Advise {
    fn run(self, host: &Host) -> Result<Advice> {
        let session = host.session()?;
        let feed = host.advisor()?;
        let region = self.region.unwrap_or_else(|| session.cloud.region().to_owned());
        let os = choice("os", self.os.as_deref(), &OS)?;
        let sort = choice("sort", self.sort.as_deref(), &SORTS)?;
        let filter = AdvisorFilter {
            os,
            types: Vec::new(),
            vcpu: self.vcpu,
            memory_gib: self.memory_gib,
            max_interruption: self.max_interruption,
            min_savings: self.min_savings,
            sort,
        };
        let rows = match &self.types {
            None => feed.rows(&region, &filter)?,
            // Types asked for by name have a row even where the feed lacks them.
            Some(types) => {
                let names: Vec<&str> = types.iter().map(String::as_str).collect();
                let mut rows = feed.rows_of(&region, os, &names)?;
                rows.retain(|row| filter.matches(row));
                sort.apply(&mut rows);
                rows
            }
        };
        let source = feed.source().cloned();
        let source =
            source.ok_or_else(|| Error::new(Code::Internal, "the advisor feed does not say where it is from"))?;
        Ok(Advice(AdviceData { region, os, rows, source, now: session.clock.now() }.into()))
    }
}

fn choice<T: Copy + Default>(name: &str, given: Option<&str>, known: &[(&str, T)]) -> Result<T> {
    let Some(given) = given else { return Ok(T::default()) };
    let found = known.iter().find(|(word, _)| *word == given).map(|(_, value)| *value);
    found.ok_or_else(|| {
        let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
        let error = Error::new(Code::InvalidValue, format!("`{name}` cannot be `{given}`"));
        match nearest(given, words.iter().copied()) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help(format!("it is one of `{}`", words.join("`, `"))),
        }
    })
}

/// The names in a list of strings.
pub(super) fn names(function: &str, list: rhai::Array) -> Result<Vec<String>> {
    let wrapped = list.into_iter().enumerate().map(|(index, item)| {
        let kind = match item.type_name() {
            "i64" => "int",
            "f64" => "float",
            "array" => "list",
            "Fn" => "closure",
            kind => {
                let short = kind.rsplit("::").next().unwrap_or(kind);
                super::values::script_name(short).unwrap_or(short)
            }
        };
        item.into_string().map_err(|_| not_a_text(function, index, kind))
    });
    wrapped.collect()
}

/// What an element is told to be that should be a text.
pub(crate) fn not_a_text(function: &str, index: usize, kind: &str) -> Error {
    Error::new(Code::WrongOptionType, format!("element {index} of the list for `{function}` is of type `{kind}`"))
        .help("it takes a list of texts")
}

/// Choosing instance types for Spot, and what the Spot Instance Advisor says about them.
#[export_module]
#[allow(missing_docs, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod module {
    use super::{Advise, Select, names};
    use crate::bindings::call::{Outcome, call, pure};
    use crate::bindings::options;
    use crate::bindings::values::{Advice, Types};
    use crate::domain::catalogue;
    use crate::domain::instance_types::InstanceTypes;
    use rhai::{Array, Map};

    /// The instance types with these names, in this order.
    ///
    /// ```rhai
    /// let types = spot::types(["m5.xlarge", "t3.xlarge"]);
    /// check("both are there", types.len == 2);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn types(ctx: NativeCallContext, names_: Array) -> Outcome<Types> {
        pure(&ctx, || Ok(Types(InstanceTypes::parse(names("spot::types", names_)?)?.into())))
    }

    /// Every instance type that EC2 has.
    ///
    /// ```rhai
    /// check("EC2 has hundreds of types", spot::all().len > 500);
    /// ```
    pub fn all() -> Types {
        Types(std::sync::Arc::new(catalogue::all().iter().cloned().collect()))
    }

    /// The types that can be plain Spot workers and have what is asked for.
    ///
    /// Options: `vcpu`, `memory_gib`, `architecture` (`amd64` unless said), `burstable`, `current_generation`,
    /// `bare_metal`, `spot`, `gpus`, `accelerators`, `families`, `exclude_families`.
    ///
    /// ```rhai
    /// let types = spot::select(#{ vcpu: 4, memory_gib: 16, exclude_families: ["t2"] });
    /// check("of one shape", types.same_shape().len == types.len);
    /// check("without t2", !types.contains("t2.xlarge"));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn select(ctx: NativeCallContext, wanted: Map) -> Outcome<Types> {
        pure(&ctx, || Ok(Types(options::parse::<Select>("spot::select", wanted)?.run()?.into())))
    }

    /// The advisor's rows for the session's region.
    ///
    /// ```rhai
    /// print(spot::advisor());
    /// ```
    #[rhai_fn(name = "advisor", return_raw)]
    pub fn advisor_everything(ctx: NativeCallContext) -> Outcome<Advice> {
        call(&ctx, |host| Advise::default().run(host))
    }

    /// The advisor's rows for a region.
    ///
    /// ```rhai
    /// check("there are rows", spot::advisor("ap-northeast-1").len > 0);
    /// ```
    #[rhai_fn(name = "advisor", return_raw)]
    pub fn advisor_of_region(ctx: NativeCallContext, region: &str) -> Outcome<Advice> {
        call(&ctx, |host| Advise { region: Some(region.to_owned()), ..Advise::default() }.run(host))
    }

    /// The advisor's rows for these types in the session's region; a type that the feed lacks has a row without data.
    ///
    /// ```rhai
    /// let types = spot::types(["m5.xlarge", "t3.xlarge"]);
    /// check("a row for each", spot::advisor(types).len == 2);
    /// ```
    #[rhai_fn(name = "advisor", return_raw)]
    pub fn advisor_of_types(ctx: NativeCallContext, types: Types) -> Outcome<Advice> {
        let names = types.0.names().into_iter().map(str::to_owned).collect();
        call(&ctx, |host| Advise { types: Some(names), ..Advise::default() }.run(host))
    }

    /// The advisor's rows that have what is asked for.
    ///
    /// Options: `region`, `types`, `vcpu`, `memory_gib`, `os` (`linux`, `windows`), `max_interruption` (0 is below 5 %),
    /// `min_savings` (percent), `sort` (`interruption`, `savings`, `type`).
    ///
    /// ```rhai
    /// let calm = spot::advisor(#{ vcpu: 4, memory_gib: 16, max_interruption: 0, sort: "savings" });
    /// for row in calm.rows { require(row.interruption == "<5%", row.type); }
    /// ```
    #[rhai_fn(name = "advisor", return_raw)]
    pub fn advisor_with(ctx: NativeCallContext, wanted: Map) -> Outcome<Advice> {
        call(&ctx, |host| options::parse::<Advise>("spot::advisor", wanted)?.run(host))
    }

    /// The advisor's rows of a region that have what is asked for.
    ///
    /// ```rhai
    /// print(spot::advisor("ap-northeast-1", #{ vcpu: 4, memory_gib: 16 }));
    /// ```
    #[rhai_fn(name = "advisor", return_raw)]
    pub fn advisor_of_region_with(ctx: NativeCallContext, region: &str, wanted: Map) -> Outcome<Advice> {
        call(&ctx, |host| {
            let options = options::parse::<Advise>("spot::advisor", wanted)?;
            Advise { region: Some(region.to_owned()), ..options }.run(host)
        })
    }
}
