//! The rows of the odd schemes: formats with a codec of their own, one file each under `codec/`.
//! Families are in [`formats`](super::formats).

use super::formats::Format;

/// Formats with a codec of their own.
pub(super) const ODD: &[Format] = &[];
