//! Documents made readable: functions of their bytes.

use oci_lens::attestation;
use oci_lens::limits::Limits;
use oci_lens::manifest::pretty;
use oci_lens::report::{DocumentView, StatementDetail};
use oci_lens::wasm::{Thrown, give, thrown};
use tsify::Ts;
use wasm_bindgen::prelude::*;

/// Shows a document that was asked for by `key`.
#[wasm_bindgen(js_name = documentView)]
pub fn document_view(key: &str, name: &str, bytes: &[u8]) -> Result<Ts<DocumentView>, Thrown> {
    give(&pretty::document(key, name, bytes))
}

/// Reads an attestation.
///
/// # Errors
///
/// A `Failure` for anything else.
#[wasm_bindgen(js_name = statementDetail)]
pub fn statement_detail(bytes: &[u8]) -> Result<Ts<StatementDetail>, Thrown> {
    let detail = attestation::read(bytes, &Limits::default())
        .map_err(|error| thrown(error.code(), error))?;
    give(&detail)
}
