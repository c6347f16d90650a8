//! Text written by people: the rules for names and comments, remarks on unusual operands, and escaping for output.
//!
//! | text | allowed | in output |
//! |---|---|---|
//! | a name of a rule, feature, implementation, segment, attribute, author or program | 1 to 200 visible characters that do not change the direction of text: [`check_name`] | as it is |
//! | a comment | any text of at most 10 000 characters | escaped |
//! | an operand: a value in a condition or an override | any text; [`remarks`] reports what a reader cannot see | escaped |
//!
//! Each output escapes text by itself: [`terminal_line`] for terminals and logs, [`csv_cell`] for spreadsheets, [`quoted`] for
//! messages, and [`escape_with`] for formats with their own escapes, such as JSON and YAML. [`counted`] chooses between singular and plural.

mod character;
mod counted;
mod name;
mod operand;
mod output;
pub(crate) mod python_json;

pub use character::describe;
pub use counted::counted;
pub use name::{MAX_COMMENT_CHARACTERS, MAX_NAME_CHARACTERS, check_comment, check_name};
pub use operand::{Remark, list_remarks, remarks};
pub use output::{csv_cell, escape_with, is_disruptive, quoted, terminal_line, without_bom};
