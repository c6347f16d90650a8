//! Long: because the Thrift compiler 0.17 wrote it: `thrift -out . --gen rs service.thrift`, without its first two lines.

#![allow(unused_imports)]
#![allow(unused_extern_crates)]
#![allow(clippy::too_many_arguments, clippy::type_complexity, clippy::vec_box)]
#![cfg_attr(rustfmt, rustfmt_skip)]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::{From, TryFrom};
use std::default::Default;
use std::error::Error;
use std::fmt;
use std::fmt::{Display, Formatter};
use std::rc::Rc;

use thrift::OrderedFloat;
use thrift::{ApplicationError, ApplicationErrorKind, ProtocolError, ProtocolErrorKind, TThriftClient};
use thrift::protocol::{TFieldIdentifier, TListIdentifier, TMapIdentifier, TMessageIdentifier, TMessageType, TInputProtocol, TOutputProtocol, TSerializable, TSetIdentifier, TStructIdentifier, TType};
use thrift::protocol::field_id;
use thrift::protocol::verify_expected_message_type;
use thrift::protocol::verify_expected_sequence_number;
use thrift::protocol::verify_expected_service_call;
use thrift::protocol::verify_required_field_exists;
use thrift::server::TProcessor;

#[derive(Copy, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ErrorCode(pub i32);

impl ErrorCode {
  pub const NOT_FOUND: ErrorCode = ErrorCode(0);
  pub const ENUM_VALUES: &'static [Self] = &[
    Self::NOT_FOUND,
  ];
}

impl TSerializable for ErrorCode {
  #[allow(clippy::trivially_copy_pass_by_ref)]
  fn write_to_out_protocol(&self, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    o_prot.write_i32(self.0)
  }
  fn read_from_in_protocol(i_prot: &mut dyn TInputProtocol) -> thrift::Result<ErrorCode> {
    let enum_value = i_prot.read_i32()?;
    Ok(ErrorCode::from(enum_value))
  }
}

impl From<i32> for ErrorCode {
  fn from(i: i32) -> Self {
    match i {
      0 => ErrorCode::NOT_FOUND,
      _ => ErrorCode(i)
    }
  }
}

impl From<&i32> for ErrorCode {
  fn from(i: &i32) -> Self {
    ErrorCode::from(*i)
  }
}

impl From<ErrorCode> for i32 {
  fn from(e: ErrorCode) -> i32 {
    e.0
  }
}

impl From<&ErrorCode> for i32 {
  fn from(e: &ErrorCode) -> i32 {
    e.0
  }
}

pub type Json = String;

pub type Condition = BTreeMap<String, Vec<ConditionCheck>>;

//
// FlipperException
//

#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct FlipperException {
  pub code: Option<ErrorCode>,
  pub message: Option<String>,
}

impl FlipperException {
  pub fn new<F1, F2>(code: F1, message: F2) -> FlipperException where F1: Into<Option<ErrorCode>>, F2: Into<Option<String>> {
    FlipperException {
      code: code.into(),
      message: message.into(),
    }
  }
}

impl TSerializable for FlipperException {
  fn read_from_in_protocol(i_prot: &mut dyn TInputProtocol) -> thrift::Result<FlipperException> {
    i_prot.read_struct_begin()?;
    let mut f_1: Option<ErrorCode> = None;
    let mut f_2: Option<String> = None;
    loop {
      let field_ident = i_prot.read_field_begin()?;
      if field_ident.field_type == TType::Stop {
        break;
      }
      let field_id = field_id(&field_ident)?;
      match field_id {
        1 => {
          let val = ErrorCode::read_from_in_protocol(i_prot)?;
          f_1 = Some(val);
        },
        2 => {
          let val = i_prot.read_string()?;
          f_2 = Some(val);
        },
        _ => {
          i_prot.skip(field_ident.field_type)?;
        },
      };
      i_prot.read_field_end()?;
    }
    i_prot.read_struct_end()?;
    let ret = FlipperException {
      code: f_1,
      message: f_2,
    };
    Ok(ret)
  }
  fn write_to_out_protocol(&self, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    let struct_ident = TStructIdentifier::new("FlipperException");
    o_prot.write_struct_begin(&struct_ident)?;
    if let Some(ref fld_var) = self.code {
      o_prot.write_field_begin(&TFieldIdentifier::new("code", TType::I32, 1))?;
      fld_var.write_to_out_protocol(o_prot)?;
      o_prot.write_field_end()?
    }
    if let Some(ref fld_var) = self.message {
      o_prot.write_field_begin(&TFieldIdentifier::new("message", TType::String, 2))?;
      o_prot.write_string(fld_var)?;
      o_prot.write_field_end()?
    }
    o_prot.write_field_stop()?;
    o_prot.write_struct_end()
  }
}

impl Default for FlipperException {
  fn default() -> Self {
    FlipperException{
      code: None,
      message: Some("".to_owned()),
    }
  }
}

impl Error for FlipperException {}

impl From<FlipperException> for thrift::Error {
  fn from(e: FlipperException) -> Self {
    thrift::Error::User(Box::new(e))
  }
}

impl Display for FlipperException {
  fn fmt(&self, f: &mut Formatter) -> fmt::Result {
    write!(f, "remote service threw FlipperException")
  }
}

//
// ConditionOperator
//

#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ConditionOperator {
  pub symbol: Option<String>,
}

impl ConditionOperator {
  pub fn new<F1>(symbol: F1) -> ConditionOperator where F1: Into<Option<String>> {
    ConditionOperator {
      symbol: symbol.into(),
    }
  }
}

impl TSerializable for ConditionOperator {
  fn read_from_in_protocol(i_prot: &mut dyn TInputProtocol) -> thrift::Result<ConditionOperator> {
    i_prot.read_struct_begin()?;
    let mut f_1: Option<String> = None;
    loop {
      let field_ident = i_prot.read_field_begin()?;
      if field_ident.field_type == TType::Stop {
        break;
      }
      let field_id = field_id(&field_ident)?;
      match field_id {
        1 => {
          let val = i_prot.read_string()?;
          f_1 = Some(val);
        },
        _ => {
          i_prot.skip(field_ident.field_type)?;
        },
      };
      i_prot.read_field_end()?;
    }
    i_prot.read_struct_end()?;
    let ret = ConditionOperator {
      symbol: f_1,
    };
    Ok(ret)
  }
  fn write_to_out_protocol(&self, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    let struct_ident = TStructIdentifier::new("ConditionOperator");
    o_prot.write_struct_begin(&struct_ident)?;
    if let Some(ref fld_var) = self.symbol {
      o_prot.write_field_begin(&TFieldIdentifier::new("symbol", TType::String, 1))?;
      o_prot.write_string(fld_var)?;
      o_prot.write_field_end()?
    }
    o_prot.write_field_stop()?;
    o_prot.write_struct_end()
  }
}

impl Default for ConditionOperator {
  fn default() -> Self {
    ConditionOperator{
      symbol: Some("".to_owned()),
    }
  }
}

//
// ConditionCheck
//

#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ConditionCheck {
  pub variable: Option<String>,
  pub value: Option<Json>,
  pub operator: Option<ConditionOperator>,
}

impl ConditionCheck {
  pub fn new<F1, F2, F3>(variable: F1, value: F2, operator: F3) -> ConditionCheck where F1: Into<Option<String>>, F2: Into<Option<Json>>, F3: Into<Option<ConditionOperator>> {
    ConditionCheck {
      variable: variable.into(),
      value: value.into(),
      operator: operator.into(),
    }
  }
}

impl TSerializable for ConditionCheck {
  fn read_from_in_protocol(i_prot: &mut dyn TInputProtocol) -> thrift::Result<ConditionCheck> {
    i_prot.read_struct_begin()?;
    let mut f_1: Option<String> = None;
    let mut f_2: Option<Json> = None;
    let mut f_3: Option<ConditionOperator> = None;
    loop {
      let field_ident = i_prot.read_field_begin()?;
      if field_ident.field_type == TType::Stop {
        break;
      }
      let field_id = field_id(&field_ident)?;
      match field_id {
        1 => {
          let val = i_prot.read_string()?;
          f_1 = Some(val);
        },
        2 => {
          let val = i_prot.read_string()?;
          f_2 = Some(val);
        },
        3 => {
          let val = ConditionOperator::read_from_in_protocol(i_prot)?;
          f_3 = Some(val);
        },
        _ => {
          i_prot.skip(field_ident.field_type)?;
        },
      };
      i_prot.read_field_end()?;
    }
    i_prot.read_struct_end()?;
    let ret = ConditionCheck {
      variable: f_1,
      value: f_2,
      operator: f_3,
    };
    Ok(ret)
  }
  fn write_to_out_protocol(&self, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    let struct_ident = TStructIdentifier::new("ConditionCheck");
    o_prot.write_struct_begin(&struct_ident)?;
    if let Some(ref fld_var) = self.variable {
      o_prot.write_field_begin(&TFieldIdentifier::new("variable", TType::String, 1))?;
      o_prot.write_string(fld_var)?;
      o_prot.write_field_end()?
    }
    if let Some(ref fld_var) = self.value {
      o_prot.write_field_begin(&TFieldIdentifier::new("value", TType::String, 2))?;
      o_prot.write_string(fld_var)?;
      o_prot.write_field_end()?
    }
    if let Some(ref fld_var) = self.operator {
      o_prot.write_field_begin(&TFieldIdentifier::new("operator", TType::Struct, 3))?;
      fld_var.write_to_out_protocol(o_prot)?;
      o_prot.write_field_end()?
    }
    o_prot.write_field_stop()?;
    o_prot.write_struct_end()
  }
}

impl Default for ConditionCheck {
  fn default() -> Self {
    ConditionCheck{
      variable: Some("".to_owned()),
      value: Some("".to_owned()),
      operator: None,
    }
  }
}

//
// FeatureFlagStoreMeta
//

#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct FeatureFlagStoreMeta {
  pub created_date: Option<i64>,
  pub client_data: Option<Json>,
  pub conditions: Option<Vec<Condition>>,
  pub bucketer: Option<Json>,
}

impl FeatureFlagStoreMeta {
  pub fn new<F1, F2, F3, F4>(created_date: F1, client_data: F2, conditions: F3, bucketer: F4) -> FeatureFlagStoreMeta where F1: Into<Option<i64>>, F2: Into<Option<Json>>, F3: Into<Option<Vec<Condition>>>, F4: Into<Option<Json>> {
    FeatureFlagStoreMeta {
      created_date: created_date.into(),
      client_data: client_data.into(),
      conditions: conditions.into(),
      bucketer: bucketer.into(),
    }
  }
}

impl TSerializable for FeatureFlagStoreMeta {
  fn read_from_in_protocol(i_prot: &mut dyn TInputProtocol) -> thrift::Result<FeatureFlagStoreMeta> {
    i_prot.read_struct_begin()?;
    let mut f_1: Option<i64> = None;
    let mut f_2: Option<Json> = None;
    let mut f_3: Option<Vec<Condition>> = None;
    let mut f_4: Option<Json> = None;
    loop {
      let field_ident = i_prot.read_field_begin()?;
      if field_ident.field_type == TType::Stop {
        break;
      }
      let field_id = field_id(&field_ident)?;
      match field_id {
        1 => {
          let val = i_prot.read_i64()?;
          f_1 = Some(val);
        },
        2 => {
          let val = i_prot.read_string()?;
          f_2 = Some(val);
        },
        3 => {
          let list_ident = i_prot.read_list_begin()?;
          let mut val: Vec<Condition> = Vec::with_capacity(list_ident.size as usize);
          for _ in 0..list_ident.size {
            let map_ident = i_prot.read_map_begin()?;
            let mut list_elem_0: BTreeMap<String, Vec<ConditionCheck>> = BTreeMap::new();
            for _ in 0..map_ident.size {
              let map_key_1 = i_prot.read_string()?;
              let list_ident = i_prot.read_list_begin()?;
              let mut map_val_2: Vec<ConditionCheck> = Vec::with_capacity(list_ident.size as usize);
              for _ in 0..list_ident.size {
                let list_elem_3 = ConditionCheck::read_from_in_protocol(i_prot)?;
                map_val_2.push(list_elem_3);
              }
              i_prot.read_list_end()?;
              list_elem_0.insert(map_key_1, map_val_2);
            }
            i_prot.read_map_end()?;
            val.push(list_elem_0);
          }
          i_prot.read_list_end()?;
          f_3 = Some(val);
        },
        4 => {
          let val = i_prot.read_string()?;
          f_4 = Some(val);
        },
        _ => {
          i_prot.skip(field_ident.field_type)?;
        },
      };
      i_prot.read_field_end()?;
    }
    i_prot.read_struct_end()?;
    let ret = FeatureFlagStoreMeta {
      created_date: f_1,
      client_data: f_2,
      conditions: f_3,
      bucketer: f_4,
    };
    Ok(ret)
  }
  fn write_to_out_protocol(&self, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    let struct_ident = TStructIdentifier::new("FeatureFlagStoreMeta");
    o_prot.write_struct_begin(&struct_ident)?;
    if let Some(fld_var) = self.created_date {
      o_prot.write_field_begin(&TFieldIdentifier::new("created_date", TType::I64, 1))?;
      o_prot.write_i64(fld_var)?;
      o_prot.write_field_end()?
    }
    if let Some(ref fld_var) = self.client_data {
      o_prot.write_field_begin(&TFieldIdentifier::new("client_data", TType::String, 2))?;
      o_prot.write_string(fld_var)?;
      o_prot.write_field_end()?
    }
    if let Some(ref fld_var) = self.conditions {
      o_prot.write_field_begin(&TFieldIdentifier::new("conditions", TType::List, 3))?;
      o_prot.write_list_begin(&TListIdentifier::new(TType::Map, fld_var.len() as i32))?;
      for e in fld_var {
        o_prot.write_map_begin(&TMapIdentifier::new(TType::String, TType::List, e.len() as i32))?;
        for (k, v) in e {
          o_prot.write_string(k)?;
          o_prot.write_list_begin(&TListIdentifier::new(TType::Struct, v.len() as i32))?;
          for e in v {
            e.write_to_out_protocol(o_prot)?;
          }
          o_prot.write_list_end()?;
        }
        o_prot.write_map_end()?;
      }
      o_prot.write_list_end()?;
      o_prot.write_field_end()?
    }
    if let Some(ref fld_var) = self.bucketer {
      o_prot.write_field_begin(&TFieldIdentifier::new("bucketer", TType::String, 4))?;
      o_prot.write_string(fld_var)?;
      o_prot.write_field_end()?
    }
    o_prot.write_field_stop()?;
    o_prot.write_struct_end()
  }
}

impl Default for FeatureFlagStoreMeta {
  fn default() -> Self {
    FeatureFlagStoreMeta{
      created_date: Some(0),
      client_data: Some("".to_owned()),
      conditions: Some(Vec::new()),
      bucketer: Some("".to_owned()),
    }
  }
}

//
// FeatureFlagStoreItem
//

#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct FeatureFlagStoreItem {
  pub feature_name: Option<String>,
  pub is_enabled: Option<bool>,
  pub meta: Option<FeatureFlagStoreMeta>,
}

impl FeatureFlagStoreItem {
  pub fn new<F1, F2, F3>(feature_name: F1, is_enabled: F2, meta: F3) -> FeatureFlagStoreItem where F1: Into<Option<String>>, F2: Into<Option<bool>>, F3: Into<Option<FeatureFlagStoreMeta>> {
    FeatureFlagStoreItem {
      feature_name: feature_name.into(),
      is_enabled: is_enabled.into(),
      meta: meta.into(),
    }
  }
}

impl TSerializable for FeatureFlagStoreItem {
  fn read_from_in_protocol(i_prot: &mut dyn TInputProtocol) -> thrift::Result<FeatureFlagStoreItem> {
    i_prot.read_struct_begin()?;
    let mut f_1: Option<String> = None;
    let mut f_2: Option<bool> = None;
    let mut f_3: Option<FeatureFlagStoreMeta> = None;
    loop {
      let field_ident = i_prot.read_field_begin()?;
      if field_ident.field_type == TType::Stop {
        break;
      }
      let field_id = field_id(&field_ident)?;
      match field_id {
        1 => {
          let val = i_prot.read_string()?;
          f_1 = Some(val);
        },
        2 => {
          let val = i_prot.read_bool()?;
          f_2 = Some(val);
        },
        3 => {
          let val = FeatureFlagStoreMeta::read_from_in_protocol(i_prot)?;
          f_3 = Some(val);
        },
        _ => {
          i_prot.skip(field_ident.field_type)?;
        },
      };
      i_prot.read_field_end()?;
    }
    i_prot.read_struct_end()?;
    let ret = FeatureFlagStoreItem {
      feature_name: f_1,
      is_enabled: f_2,
      meta: f_3,
    };
    Ok(ret)
  }
  fn write_to_out_protocol(&self, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    let struct_ident = TStructIdentifier::new("FeatureFlagStoreItem");
    o_prot.write_struct_begin(&struct_ident)?;
    if let Some(ref fld_var) = self.feature_name {
      o_prot.write_field_begin(&TFieldIdentifier::new("feature_name", TType::String, 1))?;
      o_prot.write_string(fld_var)?;
      o_prot.write_field_end()?
    }
    if let Some(fld_var) = self.is_enabled {
      o_prot.write_field_begin(&TFieldIdentifier::new("is_enabled", TType::Bool, 2))?;
      o_prot.write_bool(fld_var)?;
      o_prot.write_field_end()?
    }
    if let Some(ref fld_var) = self.meta {
      o_prot.write_field_begin(&TFieldIdentifier::new("meta", TType::Struct, 3))?;
      fld_var.write_to_out_protocol(o_prot)?;
      o_prot.write_field_end()?
    }
    o_prot.write_field_stop()?;
    o_prot.write_struct_end()
  }
}

impl Default for FeatureFlagStoreItem {
  fn default() -> Self {
    FeatureFlagStoreItem{
      feature_name: Some("".to_owned()),
      is_enabled: Some(false),
      meta: None,
    }
  }
}

//
// FeatureFlagStore service client
//

pub trait TFeatureFlagStoreSyncClient {
  fn create(&mut self, feature_name: String, is_enabled: bool, client_data: Json) -> thrift::Result<FeatureFlagStoreItem>;
  fn get(&mut self, feature_name: String) -> thrift::Result<FeatureFlagStoreItem>;
  fn set(&mut self, feature_name: String, is_enabled: bool) -> thrift::Result<()>;
  fn delete(&mut self, feature_name: String) -> thrift::Result<()>;
  fn list(&mut self, limit: i64, offset: i64) -> thrift::Result<Vec<FeatureFlagStoreItem>>;
  fn set_meta(&mut self, feature_name: String, meta: FeatureFlagStoreMeta) -> thrift::Result<()>;
}

pub trait TFeatureFlagStoreSyncClientMarker {}

pub struct FeatureFlagStoreSyncClient<IP, OP> where IP: TInputProtocol, OP: TOutputProtocol {
  _i_prot: IP,
  _o_prot: OP,
  _sequence_number: i32,
}

impl <IP, OP> FeatureFlagStoreSyncClient<IP, OP> where IP: TInputProtocol, OP: TOutputProtocol {
  pub fn new(input_protocol: IP, output_protocol: OP) -> FeatureFlagStoreSyncClient<IP, OP> {
    FeatureFlagStoreSyncClient { _i_prot: input_protocol, _o_prot: output_protocol, _sequence_number: 0 }
  }
}

impl <IP, OP> TThriftClient for FeatureFlagStoreSyncClient<IP, OP> where IP: TInputProtocol, OP: TOutputProtocol {
  fn i_prot_mut(&mut self) -> &mut dyn TInputProtocol { &mut self._i_prot }
  fn o_prot_mut(&mut self) -> &mut dyn TOutputProtocol { &mut self._o_prot }
  fn sequence_number(&self) -> i32 { self._sequence_number }
  fn increment_sequence_number(&mut self) -> i32 { self._sequence_number += 1; self._sequence_number }
}

impl <IP, OP> TFeatureFlagStoreSyncClientMarker for FeatureFlagStoreSyncClient<IP, OP> where IP: TInputProtocol, OP: TOutputProtocol {}

impl <C: TThriftClient + TFeatureFlagStoreSyncClientMarker> TFeatureFlagStoreSyncClient for C {
  fn create(&mut self, feature_name: String, is_enabled: bool, client_data: Json) -> thrift::Result<FeatureFlagStoreItem> {
    (
      {
        self.increment_sequence_number();
        let message_ident = TMessageIdentifier::new("Create", TMessageType::Call, self.sequence_number());
        let call_args = FeatureFlagStoreCreateArgs { feature_name, is_enabled, client_data };
        self.o_prot_mut().write_message_begin(&message_ident)?;
        call_args.write_to_out_protocol(self.o_prot_mut())?;
        self.o_prot_mut().write_message_end()?;
        self.o_prot_mut().flush()
      }
    )?;
    {
      let message_ident = self.i_prot_mut().read_message_begin()?;
      verify_expected_sequence_number(self.sequence_number(), message_ident.sequence_number)?;
      verify_expected_service_call("Create", &message_ident.name)?;
      if message_ident.message_type == TMessageType::Exception {
        let remote_error = thrift::Error::read_application_error_from_in_protocol(self.i_prot_mut())?;
        self.i_prot_mut().read_message_end()?;
        return Err(thrift::Error::Application(remote_error))
      }
      verify_expected_message_type(TMessageType::Reply, message_ident.message_type)?;
      let result = FeatureFlagStoreCreateResult::read_from_in_protocol(self.i_prot_mut())?;
      self.i_prot_mut().read_message_end()?;
      result.ok_or()
    }
  }
  fn get(&mut self, feature_name: String) -> thrift::Result<FeatureFlagStoreItem> {
    (
      {
        self.increment_sequence_number();
        let message_ident = TMessageIdentifier::new("Get", TMessageType::Call, self.sequence_number());
        let call_args = FeatureFlagStoreGetArgs { feature_name };
        self.o_prot_mut().write_message_begin(&message_ident)?;
        call_args.write_to_out_protocol(self.o_prot_mut())?;
        self.o_prot_mut().write_message_end()?;
        self.o_prot_mut().flush()
      }
    )?;
    {
      let message_ident = self.i_prot_mut().read_message_begin()?;
      verify_expected_sequence_number(self.sequence_number(), message_ident.sequence_number)?;
      verify_expected_service_call("Get", &message_ident.name)?;
      if message_ident.message_type == TMessageType::Exception {
        let remote_error = thrift::Error::read_application_error_from_in_protocol(self.i_prot_mut())?;
        self.i_prot_mut().read_message_end()?;
        return Err(thrift::Error::Application(remote_error))
      }
      verify_expected_message_type(TMessageType::Reply, message_ident.message_type)?;
      let result = FeatureFlagStoreGetResult::read_from_in_protocol(self.i_prot_mut())?;
      self.i_prot_mut().read_message_end()?;
      result.ok_or()
    }
  }
  fn set(&mut self, feature_name: String, is_enabled: bool) -> thrift::Result<()> {
    (
      {
        self.increment_sequence_number();
        let message_ident = TMessageIdentifier::new("Set", TMessageType::Call, self.sequence_number());
        let call_args = FeatureFlagStoreSetArgs { feature_name, is_enabled };
        self.o_prot_mut().write_message_begin(&message_ident)?;
        call_args.write_to_out_protocol(self.o_prot_mut())?;
        self.o_prot_mut().write_message_end()?;
        self.o_prot_mut().flush()
      }
    )?;
    {
      let message_ident = self.i_prot_mut().read_message_begin()?;
      verify_expected_sequence_number(self.sequence_number(), message_ident.sequence_number)?;
      verify_expected_service_call("Set", &message_ident.name)?;
      if message_ident.message_type == TMessageType::Exception {
        let remote_error = thrift::Error::read_application_error_from_in_protocol(self.i_prot_mut())?;
        self.i_prot_mut().read_message_end()?;
        return Err(thrift::Error::Application(remote_error))
      }
      verify_expected_message_type(TMessageType::Reply, message_ident.message_type)?;
      let result = FeatureFlagStoreSetResult::read_from_in_protocol(self.i_prot_mut())?;
      self.i_prot_mut().read_message_end()?;
      result.ok_or()
    }
  }
  fn delete(&mut self, feature_name: String) -> thrift::Result<()> {
    (
      {
        self.increment_sequence_number();
        let message_ident = TMessageIdentifier::new("Delete", TMessageType::Call, self.sequence_number());
        let call_args = FeatureFlagStoreDeleteArgs { feature_name };
        self.o_prot_mut().write_message_begin(&message_ident)?;
        call_args.write_to_out_protocol(self.o_prot_mut())?;
        self.o_prot_mut().write_message_end()?;
        self.o_prot_mut().flush()
      }
    )?;
    {
      let message_ident = self.i_prot_mut().read_message_begin()?;
      verify_expected_sequence_number(self.sequence_number(), message_ident.sequence_number)?;
      verify_expected_service_call("Delete", &message_ident.name)?;
      if message_ident.message_type == TMessageType::Exception {
        let remote_error = thrift::Error::read_application_error_from_in_protocol(self.i_prot_mut())?;
        self.i_prot_mut().read_message_end()?;
        return Err(thrift::Error::Application(remote_error))
      }
      verify_expected_message_type(TMessageType::Reply, message_ident.message_type)?;
      let result = FeatureFlagStoreDeleteResult::read_from_in_protocol(self.i_prot_mut())?;
      self.i_prot_mut().read_message_end()?;
      result.ok_or()
    }
  }
  fn list(&mut self, limit: i64, offset: i64) -> thrift::Result<Vec<FeatureFlagStoreItem>> {
    (
      {
        self.increment_sequence_number();
        let message_ident = TMessageIdentifier::new("List", TMessageType::Call, self.sequence_number());
        let call_args = FeatureFlagStoreListArgs { limit, offset };
        self.o_prot_mut().write_message_begin(&message_ident)?;
        call_args.write_to_out_protocol(self.o_prot_mut())?;
        self.o_prot_mut().write_message_end()?;
        self.o_prot_mut().flush()
      }
    )?;
    {
      let message_ident = self.i_prot_mut().read_message_begin()?;
      verify_expected_sequence_number(self.sequence_number(), message_ident.sequence_number)?;
      verify_expected_service_call("List", &message_ident.name)?;
      if message_ident.message_type == TMessageType::Exception {
        let remote_error = thrift::Error::read_application_error_from_in_protocol(self.i_prot_mut())?;
        self.i_prot_mut().read_message_end()?;
        return Err(thrift::Error::Application(remote_error))
      }
      verify_expected_message_type(TMessageType::Reply, message_ident.message_type)?;
      let result = FeatureFlagStoreListResult::read_from_in_protocol(self.i_prot_mut())?;
      self.i_prot_mut().read_message_end()?;
      result.ok_or()
    }
  }
  fn set_meta(&mut self, feature_name: String, meta: FeatureFlagStoreMeta) -> thrift::Result<()> {
    (
      {
        self.increment_sequence_number();
        let message_ident = TMessageIdentifier::new("SetMeta", TMessageType::Call, self.sequence_number());
        let call_args = FeatureFlagStoreSetMetaArgs { feature_name, meta };
        self.o_prot_mut().write_message_begin(&message_ident)?;
        call_args.write_to_out_protocol(self.o_prot_mut())?;
        self.o_prot_mut().write_message_end()?;
        self.o_prot_mut().flush()
      }
    )?;
    {
      let message_ident = self.i_prot_mut().read_message_begin()?;
      verify_expected_sequence_number(self.sequence_number(), message_ident.sequence_number)?;
      verify_expected_service_call("SetMeta", &message_ident.name)?;
      if message_ident.message_type == TMessageType::Exception {
        let remote_error = thrift::Error::read_application_error_from_in_protocol(self.i_prot_mut())?;
        self.i_prot_mut().read_message_end()?;
        return Err(thrift::Error::Application(remote_error))
      }
      verify_expected_message_type(TMessageType::Reply, message_ident.message_type)?;
      let result = FeatureFlagStoreSetMetaResult::read_from_in_protocol(self.i_prot_mut())?;
      self.i_prot_mut().read_message_end()?;
      result.ok_or()
    }
  }
}

//
// FeatureFlagStore service processor
//

pub trait FeatureFlagStoreSyncHandler {
  fn handle_create(&self, feature_name: String, is_enabled: bool, client_data: Json) -> thrift::Result<FeatureFlagStoreItem>;
  fn handle_get(&self, feature_name: String) -> thrift::Result<FeatureFlagStoreItem>;
  fn handle_set(&self, feature_name: String, is_enabled: bool) -> thrift::Result<()>;
  fn handle_delete(&self, feature_name: String) -> thrift::Result<()>;
  fn handle_list(&self, limit: i64, offset: i64) -> thrift::Result<Vec<FeatureFlagStoreItem>>;
  fn handle_set_meta(&self, feature_name: String, meta: FeatureFlagStoreMeta) -> thrift::Result<()>;
}

pub struct FeatureFlagStoreSyncProcessor<H: FeatureFlagStoreSyncHandler> {
  handler: H,
}

impl <H: FeatureFlagStoreSyncHandler> FeatureFlagStoreSyncProcessor<H> {
  pub fn new(handler: H) -> FeatureFlagStoreSyncProcessor<H> {
    FeatureFlagStoreSyncProcessor {
      handler,
    }
  }
  fn process_create(&self, incoming_sequence_number: i32, i_prot: &mut dyn TInputProtocol, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    TFeatureFlagStoreProcessFunctions::process_create(&self.handler, incoming_sequence_number, i_prot, o_prot)
  }
  fn process_get(&self, incoming_sequence_number: i32, i_prot: &mut dyn TInputProtocol, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    TFeatureFlagStoreProcessFunctions::process_get(&self.handler, incoming_sequence_number, i_prot, o_prot)
  }
  fn process_set(&self, incoming_sequence_number: i32, i_prot: &mut dyn TInputProtocol, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    TFeatureFlagStoreProcessFunctions::process_set(&self.handler, incoming_sequence_number, i_prot, o_prot)
  }
  fn process_delete(&self, incoming_sequence_number: i32, i_prot: &mut dyn TInputProtocol, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    TFeatureFlagStoreProcessFunctions::process_delete(&self.handler, incoming_sequence_number, i_prot, o_prot)
  }
  fn process_list(&self, incoming_sequence_number: i32, i_prot: &mut dyn TInputProtocol, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    TFeatureFlagStoreProcessFunctions::process_list(&self.handler, incoming_sequence_number, i_prot, o_prot)
  }
  fn process_set_meta(&self, incoming_sequence_number: i32, i_prot: &mut dyn TInputProtocol, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    TFeatureFlagStoreProcessFunctions::process_set_meta(&self.handler, incoming_sequence_number, i_prot, o_prot)
  }
}

pub struct TFeatureFlagStoreProcessFunctions;

impl TFeatureFlagStoreProcessFunctions {
  pub fn process_create<H: FeatureFlagStoreSyncHandler>(handler: &H, incoming_sequence_number: i32, i_prot: &mut dyn TInputProtocol, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    let args = FeatureFlagStoreCreateArgs::read_from_in_protocol(i_prot)?;
    match handler.handle_create(args.feature_name, args.is_enabled, args.client_data) {
      Ok(handler_return) => {
        let message_ident = TMessageIdentifier::new("Create", TMessageType::Reply, incoming_sequence_number);
        o_prot.write_message_begin(&message_ident)?;
        let ret = FeatureFlagStoreCreateResult { result_value: Some(handler_return), error: None };
        ret.write_to_out_protocol(o_prot)?;
        o_prot.write_message_end()?;
        o_prot.flush()
      },
      Err(e) => {
        match e {
          thrift::Error::User(usr_err) => {
            if usr_err.downcast_ref::<FlipperException>().is_some() {
              let err = usr_err.downcast::<FlipperException>().expect("downcast already checked");
              let ret_err = FeatureFlagStoreCreateResult{ result_value: None, error: Some(*err) };
              let message_ident = TMessageIdentifier::new("Create", TMessageType::Reply, incoming_sequence_number);
              o_prot.write_message_begin(&message_ident)?;
              ret_err.write_to_out_protocol(o_prot)?;
              o_prot.write_message_end()?;
              o_prot.flush()
            } else {
              let ret_err = {
                ApplicationError::new(
                  ApplicationErrorKind::Unknown,
                  usr_err.to_string()
                )
              };
              let message_ident = TMessageIdentifier::new("Create", TMessageType::Exception, incoming_sequence_number);
              o_prot.write_message_begin(&message_ident)?;
              thrift::Error::write_application_error_to_out_protocol(&ret_err, o_prot)?;
              o_prot.write_message_end()?;
              o_prot.flush()
            }
          },
          thrift::Error::Application(app_err) => {
            let message_ident = TMessageIdentifier::new("Create", TMessageType::Exception, incoming_sequence_number);
            o_prot.write_message_begin(&message_ident)?;
            thrift::Error::write_application_error_to_out_protocol(&app_err, o_prot)?;
            o_prot.write_message_end()?;
            o_prot.flush()
          },
          _ => {
            let ret_err = {
              ApplicationError::new(
                ApplicationErrorKind::Unknown,
                e.to_string()
              )
            };
            let message_ident = TMessageIdentifier::new("Create", TMessageType::Exception, incoming_sequence_number);
            o_prot.write_message_begin(&message_ident)?;
            thrift::Error::write_application_error_to_out_protocol(&ret_err, o_prot)?;
            o_prot.write_message_end()?;
            o_prot.flush()
          },
        }
      },
    }
  }
  pub fn process_get<H: FeatureFlagStoreSyncHandler>(handler: &H, incoming_sequence_number: i32, i_prot: &mut dyn TInputProtocol, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    let args = FeatureFlagStoreGetArgs::read_from_in_protocol(i_prot)?;
    match handler.handle_get(args.feature_name) {
      Ok(handler_return) => {
        let message_ident = TMessageIdentifier::new("Get", TMessageType::Reply, incoming_sequence_number);
        o_prot.write_message_begin(&message_ident)?;
        let ret = FeatureFlagStoreGetResult { result_value: Some(handler_return), error: None };
        ret.write_to_out_protocol(o_prot)?;
        o_prot.write_message_end()?;
        o_prot.flush()
      },
      Err(e) => {
        match e {
          thrift::Error::User(usr_err) => {
            if usr_err.downcast_ref::<FlipperException>().is_some() {
              let err = usr_err.downcast::<FlipperException>().expect("downcast already checked");
              let ret_err = FeatureFlagStoreGetResult{ result_value: None, error: Some(*err) };
              let message_ident = TMessageIdentifier::new("Get", TMessageType::Reply, incoming_sequence_number);
              o_prot.write_message_begin(&message_ident)?;
              ret_err.write_to_out_protocol(o_prot)?;
              o_prot.write_message_end()?;
              o_prot.flush()
            } else {
              let ret_err = {
                ApplicationError::new(
                  ApplicationErrorKind::Unknown,
                  usr_err.to_string()
                )
              };
              let message_ident = TMessageIdentifier::new("Get", TMessageType::Exception, incoming_sequence_number);
              o_prot.write_message_begin(&message_ident)?;
              thrift::Error::write_application_error_to_out_protocol(&ret_err, o_prot)?;
              o_prot.write_message_end()?;
              o_prot.flush()
            }
          },
          thrift::Error::Application(app_err) => {
            let message_ident = TMessageIdentifier::new("Get", TMessageType::Exception, incoming_sequence_number);
            o_prot.write_message_begin(&message_ident)?;
            thrift::Error::write_application_error_to_out_protocol(&app_err, o_prot)?;
            o_prot.write_message_end()?;
            o_prot.flush()
          },
          _ => {
            let ret_err = {
              ApplicationError::new(
                ApplicationErrorKind::Unknown,
                e.to_string()
              )
            };
            let message_ident = TMessageIdentifier::new("Get", TMessageType::Exception, incoming_sequence_number);
            o_prot.write_message_begin(&message_ident)?;
            thrift::Error::write_application_error_to_out_protocol(&ret_err, o_prot)?;
            o_prot.write_message_end()?;
            o_prot.flush()
          },
        }
      },
    }
  }
  pub fn process_set<H: FeatureFlagStoreSyncHandler>(handler: &H, incoming_sequence_number: i32, i_prot: &mut dyn TInputProtocol, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    let args = FeatureFlagStoreSetArgs::read_from_in_protocol(i_prot)?;
    match handler.handle_set(args.feature_name, args.is_enabled) {
      Ok(_) => {
        let message_ident = TMessageIdentifier::new("Set", TMessageType::Reply, incoming_sequence_number);
        o_prot.write_message_begin(&message_ident)?;
        let ret = FeatureFlagStoreSetResult { error: None };
        ret.write_to_out_protocol(o_prot)?;
        o_prot.write_message_end()?;
        o_prot.flush()
      },
      Err(e) => {
        match e {
          thrift::Error::User(usr_err) => {
            if usr_err.downcast_ref::<FlipperException>().is_some() {
              let err = usr_err.downcast::<FlipperException>().expect("downcast already checked");
              let ret_err = FeatureFlagStoreSetResult{ error: Some(*err) };
              let message_ident = TMessageIdentifier::new("Set", TMessageType::Reply, incoming_sequence_number);
              o_prot.write_message_begin(&message_ident)?;
              ret_err.write_to_out_protocol(o_prot)?;
              o_prot.write_message_end()?;
              o_prot.flush()
            } else {
              let ret_err = {
                ApplicationError::new(
                  ApplicationErrorKind::Unknown,
                  usr_err.to_string()
                )
              };
              let message_ident = TMessageIdentifier::new("Set", TMessageType::Exception, incoming_sequence_number);
              o_prot.write_message_begin(&message_ident)?;
              thrift::Error::write_application_error_to_out_protocol(&ret_err, o_prot)?;
              o_prot.write_message_end()?;
              o_prot.flush()
            }
          },
          thrift::Error::Application(app_err) => {
            let message_ident = TMessageIdentifier::new("Set", TMessageType::Exception, incoming_sequence_number);
            o_prot.write_message_begin(&message_ident)?;
            thrift::Error::write_application_error_to_out_protocol(&app_err, o_prot)?;
            o_prot.write_message_end()?;
            o_prot.flush()
          },
          _ => {
            let ret_err = {
              ApplicationError::new(
                ApplicationErrorKind::Unknown,
                e.to_string()
              )
            };
            let message_ident = TMessageIdentifier::new("Set", TMessageType::Exception, incoming_sequence_number);
            o_prot.write_message_begin(&message_ident)?;
            thrift::Error::write_application_error_to_out_protocol(&ret_err, o_prot)?;
            o_prot.write_message_end()?;
            o_prot.flush()
          },
        }
      },
    }
  }
  pub fn process_delete<H: FeatureFlagStoreSyncHandler>(handler: &H, incoming_sequence_number: i32, i_prot: &mut dyn TInputProtocol, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    let args = FeatureFlagStoreDeleteArgs::read_from_in_protocol(i_prot)?;
    match handler.handle_delete(args.feature_name) {
      Ok(_) => {
        let message_ident = TMessageIdentifier::new("Delete", TMessageType::Reply, incoming_sequence_number);
        o_prot.write_message_begin(&message_ident)?;
        let ret = FeatureFlagStoreDeleteResult { error: None };
        ret.write_to_out_protocol(o_prot)?;
        o_prot.write_message_end()?;
        o_prot.flush()
      },
      Err(e) => {
        match e {
          thrift::Error::User(usr_err) => {
            if usr_err.downcast_ref::<FlipperException>().is_some() {
              let err = usr_err.downcast::<FlipperException>().expect("downcast already checked");
              let ret_err = FeatureFlagStoreDeleteResult{ error: Some(*err) };
              let message_ident = TMessageIdentifier::new("Delete", TMessageType::Reply, incoming_sequence_number);
              o_prot.write_message_begin(&message_ident)?;
              ret_err.write_to_out_protocol(o_prot)?;
              o_prot.write_message_end()?;
              o_prot.flush()
            } else {
              let ret_err = {
                ApplicationError::new(
                  ApplicationErrorKind::Unknown,
                  usr_err.to_string()
                )
              };
              let message_ident = TMessageIdentifier::new("Delete", TMessageType::Exception, incoming_sequence_number);
              o_prot.write_message_begin(&message_ident)?;
              thrift::Error::write_application_error_to_out_protocol(&ret_err, o_prot)?;
              o_prot.write_message_end()?;
              o_prot.flush()
            }
          },
          thrift::Error::Application(app_err) => {
            let message_ident = TMessageIdentifier::new("Delete", TMessageType::Exception, incoming_sequence_number);
            o_prot.write_message_begin(&message_ident)?;
            thrift::Error::write_application_error_to_out_protocol(&app_err, o_prot)?;
            o_prot.write_message_end()?;
            o_prot.flush()
          },
          _ => {
            let ret_err = {
              ApplicationError::new(
                ApplicationErrorKind::Unknown,
                e.to_string()
              )
            };
            let message_ident = TMessageIdentifier::new("Delete", TMessageType::Exception, incoming_sequence_number);
            o_prot.write_message_begin(&message_ident)?;
            thrift::Error::write_application_error_to_out_protocol(&ret_err, o_prot)?;
            o_prot.write_message_end()?;
            o_prot.flush()
          },
        }
      },
    }
  }
  pub fn process_list<H: FeatureFlagStoreSyncHandler>(handler: &H, incoming_sequence_number: i32, i_prot: &mut dyn TInputProtocol, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    let args = FeatureFlagStoreListArgs::read_from_in_protocol(i_prot)?;
    match handler.handle_list(args.limit, args.offset) {
      Ok(handler_return) => {
        let message_ident = TMessageIdentifier::new("List", TMessageType::Reply, incoming_sequence_number);
        o_prot.write_message_begin(&message_ident)?;
        let ret = FeatureFlagStoreListResult { result_value: Some(handler_return), error: None };
        ret.write_to_out_protocol(o_prot)?;
        o_prot.write_message_end()?;
        o_prot.flush()
      },
      Err(e) => {
        match e {
          thrift::Error::User(usr_err) => {
            if usr_err.downcast_ref::<FlipperException>().is_some() {
              let err = usr_err.downcast::<FlipperException>().expect("downcast already checked");
              let ret_err = FeatureFlagStoreListResult{ result_value: None, error: Some(*err) };
              let message_ident = TMessageIdentifier::new("List", TMessageType::Reply, incoming_sequence_number);
              o_prot.write_message_begin(&message_ident)?;
              ret_err.write_to_out_protocol(o_prot)?;
              o_prot.write_message_end()?;
              o_prot.flush()
            } else {
              let ret_err = {
                ApplicationError::new(
                  ApplicationErrorKind::Unknown,
                  usr_err.to_string()
                )
              };
              let message_ident = TMessageIdentifier::new("List", TMessageType::Exception, incoming_sequence_number);
              o_prot.write_message_begin(&message_ident)?;
              thrift::Error::write_application_error_to_out_protocol(&ret_err, o_prot)?;
              o_prot.write_message_end()?;
              o_prot.flush()
            }
          },
          thrift::Error::Application(app_err) => {
            let message_ident = TMessageIdentifier::new("List", TMessageType::Exception, incoming_sequence_number);
            o_prot.write_message_begin(&message_ident)?;
            thrift::Error::write_application_error_to_out_protocol(&app_err, o_prot)?;
            o_prot.write_message_end()?;
            o_prot.flush()
          },
          _ => {
            let ret_err = {
              ApplicationError::new(
                ApplicationErrorKind::Unknown,
                e.to_string()
              )
            };
            let message_ident = TMessageIdentifier::new("List", TMessageType::Exception, incoming_sequence_number);
            o_prot.write_message_begin(&message_ident)?;
            thrift::Error::write_application_error_to_out_protocol(&ret_err, o_prot)?;
            o_prot.write_message_end()?;
            o_prot.flush()
          },
        }
      },
    }
  }
  pub fn process_set_meta<H: FeatureFlagStoreSyncHandler>(handler: &H, incoming_sequence_number: i32, i_prot: &mut dyn TInputProtocol, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    let args = FeatureFlagStoreSetMetaArgs::read_from_in_protocol(i_prot)?;
    match handler.handle_set_meta(args.feature_name, args.meta) {
      Ok(_) => {
        let message_ident = TMessageIdentifier::new("SetMeta", TMessageType::Reply, incoming_sequence_number);
        o_prot.write_message_begin(&message_ident)?;
        let ret = FeatureFlagStoreSetMetaResult { error: None };
        ret.write_to_out_protocol(o_prot)?;
        o_prot.write_message_end()?;
        o_prot.flush()
      },
      Err(e) => {
        match e {
          thrift::Error::User(usr_err) => {
            if usr_err.downcast_ref::<FlipperException>().is_some() {
              let err = usr_err.downcast::<FlipperException>().expect("downcast already checked");
              let ret_err = FeatureFlagStoreSetMetaResult{ error: Some(*err) };
              let message_ident = TMessageIdentifier::new("SetMeta", TMessageType::Reply, incoming_sequence_number);
              o_prot.write_message_begin(&message_ident)?;
              ret_err.write_to_out_protocol(o_prot)?;
              o_prot.write_message_end()?;
              o_prot.flush()
            } else {
              let ret_err = {
                ApplicationError::new(
                  ApplicationErrorKind::Unknown,
                  usr_err.to_string()
                )
              };
              let message_ident = TMessageIdentifier::new("SetMeta", TMessageType::Exception, incoming_sequence_number);
              o_prot.write_message_begin(&message_ident)?;
              thrift::Error::write_application_error_to_out_protocol(&ret_err, o_prot)?;
              o_prot.write_message_end()?;
              o_prot.flush()
            }
          },
          thrift::Error::Application(app_err) => {
            let message_ident = TMessageIdentifier::new("SetMeta", TMessageType::Exception, incoming_sequence_number);
            o_prot.write_message_begin(&message_ident)?;
            thrift::Error::write_application_error_to_out_protocol(&app_err, o_prot)?;
            o_prot.write_message_end()?;
            o_prot.flush()
          },
          _ => {
            let ret_err = {
              ApplicationError::new(
                ApplicationErrorKind::Unknown,
                e.to_string()
              )
            };
            let message_ident = TMessageIdentifier::new("SetMeta", TMessageType::Exception, incoming_sequence_number);
            o_prot.write_message_begin(&message_ident)?;
            thrift::Error::write_application_error_to_out_protocol(&ret_err, o_prot)?;
            o_prot.write_message_end()?;
            o_prot.flush()
          },
        }
      },
    }
  }
}

impl <H: FeatureFlagStoreSyncHandler> TProcessor for FeatureFlagStoreSyncProcessor<H> {
  fn process(&self, i_prot: &mut dyn TInputProtocol, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    let message_ident = i_prot.read_message_begin()?;
    let res = match &*message_ident.name {
      "Create" => {
        self.process_create(message_ident.sequence_number, i_prot, o_prot)
      },
      "Get" => {
        self.process_get(message_ident.sequence_number, i_prot, o_prot)
      },
      "Set" => {
        self.process_set(message_ident.sequence_number, i_prot, o_prot)
      },
      "Delete" => {
        self.process_delete(message_ident.sequence_number, i_prot, o_prot)
      },
      "List" => {
        self.process_list(message_ident.sequence_number, i_prot, o_prot)
      },
      "SetMeta" => {
        self.process_set_meta(message_ident.sequence_number, i_prot, o_prot)
      },
      method => {
        Err(
          thrift::Error::Application(
            ApplicationError::new(
              ApplicationErrorKind::UnknownMethod,
              format!("unknown method {}", method)
            )
          )
        )
      },
    };
    thrift::server::handle_process_result(&message_ident, res, o_prot)
  }
}

//
// FeatureFlagStoreCreateArgs
//

#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
struct FeatureFlagStoreCreateArgs {
  feature_name: String,
  is_enabled: bool,
  client_data: Json,
}

impl FeatureFlagStoreCreateArgs {
  fn read_from_in_protocol(i_prot: &mut dyn TInputProtocol) -> thrift::Result<FeatureFlagStoreCreateArgs> {
    i_prot.read_struct_begin()?;
    let mut f_1: Option<String> = None;
    let mut f_2: Option<bool> = None;
    let mut f_3: Option<Json> = None;
    loop {
      let field_ident = i_prot.read_field_begin()?;
      if field_ident.field_type == TType::Stop {
        break;
      }
      let field_id = field_id(&field_ident)?;
      match field_id {
        1 => {
          let val = i_prot.read_string()?;
          f_1 = Some(val);
        },
        2 => {
          let val = i_prot.read_bool()?;
          f_2 = Some(val);
        },
        3 => {
          let val = i_prot.read_string()?;
          f_3 = Some(val);
        },
        _ => {
          i_prot.skip(field_ident.field_type)?;
        },
      };
      i_prot.read_field_end()?;
    }
    i_prot.read_struct_end()?;
    verify_required_field_exists("FeatureFlagStoreCreateArgs.feature_name", &f_1)?;
    verify_required_field_exists("FeatureFlagStoreCreateArgs.is_enabled", &f_2)?;
    verify_required_field_exists("FeatureFlagStoreCreateArgs.client_data", &f_3)?;
    let ret = FeatureFlagStoreCreateArgs {
      feature_name: f_1.expect("auto-generated code should have checked for presence of required fields"),
      is_enabled: f_2.expect("auto-generated code should have checked for presence of required fields"),
      client_data: f_3.expect("auto-generated code should have checked for presence of required fields"),
    };
    Ok(ret)
  }
  fn write_to_out_protocol(&self, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    let struct_ident = TStructIdentifier::new("Create_args");
    o_prot.write_struct_begin(&struct_ident)?;
    o_prot.write_field_begin(&TFieldIdentifier::new("feature_name", TType::String, 1))?;
    o_prot.write_string(&self.feature_name)?;
    o_prot.write_field_end()?;
    o_prot.write_field_begin(&TFieldIdentifier::new("is_enabled", TType::Bool, 2))?;
    o_prot.write_bool(self.is_enabled)?;
    o_prot.write_field_end()?;
    o_prot.write_field_begin(&TFieldIdentifier::new("client_data", TType::String, 3))?;
    o_prot.write_string(&self.client_data)?;
    o_prot.write_field_end()?;
    o_prot.write_field_stop()?;
    o_prot.write_struct_end()
  }
}

//
// FeatureFlagStoreCreateResult
//

#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
struct FeatureFlagStoreCreateResult {
  result_value: Option<FeatureFlagStoreItem>,
  error: Option<FlipperException>,
}

impl FeatureFlagStoreCreateResult {
  fn ok_or(self) -> thrift::Result<FeatureFlagStoreItem> {
    if self.error.is_some() {
      Err(thrift::Error::User(Box::new(self.error.unwrap())))
    } else if self.result_value.is_some() {
      Ok(self.result_value.unwrap())
    } else {
      Err(
        thrift::Error::Application(
          ApplicationError::new(
            ApplicationErrorKind::MissingResult,
            "no result received for FeatureFlagStoreCreate"
          )
        )
      )
    }
  }
  fn read_from_in_protocol(i_prot: &mut dyn TInputProtocol) -> thrift::Result<FeatureFlagStoreCreateResult> {
    i_prot.read_struct_begin()?;
    let mut f_0: Option<FeatureFlagStoreItem> = None;
    let mut f_1: Option<FlipperException> = None;
    loop {
      let field_ident = i_prot.read_field_begin()?;
      if field_ident.field_type == TType::Stop {
        break;
      }
      let field_id = field_id(&field_ident)?;
      match field_id {
        0 => {
          let val = FeatureFlagStoreItem::read_from_in_protocol(i_prot)?;
          f_0 = Some(val);
        },
        1 => {
          let val = FlipperException::read_from_in_protocol(i_prot)?;
          f_1 = Some(val);
        },
        _ => {
          i_prot.skip(field_ident.field_type)?;
        },
      };
      i_prot.read_field_end()?;
    }
    i_prot.read_struct_end()?;
    let ret = FeatureFlagStoreCreateResult {
      result_value: f_0,
      error: f_1,
    };
    Ok(ret)
  }
  fn write_to_out_protocol(&self, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    let struct_ident = TStructIdentifier::new("FeatureFlagStoreCreateResult");
    o_prot.write_struct_begin(&struct_ident)?;
    if let Some(ref fld_var) = self.result_value {
      o_prot.write_field_begin(&TFieldIdentifier::new("result_value", TType::Struct, 0))?;
      fld_var.write_to_out_protocol(o_prot)?;
      o_prot.write_field_end()?
    }
    if let Some(ref fld_var) = self.error {
      o_prot.write_field_begin(&TFieldIdentifier::new("error", TType::Struct, 1))?;
      fld_var.write_to_out_protocol(o_prot)?;
      o_prot.write_field_end()?
    }
    o_prot.write_field_stop()?;
    o_prot.write_struct_end()
  }
}

//
// FeatureFlagStoreGetArgs
//

#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
struct FeatureFlagStoreGetArgs {
  feature_name: String,
}

impl FeatureFlagStoreGetArgs {
  fn read_from_in_protocol(i_prot: &mut dyn TInputProtocol) -> thrift::Result<FeatureFlagStoreGetArgs> {
    i_prot.read_struct_begin()?;
    let mut f_1: Option<String> = None;
    loop {
      let field_ident = i_prot.read_field_begin()?;
      if field_ident.field_type == TType::Stop {
        break;
      }
      let field_id = field_id(&field_ident)?;
      match field_id {
        1 => {
          let val = i_prot.read_string()?;
          f_1 = Some(val);
        },
        _ => {
          i_prot.skip(field_ident.field_type)?;
        },
      };
      i_prot.read_field_end()?;
    }
    i_prot.read_struct_end()?;
    verify_required_field_exists("FeatureFlagStoreGetArgs.feature_name", &f_1)?;
    let ret = FeatureFlagStoreGetArgs {
      feature_name: f_1.expect("auto-generated code should have checked for presence of required fields"),
    };
    Ok(ret)
  }
  fn write_to_out_protocol(&self, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    let struct_ident = TStructIdentifier::new("Get_args");
    o_prot.write_struct_begin(&struct_ident)?;
    o_prot.write_field_begin(&TFieldIdentifier::new("feature_name", TType::String, 1))?;
    o_prot.write_string(&self.feature_name)?;
    o_prot.write_field_end()?;
    o_prot.write_field_stop()?;
    o_prot.write_struct_end()
  }
}

//
// FeatureFlagStoreGetResult
//

#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
struct FeatureFlagStoreGetResult {
  result_value: Option<FeatureFlagStoreItem>,
  error: Option<FlipperException>,
}

impl FeatureFlagStoreGetResult {
  fn ok_or(self) -> thrift::Result<FeatureFlagStoreItem> {
    if self.error.is_some() {
      Err(thrift::Error::User(Box::new(self.error.unwrap())))
    } else if self.result_value.is_some() {
      Ok(self.result_value.unwrap())
    } else {
      Err(
        thrift::Error::Application(
          ApplicationError::new(
            ApplicationErrorKind::MissingResult,
            "no result received for FeatureFlagStoreGet"
          )
        )
      )
    }
  }
  fn read_from_in_protocol(i_prot: &mut dyn TInputProtocol) -> thrift::Result<FeatureFlagStoreGetResult> {
    i_prot.read_struct_begin()?;
    let mut f_0: Option<FeatureFlagStoreItem> = None;
    let mut f_1: Option<FlipperException> = None;
    loop {
      let field_ident = i_prot.read_field_begin()?;
      if field_ident.field_type == TType::Stop {
        break;
      }
      let field_id = field_id(&field_ident)?;
      match field_id {
        0 => {
          let val = FeatureFlagStoreItem::read_from_in_protocol(i_prot)?;
          f_0 = Some(val);
        },
        1 => {
          let val = FlipperException::read_from_in_protocol(i_prot)?;
          f_1 = Some(val);
        },
        _ => {
          i_prot.skip(field_ident.field_type)?;
        },
      };
      i_prot.read_field_end()?;
    }
    i_prot.read_struct_end()?;
    let ret = FeatureFlagStoreGetResult {
      result_value: f_0,
      error: f_1,
    };
    Ok(ret)
  }
  fn write_to_out_protocol(&self, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    let struct_ident = TStructIdentifier::new("FeatureFlagStoreGetResult");
    o_prot.write_struct_begin(&struct_ident)?;
    if let Some(ref fld_var) = self.result_value {
      o_prot.write_field_begin(&TFieldIdentifier::new("result_value", TType::Struct, 0))?;
      fld_var.write_to_out_protocol(o_prot)?;
      o_prot.write_field_end()?
    }
    if let Some(ref fld_var) = self.error {
      o_prot.write_field_begin(&TFieldIdentifier::new("error", TType::Struct, 1))?;
      fld_var.write_to_out_protocol(o_prot)?;
      o_prot.write_field_end()?
    }
    o_prot.write_field_stop()?;
    o_prot.write_struct_end()
  }
}

//
// FeatureFlagStoreSetArgs
//

#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
struct FeatureFlagStoreSetArgs {
  feature_name: String,
  is_enabled: bool,
}

impl FeatureFlagStoreSetArgs {
  fn read_from_in_protocol(i_prot: &mut dyn TInputProtocol) -> thrift::Result<FeatureFlagStoreSetArgs> {
    i_prot.read_struct_begin()?;
    let mut f_1: Option<String> = None;
    let mut f_2: Option<bool> = None;
    loop {
      let field_ident = i_prot.read_field_begin()?;
      if field_ident.field_type == TType::Stop {
        break;
      }
      let field_id = field_id(&field_ident)?;
      match field_id {
        1 => {
          let val = i_prot.read_string()?;
          f_1 = Some(val);
        },
        2 => {
          let val = i_prot.read_bool()?;
          f_2 = Some(val);
        },
        _ => {
          i_prot.skip(field_ident.field_type)?;
        },
      };
      i_prot.read_field_end()?;
    }
    i_prot.read_struct_end()?;
    verify_required_field_exists("FeatureFlagStoreSetArgs.feature_name", &f_1)?;
    verify_required_field_exists("FeatureFlagStoreSetArgs.is_enabled", &f_2)?;
    let ret = FeatureFlagStoreSetArgs {
      feature_name: f_1.expect("auto-generated code should have checked for presence of required fields"),
      is_enabled: f_2.expect("auto-generated code should have checked for presence of required fields"),
    };
    Ok(ret)
  }
  fn write_to_out_protocol(&self, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    let struct_ident = TStructIdentifier::new("Set_args");
    o_prot.write_struct_begin(&struct_ident)?;
    o_prot.write_field_begin(&TFieldIdentifier::new("feature_name", TType::String, 1))?;
    o_prot.write_string(&self.feature_name)?;
    o_prot.write_field_end()?;
    o_prot.write_field_begin(&TFieldIdentifier::new("is_enabled", TType::Bool, 2))?;
    o_prot.write_bool(self.is_enabled)?;
    o_prot.write_field_end()?;
    o_prot.write_field_stop()?;
    o_prot.write_struct_end()
  }
}

//
// FeatureFlagStoreSetResult
//

#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
struct FeatureFlagStoreSetResult {
  error: Option<FlipperException>,
}

impl FeatureFlagStoreSetResult {
  fn ok_or(self) -> thrift::Result<()> {
    if self.error.is_some() {
      Err(thrift::Error::User(Box::new(self.error.unwrap())))
    } else {
      Ok(())
    }
  }
  fn read_from_in_protocol(i_prot: &mut dyn TInputProtocol) -> thrift::Result<FeatureFlagStoreSetResult> {
    i_prot.read_struct_begin()?;
    let mut f_1: Option<FlipperException> = None;
    loop {
      let field_ident = i_prot.read_field_begin()?;
      if field_ident.field_type == TType::Stop {
        break;
      }
      let field_id = field_id(&field_ident)?;
      match field_id {
        1 => {
          let val = FlipperException::read_from_in_protocol(i_prot)?;
          f_1 = Some(val);
        },
        _ => {
          i_prot.skip(field_ident.field_type)?;
        },
      };
      i_prot.read_field_end()?;
    }
    i_prot.read_struct_end()?;
    let ret = FeatureFlagStoreSetResult {
      error: f_1,
    };
    Ok(ret)
  }
  fn write_to_out_protocol(&self, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    let struct_ident = TStructIdentifier::new("FeatureFlagStoreSetResult");
    o_prot.write_struct_begin(&struct_ident)?;
    if let Some(ref fld_var) = self.error {
      o_prot.write_field_begin(&TFieldIdentifier::new("error", TType::Struct, 1))?;
      fld_var.write_to_out_protocol(o_prot)?;
      o_prot.write_field_end()?
    }
    o_prot.write_field_stop()?;
    o_prot.write_struct_end()
  }
}

//
// FeatureFlagStoreDeleteArgs
//

#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
struct FeatureFlagStoreDeleteArgs {
  feature_name: String,
}

impl FeatureFlagStoreDeleteArgs {
  fn read_from_in_protocol(i_prot: &mut dyn TInputProtocol) -> thrift::Result<FeatureFlagStoreDeleteArgs> {
    i_prot.read_struct_begin()?;
    let mut f_1: Option<String> = None;
    loop {
      let field_ident = i_prot.read_field_begin()?;
      if field_ident.field_type == TType::Stop {
        break;
      }
      let field_id = field_id(&field_ident)?;
      match field_id {
        1 => {
          let val = i_prot.read_string()?;
          f_1 = Some(val);
        },
        _ => {
          i_prot.skip(field_ident.field_type)?;
        },
      };
      i_prot.read_field_end()?;
    }
    i_prot.read_struct_end()?;
    verify_required_field_exists("FeatureFlagStoreDeleteArgs.feature_name", &f_1)?;
    let ret = FeatureFlagStoreDeleteArgs {
      feature_name: f_1.expect("auto-generated code should have checked for presence of required fields"),
    };
    Ok(ret)
  }
  fn write_to_out_protocol(&self, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    let struct_ident = TStructIdentifier::new("Delete_args");
    o_prot.write_struct_begin(&struct_ident)?;
    o_prot.write_field_begin(&TFieldIdentifier::new("feature_name", TType::String, 1))?;
    o_prot.write_string(&self.feature_name)?;
    o_prot.write_field_end()?;
    o_prot.write_field_stop()?;
    o_prot.write_struct_end()
  }
}

//
// FeatureFlagStoreDeleteResult
//

#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
struct FeatureFlagStoreDeleteResult {
  error: Option<FlipperException>,
}

impl FeatureFlagStoreDeleteResult {
  fn ok_or(self) -> thrift::Result<()> {
    if self.error.is_some() {
      Err(thrift::Error::User(Box::new(self.error.unwrap())))
    } else {
      Ok(())
    }
  }
  fn read_from_in_protocol(i_prot: &mut dyn TInputProtocol) -> thrift::Result<FeatureFlagStoreDeleteResult> {
    i_prot.read_struct_begin()?;
    let mut f_1: Option<FlipperException> = None;
    loop {
      let field_ident = i_prot.read_field_begin()?;
      if field_ident.field_type == TType::Stop {
        break;
      }
      let field_id = field_id(&field_ident)?;
      match field_id {
        1 => {
          let val = FlipperException::read_from_in_protocol(i_prot)?;
          f_1 = Some(val);
        },
        _ => {
          i_prot.skip(field_ident.field_type)?;
        },
      };
      i_prot.read_field_end()?;
    }
    i_prot.read_struct_end()?;
    let ret = FeatureFlagStoreDeleteResult {
      error: f_1,
    };
    Ok(ret)
  }
  fn write_to_out_protocol(&self, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    let struct_ident = TStructIdentifier::new("FeatureFlagStoreDeleteResult");
    o_prot.write_struct_begin(&struct_ident)?;
    if let Some(ref fld_var) = self.error {
      o_prot.write_field_begin(&TFieldIdentifier::new("error", TType::Struct, 1))?;
      fld_var.write_to_out_protocol(o_prot)?;
      o_prot.write_field_end()?
    }
    o_prot.write_field_stop()?;
    o_prot.write_struct_end()
  }
}

//
// FeatureFlagStoreListArgs
//

#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
struct FeatureFlagStoreListArgs {
  limit: i64,
  offset: i64,
}

impl FeatureFlagStoreListArgs {
  fn read_from_in_protocol(i_prot: &mut dyn TInputProtocol) -> thrift::Result<FeatureFlagStoreListArgs> {
    i_prot.read_struct_begin()?;
    let mut f_1: Option<i64> = None;
    let mut f_2: Option<i64> = None;
    loop {
      let field_ident = i_prot.read_field_begin()?;
      if field_ident.field_type == TType::Stop {
        break;
      }
      let field_id = field_id(&field_ident)?;
      match field_id {
        1 => {
          let val = i_prot.read_i64()?;
          f_1 = Some(val);
        },
        2 => {
          let val = i_prot.read_i64()?;
          f_2 = Some(val);
        },
        _ => {
          i_prot.skip(field_ident.field_type)?;
        },
      };
      i_prot.read_field_end()?;
    }
    i_prot.read_struct_end()?;
    verify_required_field_exists("FeatureFlagStoreListArgs.limit", &f_1)?;
    verify_required_field_exists("FeatureFlagStoreListArgs.offset", &f_2)?;
    let ret = FeatureFlagStoreListArgs {
      limit: f_1.expect("auto-generated code should have checked for presence of required fields"),
      offset: f_2.expect("auto-generated code should have checked for presence of required fields"),
    };
    Ok(ret)
  }
  fn write_to_out_protocol(&self, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    let struct_ident = TStructIdentifier::new("List_args");
    o_prot.write_struct_begin(&struct_ident)?;
    o_prot.write_field_begin(&TFieldIdentifier::new("limit", TType::I64, 1))?;
    o_prot.write_i64(self.limit)?;
    o_prot.write_field_end()?;
    o_prot.write_field_begin(&TFieldIdentifier::new("offset", TType::I64, 2))?;
    o_prot.write_i64(self.offset)?;
    o_prot.write_field_end()?;
    o_prot.write_field_stop()?;
    o_prot.write_struct_end()
  }
}

//
// FeatureFlagStoreListResult
//

#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
struct FeatureFlagStoreListResult {
  result_value: Option<Vec<FeatureFlagStoreItem>>,
  error: Option<FlipperException>,
}

impl FeatureFlagStoreListResult {
  fn ok_or(self) -> thrift::Result<Vec<FeatureFlagStoreItem>> {
    if self.error.is_some() {
      Err(thrift::Error::User(Box::new(self.error.unwrap())))
    } else if self.result_value.is_some() {
      Ok(self.result_value.unwrap())
    } else {
      Err(
        thrift::Error::Application(
          ApplicationError::new(
            ApplicationErrorKind::MissingResult,
            "no result received for FeatureFlagStoreList"
          )
        )
      )
    }
  }
  fn read_from_in_protocol(i_prot: &mut dyn TInputProtocol) -> thrift::Result<FeatureFlagStoreListResult> {
    i_prot.read_struct_begin()?;
    let mut f_0: Option<Vec<FeatureFlagStoreItem>> = None;
    let mut f_1: Option<FlipperException> = None;
    loop {
      let field_ident = i_prot.read_field_begin()?;
      if field_ident.field_type == TType::Stop {
        break;
      }
      let field_id = field_id(&field_ident)?;
      match field_id {
        0 => {
          let list_ident = i_prot.read_list_begin()?;
          let mut val: Vec<FeatureFlagStoreItem> = Vec::with_capacity(list_ident.size as usize);
          for _ in 0..list_ident.size {
            let list_elem_4 = FeatureFlagStoreItem::read_from_in_protocol(i_prot)?;
            val.push(list_elem_4);
          }
          i_prot.read_list_end()?;
          f_0 = Some(val);
        },
        1 => {
          let val = FlipperException::read_from_in_protocol(i_prot)?;
          f_1 = Some(val);
        },
        _ => {
          i_prot.skip(field_ident.field_type)?;
        },
      };
      i_prot.read_field_end()?;
    }
    i_prot.read_struct_end()?;
    let ret = FeatureFlagStoreListResult {
      result_value: f_0,
      error: f_1,
    };
    Ok(ret)
  }
  fn write_to_out_protocol(&self, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    let struct_ident = TStructIdentifier::new("FeatureFlagStoreListResult");
    o_prot.write_struct_begin(&struct_ident)?;
    if let Some(ref fld_var) = self.result_value {
      o_prot.write_field_begin(&TFieldIdentifier::new("result_value", TType::List, 0))?;
      o_prot.write_list_begin(&TListIdentifier::new(TType::Struct, fld_var.len() as i32))?;
      for e in fld_var {
        e.write_to_out_protocol(o_prot)?;
      }
      o_prot.write_list_end()?;
      o_prot.write_field_end()?
    }
    if let Some(ref fld_var) = self.error {
      o_prot.write_field_begin(&TFieldIdentifier::new("error", TType::Struct, 1))?;
      fld_var.write_to_out_protocol(o_prot)?;
      o_prot.write_field_end()?
    }
    o_prot.write_field_stop()?;
    o_prot.write_struct_end()
  }
}

//
// FeatureFlagStoreSetMetaArgs
//

#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
struct FeatureFlagStoreSetMetaArgs {
  feature_name: String,
  meta: FeatureFlagStoreMeta,
}

impl FeatureFlagStoreSetMetaArgs {
  fn read_from_in_protocol(i_prot: &mut dyn TInputProtocol) -> thrift::Result<FeatureFlagStoreSetMetaArgs> {
    i_prot.read_struct_begin()?;
    let mut f_1: Option<String> = None;
    let mut f_2: Option<FeatureFlagStoreMeta> = None;
    loop {
      let field_ident = i_prot.read_field_begin()?;
      if field_ident.field_type == TType::Stop {
        break;
      }
      let field_id = field_id(&field_ident)?;
      match field_id {
        1 => {
          let val = i_prot.read_string()?;
          f_1 = Some(val);
        },
        2 => {
          let val = FeatureFlagStoreMeta::read_from_in_protocol(i_prot)?;
          f_2 = Some(val);
        },
        _ => {
          i_prot.skip(field_ident.field_type)?;
        },
      };
      i_prot.read_field_end()?;
    }
    i_prot.read_struct_end()?;
    verify_required_field_exists("FeatureFlagStoreSetMetaArgs.feature_name", &f_1)?;
    verify_required_field_exists("FeatureFlagStoreSetMetaArgs.meta", &f_2)?;
    let ret = FeatureFlagStoreSetMetaArgs {
      feature_name: f_1.expect("auto-generated code should have checked for presence of required fields"),
      meta: f_2.expect("auto-generated code should have checked for presence of required fields"),
    };
    Ok(ret)
  }
  fn write_to_out_protocol(&self, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    let struct_ident = TStructIdentifier::new("SetMeta_args");
    o_prot.write_struct_begin(&struct_ident)?;
    o_prot.write_field_begin(&TFieldIdentifier::new("feature_name", TType::String, 1))?;
    o_prot.write_string(&self.feature_name)?;
    o_prot.write_field_end()?;
    o_prot.write_field_begin(&TFieldIdentifier::new("meta", TType::Struct, 2))?;
    self.meta.write_to_out_protocol(o_prot)?;
    o_prot.write_field_end()?;
    o_prot.write_field_stop()?;
    o_prot.write_struct_end()
  }
}

//
// FeatureFlagStoreSetMetaResult
//

#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
struct FeatureFlagStoreSetMetaResult {
  error: Option<FlipperException>,
}

impl FeatureFlagStoreSetMetaResult {
  fn ok_or(self) -> thrift::Result<()> {
    if self.error.is_some() {
      Err(thrift::Error::User(Box::new(self.error.unwrap())))
    } else {
      Ok(())
    }
  }
  fn read_from_in_protocol(i_prot: &mut dyn TInputProtocol) -> thrift::Result<FeatureFlagStoreSetMetaResult> {
    i_prot.read_struct_begin()?;
    let mut f_1: Option<FlipperException> = None;
    loop {
      let field_ident = i_prot.read_field_begin()?;
      if field_ident.field_type == TType::Stop {
        break;
      }
      let field_id = field_id(&field_ident)?;
      match field_id {
        1 => {
          let val = FlipperException::read_from_in_protocol(i_prot)?;
          f_1 = Some(val);
        },
        _ => {
          i_prot.skip(field_ident.field_type)?;
        },
      };
      i_prot.read_field_end()?;
    }
    i_prot.read_struct_end()?;
    let ret = FeatureFlagStoreSetMetaResult {
      error: f_1,
    };
    Ok(ret)
  }
  fn write_to_out_protocol(&self, o_prot: &mut dyn TOutputProtocol) -> thrift::Result<()> {
    let struct_ident = TStructIdentifier::new("FeatureFlagStoreSetMetaResult");
    o_prot.write_struct_begin(&struct_ident)?;
    if let Some(ref fld_var) = self.error {
      o_prot.write_field_begin(&TFieldIdentifier::new("error", TType::Struct, 1))?;
      fld_var.write_to_out_protocol(o_prot)?;
      o_prot.write_field_end()?
    }
    o_prot.write_field_stop()?;
    o_prot.write_struct_end()
  }
}

