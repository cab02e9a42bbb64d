#include "core/socketio/recovery_offset.hpp"

#include <doctest/doctest.h>

using core::socketio::looks_like_offset;
using core::socketio::OffsetForm;
using core::socketio::read_offset;

TEST_CASE("looks_like_offset: what the adapters append") {
  for (const char* const text :
       {"Q86GCiC", "Q86GCiC.0", "Q86G2nd", "R-_0aZ9.1", "1692876892634-0", "1692876892634-17",
        "1692876892634-18446744073709551615", "65f0a1b2c3d4e5f607182930"})
    CHECK_MESSAGE(looks_like_offset(text), text);
}

TEST_CASE("looks_like_offset: what applications send is something else") {
  for (const char* const text :
       {"", "hello", "Running", "Stopped", "A86GCiC", "Q86GCi", "Q86GCiC.", "Q86GCiCx",
        "Q86GCiC.abcd", "Q86 GCi", "1692876892634", "1692876892634-", "1692876892634-x",
        "1692876892634-184467440737095516150", "65f0a1b2c3d4e5f60718293",
        "65F0A1B2C3D4E5F607182930"})
    CHECK_MESSAGE(!looks_like_offset(text), text);
}

TEST_CASE("read_offset: the form, and when it was made") {
  struct Row {
    const char* text;
    OffsetForm form;
    std::int64_t made_ms;
  };
  for (const Row& row :
       {Row{"Q86GCiC", OffsetForm::Yeast, 1'795'401'239'308},
        Row{"Q86GCiC.0", OffsetForm::Yeast, 1'795'401'239'308},
        Row{"Q86GCiD", OffsetForm::Yeast, 1'795'401'239'309},
        Row{"1692876892634-17", OffsetForm::Stream, 1'692'876'892'634},
        Row{"65f0a1b2c3d4e5f607182930", OffsetForm::ObjectId, 1'710'268'850'000}}) {
    const auto offset = read_offset(row.text);
    REQUIRE_MESSAGE(offset.has_value(), row.text);
    CHECK_MESSAGE(offset->form == row.form, row.text);
    CHECK_MESSAGE(offset->made.count() == row.made_ms, row.text);
  }
}
