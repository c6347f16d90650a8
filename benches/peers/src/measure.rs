//! Measurement: the CPU time of a decision, for several engines in turn.

use std::hint::black_box;

use rustix::time::{ClockId, clock_gettime};

use crate::workload::Workload;

/// An engine with the workloads that it supports.
pub struct Engine {
    pub name: &'static str,
    pub workloads: Vec<(Workload, Repeat)>,
}

impl Engine {
    /// Returns the decisions of a workload, if the engine supports it.
    pub fn workload(&self, workload: Workload) -> Option<&Repeat> {
        self.workloads.iter().find(|(known, _)| *known == workload).map(|(_, repeat)| repeat)
    }
}

/// Makes a number of decisions, and returns how many of them are `true`.
pub type Repeat = Box<dyn Fn(usize) -> usize>;

/// The median time of a decision of an engine, and the share of decisions that are `true`.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    pub nanoseconds: f64,
    pub share: f64,
}

/// The number of batches, of which the median counts.
const BATCHES: usize = 61;

/// The time that a batch takes, roughly.
const BATCH_NANOSECONDS: f64 = 4e6;

/// Repeats a decision. The function takes the index of the repetition.
pub fn repeat(decide: impl Fn(usize) -> bool + 'static) -> Repeat {
    Box::new(move |times| (0..times).filter(|index| black_box(decide(black_box(*index)))).count())
}

/// Measures a workload of several engines. Their batches alternate, so that a disturbance of the machine affects all of them.
pub fn measure(repeats: &[&Repeat]) -> Vec<Measured> {
    let times: Vec<usize> = repeats.iter().map(|repeat| batch_size(repeat)).collect();
    let mut batches = vec![Vec::with_capacity(BATCHES); repeats.len()];
    let mut shares = vec![0.0; repeats.len()];
    for _ in 0..BATCHES {
        for (index, repeat) in repeats.iter().enumerate() {
            let (nanoseconds, enabled) = time(repeat, times[index]);
            batches[index].push(nanoseconds);
            shares[index] = enabled as f64 / times[index] as f64;
        }
    }
    batches.iter_mut().zip(shares).map(|(batches, share)| Measured { nanoseconds: median(batches), share }).collect()
}

fn batch_size(repeat: &Repeat) -> usize {
    time(repeat, 2_000);
    let (nanoseconds, _) = time(repeat, 2_000);
    ((BATCH_NANOSECONDS / nanoseconds) as usize).max(100)
}

/// Returns the nanoseconds of a decision, and how many decisions were `true`.
fn time(repeat: &Repeat, times: usize) -> (f64, usize) {
    let begin = cpu_nanoseconds();
    let enabled = repeat(times);
    ((cpu_nanoseconds() - begin) as f64 / times as f64, enabled)
}

/// Returns the CPU time of this thread, which excludes other programs of the machine.
fn cpu_nanoseconds() -> i64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec * 1_000_000_000 + time.tv_nsec
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
