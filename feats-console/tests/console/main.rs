//! The console's pages, asked for without a browser: what they show, whom they hide it from, and that nothing in them is
//! markup that was not meant to be.

mod audit;
mod browser;
mod compare;
mod drafts;
mod experiments;
mod explain;
mod features;
mod fixture;
mod form;
mod forms;
mod history;
mod instances;
mod pins;
mod removal;
mod safety;
mod segments;
mod troubled;
mod uses;
mod weight;
