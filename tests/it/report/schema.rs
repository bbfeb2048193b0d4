//! As much of JSON Schema (2020-12) as `docs/report.schema.json` uses, and no more: an unknown
//! keyword is an error, so that the schema cannot say what nobody checks.

use serde_json::Value;

pub(super) fn published() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/report.schema.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Where `value` does not fit `schema`.
pub(super) fn errors(schema: &Value, value: &Value) -> Vec<String> {
    let mut errors = Vec::new();
    check(schema, schema, value, "", &mut errors);
    errors
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str, errors: &mut Vec<String>) {
    for (keyword, want) in schema.as_object().unwrap() {
        match &**keyword {
            "$schema" | "$id" | "$defs" | "title" | "description" => {}
            "$ref" => {
                let name = want.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                check(root, &root["$defs"][name], value, at, errors);
            }
            "allOf" => {
                for part in want.as_array().unwrap() {
                    check(root, part, value, at, errors);
                }
            }
            "type" => {
                let one = |t: &Value| is(t.as_str().unwrap(), value);
                let fits = want
                    .as_array()
                    .map_or_else(|| one(want), |all| all.iter().any(one));
                if !fits {
                    errors.push(format!("{at}: {value} is no {want}"));
                }
            }
            "const" if value != want => errors.push(format!("{at}: {value} is not {want}")),
            "enum" if !want.as_array().unwrap().contains(value) => {
                errors.push(format!("{at}: {value} is none of {want}"));
            }
            "const" | "enum" => {}
            "minimum" => {
                if value.as_f64().is_some_and(|n| n < want.as_f64().unwrap()) {
                    errors.push(format!("{at}: {value} < {want}"));
                }
            }
            "maxItems" => {
                if value
                    .as_array()
                    .is_some_and(|a| a.len() as u64 > want.as_u64().unwrap())
                {
                    errors.push(format!("{at}: more than {want} items"));
                }
            }
            // Of objects only, as the specification has it: null may stand in an object's place.
            "required" if !value.is_object() => {}
            "required" => {
                for name in want.as_array().unwrap() {
                    if value.get(name.as_str().unwrap()).is_none() {
                        errors.push(format!("{at}: {name} is missing"));
                    }
                }
            }
            "properties" => {
                for (name, part) in want.as_object().unwrap() {
                    if let Some(inner) = value.get(name) {
                        check(root, part, inner, &format!("{at}/{name}"), errors);
                    }
                }
            }
            "additionalProperties" => {
                let known = schema.get("properties").and_then(Value::as_object);
                for (name, inner) in value.as_object().into_iter().flatten() {
                    if known.is_none_or(|k| !k.contains_key(name)) {
                        match want {
                            Value::Bool(false) => errors.push(format!("{at}/{name}: unknown")),
                            part => check(root, part, inner, &format!("{at}/{name}"), errors),
                        }
                    }
                }
            }
            "items" => {
                for (i, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, want, item, &format!("{at}/{i}"), errors);
                }
            }
            other => panic!("docs/report.schema.json uses `{other}`, which this test cannot check"),
        }
    }
}

fn is(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("unknown type {other}"),
    }
}
