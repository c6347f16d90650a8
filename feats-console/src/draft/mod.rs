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
    pub(crate) said: String,
    /// What is wrong with the last step.
    pub(crate) wrong: Option<String>,
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
    Place(RulePosition),
}

impl Draft {
    /// The newest state, unchanged.
    pub(crate) fn of(feature: &FeatureHandle<Dynamic>) -> Self {
        Self::on(feature.version(), feature.state())
    }

    pub(crate) fn on(base: u64, state: State) -> Self {
        Self {
            base,
            state,
            open: None,
            comment: String::new(),
            said: String::new(),
            wrong: None,
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
    pub(crate) fn read(fields: &Fields, declaration: &Declaration) -> Result<Self, Failure> {
        let mut draft = Self::on(fields.number("base")?, state(fields.get("draft"))?);
        fields.get("comment").clone_into(&mut draft.comment);
        draft.first_rule = usize::try_from(fields.number("rules")?).unwrap_or(0);
        let exists = |place: &RulePosition| !matches!(place, RulePosition::Rule(at) if *at >= draft.state.rules.len());
        if let Some(place) = fields.get("open").parse::<RulePosition>().ok().filter(exists) {
            let mut form = RuleForm::read(fields, declaration);
            // A step within the form is taken before it is judged: a row that is taken away cannot be wrong.
            draft.within(&mut form, fields.get("do"), declaration);
            form.apply(&mut draft.state, place, declaration);
            draft.open = Some((place, form));
        }
        draft.step(fields, declaration);
        Ok(draft)
    }

    /// The draft on another version: what is open goes where its rule went. A form that is whole is in the state already, and
    /// so is shown as it stands there; a mistake stays as it was typed.
    pub(crate) fn rebased(self, base: u64, state: State, declaration: &Declaration) -> Self {
        let open = self.open.and_then(|(place, form)| {
            let place = match place {
                RulePosition::Rule(at) => {
                    let name = &self.state.rules.get(at)?.name;
                    RulePosition::Rule(state.rules.iter().position(|rule| rule.name == *name)?)
                }
                RulePosition::Otherwise => place,
            };
            let form = if form.problems.is_empty() { RuleForm::of(&state, place, declaration)? } else { form };
            Some((place, form))
        });
        Self { base, state, open, ..self }
    }

    /// Whether what is typed is whole: a form with a mistake in it is not in the state.
    pub(crate) fn is_whole(&self) -> bool {
        self.open.as_ref().is_none_or(|(_, form)| form.problems.is_empty())
    }

    /// Tells everything that keeps the open form from being in the draft, also what is merely empty.
    pub(crate) fn finish(&mut self) {
        if let Some((_, form)) = self.open.as_mut().filter(|(_, form)| !form.problems.is_empty()) {
            form.is_finished = true;
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
    fn within(&mut self, form: &mut RuleForm, step: &str, declaration: &Declaration) {
        match step.split_once(':').unwrap_or((step, "")) {
            ("check+", _) => {
                form.condition.add(declaration);
                let last = form.condition.rows.len().saturating_sub(1);
                self.focus = Some(Focus::Element(format!("c{last}-source")));
            }
            ("check-", at) => {
                if let Ok(at) = at.parse() {
                    form.condition.remove(at);
                    // The rows below have other names now.
                    form.left.retain(|left| !left.starts_with("r.c"));
                    "Condition removed from the draft.".clone_into(&mut self.said);
                    self.focus = Some(Focus::Element("check-add".to_owned()));
                }
            }
            _ => {}
        }
    }

    /// A step of the draft as a whole.
    fn step(&mut self, fields: &Fields, declaration: &Declaration) {
        let step = fields.get("do");
        let (step, operand) = step.split_once(':').unwrap_or((step, ""));
        let at = operand.parse::<usize>().ok().filter(|at| *at < self.state.rules.len());
        match (step, at) {
            // One form is open at a time: the next one opens when this one is whole.
            ("add" | "open" | "close", _) if !self.is_whole() => self.finish(),
            ("add", _) => {
                self.state.rules.push(new_rule(&self.state, declaration));
                self.open(RulePosition::Rule(self.state.rules.len() - 1), declaration);
                "Rule added last.".clone_into(&mut self.said);
            }
            ("open", _) => {
                if let Ok(place) = operand.parse() {
                    self.open(place, declaration);
                }
            }
            ("close", _) => self.focus = self.open.take().map(|(place, _)| Focus::Place(place)),
            ("up", Some(at)) if at > 0 => self.swap(at, at - 1),
            ("down", Some(at)) if at + 1 < self.state.rules.len() => self.swap(at, at + 1),
            ("remove", Some(at)) => {
                let gone = self.state.rules.remove(at);
                self.open = self.open.take().filter(|(place, _)| *place != RulePosition::Rule(at));
                self.shift(|rule| if rule > at { rule - 1 } else { rule });
                self.said = format!("{} removed from the draft.", gone.name);
                let next = at.min(self.state.rules.len().saturating_sub(1));
                self.focus = Some(match self.state.rules.is_empty() {
                    true => Focus::Element("add".to_owned()),
                    false => Focus::Place(RulePosition::Rule(next)),
                });
            }
            ("default", _) => {
                self.state.otherwise = None;
                self.focus = Some(Focus::Place(RulePosition::Otherwise));
                self.open = self.open.take().filter(|(place, _)| *place != RulePosition::Otherwise);
            }
            ("rules", _) => self.first_rule = operand.parse().unwrap_or(0),
            ("move", _) => self.place(operand),
            ("override-", _) => {
                if let Some(at) = operand.parse::<usize>().ok().filter(|at| *at < self.state.overrides.len()) {
                    self.state.overrides.remove(at);
                    "Override removed from the draft.".clone_into(&mut self.said);
                    self.focus = Some(Focus::Element("o-value".to_owned()));
                }
            }
            ("override+", _) => {
                self.wrong = self.give(fields, declaration).err();
                self.focus = Some(Focus::Element("o-value".to_owned()));
            }
            _ => {}
        }
    }

    fn open(&mut self, place: RulePosition, declaration: &Declaration) {
        self.open = RuleForm::of(&self.state, place, declaration).map(|form| (place, form));
        self.focus = self.open.as_ref().map(|(place, form)| {
            Focus::Element(match place {
                RulePosition::Rule(_) => "r-name".to_owned(),
                RulePosition::Otherwise => format!("kind-{}", form.selector.kind.as_str()),
            })
        });
    }

    fn swap(&mut self, at: usize, to: usize) {
        self.state.rules.swap(at, to);
        self.shift(|rule| {
            if rule == at {
                to
            } else if rule == to {
                at
            } else {
                rule
            }
        });
        self.tell_place(to);
    }

    /// Takes a rule out and puts it in at another position: `2:0`.
    fn place(&mut self, operand: &str) {
        let positions = operand.split_once(':').and_then(|(at, to)| Some((at.parse().ok()?, to.parse().ok()?)));
        let rules = self.state.rules.len();
        let Some((at, to)) = positions.filter(|(at, to): &(usize, usize)| *at < rules && *to < rules) else { return };
        let rule = self.state.rules.remove(at);
        self.state.rules.insert(to, rule);
        self.shift(|rule| match rule {
            rule if rule == at => to,
            rule if at < rule && rule <= to => rule - 1,
            rule if to <= rule && rule < at => rule + 1,
            rule => rule,
        });
        self.tell_place(to);
    }

    fn tell_place(&mut self, at: usize) {
        if let Some(rule) = self.state.rules.get(at) {
            self.said = format!("{} is now rule {} of {}.", rule.name, at + 1, self.state.rules.len());
        }
    }

    /// What is open stays open where it goes.
    fn shift(&mut self, to: impl Fn(usize) -> usize) {
        if let Some((RulePosition::Rule(at), _)) = &mut self.open {
            *at = to(*at);
        }
    }

    /// Gives one unit an implementation.
    fn give(&mut self, fields: &Fields, declaration: &Declaration) -> Result<(), String> {
        let source = source::read(fields.get("o.segment"));
        let fitting = source.and_then(|source| source::fitting(declaration, &source));
        let fitting = fitting.ok_or("Choose a segment for the override.")?;
        let typed = fields.get("o.value").trim();
        let value = fitting.kind.parse(typed).filter(|_| !typed.is_empty());
        let value = value.ok_or_else(|| format!("“{typed}” is not {}, but {} is.", fitting.kind, fitting.segment))?;
        let choice = fields.get("o.use");
        let of = fitting.input.as_deref().map(str::to_owned);
        let same = |known: &&mut Override| (&*known.segment, &known.input) == (&*fitting.segment, &of);
        for known in self.state.overrides.iter_mut().filter(same) {
            known.values.retain(|known: &Value<'_>| *known != value);
        }
        self.state.overrides.retain(|known| !known.values.is_empty());
        match self.state.overrides.iter_mut().filter(same).find(|known| known.choice == choice) {
            Some(known) => known.values.push(value),
            None => {
                let mut added = Override::new(&*fitting.segment, [value], choice);
                added.input = of;
                self.state.overrides.push(added);
            }
        }
        self.said = format!("{typed} gets {choice} in the draft.");
        Ok(())
    }
}

/// A state as a form carries it. It came from the console itself, so what is wrong with it is no mistake of its author. One that
/// could not be published anyway is not drawn either.
fn state(json: &str) -> Result<State, Failure> {
    let state: State = encoded::decode(json)?
        .parse()
        .map_err(|error: feats::Error| Failure::Unreadable(format!("The draft cannot be read: {}", error.report())))?;
    if let Some(problem) = state.problems().first() {
        return Err(Failure::Unreadable(format!("The draft cannot be read: {problem}")));
    }
    let is_too_large = state.rules.len() > limits::MAX_RULES || state.overrides.len() > limits::MAX_OVERRIDES;
    if is_too_large { Err(Failure::TooLarge) } else { Ok(state) }
}
