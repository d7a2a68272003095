//! Layer scans: compressions, tar dialects, cuts.
