//! Every labelled text form of the shared vectors.

use interdict::address::forms::{Status, read, read_all};
use serde_json::Value;

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn every_text_form_is_read_as_labelled() {
    let rows = crate::read("vectors/text_forms.jsonl");
    let (mut seen, mut wrong) = (0, Vec::new());
    for line in rows.lines().filter(|l| !l.is_empty()) {
        let row: Value = serde_json::from_str(line).expect("one JSON object a line");
        let input = row["input"].as_str().expect("an input");
        seen += 1;
        let form = read(input);
        let address = match &row["address"] {
            Value::Array(_) => read_all(input)
                .iter()
                .filter_map(|f| f.address().map(Value::from))
                .collect(),
            _ => form.address().map_or(Value::Null, Value::from),
        };
        let text = |t: &Option<Box<str>>| t.as_deref().map_or(Value::Null, Value::from);
        for (field, got) in [
            ("status", Value::from(label(form.status))),
            ("address", address),
            ("asset", form.asset.map_or(Value::Null, Value::from)),
            ("chain", text(&form.chain)),
            ("skeleton", text(&form.skeleton)),
            ("contract", text(&form.contract)),
        ] {
            if got != row[field] {
                wrong.push(format!(
                    "{input:?}: {field} is {got}, should be {}",
                    row[field]
                ));
            }
        }
    }
    assert!(seen >= 40, "only {seen} rows");
    assert!(
        wrong.is_empty(),
        "{} of {seen} rows:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// The labels judge the text; that an address never reaches a chain is another question.
fn label(status: Status) -> &'static str {
    match status {
        Status::NotOnChain => Status::Ok.id(),
        status => status.id(),
    }
}
