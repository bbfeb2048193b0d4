//! Writes a synthetic transaction export with planted hits, its lists, and the truth.
//!
//! Seeded: the same arguments give the same bytes. The distribution of chains, spellings, repeats
//! and planted variants is described in `docs/performance.md`. It knows nothing of the library: its
//! encoders are written straight from the formats, so that a mistake is not made twice.
//!
//! `cargo run --release --example txgen -- --rows 1000000 --out tx.csv --truth truth.csv`

#![allow(
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::exit,
    reason = "a tool for benches, not the library"
)]

use bech32::{Fe32, Hrp, segwit};
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use sha3::Keccak256;
use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{BufWriter, Write};

struct Args {
    rows: u64,
    seed: u64,
    hits: u64,
    unique_pct: f64,
    lists: Vec<usize>,
    out: String,
    list_prefix: Option<String>,
    truth: Option<String>,
    delimiter: char,
    crlf: bool,
    bom: bool,
    gzip: bool,
    wide: bool,
    json: bool,
}

fn args() -> Args {
    let mut a = Args {
        rows: 1_000_000,
        seed: 20_260_101,
        hits: 1000,
        unique_pct: 30.0,
        lists: vec![1000, 20_000, 1_000_000],
        out: String::new(),
        list_prefix: None,
        truth: None,
        delimiter: ',',
        crlf: false,
        bom: false,
        gzip: false,
        wide: false,
        json: false,
    };
    let mut rest = std::env::args().skip(1);
    while let Some(flag) = rest.next() {
        let mut value = || rest.next().unwrap_or_else(|| usage(&flag));
        match flag.as_str() {
            "--rows" => a.rows = value().parse().unwrap(),
            "--seed" => a.seed = value().parse().unwrap(),
            "--hits" => a.hits = value().parse().unwrap(),
            "--unique-pct" => a.unique_pct = value().parse().unwrap(),
            "--lists" => a.lists = value().split(',').map(|n| n.parse().unwrap()).collect(),
            "--out" => a.out = value(),
            "--list-prefix" => a.list_prefix = Some(value()),
            "--truth" => a.truth = Some(value()),
            "--delimiter" => a.delimiter = value().chars().next().unwrap(),
            "--crlf" => a.crlf = true,
            "--bom" => a.bom = true,
            "--gzip" => a.gzip = true,
            "--wide" => a.wide = true,
            "--json" => a.json = true,
            _ => usage(&flag),
        }
    }
    if a.out.is_empty() {
        usage("--out");
    }
    a.lists.sort_unstable();
    a
}

fn usage(flag: &str) -> ! {
    eprintln!(
        "txgen: bad or missing `{flag}`\n\
         txgen --rows N --out FILE [--seed N] [--hits N] [--unique-pct P] [--lists N,N,N]\n\
         \x20     [--list-prefix PREFIX] [--truth FILE]\n\
         \x20     [--delimiter C] [--crlf] [--bom] [--gzip] [--wide] [--json]"
    );
    std::process::exit(2)
}

/// xoshiro256**, seeded by splitmix64.
struct Rng([u64; 4]);

impl Rng {
    fn new(seed: u64, stream: u64) -> Self {
        let mut x = seed ^ stream.wrapping_mul(0xD1B5_4A32_D192_ED03);
        let mut next = || {
            x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let z = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^ (z >> 31)
        };
        Self([next(), next(), next(), next()])
    }

    fn next(&mut self) -> u64 {
        let s = &mut self.0;
        let out = s[1].wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        out
    }

    fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(n)) >> 64) as u64
    }

    fn pct(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64 * 100.0
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        for chunk in out.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
        out
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum Chain {
    Evm,
    Btc,
    Tron,
    Sol,
    Ltc,
    Xrp,
    Doge,
    Bch,
    Xmr,
}

const CHAINS: [(Chain, f64); 9] = [
    (Chain::Evm, 45.0),
    (Chain::Btc, 30.0),
    (Chain::Tron, 15.0),
    (Chain::Sol, 4.0),
    (Chain::Ltc, 2.0),
    (Chain::Xrp, 2.0),
    (Chain::Doge, 1.0),
    (Chain::Bch, 0.5),
    (Chain::Xmr, 0.5),
];

fn chain(rng: &mut Rng) -> Chain {
    let mut p = rng.pct();
    for (chain, share) in CHAINS {
        if p < share {
            return chain;
        }
        p -= share;
    }
    Chain::Evm
}

/// How an address is written at base.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Kind {
    Evm,
    Base58 { version: u8, ripple: bool },
    Segwit { ltc: bool, version: u8, len: u8 },
    Cash,
    Sol,
    Xmr,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Addr {
    chain: Chain,
    kind: Kind,
    bytes: [u8; 32],
}

fn base58(version: u8) -> Kind {
    Kind::Base58 {
        version,
        ripple: false,
    }
}

fn new_address(chain: Chain, rng: &mut Rng) -> Addr {
    let p = rng.pct();
    let segwit = |version, len| Kind::Segwit {
        ltc: chain == Chain::Ltc,
        version,
        len,
    };
    let kind = match chain {
        Chain::Evm => Kind::Evm,
        Chain::Btc if p < 25.0 => base58(0x00),
        Chain::Btc if p < 45.0 => base58(0x05),
        Chain::Btc if p < 85.0 => segwit(0, 20),
        Chain::Btc if p < 88.0 => segwit(0, 32),
        Chain::Btc => segwit(1, 32),
        Chain::Tron => base58(0x41),
        Chain::Sol => Kind::Sol,
        Chain::Ltc if p < 40.0 => base58(0x30),
        Chain::Ltc if p < 60.0 => base58(0x32),
        Chain::Ltc => segwit(0, 20),
        Chain::Xrp => Kind::Base58 {
            version: 0x00,
            ripple: true,
        },
        Chain::Doge => base58(0x1e),
        Chain::Bch => Kind::Cash,
        Chain::Xmr => Kind::Xmr,
    };
    Addr {
        chain,
        kind,
        bytes: rng.bytes(),
    }
}

fn base58check(version: u8, payload: &[u8], ripple: bool) -> String {
    let mut bytes = [0; 25];
    bytes[0] = version;
    bytes[1..21].copy_from_slice(payload);
    let sum = Sha256::digest(Sha256::digest(&bytes[..21]));
    bytes[21..].copy_from_slice(&sum[..4]);
    let alphabet = if ripple {
        bs58::Alphabet::RIPPLE
    } else {
        bs58::Alphabet::BITCOIN
    };
    bs58::encode(bytes).with_alphabet(alphabet).into_string()
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

fn eip55(bytes: &[u8]) -> String {
    let lower = hex(bytes);
    let hash = Keccak256::digest(lower.as_bytes());
    let body = lower.chars().enumerate().map(|(i, c)| {
        let nibble = hash[i / 2] >> (4 * (1 - i % 2)) & 15;
        if nibble >= 8 {
            c.to_ascii_uppercase()
        } else {
            c
        }
    });
    "0x".chars().chain(body).collect()
}

const CHARSET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// CashAddr, type 0 (key hash), 160 bits.
fn cashaddr(payload: &[u8], prefix: bool) -> String {
    let polymod = |values: &[u8]| {
        const GENERATORS: [u64; 5] = [
            0x98_f2bc_8e61,
            0x79_b76d_99e2,
            0xf3_3e5f_b3c4,
            0xae_2eab_e2a8,
            0x1e_4f43_e470,
        ];
        values.iter().fold(1u64, |c, &d| {
            let top = c >> 35;
            let mut c = ((c & 0x7_ffff_ffff) << 5) ^ u64::from(d);
            for (i, g) in GENERATORS.iter().enumerate() {
                if top >> i & 1 == 1 {
                    c ^= g;
                }
            }
            c
        }) ^ 1
    };
    let mut data = Vec::with_capacity(34);
    let (mut acc, mut bits) = (0u32, 0);
    for &b in [0u8].iter().chain(payload) {
        acc = acc << 8 | u32::from(b);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            data.push((acc >> bits & 31) as u8);
        }
    }
    if bits > 0 {
        data.push((acc << (5 - bits) & 31) as u8);
    }
    let mut values: Vec<u8> = b"bitcoincash".iter().map(|b| b & 31).collect();
    values.push(0);
    values.extend(&data);
    values.extend([0; 8]);
    let sum = polymod(&values);
    data.extend((0..8).map(|i| (sum >> (5 * (7 - i)) & 31) as u8));
    let body: String = data.iter().map(|&d| CHARSET[d as usize] as char).collect();
    if prefix {
        format!("bitcoincash:{body}")
    } else {
        body
    }
}

/// The field of 2^255 - 19, four 64-bit words, lowest first; enough to tell points of ed25519.
type Field = [u64; 4];

fn multiply(a: &Field, b: &Field) -> Field {
    let mut wide = [0_u64; 8];
    for (i, &x) in a.iter().enumerate() {
        let mut carry = 0_u128;
        for (j, &y) in b.iter().enumerate() {
            carry += u128::from(x) * u128::from(y) + u128::from(wide[i + j]);
            wide[i + j] = carry as u64;
            carry >>= 64;
        }
        wide[i + 4] = carry as u64;
    }
    let mut out = [wide[0], wide[1], wide[2], wide[3]];
    let mut carry = 0_u128;
    for i in 0..4 {
        carry += u128::from(out[i]) + 38 * u128::from(wide[i + 4]);
        out[i] = carry as u64;
        carry >>= 64;
    }
    add(&out, &[38 * carry as u64, 0, 0, 0])
}

fn add(a: &Field, b: &Field) -> Field {
    let mut out = [0; 4];
    let mut carry = 0_u128;
    for i in 0..4 {
        carry += u128::from(a[i]) + u128::from(b[i]);
        out[i] = carry as u64;
        carry >>= 64;
    }
    match carry as u64 {
        0 => out,
        carry => add(&out, &[38 * carry, 0, 0, 0]),
    }
}

const MINUS_ONE: Field = [!0 - 19, !0, !0, !0 >> 1];
/// -121665 / 121666.
const D: Field = [
    0x75eb_4dca_1359_78a3,
    0x0070_0a4d_4141_d8ab,
    0x8cc7_4079_7779_e898,
    0x5203_6cee_2b6f_fe73,
];

/// Whether some x has -x² + y² = 1 + d x² y².
fn is_point(bytes: &[u8; 32]) -> bool {
    let mut y: Field =
        std::array::from_fn(|i| u64::from_le_bytes(bytes[8 * i..8 * i + 8].try_into().unwrap()));
    y[3] &= !0 >> 1;
    let square = multiply(&y, &y);
    let over = add(&square, &MINUS_ONE);
    let under = add(&multiply(&D, &square), &[1, 0, 0, 0]);
    // Euler's criterion: (p - 1) / 2 = 2^254 - 10.
    let base = multiply(&over, &under);
    let mut power = [1, 0, 0, 0];
    for bit in (0..254).rev() {
        power = multiply(&power, &power);
        if !(bit < 4 && (9 >> bit) & 1 == 1) {
            power = multiply(&power, &base);
        }
    }
    // 1, or 1 + p where it was not reduced.
    power == [1, 0, 0, 0] || power == [!0 - 17, !0, !0, !0 >> 1]
}

/// The next point that hashing a seed again and again comes to.
fn point(mut seed: [u8; 32]) -> [u8; 32] {
    loop {
        seed = Sha256::digest(seed).into();
        if is_point(&seed) {
            return seed;
        }
    }
}

fn monero(seed: &[u8; 32]) -> String {
    let mut bytes = vec![0x12];
    let spend = point(*seed);
    bytes.extend(spend);
    bytes.extend(point(spend));
    let sum = Keccak256::digest(&bytes);
    bytes.extend(&sum[..4]);
    const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    const WIDTH: [usize; 9] = [0, 2, 3, 5, 6, 7, 9, 10, 11];
    let mut out = String::new();
    for block in bytes.chunks(8) {
        let mut n = block.iter().fold(0u64, |n, &b| n << 8 | u64::from(b));
        let mut text = vec![b'1'; WIDTH[block.len()]];
        for c in text.iter_mut().rev() {
            *c = ALPHABET[(n % 58) as usize];
            n /= 58;
        }
        out.push_str(std::str::from_utf8(&text).unwrap());
    }
    out
}

impl Addr {
    /// The plain spelling: EVM lower case, CashAddr with its prefix.
    fn plain(&self) -> String {
        match self.kind {
            Kind::Evm => format!("0x{}", hex(&self.bytes[..20])),
            Kind::Base58 { version, ripple } => base58check(version, &self.bytes[..20], ripple),
            Kind::Segwit { ltc, version, len } => {
                let hrp = Hrp::parse_unchecked(if ltc { "ltc" } else { "bc" });
                let version = Fe32::try_from(version).unwrap();
                segwit::encode(hrp, version, &self.bytes[..len as usize]).unwrap()
            }
            Kind::Cash => cashaddr(&self.bytes[..20], true),
            Kind::Sol => bs58::encode(self.bytes).into_string(),
            Kind::Xmr => monero(&self.bytes),
        }
    }

    /// As lists write it.
    fn listed(&self, rng: &mut Rng) -> String {
        let half = rng.below(2) == 0;
        match self.kind {
            Kind::Evm if half => eip55(&self.bytes[..20]),
            Kind::Cash if half => base58check(0, &self.bytes[..20], false),
            _ => self.plain(),
        }
    }

    /// As exports write it.
    fn spelled(&self, rng: &mut Rng) -> String {
        let p = rng.pct();
        match self.kind {
            Kind::Evm if p < 60.0 => self.plain(),
            Kind::Evm if p < 96.0 => eip55(&self.bytes[..20]),
            Kind::Evm if p < 99.0 => format!("0x{}", hex(&self.bytes[..20]).to_uppercase()),
            Kind::Evm => hex(&self.bytes[..20]),
            Kind::Segwit { .. } if p < 1.0 => self.plain().to_uppercase(),
            Kind::Cash if p < 50.0 => cashaddr(&self.bytes[..20], false),
            _ => self.plain(),
        }
    }
}

struct Hit {
    variant: &'static str,
    to: bool,
    chain: Chain,
    rendered: String,
    listed: String,
}

/// The planted variants, in percent of all hits.
const VARIANTS: [(&str, f64); 8] = [
    ("exact", 60.0),
    ("evm_case", 15.0),
    ("bech32_upper", 3.0),
    ("tron_hex", 3.0),
    ("bch_reenc", 2.0),
    ("evm_noprefix", 2.0),
    ("padded", 5.0),
    ("memo", 10.0),
];

fn plan(a: &Args, entries: &[(Addr, String)], rng: &mut Rng) -> BTreeMap<u64, Hit> {
    let mut plan = BTreeMap::new();
    let entries = &entries[..entries.len().min(1000)];
    for (variant, share) in VARIANTS {
        for _ in 0..(a.hits as f64 * share / 100.0).round() as u64 {
            let fits = |addr: &Addr| match variant {
                "evm_case" | "evm_noprefix" => addr.chain == Chain::Evm,
                "bech32_upper" => matches!(addr.kind, Kind::Segwit { .. }),
                "tron_hex" => addr.chain == Chain::Tron,
                "bch_reenc" => addr.chain == Chain::Bch,
                _ => true,
            };
            let (addr, listed) = loop {
                let entry = &entries[rng.below(entries.len() as u64) as usize];
                if fits(&entry.0) {
                    break entry;
                }
            };
            let rendered = match variant {
                "evm_case" if listed == &addr.plain() => eip55(&addr.bytes[..20]),
                "evm_case" if rng.below(2) == 0 => addr.plain(),
                "evm_case" => format!("0x{}", hex(&addr.bytes[..20]).to_uppercase()),
                "evm_noprefix" => hex(&addr.bytes[..20]),
                "bech32_upper" => listed.to_uppercase(),
                "tron_hex" => format!("41{}", hex(&addr.bytes[..20])),
                "bch_reenc" if listed.starts_with('b') => base58check(0, &addr.bytes[..20], false),
                "bch_reenc" => cashaddr(&addr.bytes[..20], rng.below(2) == 0),
                _ => listed.clone(),
            };
            let row = loop {
                let row = rng.below(a.rows);
                if !plan.contains_key(&row) {
                    break row;
                }
            };
            plan.insert(
                row,
                Hit {
                    variant,
                    to: rng.below(2) == 1,
                    chain: addr.chain,
                    rendered,
                    listed: listed.clone(),
                },
            );
        }
    }
    plan
}

/// Addresses of one chain seen so far: a Simon process.
#[derive(Default)]
struct Seen {
    new: u32,
    occurrences: Vec<u32>,
}

fn draw(seen: &mut Seen, chain: Chain, unique_pct: f64, seed: u64, rng: &mut Rng) -> Addr {
    let old = rng.pct() >= unique_pct && !seen.occurrences.is_empty();
    let id = if old {
        seen.occurrences[rng.below(seen.occurrences.len() as u64) as usize]
    } else {
        seen.new += 1;
        seen.new
    };
    seen.occurrences.push(id);
    // An address is made again from its number: nothing but the number is kept.
    new_address(
        chain,
        &mut Rng::new(seed, 1000 + ((chain as u64) << 32) + u64::from(id)),
    )
}

const WORDS: [&str; 12] = [
    "invoice", "order", "refund", "payout", "salary", "deposit", "transfer", "fee", "loan",
    "donation", "rent", "swap",
];

fn memo(rng: &mut Rng, seed: u64, d: char, eol: &str) -> String {
    let p = rng.pct();
    let word = WORDS[rng.below(12) as usize];
    let n = rng.below(1_000_000);
    if p < 55.0 {
        String::new()
    } else if p < 90.0 {
        format!("{word} {n}")
    } else if p < 96.9 {
        format!("\"{word}{d} \"\"{n}\"\" as agreed\"")
    } else if p < 97.0 {
        format!("\"{word}{eol}{n}\"")
    } else {
        let chain = chain(rng);
        let addr = new_address(chain, &mut Rng::new(seed, 7 + (rng.next() >> 3)));
        format!("{word} to {} please", addr.spelled(rng))
    }
}

fn timestamp(row: u64, rows: u64) -> String {
    let seconds = (730.0 * 86400.0 * row as f64 / rows as f64) as i64;
    let at = jiff::Timestamp::from_second(1_704_067_200 + seconds).unwrap();
    at.to_string()
}

fn main() {
    let a = args();
    let mut rng = Rng::new(a.seed, 1);
    let mut unique = HashSet::new();
    let mut entries = Vec::new();
    let most = a.lists.last().copied().unwrap_or(0).max(1000);
    while entries.len() < most {
        let chain = chain(&mut rng);
        let addr = new_address(chain, &mut rng);
        if unique.insert(addr.bytes) {
            let listed = addr.listed(&mut rng);
            entries.push((addr, listed));
        }
    }
    drop(unique);
    if let Some(prefix) = &a.list_prefix {
        for &n in &a.lists {
            let mut out = BufWriter::new(File::create(format!("{prefix}{n}.txt")).unwrap());
            for (_, listed) in &entries[..n] {
                writeln!(out, "{listed}").unwrap();
            }
            out.flush().unwrap();
        }
    }
    let plan = plan(&a, &entries, &mut Rng::new(a.seed, 2));
    drop(entries);
    let file = BufWriter::with_capacity(1 << 20, File::create(&a.out).unwrap());
    let mut out: Box<dyn Write> = if a.gzip {
        Box::new(BufWriter::with_capacity(
            1 << 16,
            GzEncoder::new(file, Compression::new(6)),
        ))
    } else {
        Box::new(file)
    };
    let mut truth = a.truth.as_ref().map(|path| {
        let mut out = BufWriter::new(File::create(path).unwrap());
        writeln!(out, "row,column,variant,rendered,listed").unwrap();
        out
    });
    rows(
        &a,
        &plan,
        &mut *out,
        truth.as_mut().map(|t| t as &mut dyn Write),
    );
    out.flush().unwrap();
}

fn rows(
    a: &Args,
    plan: &BTreeMap<u64, Hit>,
    out: &mut dyn Write,
    mut truth: Option<&mut dyn Write>,
) {
    let d = a.delimiter;
    let eol = if a.crlf { "\r\n" } else { "\n" };
    if a.bom {
        out.write_all(b"\xEF\xBB\xBF").unwrap();
    }
    let names = [
        "tx_id",
        "timestamp",
        "asset",
        "from_address",
        "to_address",
        "amount",
        "memo",
    ];
    write!(out, "{}", names.join(&d.to_string())).unwrap();
    if a.wide {
        (8..=40).for_each(|n| write!(out, "{d}extra_{n}").unwrap());
    }
    write!(out, "{eol}").unwrap();
    let mut rng = Rng::new(a.seed, 3);
    let mut seen: BTreeMap<Chain, Seen> = BTreeMap::new();
    for row in 0..a.rows {
        let hit = plan.get(&row);
        let chain = match hit {
            Some(hit) => hit.chain,
            None => chain(&mut rng),
        };
        let known = seen.entry(chain).or_default();
        let mut from = draw(known, chain, a.unique_pct, a.seed, &mut rng).spelled(&mut rng);
        let mut to = draw(known, chain, a.unique_pct, a.seed, &mut rng).spelled(&mut rng);
        let mut memo = memo(&mut rng, a.seed, d, eol);
        if let Some(hit) = hit {
            let cell = match hit.variant {
                "padded" => format!(" {}  ", hit.rendered),
                _ => hit.rendered.clone(),
            };
            let column = match (hit.variant, hit.to) {
                ("memo", _) => {
                    memo = format!("payment to {cell} ref {}", rng.below(10_000));
                    "memo"
                }
                (_, true) => {
                    to = cell;
                    "to_address"
                }
                _ => {
                    from = cell;
                    "from_address"
                }
            };
            if let Some(truth) = &mut truth {
                writeln!(
                    truth,
                    "{row},{column},{},{},{}",
                    hit.variant, hit.rendered, hit.listed
                )
                .unwrap();
            }
        }
        let tx = rng.bytes::<64>();
        let tx = match chain {
            Chain::Evm => format!("0x{}", hex(&tx[..32])),
            Chain::Sol => bs58::encode(tx).into_string(),
            _ => hex(&tx[..32]),
        };
        let p = rng.pct();
        let asset = match chain {
            Chain::Evm if p < 45.0 => "ETH",
            Chain::Evm if p < 75.0 => "USDT",
            Chain::Evm if p < 92.0 => "USDC",
            Chain::Evm => "BNB",
            Chain::Tron if p < 80.0 => "USDT",
            Chain::Tron => "TRX",
            Chain::Btc => "BTC",
            Chain::Sol => "SOL",
            Chain::Ltc => "LTC",
            Chain::Xrp => "XRP",
            Chain::Doge => "DOGE",
            Chain::Bch => "BCH",
            Chain::Xmr => "XMR",
        };
        let amount = 10f64.powf(rng.pct() / 10.0 - 4.0);
        let places = 2 + rng.below(7) as usize;
        if a.json {
            for cell in [&mut from, &mut to] {
                *cell = format!("\"{{\"\"address\"\": \"\"{cell}\"\"{d} \"\"tag\"\": null}}\"");
            }
        }
        let time = timestamp(row, a.rows);
        write!(
            out,
            "{tx}{d}{time}{d}{asset}{d}{from}{d}{to}{d}{amount:.places$}{d}{memo}"
        )
        .unwrap();
        if a.wide {
            for n in 8..=40u64 {
                let x = rng.next();
                match n % 4 {
                    0 => write!(out, "{d}{}", x % 100_000),
                    1 => write!(out, "{d}{}", WORDS[(x % 12) as usize]),
                    2 => write!(out, "{d}{}", if x.is_multiple_of(2) { "true" } else { "" }),
                    _ => write!(out, "{d}{:.2}", (x % 10_000) as f64 / 100.0),
                }
                .unwrap();
            }
        }
        write!(out, "{eol}").unwrap();
    }
}
