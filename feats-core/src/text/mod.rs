//! Text that people write: what names and comments may contain, what is unusual in operands, and how text is isolated in
//! output.
//!
//! | text | may contain | where it is printed |
//! |---|---|---|
//! | a name of a rule, feature, implementation, segment, attribute, author or program | 1 to 200 characters that are visible and do not change the direction of text: [`check_name`] | as it is |
//! | a comment | any text of at most 10 000 characters | isolated by the output |
//! | an operand: a value in a condition or an override | any text; [`remarks`] lists what a reader cannot see | isolated by the output |
//!
//! Each output isolates text by itself: [`terminal_line`] for terminals and logs, [`csv_cell`] for spreadsheets, [`quoted`] for
//! messages, and [`escape_with`] for formats with escapes of their own, such as JSON and YAML.

mod character;
mod name;
mod operand;
mod output;

pub use character::describe;
pub use name::{MAX_COMMENT_CHARACTERS, MAX_NAME_CHARACTERS, check_comment, check_name};
pub use operand::{Remark, list_remarks, remarks};
pub use output::{csv_cell, escape_with, is_disruptive, quoted, terminal_line, without_bom};
