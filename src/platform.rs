//! Platforms, and how containerd normalises them.
