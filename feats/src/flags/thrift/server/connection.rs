//! Connections: requests are read and answered one after the other.

use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use thrift::protocol::{
    TFieldIdentifier, TInputProtocol, TListIdentifier, TMessageIdentifier, TMessageType, TOutputProtocol,
    TSerializable, TStructIdentifier, TType,
};
use thrift::{ApplicationError, ApplicationErrorKind, TransportErrorKind};

use super::super::channel::{Channel, Connection, Input, Output};
use super::super::service::TFeatureFlagStoreProcessFunctions as Calls;
use super::handler::Handler;

/// The maximum size of a request, in bytes.
const MAX_REQUEST_BYTES: usize = 1024 * 1024;

/// The time limit of the TLS handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);

/// The time limit of a request from its first byte, and of its answer.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// The time for which a connection may be idle.
const IDLE_TIMEOUT: Duration = Duration::from_secs(600);

/// Opens the channel of an accepted socket, with the TLS handshake.
///
/// # Errors
/// The handshake fails, or takes too long.
pub(super) fn open(mut socket: TcpStream, tls: Option<Arc<ServerConfig>>) -> thrift::Result<Channel> {
    socket.set_nonblocking(false)?;
    socket.set_nodelay(true)?;
    let connection = match tls {
        None => Connection::Plain(socket),
        Some(config) => {
            socket.set_read_timeout(Some(HANDSHAKE_TIMEOUT))?;
            socket.set_write_timeout(Some(HANDSHAKE_TIMEOUT))?;
            let mut server = ServerConnection::new(config).map_err(std::io::Error::other)?;
            server.complete_io(&mut socket)?;
            Connection::Server(Box::new(StreamOwned::new(server, socket)))
        }
    };
    Ok(Channel::new(connection, MAX_REQUEST_BYTES, IDLE_TIMEOUT))
}

/// Serves requests until the client closes the connection.
///
/// # Errors
/// A request is malformed, too large, or too slow; the answer cannot be sent.
pub(super) fn serve(channel: &Channel, handler: &Handler) -> thrift::Result<()> {
    // Old clients send messages without the version of the protocol.
    let (mut input, mut output) = channel.protocols(MAX_REQUEST_BYTES, false)?;
    loop {
        channel.await_message(MAX_REQUEST_BYTES, IDLE_TIMEOUT, REQUEST_TIMEOUT);
        let message = match input.read_message_begin() {
            Err(thrift::Error::Transport(error))
                if error.kind == TransportErrorKind::EndOfFile && channel.is_awaiting() =>
            {
                return Ok(());
            }
            message => message?,
        };
        channel.limit_time(REQUEST_TIMEOUT);
        answer(&message, &mut input, &mut output, handler)?;
    }
}

fn answer(
    message: &TMessageIdentifier,
    input: &mut Input,
    output: &mut Output,
    handler: &Handler,
) -> thrift::Result<()> {
    let number = message.sequence_number;
    if !matches!(message.message_type, TMessageType::Call | TMessageType::OneWay) {
        return Err(ApplicationError::new(ApplicationErrorKind::InvalidMessageType, "this is not a call").into());
    }
    match message.name.as_str() {
        "Create" => Calls::process_create(handler, number, input, output)?,
        "Get" => Calls::process_get(handler, number, input, output)?,
        "Set" => Calls::process_set(handler, number, input, output)?,
        "Delete" => Calls::process_delete(handler, number, input, output)?,
        "SetMeta" => Calls::process_set_meta(handler, number, input, output)?,
        "List" => list(handler, number, input, output)?,
        name => {
            input.skip(TType::Struct)?;
            let error = ApplicationError::new(
                ApplicationErrorKind::UnknownMethod,
                format!("this service has no method {}", crate::text::quoted(name)),
            );
            refuse("unknown", number, &error, output)?;
        }
    }
    input.read_message_end()
}

/// Answers `List`. flipper-client leaves out the limit if there is none, so the generated code cannot read its arguments.
fn list(handler: &Handler, number: i32, input: &mut Input, output: &mut Output) -> thrift::Result<()> {
    let (limit, offset) = read_page(input)?;
    let items = match handler.list(limit, offset) {
        Ok(items) => items,
        Err(error) => return refuse("List", number, &error, output),
    };
    let length = i32::try_from(items.len()).unwrap_or(i32::MAX);
    output.write_message_begin(&TMessageIdentifier::new("List", TMessageType::Reply, number))?;
    output.write_struct_begin(&TStructIdentifier::new("FeatureFlagStoreListResult"))?;
    output.write_field_begin(&TFieldIdentifier::new("result_value", TType::List, 0))?;
    output.write_list_begin(&TListIdentifier::new(TType::Struct, length))?;
    for item in &items {
        item.write_to_out_protocol(output)?;
    }
    output.write_list_end()?;
    output.write_field_end()?;
    output.write_field_stop()?;
    output.write_struct_end()?;
    output.write_message_end()?;
    output.flush()
}

/// Reads the limit and the offset of a page.
fn read_page(input: &mut Input) -> thrift::Result<(Option<i64>, i64)> {
    let (mut limit, mut offset) = (None, 0);
    input.read_struct_begin()?;
    loop {
        let field = input.read_field_begin()?;
        match (field.field_type, field.id) {
            (TType::Stop, _) => break,
            (TType::I64, Some(1)) => limit = Some(input.read_i64()?),
            (TType::I64, Some(2)) => offset = input.read_i64()?,
            (other, _) => input.skip(other)?,
        }
        input.read_field_end()?;
    }
    input.read_struct_end()?;
    Ok((limit, offset))
}

fn refuse(method: &str, number: i32, error: &ApplicationError, output: &mut Output) -> thrift::Result<()> {
    output.write_message_begin(&TMessageIdentifier::new(method, TMessageType::Exception, number))?;
    thrift::Error::write_application_error_to_out_protocol(error, output)?;
    output.write_message_end()?;
    output.flush()
}
