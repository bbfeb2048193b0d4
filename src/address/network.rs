//! Asset codes: on which networks an asset lives, and so which formats its addresses may have. A
//! text whose asset is known is judged strictly as that asset's address.
//!
//! It does not know tokens beyond the codes that sanctions lists and our own tests use, and an
//! unknown code is answered as such, never guessed.

use super::detect;
use super::formats::{Codec, FORMATS, Format};
use super::{Address, AddressError, Reason};

/// An asset: its code, and the networks whose addresses hold it.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// Code in upper case.
    pub code: &'static str,
    /// Networks.
    pub networks: &'static [&'static str],
    /// Their test networks.
    pub test: &'static [&'static str],
}

macro_rules! assets {
    ($($code:literal [$($net:literal),*] [$($test:literal),*]),* $(,)?) => {
        /// Every asset code that is known.
        pub const ASSETS: &[Asset] = &[
            $(Asset { code: $code, networks: &[$($net),*], test: &[$($test),*] }),*
        ];
    };
}

assets! {
    "ADA" ["cardano"] ["cardano-testnet"],
    "ALGO" ["algorand"] [],
    "APT" ["aptos"] [],
    "ARB" ["arbitrum"] [],
    "ATOM" ["cosmos"] [],
    "AVAX" ["avalanche-c", "avalanche"] ["avalanche-testnet"],
    "BCH" ["bitcoin-cash"] ["bitcoin-cash-testnet", "bitcoin-cash-regtest"],
    "BNB" ["bnb-smart-chain", "bnb-beacon"] ["bnb-beacon-testnet"],
    "BNB-BEACON" ["bnb-beacon"] ["bnb-beacon-testnet"],
    "BSC" ["bnb-smart-chain"] [],
    "BSV" ["bitcoin-sv"] ["bitcoin-sv-testnet"],
    "BTC" ["bitcoin"] ["bitcoin-testnet", "bitcoin-regtest"],
    "BTG" ["bitcoin-gold"] ["bitcoin-gold-testnet", "bitcoin-gold-regtest"],
    "CASHADDR-CODEC" ["cashaddr-codec"] [],
    "CELO" ["celo"] [],
    "DASH" ["dash"] ["dash-testnet"],
    "DGB" ["digibyte"] [],
    "DOGE" ["dogecoin"] ["dogecoin-testnet"],
    "DOT" ["polkadot"] [],
    "EGLD" ["multiversx"] [],
    "EOS" ["eos"] [],
    "ETC" ["ethereum-classic"] [],
    "ETH" ["ethereum"] [],
    "FIL" ["filecoin"] ["filecoin-testnet"],
    "FTM" ["fantom"] [],
    "HBAR" ["hedera"] ["hedera-testnet"],
    "ICX" ["icon"] [],
    "KSM" ["kusama"] [],
    "LTC" ["litecoin"] ["litecoin-testnet", "litecoin-regtest"],
    "LUNA" ["terra"] [],
    "MATIC" ["polygon"] [],
    "NANO" ["nano"] [],
    "NEAR" ["near"] ["near-testnet"],
    "NEO" ["neo", "neo-legacy"] [],
    "ONE" ["harmony"] ["harmony-testnet"],
    "OP" ["optimism"] [],
    "POL" ["polygon"] [],
    "RON" ["ronin"] [],
    "RSK" ["rootstock"] ["rootstock-testnet"],
    "SOL" ["solana"] [],
    "STRK" ["starknet"] [],
    "SUBSTRATE" ["substrate"] [],
    "SUI" ["sui"] [],
    "TON" ["ton"] ["ton-testnet"],
    "TRX" ["tron"] [],
    "USDC" [
        "ethereum", "solana", "tron", "arbitrum", "avalanche-c", "base", "bnb-smart-chain", "celo",
        "optimism", "polygon", "stellar", "algorand", "hedera", "near", "aptos", "sui"
    ] [],
    "USDT" [
        "ethereum", "tron", "omni", "bitcoin", "solana", "arbitrum", "avalanche-c",
        "bnb-smart-chain", "celo", "optimism", "polygon", "ton", "algorand", "near", "aptos",
        "tezos", "polkadot", "kusama"
    ] [],
    "USDT-OMNI" ["omni"] [],
    "WAVES" ["waves"] ["waves-testnet"],
    "XBT" ["bitcoin"] ["bitcoin-testnet", "bitcoin-regtest"],
    "XDC" ["xdc"] [],
    "XEC" ["ecash"] ["ecash-testnet", "ecash-regtest"],
    "XLM" ["stellar"] [],
    "XMR" ["monero"] ["monero-testnet", "monero-stagenet"],
    "XRP" ["xrp"] ["xrp-testnet"],
    "XTZ" ["tezos"] [],
    "XVG" ["verge"] ["verge-testnet"],
    "ZEC" ["zcash"] ["zcash-testnet", "zcash-regtest"],
    "ZIL" ["zilliqa"] [],
}

/// The asset called `code`, in any case.
pub fn asset(code: &str) -> Option<&'static Asset> {
    ASSETS
        .iter()
        .find(|a| a.code.eq_ignore_ascii_case(code.trim()))
}

/// Whether an address of `format` can be one of the asset that `label` names. `None` when the
/// label is unknown: new ones appear every year.
pub fn label_fits(label: &str, format: &Format) -> Option<bool> {
    let asset = asset(label)?;
    Some(overlap(asset.networks, format.networks) || overlap(asset.test, format.networks))
}

fn overlap(a: &[&str], b: &[&str]) -> bool {
    a.iter().any(|network| b.contains(network))
}

impl Asset {
    /// The formats its addresses can have.
    pub fn formats(&self, testnet: bool) -> impl Iterator<Item = &'static Format> {
        let (networks, test) = (self.networks, if testnet { self.test } else { &[] });
        FORMATS
            .iter()
            .filter(move |f| overlap(networks, f.networks) || overlap(test, f.networks))
    }

    fn admits(&self, format: &'static Format, canonical: &str, testnet: bool) -> bool {
        let networks = detect::networks(format, canonical);
        overlap(self.networks, networks) || testnet && overlap(self.test, networks)
    }
}

impl Address {
    /// Parses `text` strictly as an address of the asset `code`; with `testnet`, of its test
    /// networks too. The reason of a refusal is that of the closest of the asset's formats.
    pub fn parse_as(text: &str, code: &str, testnet: bool) -> Result<Self, AddressError> {
        match asset(code) {
            Some(asset) => parse_as(text, asset, testnet),
            None => Err(AddressError::UNKNOWN),
        }
    }
}

fn parse_as(text: &str, asset: &Asset, testnet: bool) -> Result<Address, AddressError> {
    let mut closest = AddressError::UNKNOWN;
    // Test formats are tried as well, so that a refusal can name the network.
    for format in asset.formats(true) {
        if matches!(format.codec, Codec::Evm { .. })
            && !text.starts_with("0x")
            && !text.starts_with("0X")
        {
            continue;
        }
        match detect::decode_as(format, text.as_bytes()) {
            Ok(identity) => {
                let canonical = detect::canonical(format, &identity, text);
                if asset.admits(format, &canonical, testnet) {
                    return Ok(Address {
                        canonical,
                        format,
                        identity,
                    });
                }
                closest = AddressError {
                    near: Some(format),
                    reason: Reason::Network,
                    lead: None,
                };
            }
            Err((reason, lead)) if reason > closest.reason => {
                closest = AddressError {
                    near: Some(format),
                    reason,
                    lead,
                };
            }
            Err(_) => {}
        }
    }
    // A whole address of another asset, or a secret, is better said as that.
    if closest.reason < Reason::Checksum {
        match detect::decode(text.as_bytes()) {
            Ok(decoded) => {
                let near = Some(decoded.format);
                return Err(AddressError {
                    near,
                    reason: Reason::Network,
                    lead: None,
                });
            }
            Err(error) if error.reason == Reason::Secret => return Err(error),
            Err(_) => {}
        }
    }
    Err(closest)
}
