//! `feats flag`: one file for each group of commands.

mod list;
