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
    ]),
    (Role::Asset, &[
        "asset", "* asset", "currency", "* currency", "coin", "symbol", "* symbol", "token",
        "crypto", "cryptocurrency", "ticker", "* ticker", "wahrung", "waehrung", "munt", "mena",
        "amount unit", "unit", "currency code", "cryptocode", "cur", "币种", "通貨", "moneda",
        "devise", "valuta", "moeda", "валюта", "currency *", "token name", "asset *", "coin *",
        "product", "paymentcurrency",
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
