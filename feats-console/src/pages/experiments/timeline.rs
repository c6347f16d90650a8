//! The timeline of an experiment: the users of each arm at the end of each day, as a chart and as a table.

use std::fmt::Write;
use std::time::Duration;

use feats::exposure::{Arm, ExperimentReport};
use feats::model::{Declaration, Timestamp};
use maud::{Markup, html};

use crate::components::{grouped, style_index};

/// The size of the plot, without its labels.
const WIDTH: f64 = 400.0;
const HEIGHT: f64 = 130.0;

/// The most days in the timeline. A longer time is sampled at equal intervals.
const MAX_POINTS: u64 = 60;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The days from the first user until now.
struct Timeline<'a> {
    arms: &'a [Arm],
    begin: Timestamp,
    /// The number of days.
    length: u64,
    points: Vec<Point>,
}

/// The end of a day.
struct Point {
    /// The number of days passed.
    passed: u64,
    /// The day that ends.
    day: Timestamp,
    /// The units so far, in the order of the arms.
    units: Vec<u64>,
}

pub(super) fn timeline(declaration: &Declaration, report: &ExperimentReport, now: Timestamp) -> Markup {
    let dated = report.days.iter().flat_map(|day| &day.units).map(|(_, units)| *units).fold(0, u64::saturating_add);
    let undated = report.units().saturating_sub(dated);
    html! {
        @match Timeline::new(report, now) {
            Some(timeline) => (timeline.draw(declaration)),
            None => p.quiet { @if undated == 0 { "No users yet." } @else { "No daily counts." } },
        }
        @if undated > 0 && dated > 0 {
            p.quiet { "Plus " (grouped(undated)) " without daily counts." }
        }
    }
}

impl<'a> Timeline<'a> {
    /// Creates a timeline, or returns `None` if no unit has a date.
    fn new(report: &'a ExperimentReport, now: Timestamp) -> Option<Self> {
        let (begin, last) = (report.days.first()?.start, report.days.last()?.start);
        // Clocks differ: a program may already count for tomorrow.
        let length = now.max(last).since(begin).as_secs() / DAY.as_secs() + 1;
        let points = length.min(MAX_POINTS);
        let point = |n: u64| {
            let passed = n * length / points;
            let day = begin.after(DAY.saturating_mul(u32::try_from(passed).unwrap_or(u32::MAX).saturating_sub(1)));
            Point { passed, day, units: units_until(report, day) }
        };
        Some(Self { arms: &report.arms, begin, length, points: (1..=points).map(point).collect() })
    }

    fn draw(&self, declaration: &Declaration) -> Markup {
        // Lines of equal arms overlap: the dashes of later styles leave earlier ones visible.
        let styles = self.arms.iter().map(|arm| style_index(declaration, &arm.implementation));
        let mut lines: Vec<_> = styles.enumerate().map(|(index, style_index)| (style_index, index)).collect();
        lines.sort_unstable();
        let highest = self.arms_at_the_end().map(|(_, units)| units).max().unwrap_or(0).max(1);
        html! {
            figure.timeline {
                svg viewBox={ "-2 -18 " (WIDTH + 4.0) " " (HEIGHT + 36.0) } role="img" aria-label=(self.alt_text()) {
                    path.axis d={ "M0 0H" (WIDTH) "M0 " (HEIGHT) "H" (WIDTH) } {}
                    text x="0" y="-5" { (grouped(highest)) }
                    text x="0" y=(HEIGHT + 14.0) { (self.begin.date()) }
                    @if let Some(last) = self.points.last().filter(|last| last.passed > 1) {
                        text x=(WIDTH) y=(HEIGHT + 14.0) text-anchor="end" { (last.day.date()) }
                    }
                    @for (style_index, index) in lines {
                        path.line.{ "s" (style_index) } d=(self.line(index, highest)) {}
                    }
                }
                figcaption {
                    ul.legend {
                        @for (arm, units) in self.arms_at_the_end() {
                            li {
                                svg.stroke viewBox="0 0 24 12" aria-hidden="true" { path.line.{ "s" (style_index(declaration, arm)) } d="M0 6H24" {} }
                                (arm) " " span.num { (grouped(units)) }
                            }
                        }
                    }
                }
            }
            details {
                summary { "Table" }
                (self.table())
            }
        }
    }

    /// Renders the table, newest day first.
    fn table(&self) -> Markup {
        html! {
            div.scroll {
                table.arms {
                    thead { tr { th scope="col" { "Day" } @for arm in self.arms { th.num scope="col" { (arm.implementation) } } } }
                    tbody {
                        @for point in self.points.iter().rev() {
                            tr {
                                th scope="row" { (point.day.date()) }
                                @for units in &point.units { td.num { (grouped(*units)) } }
                            }
                        }
                    }
                }
            }
        }
    }

    /// The text alternative of the chart.
    fn alt_text(&self) -> String {
        let units = self.arms_at_the_end().map(|(arm, units)| format!("{arm} {units}")).collect::<Vec<_>>().join(", ");
        format!("Users per day since {}: now {units}", self.begin.date())
    }

    /// The path of an arm, from zero at the start of the first day.
    fn line(&self, arm: usize, highest: u64) -> String {
        let mut line = format!("M0 {HEIGHT}");
        for point in &self.points {
            let x = WIDTH * point.passed as f64 / self.length as f64;
            let units = point.units.get(arm).copied().unwrap_or(0);
            let _ = write!(line, "L{x:.1} {:.1}", HEIGHT - HEIGHT * units as f64 / highest as f64);
        }
        line
    }

    fn arms_at_the_end(&self) -> impl Iterator<Item = (&str, u64)> {
        let units = self.points.last().into_iter().flat_map(|last| &last.units);
        self.arms.iter().map(|arm| arm.implementation.as_str()).zip(units.copied())
    }
}

/// Sums the units of each arm until the end of a day.
fn units_until(report: &ExperimentReport, day: Timestamp) -> Vec<u64> {
    let mut sums = vec![0; report.arms.len()];
    for come in report.days.iter().take_while(|come| come.start <= day) {
        for (sum, (_, units)) in sums.iter_mut().zip(&come.units) {
            *sum = units.saturating_add(*sum);
        }
    }
    sums
}
