//! Networks and asset codes: which formats an asset's addresses may have.
