//! The only file that names wasm_bindgen: the boundary to JavaScript.
