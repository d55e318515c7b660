//! What `catch (e)` gets when the host failed: the error's parts as properties.

use rhai::plugin::*;

use super::call::Failure;

/// Failures of the host, as `catch` gets them.
#[export_module]
#[allow(missing_docs, dead_code, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod module {
    use super::Failure;
    use rhai::{Array, Dynamic};

    /// A failure of the host.
    pub type Error = Failure;

    /// The stable code, such as `SPOT-0111`.
    ///
    /// ```rhai
    /// try { spot::types(["m5.xlrage"]) } catch (e) { require(e.code == "SPOT-0111", e.message) }
    /// ```
    #[rhai_fn(get = "code", pure)]
    pub fn code(error: &mut Failure) -> String {
        error.0.code.to_string()
    }

    /// What happened.
    ///
    /// ```rhai
    /// try { spot::types(["m5.xlrage"]) } catch (e) { require(e.message.contains("m5.xlrage"), e.message) }
    /// ```
    #[rhai_fn(get = "message", pure)]
    pub fn message(error: &mut Failure) -> String {
        error.0.message.clone()
    }

    /// What to do next; an empty string when there is nothing to say.
    ///
    /// ```rhai
    /// try { spot::types(["m5.xlrage"]) } catch (e) { require(e.help.contains("m5.xlarge"), e.help) }
    /// ```
    #[rhai_fn(get = "help", pure)]
    pub fn help(error: &mut Failure) -> String {
        error.0.help.clone().unwrap_or_default()
    }

    /// Why, nearest cause first.
    ///
    /// ```rhai
    /// try { spot::types(["m5.xlrage"]) } catch (e) { require(e.causes.len() >= 0, "a list") }
    /// ```
    #[rhai_fn(get = "causes", pure)]
    pub fn causes(error: &mut Failure) -> Array {
        error.0.causes.iter().cloned().map(Dynamic::from).collect()
    }

    /// The kind, which decides the exit code: `script`, `usage`, `refused`, `incomplete`, `bug`.
    ///
    /// ```rhai
    /// try { spot::types(["m5.xlrage"]) } catch (e) { require(e.kind == "script", e.kind) }
    /// ```
    #[rhai_fn(get = "kind", pure)]
    pub fn kind(error: &mut Failure) -> String {
        format!("{:?}", error.0.kind()).to_lowercase()
    }

    /// The item of `parallel` that it happened on, as `#{ index, name }`; `()` when it happened on none.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// try { parallel(["m5.xlarge", "m5.xlrage"], 2, |name| spot::types([name])) }
    /// catch (e) { require(e.item.index == 1 && e.item.name == "m5.xlrage", e.message) }
    /// ```
    #[rhai_fn(get = "item", pure)]
    pub fn item(error: &mut Failure) -> Dynamic {
        let Some(item) = &error.0.item else { return Dynamic::UNIT };
        let index = rhai::INT::try_from(item.index).unwrap_or(rhai::INT::MAX);
        Dynamic::from_map([("index".into(), index.into()), ("name".into(), item.name.clone().into())].into())
    }

    /// Code and message in one line.
    ///
    /// ```rhai
    /// try { spot::types(["m5.xlrage"]) } catch (e) { print(e) }
    /// ```
    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn to_string(error: &mut Failure) -> String {
        format!("{}: {}", error.0.code, error.0.message)
    }
}
