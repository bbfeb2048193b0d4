//! interdict

pub mod address;
pub mod finding;
pub mod list;
pub mod screen;
pub mod source;
