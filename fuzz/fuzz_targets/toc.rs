#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| oci_lens_fuzz::toc::run(bytes));
