//! Tests of the console's pages without a browser: their content, their permissions, and the escaping of user input.

mod audit;
mod browser;
mod compare;
mod drafts;
mod experiments;
mod explain;
mod features;
mod fixture;
mod flag_editor;
mod flags;
mod form;
mod forms;
mod history;
mod instances;
mod pins;
mod read_only;
mod removal;
mod safety;
mod segments;
mod troubled;
mod uses;
mod weight;
