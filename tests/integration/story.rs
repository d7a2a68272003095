//! The story of a path.

mod links;
mod steps;
mod truth;
