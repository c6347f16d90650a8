//! Limits of what a state may hold, and of names.

/// The most rules of a state, and the most parts of a group of conditions.
pub const RULES: usize = 1_000;
/// The most overrides of a state.
pub const OVERRIDES: usize = 10_000;
/// The most values of one list.
pub const VALUES: usize = 100_000;
/// The deepest nesting of a condition.
pub const DEPTH: usize = 32;
/// The longest name, in characters.
pub const NAME: usize = 200;
/// The longest comment, in characters.
pub const COMMENT: usize = 10_000;

/// Says what is wrong with a name, if anything is: it has 1 to 200 characters, none of them a control character.
///
/// # Errors
/// The message for people.
pub fn check_name(name: &str) -> Result<(), String> {
    let length = name.chars().take(NAME + 1).count();
    if length == 0 {
        Err("a name is not empty".to_owned())
    } else if length > NAME {
        Err(format!("a name has at most {NAME} characters"))
    } else if name.chars().any(char::is_control) {
        Err("a name has no control characters".to_owned())
    } else {
        Ok(())
    }
}
