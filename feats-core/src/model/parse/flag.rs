//! Parsing of the parts of a state that flags have.

use serde_json::{Map, Value as Json};

use super::{Parser, join, kind, present};
use crate::error::Problem;
use crate::error::quoted;
use crate::model::flag::FlagState;
use crate::model::gate::{Gate, MissingAttribute};
use crate::model::time::Timestamp;

impl Parser {
    pub(super) fn flag(&mut self, json: &Json) -> Option<FlagState> {
        let object = self.object("flag", json, "a flag")?;
        let created_at = self.text("flag.created_at", object.get("created_at"));
        let flag = FlagState {
            enabled: self.optional_bool("flag.enabled", object.get("enabled")),
            archived: self.optional_bool("flag.archived", object.get("archived")),
            created_at: self.time("flag.created_at", &created_at),
            created_by: self.text("flag.created_by", object.get("created_by")),
            client_data: self.client_data(object.get("client_data")),
        };
        self.reject_others("flag", object, &FlagState::KEYS);
        Some(flag)
    }

    fn client_data(&mut self, json: Option<&Json>) -> Map<String, Json> {
        let path = "flag.client_data";
        let Some(json) = present(json) else { return Map::new() };
        let Some(object) = self.object(path, json, "client data") else { return Map::new() };
        object.clone()
    }

    pub(super) fn gate(&mut self, path: &str, json: &Json) -> Option<Gate> {
        let object = self.object(path, json, "a gate")?;
        let conditions_path = join(path, "conditions");
        let conditions =
            self.list(&conditions_path, object.get("conditions"), |parser, path, json| parser.condition(path, json, 0));
        let missing = self.optional_text(&join(path, "missing"), object.get("missing")).map_or(
            MissingAttribute::default(),
            |name| {
                MissingAttribute::from_name(&name).unwrap_or_else(|| {
                    let problem = || {
                        Problem::new(
                            join(path, "missing"),
                            format!("{} is neither \"skip\" nor \"fail\"", quoted(&name)),
                        )
                    };
                    self.problems.push_with_suggestion(problem, &name, ["skip", "fail"]);
                    MissingAttribute::default()
                })
            },
        );
        let gate = Gate {
            conditions,
            missing,
            pass: self.optional_text(&join(path, "pass"), object.get("pass")),
            fail: self.text(&join(path, "fail"), object.get("fail")),
        };
        self.reject_others(path, object, &["conditions", "missing", "pass", "fail"]);
        Some(gate)
    }

    fn optional_bool(&mut self, path: &str, json: Option<&Json>) -> bool {
        match present(json) {
            None => false,
            Some(Json::Bool(bool)) => *bool,
            Some(other) => {
                self.problem(path, format!("expected a bool, not {}", kind(other)));
                false
            }
        }
    }

    fn time(&mut self, path: &str, text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap_or_else(|| {
            if !text.is_empty() {
                self.problem(path, format!("{} is not an RFC 3339 time", quoted(text)));
            }
            Timestamp::from_millis(0)
        })
    }
}
