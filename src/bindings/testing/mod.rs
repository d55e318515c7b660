//! What only tests can call: assertions, snapshots, and runbooks in the test's own world.

mod assert;
mod compare;
mod pretty;
mod run;
mod snapshot;
mod throws;

use rhai::{Engine, exported_module};

pub use run::Trial;

/// Teaches an engine what tests can call.
pub fn register(engine: &mut Engine) {
    engine.register_global_module(exported_module!(assert::module).into());
    engine.register_global_module(exported_module!(run::module).into());
    engine.register_type_with_name::<run::Trial>("Trial");
    engine.register_global_module(exported_module!(snapshot::module).into());
    engine.register_global_module(exported_module!(throws::module).into());
}
