#pragma once

#include <cstdint>
#include <string_view>

namespace core::socketio {

/// What a parser does with a packet whose type is none of `0`..`6`.
enum class UnknownTypes : std::uint8_t {
  Throws,
  BecomeError,  ///< Hands on `{type: ERROR, data: "parser error: unknown packet type 7"}`.
};

/// Which numbers of attachments a packet may announce.
enum class Counts : std::uint8_t {
  OneToLimit,
  /// Whatever `Number()` makes a number of. At 0, and at no digits at all, the packet is handed on
  /// at once and the parser then waits for attachments that never suffice; it waits so at 1.5 too.
  AnyNumber,
};

/// What an event may be named.
enum class EventNames : std::uint8_t { Anything, StringOrNumber, NothingReserved };

/// What CONNECT and CONNECT_ERROR take for an object.
enum class Objects : std::uint8_t {
  Objects,
  TypeofObject,  ///< Arrays and null as well.
};

/// How a parser asks which members are an object's own while it puts attachments in.
enum class OwnMembers : std::uint8_t {
  Safely,
  AskObject,  ///< `data.hasOwnProperty(key)`: no function once the data has a member of that name.
};

/// A revision of the packet decoder: what differs between the newest releases of the lines of
/// socket.io-parser that people still run. All else is the same in every one.
struct Dialect {
  UnknownTypes unknown_types;
  Counts counts;
  EventNames event_names;
  Objects objects;
  OwnMembers own_members;
  std::string_view error_name;  ///< Of packet type 4.
};

/// socket.io-parser 4.2.7: socket.io 4.5 and later.
inline constexpr Dialect kParser42{UnknownTypes::Throws,        Counts::OneToLimit,
                                   EventNames::NothingReserved, Objects::Objects,
                                   OwnMembers::Safely,          "CONNECT_ERROR"};

/// socket.io-parser 4.0.5: socket.io 3.0 to 4.2.
inline constexpr Dialect kParser40{UnknownTypes::Throws,  Counts::AnyNumber,
                                   EventNames::Anything,  Objects::TypeofObject,
                                   OwnMembers::AskObject, "CONNECT_ERROR"};

/// socket.io-parser 3.3.6: clients of socket.io 2.
inline constexpr Dialect kParser33{UnknownTypes::BecomeError,  Counts::OneToLimit,
                                   EventNames::StringOrNumber, Objects::TypeofObject,
                                   OwnMembers::Safely,         "ERROR"};

}  // namespace core::socketio
