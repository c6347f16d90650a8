//! The corpus of every target: replayed as it is, and mutated by proptest for `FEATS_FUZZ_SECONDS` seconds.

#![expect(clippy::print_stdout, reason = "the number of inputs, and the time")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use feats_fuzz::{TARGETS, Target};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

/// The number of mutated inputs of a target if `FEATS_FUZZ_SECONDS` is not set.
const DEFAULT_INPUTS: u32 = 200;

/// The maximum size of an input, in bytes.
const MAX_INPUT: usize = 64 << 10;

/// A change of an input.
#[derive(Clone, Debug)]
enum Mutation {
    Flip(Index, u8),
    Insert(Index, Vec<u8>),
    /// Inserts a word of one of the formats.
    Word(Index, Index),
    Remove(Index, usize),
    Repeat(Index, usize, usize),
    /// Replaces the remainder of the input by that of another one.
    Splice(Index, Index, Index),
}

/// Words that random bytes rarely contain.
const WORDS: [&str; 33] = [
    "\"segment\":",
    "\"attribute\":",
    "\"rules\":",
    "\"overrides\":",
    "\"pinned\":",
    "\"otherwise\":",
    "\"select\":",
    "\"rollout\":",
    "\"experiment\":",
    "\"static\":",
    "\"weights\":",
    "\"slots\":",
    "\"seed\":",
    "\"ramp\":",
    "\"step\":",
    "\"bucketing\":",
    "\"function\":",
    "\"buckets\":",
    "\"flipper\"",
    "\"initial_value\":",
    "\"final_value\":",
    "\"ramp_duration\":",
    "\"initial_time\":",
    "\"matches\":",
    "\"semver\":",
    "18446744073709551615",
    "-9223372036854775808",
    "1e308",
    "\u{202e}",
    "\u{feff}",
    "null",
    "&draft=",
    "&do=",
];

fn mutation() -> impl Strategy<Value = Mutation> {
    let index = any::<Index>;
    prop_oneof![
        (index(), any::<u8>()).prop_map(|(at, with)| Mutation::Flip(at, with)),
        (index(), vec(any::<u8>(), 1..8)).prop_map(|(at, bytes)| Mutation::Insert(at, bytes)),
        (index(), index()).prop_map(|(at, word)| Mutation::Word(at, word)),
        (index(), 1_usize..32).prop_map(|(at, length)| Mutation::Remove(at, length)),
        (index(), 1_usize..64, 2_usize..50).prop_map(|(at, length, times)| Mutation::Repeat(at, length, times)),
        (index(), index(), index()).prop_map(|(at, other, from)| Mutation::Splice(at, other, from)),
    ]
}

impl Mutation {
    fn apply(&self, input: &mut Vec<u8>, corpus: &[Vec<u8>]) {
        let place = |index: &Index, input: &[u8]| index.index(input.len() + 1);
        match self {
            Self::Flip(at, with) => {
                let at = place(at, input);
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= with;
                }
            }
            Self::Insert(at, bytes) => insert(input, place(at, input), bytes),
            Self::Word(at, word) => insert(input, place(at, input), word.get(&WORDS).as_bytes()),
            Self::Remove(at, length) => {
                let at = place(at, input);
                input.drain(at..(at + length).min(input.len()));
            }
            Self::Repeat(at, length, times) => {
                let at = place(at, input);
                let part = input[at..(at + length).min(input.len())].repeat(*times);
                insert(input, at, &part);
            }
            Self::Splice(at, other, from) => {
                let other = other.get(corpus);
                input.truncate(place(at, input));
                input.extend_from_slice(&other[place(from, other)..]);
            }
        }
        input.truncate(MAX_INPUT);
    }
}

fn insert(input: &mut Vec<u8>, index: usize, bytes: &[u8]) {
    input.splice(index..index, bytes.iter().copied());
}

fn corpus(target: &Target) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name);
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read(path).expect("a readable file"))).collect()
}

#[test]
fn every_input_of_the_corpus_passes() {
    for target in TARGETS {
        let corpus = corpus(target);
        assert!(corpus.len() > 2, "{} has a corpus", target.name);
        for (path, input) in corpus {
            println!("{}", path.display());
            (target.run)(&input);
        }
    }
}

#[test]
fn libfuzzer_has_the_same_targets() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("libfuzzer/fuzz_targets");
    let files = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    names.sort();
    let names: Vec<_> = names.iter().filter_map(|path| path.file_stem()?.to_str()).collect();
    assert_eq!(names, TARGETS.iter().map(|target| target.name).collect::<Vec<_>>());
}

#[test]
fn mutations_of_the_corpus_pass() {
    let seconds = std::env::var("FEATS_FUZZ_SECONDS").ok().map(|seconds| seconds.parse().expect("a number of seconds"));
    let only = std::env::var("FEATS_FUZZ_TARGET").ok();
    for target in TARGETS.iter().filter(|target| only.as_deref().is_none_or(|name| name == target.name)) {
        let corpus: Vec<Vec<u8>> = corpus(target).into_iter().map(|(_, input)| input).collect();
        let started = Instant::now();
        let mut inputs = 0_u64;
        let mut round = 0_u8;
        loop {
            mutate(target, &corpus, round);
            inputs += u64::from(DEFAULT_INPUTS);
            round = round.wrapping_add(1);
            let time = seconds.map_or(Duration::ZERO, Duration::from_secs);
            if started.elapsed() >= time {
                break;
            }
        }
        println!("{}: {inputs} inputs in {:.1?}", target.name, started.elapsed());
    }
}

/// Tries mutated inputs, and shrinks a failure to few mutations. The first round is deterministic.
fn mutate(target: &Target, corpus: &[Vec<u8>], round: u8) {
    let config = Config { cases: DEFAULT_INPUTS, failure_persistence: None, ..Config::default() };
    let seed = match round {
        0 => [7; 16],
        _ => std::array::from_fn(|_| rand_byte()),
    };
    let rng = TestRng::from_seed(RngAlgorithm::XorShift, &seed);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let strategy = (any::<Index>(), vec(mutation(), 0..6));
    let tried = runner.run(&strategy, |(first, mutations)| {
        let mut input = first.get(corpus).clone();
        mutations.iter().for_each(|mutation| mutation.apply(&mut input, corpus));
        (target.run)(&input);
        Ok(())
    });
    if let Err(TestError::Fail(why, (first, mutations))) = tried {
        let mut input = first.get(corpus).clone();
        mutations.iter().for_each(|mutation| mutation.apply(&mut input, corpus));
        panic!("{} fails on {:?}: {why}", target.name, String::from_utf8_lossy(&input));
    }
}

/// Returns a random byte that differs between processes.
fn rand_byte() -> u8 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0_u8).to_le_bytes()[0]
}
