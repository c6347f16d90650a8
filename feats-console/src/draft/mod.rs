//! Drafts: a state that somebody edits. It lives in the page's form, so nothing is kept for anybody and nothing gets lost.

mod encoded;
pub(super) mod form;
mod merge;
mod overrides;

pub(super) use encoded::encode;
pub(super) use form::RulePosition;
pub(super) use merge::merge;

use self::form::{RuleForm, new_rule, source};
use super::failure::Failure;
use super::fields::Fields;
use super::request_context::RequestContext;
use feats::model::{Declaration, Override, State, Value, limits};
use feats::{Dynamic, FeatureHandle};

/// What somebody edits, and the version that it was begun on.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) base: u64,
    pub(crate) state: State,
    /// What is open, with its form.
    pub(crate) open: Option<(RulePosition, RuleForm)>,
    /// Why, as typed so far.
    pub(crate) comment: String,
    /// What the last step did, for those who do not see it.
    pub(crate) notice: String,
    /// What is wrong with the last step.
    pub(crate) error: Option<String>,
    /// The position of the first rule that is shown, where not all of them have room.
    pub(crate) first_rule: usize,
    /// What gets the keyboard's focus after the last step; what has it keeps it otherwise.
    pub(crate) focus: Option<Focus>,
}

/// An element of the page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Focus {
    /// The one of this id.
    Element(String),
    /// The button that opens this place.
    EditButton(RulePosition),
}

impl Draft {
    /// The newest state, unchanged.
    pub(crate) fn from_newest(feature: &FeatureHandle<Dynamic>) -> Self {
        Self::new(feature.version(), feature.state())
    }

    pub(crate) fn new(base: u64, state: State) -> Self {
        Self {
            base,
            state,
            open: None,
            comment: String::new(),
            notice: String::new(),
            error: None,
            first_rule: 0,
            focus: None,
        }
    }

    /// Goes on only if the newest version can be read here to its end. What could not be read is in no draft, and publishing
    /// one would silently take it away.
    pub(crate) fn check(context: &RequestContext, feature: &FeatureHandle<Dynamic>) -> Result<(), Failure> {
        match Self::is_readable(context, feature.name(), &feature.state()) {
            true => Ok(()),
            false => Err(Failure::Unreadable(
                "The newest version cannot be used by this program, so it cannot be edited here. Pin the feature, roll back, or \
                 edit it where it can be read."
                    .to_owned(),
            )),
        }
    }

    pub(crate) fn is_readable(context: &RequestContext, feature: &str, live: &State) -> bool {
        let quarantined = context.app().status().quarantined;
        live.problems().is_empty() && quarantined.iter().all(|known| known.feature != feature)
    }

    /// The draft of a form, with the step that its button says.
    pub(crate) fn parse(fields: &Fields, declaration: &Declaration) -> Result<Self, Failure> {
        let mut draft = Self::new(fields.number("base")?, decode_state(fields.get("draft"))?);
        fields.get("comment").clone_into(&mut draft.comment);
        draft.first_rule = usize::try_from(fields.number("rules")?).unwrap_or(0);
        let exists = |position: &RulePosition| !matches!(position, RulePosition::Rule(index) if *index >= draft.state.rules.len());
        if let Some(position) = fields.get("open").parse::<RulePosition>().ok().filter(exists) {
            let mut form = RuleForm::parse(fields, declaration);
            // A step within the form is taken before it is judged: a row that is taken away cannot be wrong.
            draft.apply_form_step(&mut form, fields.get("do"), declaration);
            form.apply(&mut draft.state, position, declaration);
            draft.open = Some((position, form));
        }
        draft.apply_step(fields, declaration);
        Ok(draft)
    }

    /// The draft on another version: what is open goes where its rule went. A form that is whole is in the state already, and
    /// so is shown as it stands there; a mistake stays as it was typed.
    pub(crate) fn rebase(self, base: u64, state: State, declaration: &Declaration) -> Self {
        let open = self.open.and_then(|(position, form)| {
            let position = match position {
                RulePosition::Rule(index) => {
                    let name = &self.state.rules.get(index)?.name;
                    RulePosition::Rule(state.rules.iter().position(|rule| rule.name == *name)?)
                }
                RulePosition::Otherwise => position,
            };
            let form =
                if form.problems.is_empty() { RuleForm::from_state(&state, position, declaration)? } else { form };
            Some((position, form))
        });
        Self { base, state, open, ..self }
    }

    /// Whether what is typed is whole: a form with a mistake in it is not in the state.
    pub(crate) fn is_complete(&self) -> bool {
        self.open.as_ref().is_none_or(|(_, form)| form.problems.is_empty())
    }

    /// Tells everything that keeps the open form from being in the draft, also what is merely empty.
    pub(crate) fn show_all_errors(&mut self) {
        if let Some((_, form)) = self.open.as_mut().filter(|(_, form)| !form.problems.is_empty()) {
            form.shows_all_errors = true;
            self.focus = form.first_problem().map(|field| Focus::Element(form.element(field)));
        }
    }

    /// Keeps the seeds that publishing would give to new rollouts, so that whoever is tried before publishing gets the same
    /// after it.
    pub(crate) fn keep_seeds(&mut self, settled: &State) {
        let rules =
            self.state.rules.iter_mut().zip(&settled.rules).map(|(mine, other)| (&mut mine.select, &other.select));
        let otherwise = self.state.otherwise.iter_mut().zip(&settled.otherwise);
        for (mine, other) in rules.chain(otherwise) {
            if let (Some(mine), Some(other)) = (mine.rollout_mut(), other.rollout()) {
                mine.seed.clone_from(&other.seed);
            }
        }
    }

    /// A step within the form that is open.
    fn apply_form_step(&mut self, form: &mut RuleForm, step: &str, declaration: &Declaration) {
        match step.split_once(':').unwrap_or((step, "")) {
            ("check+", _) => {
                form.condition.add(declaration);
                let last = form.condition.rows.len().saturating_sub(1);
                self.focus = Some(Focus::Element(format!("c{last}-source")));
            }
            ("check-", index) => {
                if let Ok(index) = index.parse() {
                    form.condition.remove(index);
                    // The rows below have other names now.
                    form.visited.retain(|visited| !visited.starts_with("r.c"));
                    "Condition removed from the draft.".clone_into(&mut self.notice);
                    self.focus = Some(Focus::Element("check-add".to_owned()));
                }
            }
            _ => {}
        }
    }

    /// A step of the draft as a whole.
    fn apply_step(&mut self, fields: &Fields, declaration: &Declaration) {
        let step = fields.get("do");
        let (step, operand) = step.split_once(':').unwrap_or((step, ""));
        let index = operand.parse::<usize>().ok().filter(|index| *index < self.state.rules.len());
        match (step, index) {
            // One form is open at a time: the next one opens when this one is whole.
            ("add" | "open" | "close", _) if !self.is_complete() => self.show_all_errors(),
            ("add", _) => {
                self.state.rules.push(new_rule(&self.state, declaration));
                self.open(RulePosition::Rule(self.state.rules.len() - 1), declaration);
                "Rule added last.".clone_into(&mut self.notice);
            }
            ("open", _) => {
                if let Ok(position) = operand.parse() {
                    self.open(position, declaration);
                }
            }
            ("close", _) => self.focus = self.open.take().map(|(position, _)| Focus::EditButton(position)),
            ("up", Some(index)) if index > 0 => self.swap_rules(index, index - 1),
            ("down", Some(index)) if index + 1 < self.state.rules.len() => self.swap_rules(index, index + 1),
            ("remove", Some(index)) => {
                let removed = self.state.rules.remove(index);
                self.open = self.open.take().filter(|(position, _)| *position != RulePosition::Rule(index));
                self.remap_open(|rule| if rule > index { rule - 1 } else { rule });
                self.notice = format!("{} removed from the draft.", removed.name);
                let next = index.min(self.state.rules.len().saturating_sub(1));
                self.focus = Some(match self.state.rules.is_empty() {
                    true => Focus::Element("add".to_owned()),
                    false => Focus::EditButton(RulePosition::Rule(next)),
                });
            }
            ("default", _) => {
                self.state.otherwise = None;
                self.focus = Some(Focus::EditButton(RulePosition::Otherwise));
                self.open = self.open.take().filter(|(position, _)| *position != RulePosition::Otherwise);
            }
            ("rules", _) => self.first_rule = operand.parse().unwrap_or(0),
            ("move", _) => self.move_rule(operand),
            ("override-", _) => {
                if let Some(index) = operand.parse::<usize>().ok().filter(|index| *index < self.state.overrides.len()) {
                    self.state.overrides.remove(index);
                    "Override removed from the draft.".clone_into(&mut self.notice);
                    self.focus = Some(Focus::Element("o-value".to_owned()));
                }
            }
            ("override+", _) => {
                self.error = self.add_override(fields, declaration).err();
                self.focus = Some(Focus::Element("o-value".to_owned()));
            }
            _ => {}
        }
    }

    fn open(&mut self, position: RulePosition, declaration: &Declaration) {
        self.open = RuleForm::from_state(&self.state, position, declaration).map(|form| (position, form));
        self.focus = self.open.as_ref().map(|(position, form)| {
            Focus::Element(match position {
                RulePosition::Rule(_) => "r-name".to_owned(),
                RulePosition::Otherwise => format!("kind-{}", form.selector.kind.as_str()),
            })
        });
    }

    fn swap_rules(&mut self, index: usize, to: usize) {
        self.state.rules.swap(index, to);
        self.remap_open(|rule| {
            if rule == index {
                to
            } else if rule == to {
                index
            } else {
                rule
            }
        });
        self.announce_position(to);
    }

    /// Takes a rule out and puts it in at another position: `2:0`.
    fn move_rule(&mut self, operand: &str) {
        let positions = operand.split_once(':').and_then(|(index, to)| Some((index.parse().ok()?, to.parse().ok()?)));
        let rules = self.state.rules.len();
        let Some((index, to)) = positions.filter(|(index, to): &(usize, usize)| *index < rules && *to < rules) else {
            return;
        };
        let rule = self.state.rules.remove(index);
        self.state.rules.insert(to, rule);
        self.remap_open(|rule| match rule {
            rule if rule == index => to,
            rule if index < rule && rule <= to => rule - 1,
            rule if to <= rule && rule < index => rule + 1,
            rule => rule,
        });
        self.announce_position(to);
    }

    fn announce_position(&mut self, index: usize) {
        if let Some(rule) = self.state.rules.get(index) {
            self.notice = format!("{} is now rule {} of {}.", rule.name, index + 1, self.state.rules.len());
        }
    }

    /// What is open stays open where it goes.
    fn remap_open(&mut self, to: impl Fn(usize) -> usize) {
        if let Some((RulePosition::Rule(index), _)) = &mut self.open {
            *index = to(*index);
        }
    }

    /// Gives one unit an implementation.
    fn add_override(&mut self, fields: &Fields, declaration: &Declaration) -> Result<(), String> {
        let source = source::parse(fields.get("o.segment"));
        let applicable = source.and_then(|source| source::find(declaration, &source));
        let applicable = applicable.ok_or("Choose a segment for the override.")?;
        let typed = fields.get("o.value").trim();
        let value = applicable.kind.read(typed).filter(|_| !typed.is_empty());
        let value =
            value.ok_or_else(|| format!("“{typed}” is not {}, but {} is.", applicable.kind, applicable.segment))?;
        let choice = fields.get("o.use");
        let of = applicable.input.as_deref().map(str::to_owned);
        let same = |known: &&mut Override| (&*known.segment, &known.input) == (&*applicable.segment, &of);
        for known in self.state.overrides.iter_mut().filter(same) {
            known.values.retain(|known: &Value<'_>| *known != value);
        }
        self.state.overrides.retain(|known| !known.values.is_empty());
        match self.state.overrides.iter_mut().filter(same).find(|known| known.choice == choice) {
            Some(known) => known.values.push(value),
            None => {
                let mut added = Override::new(&*applicable.segment, [value], choice);
                added.input = of;
                self.state.overrides.push(added);
            }
        }
        self.notice = format!("{typed} gets {choice} in the draft.");
        Ok(())
    }
}

/// A state as a form carries it. It came from the console itself, so what is wrong with it is no mistake of its author. One that
/// could not be published anyway is not drawn either.
fn decode_state(json: &str) -> Result<State, Failure> {
    let state: State = encoded::decode(json)?
        .parse()
        .map_err(|error: feats::Error| Failure::Unreadable(format!("The draft cannot be read: {}", error.report())))?;
    if let Some(problem) = state.problems().first() {
        return Err(Failure::Unreadable(format!("The draft cannot be read: {problem}")));
    }
    let is_too_large = state.rules.len() > limits::MAX_RULES || state.overrides.len() > limits::MAX_OVERRIDES;
    if is_too_large { Err(Failure::TooLarge) } else { Ok(state) }
}
