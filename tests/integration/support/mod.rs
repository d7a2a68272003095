//! What the cases share: the test attribute of both worlds, and files.

pub mod caches;
pub mod cuts;
pub mod files;
pub mod inspect;
pub mod layer_stack;
pub mod layer_tar;
pub mod layout;
pub mod random;
pub mod truth;

/// Declares cases that run natively and as wasm.
#[macro_export]
macro_rules! cases {
    ($($(#[$meta:meta])* fn $name:ident() $body:block)*) => {$(
        $(#[$meta])*
        #[cfg_attr(not(target_arch = "wasm32"), test)]
        #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
        fn $name() $body
    )*};
}
