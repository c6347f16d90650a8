//! The cost of the most expensive states: time to compile, peak memory, and retained memory. Run with `cargo xtask bench`.

#![expect(clippy::print_stdout, reason = "the results are printed")]

mod costly;

use std::hint::black_box;
use std::time::Instant;

use allocation_counter::measure;

fn main() {
    let declaration = costly::declaration();
    for (name, state) in costly::states() {
        let times = (0..5).map(|_| {
            let begun = Instant::now();
            black_box(costly::compiled(black_box(&state), &declaration));
            begun.elapsed()
        });
        let least = times.min().unwrap_or_default().as_secs_f64() * 1e3;
        let mut compiled = None;
        let heap = measure(|| compiled = Some(costly::compiled(&state, &declaration)));
        let [most, kept] = [heap.bytes_max as f64, heap.bytes_current as f64].map(|bytes| bytes / 1_048_576.0);
        let problems = compiled.map_or(0, |compiled| compiled.problems.len());
        let verdict = if problems == 0 { "accepted".to_owned() } else { format!("refused, {problems} problems") };
        println!("{name:45} {least:8.1} ms   at most {most:5.1} MiB, kept {kept:5.1} MiB   {verdict}");
    }
}
