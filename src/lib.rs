//! Screens transaction exports against public sanctions lists, and proves what it did.
//!
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "cli"), allow(dead_code))]

pub mod address;
pub mod app;
#[cfg(feature = "cli")]
pub mod cli;
pub mod document;
pub mod error;
pub mod evidence;
pub mod finding;
pub mod input;
pub mod list;
pub mod report;
pub mod screen;
mod simd;
pub mod source;
pub mod store;
pub mod unpack;
