//! Headings of columns, by what the columns hold. Data: a new heading is one word in a row.
//!
//! It knows nothing of cells.

use crate::screen::Role;

/// Headings by role, as words (see `columns::words`). `*` at the end: any words may follow, at the
/// start: any may precede. An exact heading wins over a pattern, then the first row that fits.
#[rustfmt::skip]
pub(super) const HEADINGS: &[(Role, &[&str])] = &[
    (Role::Other, &[
        "method name", "function name", "account name", "wallet name", "portfolio name",
        "entity name", "product name", "collection name", "integration name", "source name",
    ]),
    (Role::Contract, &[
        "contract address", "contractaddress", "token contract*", "tokencontractaddress",
        "token address", "* token address", "contract", "* currency address", "asset address",
        "currency issuer address", "coin type", "receipt contract address", "token contract",
        "mint", "mint address", "contrato", "router", "pool",
    ]),
    (Role::Own, &[
        "account xpub", "xpub", "own address", "my address", "own wallet", "owner",
        "owner address", "affected address*", "public key", "account address", "wallet id",
        "auftragskonto", "safe", "safe address",
    ]),
    (Role::Txid, &[
        "txid", "tx id", "txhash", "tx hash", "txn hash", "transaction hash", "hash",
        "transaction id", "transactionid", "tx", "block hash", "operation hash",
        "blockchain txn id", "blockchain transaction id", "trx id*", "* tx hash", "* txid",
        "* tx id", "* transaction hash", "tx identifier", "signature", "txn id", "transaction",
        "blockchain id", "parent txhash", "hash de transaccion", "transaktionshash",
        "transaktions id", "transaction hash id", "outtxid", "intxid", "xactn id", "extrinsic id",
    ]),
    (Role::From, &[
        "from", "from address", "fromaddress", "address from", "* tx from", "parent tx from",
        "sender", "sender address", "source address", "sourceaddress", "address source", "source",
        "payer", "tx src", "txsrc", "sent from", "received from*", "sender wallet", "sendeadresse",
        "absender", "absenderadresse", "remitente", "odesilatel", "adresa odesilatele",
        "from tx address", "from wallet address", "from addresses", "input address", "inputs",
        "input addresses", "expediteur", "mittente", "afzender", "remetente", "отправитель", "发送方",
        "来自", "送信元", "from account", "origin", "* from address", "von", "de", "da",
        "debtor address", "originator address", "originator wallet",
    ]),
    (Role::To, &[
        "to", "to address", "toaddress", "address to", "parent tx to", "tx to", "* tx to",
        "recipient", "recipient address", "receiver", "receiver address", "destination",
        "destination address", "address destination", "payee", "tx dest", "txdest", "sent to*",
        "withdrawal address*", "withdraw address", "withdraw addr", "withdrawal destination",
        "deposit destination", "deposit address", "zieladresse", "empfangeradresse",
        "beneficiary address", "to tx address", "to addresses", "output address", "outputs",
        "output addresses", "destinatario", "destinataire", "ontvanger", "empfanger", "prijemce",
        "получатель", "接收方", "送金先", "出金先", "to account", "f address", "* to address", "an", "nach",
        "a", "beneficiary wallet", "creditor address", "cryptoaddress", "target", "target address",
    ]),
    (Role::Party, &[
        "address", "addresses", "crypto address", "coin address", "btc address", "* address",
        "* addresses", "wallet", "wallet address*", "counterparty address", "counterparty",
        "other address", "third party address", "adresse", "adressen", "adresa", "direccion",
        "indirizzo", "adres", "endereco", "adresse *", "адрес", "地址", "アドレス", "주소", "add", "addr",
        "lightning address", "primary address", "public address", "account",
    ]),
    (Role::Time, &[
        "* unixtimestamp", "unix timestamp", "unixtimestamp", "timestamp", "timestamp*",
        "* timestamp", "datetime*", "date time*", "date*", "time", "time utc*", "utc time",
        "utc date", "* date", "* date time", "* datetime", "* time", "datum*", "fecha*", "tiempo",
        "cas", "data", "дата*", "时间", "日期", "日時", "日付", "buchungstag", "valutadatum", "zeit",
        "zeitstempel", "created at", "created", "createdat", "createdate", "started", "updated",
        "opened*", "closed*", "confirmed at", "when", "time executed", "transact time",
        "block time", "* at", "fecha *", "buchungsdatum", "wertstellung", "datum *", "boekdatum",
        "data *", "horodatage", "rentedatum", "tarih", "utcdate", "dateutc", "time of update*",
        "burn date", "heure",
    ]),
    (Role::Iban, &[
        "iban", "iban *", "* iban", "* iban bban", "beneficiary account iban", "account iban",
        "kontonummer", "account number", "rekeningnummer*", "cislo uctu", "cislo protiuctu",
        "bank account number", "* bank account", "* bank account number", "ordering account",
        "beneficiary account", "kontonr", "numero de compte",
    ]),
    (Role::Bic, &[
        "bic", "bic *", "* bic", "swift*", "blz", "bankleitzahl", "bank code",
    ]),
    (Role::Country, &[
        "country", "* country", "land", "* land", "landerkennzeichen", "pays", "pais", "paese",
        "zeme", "country code", "* country code", "страна", "国家",
    ]),
    (Role::Name, &[
        "name", "* name", "naam*", "nazev protiuctu", "name of *", "beneficiary", "customer",
        "* customer", "ordering customer", "beguenstigter zahlungspflichtiger", "partner*",
        "auftraggeber*", "beguenstigter*", "begunstigter*", "nom", "nombre", "nome", "kunde",
        "counteraccount name", "client", "debtor", "creditor", "buyer", "seller", "merchant",
    ]),
    (Role::Memo, &[
        "note", "notes", "memo", "memo tag", "description", "* description", "remark", "remarks",
        "comment", "comments", "* comment", "label", "labels", "* label", "detail", "details",
        "* details", "info", "message", "purpose", "remittance information", "verwendungszweck",
        "omschrijving*", "poznamka", "zprava*", "private note", "personal note", "personalnote",
        "tag", "* tag", "* memo", "payment id", "paymentid", "additional info*", "activity title",
        "* detail", "transaction note", "custom note", "notiz*", "bemerkung*", "kommentar*",
        "beschreibung", "descripcion", "nota*", "reference note", "libelle", "concepto", "causale",
        "betreff", "* note", "* notes", "buchungstext", "popisek", "备注", "备考", "примечание",
        "comentario*", "changes json", "raw data", "metadata", "text", "withdrawal descriptions",
        "destination tag*", "subject", "narrative", "particulars", "status detail",
    ]),
    (Role::Amount, &[
        "amount", "amount*", "* amount", "* amount *", "value", "value *", "* value", "quantity",
        "quantity*", "* quantity", "qty", "volume", "betrag", "bedrag", "castka", "mnozstvi",
        "monto", "importe", "montant", "importo", "valor", "quantidade", "cantidad", "menge",
        "сумма", "数量", "金额", "金額", "change", "token value", "tokenvalue", "vol", "size",
        "operation amount", "tokens transferred", "credit", "debit", "deposit amount",
        "quantidade *", "cantidad *", "montant *", "importe *", "menge *", "betrag *", "сумма *", "kwota",
        "kwota *", "miktar", "ilosc", "hoeveelheid", "aantal", "bedrag *",
    ]),
    (Role::Asset, &[
        "asset", "* asset", "currency", "* currency", "coin", "symbol", "* symbol", "token",
        "crypto", "cryptocurrency", "ticker", "* ticker", "wahrung", "waehrung", "munt", "mena",
        "amount unit", "unit", "currency code", "cryptocode", "cur", "币种", "通貨", "moneda",
        "devise", "valuta", "moeda", "валюта", "currency *", "token name", "asset *", "coin *",
        "product", "paymentcurrency", "moeda *", "moneda *", "devise *", "waluta", "waluta *", "varlik",
        "para birimi", "valuta *", "代币", "токен",
    ]),
    (Role::Network, &[
        "network", "* network", "chain", "* chain", "chain name", "blockchain", "chain id",
        "chainid", "protocol", "netzwerk", "red", "rede", "sit", "网络", "сеть", "network *",
    ]),
    (Role::Id, &[
        "id", "* id", "uid", "user id", "refid", "uuid", "* uuid", "uetr", "number", "no",
        "reference*", "* reference", "id *", "order number", "cislo", "nr", "volgnr", "*id",
    ]),
];

/// A heading as lower-case words: `ParentTxFrom`, `from_address` and `Date(UTC)` come apart, what
/// stands in parentheses is left out, accents are folded.
pub(crate) fn words(heading: &str) -> String {
    let mut out = String::new();
    let (mut depth, mut last_lower) = (0u32, false);
    let plain: Vec<char> = heading.chars().collect();
    for (at, &c) in plain.iter().enumerate() {
        match c {
            '(' | '[' | '（' => depth += 1,
            ')' | ']' | '）' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            c if c.is_alphanumeric() => {
                // `TxHash` and `TXHash` both come apart before `Hash`.
                let next_lower = plain.get(at + 1).is_some_and(|n| n.is_lowercase());
                let caps_before = at > 0 && plain[at - 1].is_uppercase();
                if c.is_uppercase()
                    && (last_lower || (caps_before && next_lower && c.is_ascii()))
                    && !out.ends_with(' ')
                {
                    out.push(' ');
                }
                out.extend(c.to_lowercase().map(fold));
                last_lower = c.is_lowercase();
                continue;
            }
            _ if !out.is_empty() && !out.ends_with(' ') => out.push(' '),
            _ => {}
        }
        last_lower = false;
    }
    out.truncate(out.trim_end().len());
    out
}

fn fold(c: char) -> char {
    match c {
        'á' | 'à' | 'ä' | 'â' | 'ã' | 'å' => 'a',
        'é' | 'è' | 'ë' | 'ê' | 'ě' => 'e',
        'í' | 'ì' | 'ï' | 'î' => 'i',
        'ó' | 'ò' | 'ö' | 'ô' | 'õ' => 'o',
        'ú' | 'ù' | 'ü' | 'û' | 'ů' => 'u',
        'ç' | 'č' | 'ć' => 'c',
        'ñ' | 'ň' | 'ń' => 'n',
        'ř' => 'r',
        'š' | 'ś' => 's',
        'ť' => 't',
        'ý' => 'y',
        'ž' | 'ż' | 'ź' => 'z',
        'ď' => 'd',
        'ğ' => 'g',
        'ı' => 'i',
        'ł' => 'l',
        'ą' => 'a',
        'ę' => 'e',
        'ő' => 'o',
        'ű' => 'u',
        'ş' => 's',
        'ţ' | 'ț' => 't',
        c => c,
    }
}

/// Beginnings of words that say on which side of a dealing accounts stand; of words in scripts
/// without spaces, parts. They are asked only where a column's cells are accounts.
#[rustfmt::skip]
const SIDES: &[(Role, &[&str])] = &[
    (Role::Contract, &[
        "contract", "contrat", "vertrag", "kontrakt", "kontrat", "контракт", "合约", "合約",
        "コントラクト", "mint",
    ]),
    (Role::From, &[
        "from", "sender", "sende", "source", "origin", "origen", "origem", "remitent", "remetent",
        "absend", "expedit", "emetteur", "mittent", "afzend", "nadawc", "odesilat", "отправител",
        "gonderen", "avsand", "avsend", "afsend", "felado", "pengirim", "payer", "debtor",
        "发送", "發送", "发件", "送信", "送金元", "来源", "보낸",
    ]),
    (Role::To, &[
        "to", "recipient", "receiver", "destin", "benefici", "empfang", "zieladr", "ziel",
        "ontvang", "odbiorc", "prijemc", "получател", "alici", "mottag", "mottak", "modtag",
        "cimzett", "penerima", "payee", "creditor", "接收", "收款", "送金先", "送付先", "出金先",
        "受取", "받는",
    ]),
];

/// The side that a heading's words speak for, in many languages; `None`: none of them, or both.
pub(super) fn by_side(heading: &str) -> Option<Role> {
    let words = words(heading);
    let speaks = |stems: &&[&str]| {
        stems
            .iter()
            .any(|stem| match (stem.len() < 5, stem.is_ascii()) {
                (true, true) => words.split(' ').any(|w| w == *stem),
                (false, true) => words.split(' ').any(|w| w.starts_with(stem)),
                (_, false) => words.contains(stem),
            })
    };
    let mut roles = SIDES.iter().filter(|(_, stems)| speaks(stems)).map(|s| s.0);
    let first = roles.next()?;
    (first == Role::Contract || roles.next().is_none()).then_some(first)
}

/// Whether a heading is called after orders, in many languages.
pub(super) fn of_orders(heading: &str) -> bool {
    const STEMS: &[&str] = &[
        "order",
        "trade",
        "auftrag",
        "bestell",
        "zlece",
        "zamow",
        "pedido",
        "orden",
        "ordre",
        "ordine",
        "заказ",
        "ордер",
        "订单",
        "訂單",
        "注文",
        "주문",
        "objedn",
    ];
    let words = words(heading);
    STEMS.iter().any(|stem| match stem.is_ascii() {
        true => words.split(' ').any(|w| w.starts_with(stem)),
        false => words.contains(stem),
    })
}

/// Whether a heading is known by itself.
pub(crate) fn is_known(heading: &str) -> bool {
    by_heading(heading).is_some()
}

/// The role a heading speaks for, and the pattern that says so.
pub(super) fn by_heading(heading: &str) -> Option<(Role, &'static str)> {
    if let Some((parent, last)) = heading.rsplit_once('.') {
        // `from.hash` is the sender, `transfers[].to` the recipient.
        let holder = ["address", "addresses", "addr", "hash", "id", "account"];
        if holder.contains(&words(last).as_str())
            && let Some((role, pattern)) = by_heading(parent)
            && matches!(role, Role::From | Role::To | Role::Contract | Role::Own)
        {
            return Some((role, pattern));
        }
    }
    by_words(heading).or_else(|| by_words(heading.rsplit_once('.')?.1))
}

fn by_words(heading: &str) -> Option<(Role, &'static str)> {
    let words = words(heading);
    if words.is_empty() {
        return None;
    }
    let exact = HEADINGS
        .iter()
        .flat_map(|(role, patterns)| patterns.iter().map(|p| (*role, *p)))
        .find(|(_, p)| *p == words);
    exact.or_else(|| {
        HEADINGS
            .iter()
            .flat_map(|(role, patterns)| patterns.iter().map(|p| (*role, *p)))
            .find(|(_, p)| fits(p, &words))
    })
}

fn fits(pattern: &str, words: &str) -> bool {
    match (pattern.strip_prefix("* "), pattern.strip_suffix('*')) {
        (Some(rest), None) => match rest.strip_suffix(" *") {
            Some(middle) => words.contains(&format!(" {middle} ")),
            None => words.strip_suffix(rest).is_some_and(|w| w.ends_with(' ')),
        },
        (None, Some(rest)) => {
            let rest = rest.trim_end();
            words
                .strip_prefix(rest)
                .is_some_and(|w| w.is_empty() || w.starts_with(' '))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_come_apart() {
        for (heading, expect) in [
            ("ParentTxFrom", "parent tx from"),
            ("from_address", "from address"),
            ("Date(UTC)", "date"),
            ("TXHash", "tx hash"),
            ("Amount (BTC)", "amount"),
            ("Withdrawal Address/Account", "withdrawal address account"),
            ("Množství", "mnozstvi"),
            ("FROMADDRESS", "fromaddress"),
            ("Value_IN(ETH)", "value in"),
        ] {
            assert_eq!(words(heading), expect, "{heading}");
        }
    }

    #[test]
    fn words_of_many_languages_speak_for_sides() {
        for (heading, expect) in [
            ("Gönderen Adres", Some(Role::From)),
            ("Alıcı Adres", Some(Role::To)),
            ("Adresse du bénéficiaire", Some(Role::To)),
            ("Carteira de origem", Some(Role::From)),
            ("Адрес получателя", Some(Role::To)),
            ("送付先アドレス", Some(Role::To)),
            ("Contrato del token", Some(Role::Contract)),
            ("Token Mint", Some(Role::Contract)),
            ("From / To", None),
            ("Address", None),
            ("Total", None),
        ] {
            assert_eq!(by_side(heading), expect, "{heading}");
        }
        assert!(of_orders("Auftragsnummer") && of_orders("注文番号") && !of_orders("Border"));
    }

    #[test]
    fn headings_speak_for_roles() {
        for (heading, expect) in [
            ("From", Role::From),
            ("TxTo", Role::To),
            ("ParentTxFrom", Role::From),
            ("TxSrc", Role::From),
            ("TxDest", Role::To),
            ("Recipient Address", Role::To),
            ("Withdrawal Address/Account", Role::To),
            ("SourceAddress", Role::From),
            ("ContractAddress", Role::Contract),
            ("token_address", Role::Contract),
            ("Sell Currency Address", Role::Contract),
            ("Address", Role::Party),
            ("BTC-Address", Role::Party),
            ("Zieladresse", Role::To),
            ("Txhash", Role::Txid),
            ("Txn Hash", Role::Txid),
            ("TXID", Role::Txid),
            ("Transaction ID", Role::Txid),
            ("transaction_hash", Role::Txid),
            ("DateTime (UTC)", Role::Time),
            ("UnixTimestamp", Role::Time),
            ("Time(UTC+02:00)", Role::Time),
            ("Buchungstag", Role::Time),
            ("Notes", Role::Memo),
            ("Verwendungszweck", Role::Memo),
            ("Beneficiary Name", Role::Name),
            ("Beneficiary Account/IBAN", Role::Iban),
            ("Tegenrekening IBAN/BBAN", Role::Iban),
            ("BIC tegenpartij", Role::Bic),
            ("Naam tegenpartij", Role::Name),
            ("Beneficiary Country", Role::Country),
            ("Amount (BTC)", Role::Amount),
            ("Coin", Role::Asset),
            ("Transfer Network", Role::Network),
            ("Account xpub", Role::Own),
            ("Order ID", Role::Id),
        ] {
            assert_eq!(by_heading(heading).map(|r| r.0), Some(expect), "{heading}");
        }
    }
}
