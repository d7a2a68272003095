//! Real archives against their ground truth, where `OCI_LENS_CORPUS` names them.
