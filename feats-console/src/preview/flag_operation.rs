//! Changes of a flag as a whole: it is enabled, disabled, archived, restored or destroyed, or gets other client data.

use feats::Result;
use feats::flags::{Flag, FlagWrite};

use super::client_data;
use crate::access::Action;
use crate::fields::Fields;

/// A change of a flag as a whole.
#[derive(Clone, Debug)]
pub(crate) enum FlagOperation {
    Enable,
    Disable,
    Archive,
    Restore,
    Destroy,
    /// Replaces all client data with this JSON object, as typed.
    ReplaceClientData(String),
}

impl FlagOperation {
    /// Parses the operation of a form, or returns `None` if it is one that features have too.
    pub(super) fn parse(fields: &Fields) -> Option<Self> {
        Some(match fields.get("what") {
            "enable" => Self::Enable,
            "disable" => Self::Disable,
            "archive" => Self::Archive,
            "restore" => Self::Restore,
            "destroy" => Self::Destroy,
            "client-data" => Self::ReplaceClientData(fields.get("data").to_owned()),
            _ => return None,
        })
    }

    /// Returns the write that makes the change.
    ///
    /// # Errors
    /// The client data is not a JSON object.
    pub(super) fn write(&self, flag: &Flag) -> Result<FlagWrite> {
        Ok(match self {
            Self::Enable => flag.enable(),
            Self::Disable => flag.disable(),
            Self::Archive => flag.archive(),
            Self::Restore => flag.restore(),
            Self::Destroy => flag.destroy(),
            Self::ReplaceClientData(text) => flag.replace_client_data(client_data::parse(text)?.into()),
        })
    }

    pub(super) fn action(&self) -> Action {
        match self {
            Self::Destroy => Action::DestroyFlag,
            _ => Action::Publish,
        }
    }

    /// The value of the form's field for the operation.
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::Enable => "enable",
            Self::Disable => "disable",
            Self::Archive => "archive",
            Self::Restore => "restore",
            Self::Destroy => "destroy",
            Self::ReplaceClientData(_) => "client-data",
        }
    }

    /// The label of the button.
    pub(super) fn label(&self, flag: &str) -> String {
        match self {
            Self::Enable => format!("Enable {flag}"),
            Self::Disable => format!("Disable {flag}"),
            Self::Archive => format!("Archive {flag}"),
            Self::Restore => format!("Restore {flag}"),
            Self::Destroy => format!("Destroy {flag}"),
            Self::ReplaceClientData(_) => format!("Change the client data of {flag}"),
        }
    }

    /// The consequence that the differences of the states do not show.
    pub(crate) fn consequence(&self) -> Option<&'static str> {
        match self {
            Self::Enable | Self::ReplaceClientData(_) => None,
            Self::Disable => Some("Its rules and its data are kept."),
            Self::Archive => {
                Some("An archived flag is disabled and is listed only in the archive. You can restore it as it was.")
            }
            Self::Restore => Some("It is restored as it was when it was archived."),
            Self::Destroy => Some(
                "Every program then treats it as a flag that does not exist. Its history is kept: to bring it back, roll \
                 back to a version.",
            ),
        }
    }

    /// Returns `true` if the change takes something away.
    pub(super) fn is_dangerous(&self) -> bool {
        matches!(self, Self::Disable | Self::Archive | Self::Destroy)
    }
}
