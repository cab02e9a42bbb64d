#include "proxy/capture/notes.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "core/capture/synthetic_tcp.hpp"
#include "tests/proxy/capture/read_back.hpp"

using namespace std::chrono_literals;
using core::Direction;
using core::Instant;
using proxy::capture::Annotated;
using proxy::capture::Note;
using proxy::capture::Notes;

namespace {

rules::Finding finding(std::uint32_t number, std::initializer_list<Instant> frames) {
  rules::Finding result;
  result.number = number;
  result.rule = "leak/a-rule";
  result.summary = "What happened.";
  result.remedy = "What to do.";
  for (const Instant at : frames) {
    rules::Evidence evidence;
    evidence.at = at;
    evidence.note = "seen";
    result.evidence.push_back(evidence);
  }
  return result;
}

/// A file with a connection that says something each second, from 1 s on.
std::string written() {
  std::string file = read_back::head();
  core::capture::SyntheticTcp tcp(*core::capture::endpoint_of("127.0.0.1:5000"),
                                  *core::capture::endpoint_of("127.0.0.1:3000"), 1);
  tcp.open(Instant(1s), file);
  tcp.send(Direction::ToServer, "one", Instant(2s), file);
  tcp.send(Direction::ToClient, "two", Instant(2s), file);
  tcp.send(Direction::ToClient, "three", Instant(3s), file);
  tcp.end(Direction::ToServer, core::StreamEnd::Fin, Instant(4s), file);
  return file;
}

std::string path_for_test() {
  return (std::filesystem::temp_directory_path() /
          ("notes-" + std::to_string(::getpid()) + ".pcapng"))
      .string();
}

}  // namespace

TEST_CASE("Notes: one for each frame, the last says all, and the last record counts") {
  Notes notes(100s);
  notes.apply(finding(1, {Instant(1s)}));
  notes.apply(finding(1, {Instant(1s), Instant(3s)}));
  notes.apply(finding(2, {Instant(2s)}));
  const auto sorted = notes.sorted();
  REQUIRE(sorted.size() == 3);
  CHECK(sorted[0].at == Instant(101s));
  CHECK(sorted[0].text == "f-1 leak/a-rule: seen");
  CHECK(
      sorted[1].text.starts_with("f-2 leak/a-rule (error, possible): What happened. What to do."));
  CHECK(sorted[2].text.starts_with("f-1 leak/a-rule (error"));
}

TEST_CASE("Notes: a finding that is withdrawn leaves none") {
  Notes notes({});
  notes.apply(finding(1, {Instant(1s)}));
  notes.apply(rules::Withdrawn{1, "not so"});
  CHECK(notes.sorted().empty());
}

TEST_CASE("annotate: comments stand on their packets, and the capture reads as before") {
  const std::string path = path_for_test();
  std::ofstream(path, std::ios::binary) << written();
  CHECK(proxy::capture::annotate(path, {{Instant(2s), Direction::ToClient, "about two"},
                                        {Instant(3s), Direction::ToServer, "about nothing"}}) ==
        Annotated::Yes);
  const std::string after = read_back::slurp(path);
  CHECK(after.find("about two") > after.find("two"));
  CHECK(after.find("about two") < after.find("three"));
  CHECK(after.find("about nothing") == after.npos);
  CHECK(read_back::read(after).by_client == read_back::read(written()).by_client);
  CHECK(read_back::read(after).problems.empty());
  std::filesystem::remove(path);
}

TEST_CASE("annotate: a file that ends in the middle of a block keeps what it has") {
  const std::string path = path_for_test();
  const std::string cut = written().substr(0, written().size() - 10);
  std::ofstream(path, std::ios::binary) << cut;
  CHECK(proxy::capture::annotate(path, {{Instant(2s), Direction::ToServer, "about one"}}) ==
        Annotated::Yes);
  const std::string after = read_back::slurp(path);
  CHECK(after.ends_with(cut.substr(cut.size() - 20)));
  CHECK(after.find("about one") != after.npos);
  std::filesystem::remove(path);
}

TEST_CASE("annotate: nothing to say leaves the file alone, and so does one that is not there") {
  const std::string path = path_for_test();
  std::ofstream(path, std::ios::binary) << written();
  CHECK(proxy::capture::annotate(path, {{Instant(9s), Direction::ToServer, "nothing"}}) ==
        Annotated::NothingToSay);
  CHECK(read_back::slurp(path) == written());
  std::filesystem::remove(path);
  CHECK(proxy::capture::annotate(path, {{Instant(9s), Direction::ToServer, "nothing"}}) ==
        Annotated::Failed);
}
