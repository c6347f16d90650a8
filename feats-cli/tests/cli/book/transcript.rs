//! Transcripts: the console blocks of a page, run on a store.

use super::shell::words;
use super::shops::BookShop;
use crate::harness::{Done, feats};

/// A page after its commands have run.
#[derive(Default)]
pub struct Transcript {
    /// The page with the output that the commands printed.
    pub text: String,
    /// The command lines that are invalid.
    pub mistakes: Vec<String>,
    /// The commands whose output differs from the page.
    pub differences: Vec<String>,
    /// The store for the commands, once the page has named one.
    shop: Option<BookShop>,
    code: i32,
}

/// A command of a console block with its output.
struct Step {
    line: usize,
    /// The command in one line.
    command: String,
    /// The lines of the command and of its output in the page.
    typed: Vec<String>,
    shown: Vec<String>,
}

impl Transcript {
    /// Runs the commands of a page.
    pub fn run(page: &str) -> Self {
        let mut run = Self::default();
        let mut lines = page.lines().enumerate().peekable();
        while let Some((index, line)) = lines.next() {
            run.push(line);
            if let Some(rest) = line.strip_prefix("<!-- store: ") {
                let name = rest.trim_end_matches("-->").trim();
                run.shop = Some(BookShop::open(name));
                let is_closed = rest.ends_with("-->");
                while !is_closed && let Some((index, line)) = lines.next() {
                    run.push(line);
                    if line == "-->" {
                        break;
                    }
                    run.prepare(index + 1, line);
                }
            } else if line == "```console" {
                let mut block = Vec::new();
                while let Some((index, line)) = lines.next_if(|(_, line)| *line != "```") {
                    block.push((index + 1, line));
                }
                for step in steps(&block) {
                    run.perform(step);
                }
            } else {
                run.check_spans(index + 1, line);
            }
        }
        run
    }

    /// Checks commands in code spans of a sentence: a whole command line, or the name of a command.
    fn check_spans(&mut self, number: usize, line: &str) {
        for mentioned in line.split('`').skip(1).step_by(2).filter_map(|code| code.strip_prefix("feats ")) {
            let (mut arguments, _) = words(mentioned);
            if arguments.len() == 1 && arguments != ["help"] {
                arguments.push("--help".to_owned());
            }
            if without_store(&arguments).code == 2 {
                self.mistakes.push(format!("{number}: invalid command line: feats {mentioned}"));
            }
        }
    }

    fn push(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// Runs a command that the page does not show.
    fn prepare(&mut self, line: usize, command: &str) {
        let shop = self.shop.as_mut().expect("a shop");
        let Some(command) = command.strip_prefix("$ feats ") else { return shop.prepare(command) };
        let done = shop.run(&words(command).0);
        assert!(done.code == 0, "line {line}: {command}: {done:?}");
    }

    fn perform(&mut self, step: Step) {
        step.typed.iter().for_each(|line| self.push(line));
        let (words, is_cut) = words(&step.command);
        let words: Vec<String> = words.into_iter().skip_while(|word| word.contains('=')).collect();
        let printed = match (words.split_first(), &self.shop) {
            (Some((program, arguments)), Some(shop)) if program == "feats" => {
                let done = shop.run(arguments);
                self.code = done.code;
                Some(format!("{}{}", done.out, done.err))
            }
            (Some((program, arguments)), None) if program == "feats" => {
                self.code = without_store(arguments).code;
                None
            }
            (Some((program, arguments)), Some(_)) if program == "echo" && arguments == ["$?"] => {
                Some(format!("{}\n", self.code))
            }
            _ => None,
        };
        if words.first().is_some_and(|program| program == "feats") && self.code == 2 {
            self.mistakes.push(format!("{}: invalid command line: {}", step.line, step.command));
        }
        let shown: String = step.shown.iter().map(|line| format!("{line}\n")).collect();
        match printed {
            Some(printed) if !is_cut && masked(&printed) != masked(&shown) => {
                self.differences.push(format!("{}: {}\nshown:\n{shown}\nprinted:\n{printed}", step.line, step.command));
                self.text.push_str(&printed);
            }
            _ => self.text.push_str(&shown),
        }
    }
}

/// Runs the command without a store, which checks only its arguments.
fn without_store(arguments: &[String]) -> Done {
    let mut command = feats();
    command.args(arguments).env("FEATS_STORE", "no/such/file.db");
    Done::run(command)
}

/// Returns the commands of a block. A line that ends with `\` continues on the next one.
fn steps(block: &[(usize, &str)]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut is_continued = false;
    for (number, line) in block {
        let typed = line.strip_prefix("$ ");
        match (typed, steps.last_mut()) {
            (None, Some(step)) if is_continued => {
                step.typed.push((*line).to_owned());
                step.command.push_str(line.trim_start().trim_end_matches('\\'));
            }
            (Some(typed), _) => steps.push(Step {
                line: *number,
                command: typed.trim_end_matches('\\').to_owned(),
                typed: vec![(*line).to_owned()],
                shown: Vec::new(),
            }),
            (None, Some(step)) => step.shown.push((*line).to_owned()),
            (None, None) => panic!("line {number}: a console block begins with a command, not with: {line}"),
        }
        is_continued = line.ends_with('\\') && (is_continued || typed.is_some());
    }
    steps
}

/// Masks parts of the output that differ from run to run: times, hashes, processes, the progress of a ramp, and column widths.
fn masked(output: &str) -> String {
    let lines = output.lines().map(|line| {
        let words = line.split_whitespace().map(|word| {
            let digits = word.chars().filter(char::is_ascii_digit).count();
            let is_hash = word.len() >= 16 && word.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
            let is_time = digits >= 6 && word.contains(['-', ':']);
            let number = word.trim_end_matches(['%', ',', ';', '.', ')']);
            match number.parse::<f64>() {
                _ if is_hash || is_time => "…".to_owned(),
                Ok(value) if number.contains('.') => word.replace(number, &format!("{value:.0}")),
                _ => word.to_owned(),
            }
        });
        let line = words.collect::<Vec<_>>().join(" ");
        match line.split_once("process ").or(line.split_once("processes: ")) {
            Some((before, _)) => format!("{before}…"),
            None => line,
        }
    });
    lines.map(|line| line + "\n").collect::<String>().trim_end().to_owned()
}
