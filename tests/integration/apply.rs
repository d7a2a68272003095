//! Layers applied into trees: the vectors of three appliers, the ground truth
//! of fixtures and real images, and what is ours alone.

mod arranged;
mod changes;
mod hostile;
mod order;
mod part;
mod paths;
mod provenance;
mod random;
mod truth;
mod vectors;
mod view;
