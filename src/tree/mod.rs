//! Layers applied into one tree in memory.
