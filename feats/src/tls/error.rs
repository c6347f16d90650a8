//! Errors of handshakes.

use std::error::Error as StdError;
use std::fmt::Display;

use rustls::AlertDescription as Alert;

use crate::cause::find_cause;
use crate::error::ErrorKind;

/// Finds the error of a handshake among the causes of an error.
pub(crate) fn handshake_error<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a rustls::Error> {
    find_cause(error)
}

/// Classifies the error of a handshake with `server`, and says what to do. `advice` is for a server that does not use TLS.
pub(crate) fn classify(error: &rustls::Error, server: impl Display, advice: &str) -> (ErrorKind, String) {
    match error {
        rustls::Error::InvalidCertificate(why) => (
            ErrorKind::Invalid,
            format!("the certificate of {server} is not trusted ({why}); set its authority with `ca`"),
        ),
        rustls::Error::AlertReceived(alert) if refuses_certificate(*alert) => {
            (ErrorKind::Invalid, refused_certificate(server, &format!("{alert:?}")))
        }
        rustls::Error::InvalidMessage(_) => (ErrorKind::Invalid, format!("{server} does not use TLS; {advice}")),
        other => (ErrorKind::Unavailable, format!("the TLS handshake with {server} failed ({other})")),
    }
}

/// Returns the message about a server that does not accept the certificate of a client, or that it has none.
pub(crate) fn refused_certificate(server: impl Display, alert: &str) -> String {
    format!("{server} refused the certificate of this program ({alert}); set it with `cert` and `key`")
}

/// Returns `true` if a server sends the alert to a client without a certificate, or with one that it does not accept.
fn refuses_certificate(alert: Alert) -> bool {
    matches!(
        alert,
        Alert::AccessDenied
            | Alert::BadCertificate
            | Alert::CertificateExpired
            | Alert::CertificateRequired
            | Alert::CertificateRevoked
            | Alert::CertificateUnknown
            | Alert::HandshakeFailure
            | Alert::NoCertificate
            | Alert::UnknownCA
            | Alert::UnsupportedCertificate
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_about_the_certificate_of_the_client_is_no_outage() {
        let of = |alert| classify(&rustls::Error::AlertReceived(alert), "h:1", "write x://");
        let (kind, message) = of(Alert::CertificateRequired);
        assert_eq!(kind, ErrorKind::Invalid);
        assert!(message.contains("h:1 refused the certificate of this program"), "{message}");
        assert_eq!(of(Alert::InternalError).0, ErrorKind::Unavailable);
    }
}
