//! Arguments of the Thrift service.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  feats thrift-serve --store feats.db
  feats thrift-serve --listen 0.0.0.0:9090 --tls-cert server.pem --tls-key server.key --tls-client-ca ca.pem --allow-writes

The service speaks Thrift's binary protocol over a buffered transport. It is read-only unless it allows writes. An address \
that other machines can reach needs the three files of mutual TLS. A write is an ordinary version in the store, whose author \
is the subject of the client's certificate, or thrift.")]
pub(crate) struct ThriftServe {
    /// The address to listen on; port 0 is any free port
    #[arg(long, default_value = "127.0.0.1:9090", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// Allow clients to create, change and delete flags
    #[arg(long)]
    pub(crate) allow_writes: bool,
    /// The certificate of the service, in PEM
    #[arg(long, value_name = "FILE", requires_all = ["tls_key", "tls_client_ca"])]
    pub(crate) tls_cert: Option<PathBuf>,
    /// The key of the certificate, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// The authority that signs the certificates of clients, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_client_ca: Option<PathBuf>,
}
