//! Drafts: edited states that are not published yet. A draft is stored in the page's form, not on the server.

mod encoded;
mod flag_parts;
pub(super) mod form;
mod gates;
mod merge;
mod overrides;
pub(super) mod three_way;
mod variants;

pub(super) use encoded::encode;
pub(super) use form::RulePosition;
pub(super) use merge::merge;
pub(super) use variants::VariantForm;

use self::form::{RuleForm, UnitsKind, ValueType, is_conditions, new_conditions, new_rule, source};
use super::failure::Failure;
use super::fields::Fields;
use super::flag;
use super::request_context::RequestContext;
use feats::model::{Declaration, Override, Selector, Source, State, Value, limits};
use feats::{Dynamic, FeatureHandle};

/// An edited state with the version that it is based on.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) base: u64,
    pub(crate) state: State,
    /// The open rule with its form.
    pub(crate) open: Option<(RulePosition, RuleForm)>,
    /// The fields of a variant of a flag, as typed so far.
    pub(crate) variant: VariantForm,
    /// The reason for the change, as typed so far.
    pub(crate) comment: String,
    /// The result of the last step, which screen readers announce.
    pub(crate) notice: String,
    /// The error of the last step.
    pub(crate) error: Option<String>,
    /// The position of the first rule on the page, if not all rules fit.
    pub(crate) first_rule: usize,
    /// The element that gets the focus after the last step. If `None`, the focus stays.
    pub(crate) focus: Option<Focus>,
}

/// An element that can get the focus.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Focus {
    /// The element with this id.
    Element(String),
    /// The button that opens this rule.
    EditButton(RulePosition),
}

impl Focus {
    /// The first field of a condition.
    fn condition(index: usize) -> Self {
        Self::Element(format!("c{index}-source"))
    }
}

impl Draft {
    /// Creates an unchanged draft of the newest state.
    pub(crate) fn from_newest(feature: &FeatureHandle<Dynamic>) -> Self {
        Self::new(feature.version(), feature.state())
    }

    pub(crate) fn new(base: u64, state: State) -> Self {
        Self {
            base,
            state,
            open: None,
            variant: VariantForm::default(),
            comment: String::new(),
            notice: String::new(),
            error: None,
            first_rule: 0,
            focus: None,
        }
    }

    /// Checks that this program can read the newest version completely. A draft would lack the unreadable parts, so publishing it
    /// would silently remove them.
    pub(crate) fn check(context: &RequestContext, feature: &FeatureHandle<Dynamic>) -> Result<(), Failure> {
        match Self::is_readable(context, feature.name(), &feature.state()) {
            true => Ok(()),
            false => Err(Failure::Unreadable(
                "This program can't read the newest version, so it can't be edited here. Pin the feature, roll back, or edit it in \
                 a program that can read it."
                    .to_owned(),
            )),
        }
    }

    pub(crate) fn is_readable(context: &RequestContext, feature: &str, live: &State) -> bool {
        let quarantined = context.app().status().quarantined;
        live.problems().is_empty() && quarantined.iter().all(|existing| existing.feature != feature)
    }

    /// Parses the draft of a form and applies the step of its button. The declaration is that of the code; that of a flag is
    /// completed by the draft.
    pub(crate) fn parse(fields: &Fields, declaration: &Declaration) -> Result<Self, Failure> {
        let mut draft = Self::new(fields.number("base")?, decode_state(fields.get("draft"))?);
        let declaration = &*flag::editable(declaration, &draft.state);
        fields.get("comment").clone_into(&mut draft.comment);
        draft.first_rule = usize::try_from(fields.number("rules")?).unwrap_or(0);
        let exists = |position: &RulePosition| !matches!(position, RulePosition::Rule(index) if *index >= draft.state.rules.len());
        if let Some(position) = fields.get("open").parse::<RulePosition>().ok().filter(exists) {
            let mut form = RuleForm::parse(fields, declaration);
            // The step comes before validation: a removed row cannot have an error.
            draft.apply_form_step(&mut form, fields.get("do"), declaration);
            match position {
                RulePosition::Rule(index) if form.is_empty_gate() && fields.get("do").starts_with("check-:") => {
                    draft.remove_conditions(index);
                }
                position => {
                    form.apply(&mut draft.state, position, declaration);
                    draft.open = Some((position, form));
                }
            }
        }
        if declaration.flag {
            draft.variant = VariantForm::parse(fields);
        }
        draft.apply_step(fields, declaration);
        Ok(draft)
    }

    /// Moves the draft to another version. The open form follows its rule. A valid form is reloaded from the state; a form with
    /// errors stays as typed.
    pub(crate) fn rebase(self, base: u64, state: State, declaration: &Declaration) -> Self {
        let declaration = &*flag::editable(declaration, &state);
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

    /// The selector of the open rule in the state.
    pub(crate) fn open_selector(&self) -> Option<&Selector> {
        match self.open.as_ref()?.0 {
            RulePosition::Rule(index) => self.state.rules.get(index).map(|rule| &rule.select),
            RulePosition::Otherwise => self.state.otherwise.as_ref(),
        }
    }

    /// Returns `true` if the state contains the open form, that is, if the form has no errors.
    pub(crate) fn is_complete(&self) -> bool {
        self.open.as_ref().is_none_or(|(_, form)| form.problems.is_empty())
    }

    /// Shows all errors of the open form, including those of fields that are merely empty.
    pub(crate) fn show_all_errors(&mut self) {
        if let Some((_, form)) = self.open.as_mut().filter(|(_, form)| !form.problems.is_empty()) {
            form.shows_all_errors = true;
            self.focus = form.first_problem().map(|field| Focus::Element(form.element(field)));
        }
    }

    /// Keeps the seeds that the preview generated for new rollouts, so that a tested user gets the same implementation after
    /// publishing.
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

    /// Applies a step within the open form.
    fn apply_form_step(&mut self, form: &mut RuleForm, step: &str, declaration: &Declaration) {
        match step.split_once(':').unwrap_or((step, "")) {
            ("check+", _) => {
                form.condition.add(declaration);
                self.focus = form.condition.rows.len().checked_sub(1).map(Focus::condition);
            }
            ("check-", index) => {
                if let Ok(index) = index.parse() {
                    form.condition.remove(index);
                    // The fields of the following rows have new names.
                    form.visited.retain(|visited| !visited.starts_with("r.c"));
                    "Condition removed from the draft.".clone_into(&mut self.notice);
                    self.focus = Some(Focus::Element("check-add".to_owned()));
                }
            }
            ("unit+", _) => {
                let units = UnitsKind::of_key(&form.selector.by).1.len();
                self.focus = Some(Focus::Element(format!("unit-{units}")));
            }
            _ => {}
        }
    }

    /// Applies a step of the whole draft.
    fn apply_step(&mut self, fields: &Fields, declaration: &Declaration) {
        let step = fields.get("do");
        let (step, operand) = step.split_once(':').unwrap_or((step, ""));
        let index = operand.parse::<usize>().ok().filter(|index| *index < self.state.rules.len());
        match (step, index) {
            // One form is open at a time: another rule opens only when this form is valid.
            ("add" | "conditions+" | "open" | "close" | "variant=" | "variant" | "variant-", _)
                if !self.is_complete() =>
            {
                self.show_all_errors()
            }
            ("add", _) => {
                self.state.rules.push(new_rule(&self.state, declaration));
                self.open(RulePosition::Rule(self.state.rules.len() - 1), declaration);
                "Rule added last.".clone_into(&mut self.notice);
            }
            ("conditions+", _) if declaration.flag => self.add_conditions(declaration),
            ("variant" | "variant=" | "variant-", _) if declaration.flag => {
                self.apply_variant_step(step, operand, declaration)
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

    /// Opens the conditions of a flag with a new row. If there are none, they become the first rule, as if a program added them.
    fn add_conditions(&mut self, declaration: &Declaration) {
        let index = self.state.rules.iter().position(is_conditions).unwrap_or_else(|| {
            self.state.rules.insert(0, new_conditions(&self.state));
            0
        });
        self.open(RulePosition::Rule(index), declaration);
        if let Some((_, form)) = &mut self.open {
            form.condition.add(declaration);
            self.focus = form.condition.rows.len().checked_sub(1).map(Focus::condition);
            form.apply(&mut self.state, RulePosition::Rule(index), declaration);
        }
    }

    /// Removes the conditions of a flag, whose last row was removed.
    fn remove_conditions(&mut self, index: usize) {
        self.state.rules.remove(index);
        "All conditions removed from the draft.".clone_into(&mut self.notice);
        self.focus = Some(Focus::Element("conditions-add".to_owned()));
    }

    /// Applies a step of the variants of a flag. An open rule is reloaded, because it lists them.
    fn apply_variant_step(&mut self, step: &str, operand: &str, declaration: &Declaration) {
        let mut focus = "v-name";
        match step {
            "variant" => {
                self.variant = VariantForm::of(&self.state, operand).unwrap_or_default();
                focus = if self.variant.of.is_empty() { "v-name" } else { "v-json" };
            }
            "variant=" => match self.variant.apply(&mut self.state) {
                Some(notice) => self.notice = notice,
                None if self.variant.name_error.is_none() => focus = "v-json",
                None => {}
            },
            _ => {
                self.variant = VariantForm::default();
                match variants::remove(&mut self.state, operand) {
                    Ok(notice) => self.notice = notice,
                    Err(error) => self.error = Some(error),
                }
            }
        }
        self.focus = Some(Focus::Element(focus.to_owned()));
        if let Some((position, _)) = self.open {
            let declaration = flag::editable(declaration, &self.state);
            self.open = RuleForm::from_state(&self.state, position, &declaration).map(|form| (position, form));
        }
    }

    fn open(&mut self, position: RulePosition, declaration: &Declaration) {
        self.open = RuleForm::from_state(&self.state, position, declaration).map(|form| (position, form));
        self.focus = self.open.as_ref().map(|(position, form)| {
            Focus::Element(match position {
                RulePosition::Rule(_) if form.selector.gate.is_some() => "check-add".to_owned(),
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

    /// Moves a rule to another position, such as `2:0`.
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

    /// Updates the position of the open rule.
    fn remap_open(&mut self, to: impl Fn(usize) -> usize) {
        if let Some((RulePosition::Rule(index), _)) = &mut self.open {
            *index = to(*index);
        }
    }

    /// Adds an override for one unit.
    fn add_override(&mut self, fields: &Fields, declaration: &Declaration) -> Result<(), String> {
        let typed = fields.get("o.value").trim();
        let choice = fields.get("o.use");
        let (segment, input, value) = match declaration.flag {
            true => typed_unit(fields, typed, declaration)?,
            false => declared_unit(fields, typed, declaration)?,
        };
        let same = |existing: &&mut Override| (&existing.segment, &existing.input) == (&segment, &input);
        for existing in self.state.overrides.iter_mut().filter(same) {
            existing.values.retain(|existing: &Value<'_>| *existing != value);
        }
        self.state.overrides.retain(|existing| !existing.values.is_empty());
        match self.state.overrides.iter_mut().filter(same).find(|existing| existing.choice == choice) {
            Some(existing) => existing.values.push(value),
            None => {
                let mut added = Override::new(segment, [value], choice);
                added.input = input;
                self.state.overrides.push(added);
            }
        }
        self.notice = format!("{typed} gets {choice} in the draft.");
        Ok(())
    }
}

/// A unit: its segment, the segment's input, and the value.
type Unit = (String, Option<String>, Value<'static>);

/// Returns the unit of a segment that the feature has.
fn declared_unit(fields: &Fields, typed: &str, declaration: &Declaration) -> Result<Unit, String> {
    let source = source::parse(fields.get("o.segment"));
    let applicable = source.and_then(|source| source::find(declaration, &source));
    let applicable = applicable.ok_or("Choose a segment for the override.")?;
    let value = applicable.kind.parse(typed).filter(|_| !typed.is_empty());
    let value = value.ok_or_else(|| format!("“{typed}” is not {}. {} is.", applicable.kind, applicable.segment))?;
    Ok((applicable.segment.to_string(), applicable.input.as_deref().map(str::to_owned), value))
}

/// Returns the unit of an attribute of a flag, whose name is typed.
fn typed_unit(fields: &Fields, typed: &str, declaration: &Declaration) -> Result<Unit, String> {
    let segment = source::check_attribute(fields.get("o.attribute")).map_err(|error| format!("Override: {error}."))?;
    if typed.is_empty() {
        return Err("Override: enter a value.".to_owned());
    }
    let source = Source::Segment { segment: segment.clone(), input: None };
    let known = source::find(declaration, &source).map(|applicable| applicable.kind);
    let value_type = ValueType::from_name(fields.get("o.type")).resolve(known, &[typed.to_owned()]);
    let value = value_type.parse(typed).map_err(|error| format!("Override: {error}."))?;
    Ok((segment, None, value))
}

/// Decodes the state of a form. The console itself encoded it, so an invalid state is not an input error of the user. A state
/// that exceeds the limits of publishing is rejected.
fn decode_state(json: &str) -> Result<State, Failure> {
    let state: State = encoded::decode(json)?
        .parse()
        .map_err(|error: feats::Error| Failure::Unreadable(format!("The draft can't be read: {}", error.report())))?;
    if let Some(problem) = state.problems().first() {
        return Err(Failure::Unreadable(format!("The draft can't be read: {problem}")));
    }
    let is_too_large = state.rules.len() > limits::MAX_RULES || state.overrides.len() > limits::MAX_OVERRIDES;
    if is_too_large { Err(Failure::TooLarge) } else { Ok(state) }
}
