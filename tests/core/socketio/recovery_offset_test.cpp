#include "core/socketio/recovery_offset.hpp"

#include <doctest/doctest.h>

using core::socketio::looks_like_offset;

TEST_CASE("looks_like_offset: what the adapters append") {
  for (const char* const text : {"Q86GCiC", "Q86GCiC.0", "Q86G2nd", "R-_0aZ9.1", "1692876892634-0",
                                 "1692876892634-17", "65f0a1b2c3d4e5f607182930"})
    CHECK_MESSAGE(looks_like_offset(text), text);
}

TEST_CASE("looks_like_offset: what applications send is something else") {
  for (const char* const text :
       {"", "hello", "Running", "Stopped", "A86GCiC", "Q86GCi", "Q86GCiC.", "Q86GCiCx",
        "Q86GCiC.abcd", "Q86 GCi", "1692876892634", "1692876892634-", "1692876892634-x",
        "65f0a1b2c3d4e5f60718293", "65F0A1B2C3D4E5F607182930"})
    CHECK_MESSAGE(!looks_like_offset(text), text);
}
