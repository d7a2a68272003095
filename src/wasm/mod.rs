//! What the wasm modules share at the boundary to JavaScript; only they and
//! this one name wasm_bindgen.
//!
//! Errors are thrown as [`Failure`] objects, never as text.

pub mod source;

use serde::de::IntoDeserializer;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

use crate::report::Failure;

/// What a call throws: a [`Failure`].
pub type Thrown = JsValue;

/// A failure by code and sentence.
pub fn thrown(code: &str, message: impl ToString) -> Thrown {
    throw(Failure {
        code: code.to_owned(),
        message: message.to_string(),
        seems: None,
        hints: Vec::new(),
    })
}

/// A failure as JavaScript sees it.
pub fn throw(failure: Failure) -> Thrown {
    give(&failure).map_or_else(|thrown| thrown, JsValue::from)
}

/// A value as JavaScript sees it.
///
/// # Errors
///
/// A text, for a value that JavaScript cannot hold.
pub fn give<T: Tsify + serde::Serialize>(value: &T) -> Result<Ts<T>, Thrown>
where
    T::JsType: JsCast,
{
    value
        .into_ts()
        .map_err(|error| JsValue::from_str(&error.to_string()))
}

/// A value that JavaScript gave.
///
/// # Errors
///
/// A [`Failure`] for a value of another shape.
pub fn take<T: Tsify + serde::de::DeserializeOwned>(value: &Ts<T>) -> Result<T, Thrown>
where
    T::JsType: Clone,
{
    value.to_rust().map_err(|error| thrown("protocol", error))
}

/// A word that JavaScript gave: all that the engine takes, which is the smaller for it.
///
/// # Errors
///
/// A [`Failure`] for what is none of the type's words.
pub fn take_word<T: Tsify + serde::de::DeserializeOwned>(value: &Ts<T>) -> Result<T, Thrown>
where
    T::JsType: JsCast,
{
    let word = value.js_value().as_string().unwrap_or_default();
    let read: Result<T, serde::de::value::Error> = T::deserialize(word.into_deserializer());
    read.map_err(|error| thrown("protocol", error))
}
