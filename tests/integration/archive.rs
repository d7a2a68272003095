//! Archive formats and what is wrong with some.
