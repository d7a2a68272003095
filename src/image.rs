//! One opened archive: verification, chain IDs, merged trees, report.
