//! `apply_cases.json`: layer stacks against containerd, moby and umoci.
