// `sioscope analyze` as a shell sees it, on captures of transcripts.
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/core/capture/captured.hpp"
#include "tests/proxy/shell.hpp"

namespace {

namespace fs = std::filesystem;
using packets::Timed;
using tests::contains;

/// A folder for the length of a test, and the program in it.
class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("sioscope-analyze-" + std::to_string(::getpid()))) {
    fs::remove_all(path_);
    fs::create_directory(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream in(path_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  /// `sioscope analyze ARGUMENTS`, in the folder.
  [[nodiscard]] tests::Run analyze(const std::string& arguments) const {
    return tests::run_shell("cd '" + path_.string() + "' && '" SIOSCOPE_PROGRAM "' analyze " +
                            arguments);
  }

 private:
  fs::path path_;
};

std::vector<Timed> capture_of(const std::string& transcript) {
  return packets::captured(transcripts::read_text("scenario: x\n" + transcript, "x").front(), 7);
}

std::vector<Timed> healthy() {
  return capture_of(
      "ping 1000/1000\n0ms H joins\n1s H heartbeat\n1200ms H < 42[\"news\",1]\n2s H leaves\n"
      "expect\n");
}
std::vector<Timed> leak() {
  return capture_of(
      "ping 1000/1000\n0ms A joins\n679ms A < 42[null,null]\n928ms B joins\n1281ms A heartbeat\n"
      "2s A heartbeat\n2s B heartbeat\n3s A heartbeat\n3s end\nexpect\n");
}

std::string pcapng(const std::vector<Timed>& all, std::string_view more = {}) {
  const packets::Pcapng made;
  std::string file = made.section() + made.interface(101, made.option(9, "\x09"));
  for (const Timed& one : all) file += made.packet(one.at_ns, one.bytes);
  return file + std::string(more);
}

}  // namespace

TEST_CASE("analyze: a leak is found, a healthy session is clean, and the exit code says so") {
  const Folder folder;
  folder.write("leak.pcap", packets::pcap(leak()));
  folder.write("healthy.pcap", packets::pcap(healthy()));
  const auto found = folder.analyze("leak.pcap");
  CHECK(found.exit_code == 1);
  CHECK(contains(found.output, "leak/orphan-after-parse-error"));
  CHECK(contains(found.output, "resting on 2 sessions"));
  const auto clean = folder.analyze("healthy.pcap");
  CHECK(clean.exit_code == 0);
  CHECK(contains(clean.output, "verdict: clean"));
  CHECK(folder.analyze("--fail-on never leak.pcap").exit_code == 0);
}

TEST_CASE(
    "analyze: the same capture gives the same records, byte for byte, in any format and parts") {
  const Folder folder;
  const std::vector<Timed> all = leak();
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
  folder.write("whole.pcap", packets::pcap(all));
  folder.write("whole.pcapng", pcapng(all));
  folder.write("part-1.pcap", packets::pcap({all.begin(), middle}));
  folder.write("part-2.pcapng", pcapng({middle, all.end()}));
  std::vector<Timed> odd, even;
  for (std::size_t i = 0; i < all.size(); ++i) (i % 2 == 0 ? even : odd).push_back(all[i]);
  folder.write("odd.pcap", packets::pcap(odd));
  folder.write("even.pcap", packets::pcap(even));

  CHECK(folder.analyze("--quiet --findings whole whole.pcap").exit_code == 1);
  const std::string records = folder.read("whole");
  CHECK(contains(records, "leak/orphan-after-parse-error"));
  CHECK(contains(records, "\"2027-01-15"));  // The capture's own time of day.
  int runs = 0;
  for (const char* files : {"whole.pcap", "whole.pcapng", "part-1.pcap part-2.pcapng",
                            "part-2.pcapng part-1.pcap", "odd.pcap even.pcap", "- < whole.pcap"}) {
    const std::string name = "again-" + std::to_string(++runs);
    CHECK(folder.analyze("--quiet --findings " + name + " " + files).exit_code == 1);
    CHECK_MESSAGE(folder.read(name) == records, files);
  }
}

TEST_CASE("analyze: a capture that is not whole is inconclusive, and says where it breaks off") {
  const Folder folder;
  std::string file = packets::pcap(healthy());
  folder.write("cut.pcap", file.substr(0, file.size() - 1));
  const auto cut = folder.analyze("cut.pcap");
  CHECK(cut.exit_code == 3);
  CHECK(contains(cut.output, "sioscope analyze: 'cut.pcap', at byte "));
  CHECK(contains(cut.output, ": the file ends inside a packet\n"));
  CHECK(contains(cut.output, "verdict: inconclusive"));

  const packets::Pcapng made;
  folder.write("dropped.pcapng",
               pcapng(healthy(), made.block(5, made.number(0, 4) + made.number(0, 8) +
                                                   made.option(5, made.number(2, 8)))));
  const auto dropped = folder.analyze("dropped.pcapng");
  CHECK(dropped.exit_code == 3);
  CHECK(contains(dropped.output, "dropped 2 packets"));
}

TEST_CASE("analyze: a capture with a hole is inconclusive") {
  const Folder folder;
  std::vector<Timed> all = healthy();
  // The largest packet to the client holds the handshake's answer; what follows acknowledges it.
  const auto largest = std::max_element(all.begin(), all.end(), [](const Timed& a, const Timed& b) {
    return a.bytes.size() < b.bytes.size();
  });
  all.erase(largest);
  folder.write("hole.pcap", packets::pcap(all));
  const auto run = folder.analyze("hole.pcap");
  CHECK(run.exit_code == 3);
  CHECK(contains(run.output, "unobserved: capture-hole"));
}

TEST_CASE("analyze: a WebSocket that began before the capture is inconclusive") {
  const Folder folder;
  std::vector<Timed> all = healthy();
  std::erase_if(all,
                [&](const Timed& one) { return one.at_ns < all.back().at_ns - 1'100'000'000; });
  folder.write("joined.pcap", packets::pcap(all));
  const auto run = folder.analyze("joined.pcap");
  CHECK(run.exit_code == 3);
  CHECK(contains(run.output, "unobserved: joined-mid-stream"));
}

TEST_CASE("analyze: a capture without Socket.IO is inconclusive, and TLS is named") {
  const Folder folder;
  folder.write("empty.pcap", packets::pcap({}));
  const auto empty = folder.analyze("empty.pcap");
  CHECK(empty.exit_code == 3);
  CHECK(contains(empty.output, "No Socket.IO session begins in the capture."));
  folder.write("healthy.pcap", packets::pcap(healthy()));
  CHECK(folder.analyze("--path /elsewhere healthy.pcap").exit_code == 3);

  using packets::Segment;
  folder.write(
      "tls.pcap",
      packets::pcap(packets::timed({{core::Direction::ToServer, 1, 0, packets::kSyn, {}},
                                    {core::Direction::ToServer, 2, 0, 0, "\x16\x03\x01"}})));
  const auto tls = folder.analyze("tls.pcap");
  CHECK(tls.exit_code == 3);
  CHECK(contains(tls.output, "1 connection is encrypted (TLS)"));

  folder.write("radio.pcap", packets::pcap({{1, "x"}}, 105));
  const auto radio = folder.analyze("radio.pcap");
  CHECK(radio.exit_code == 3);
  CHECK(contains(radio.output, "link type 105"));
}

TEST_CASE("analyze: what passed a reverse proxy and the server behind it is judged once") {
  const Folder folder;
  // In front of the proxy: another port, earlier to the server, and later to the client.
  std::vector<Timed> front = leak(), both = leak();
  for (Timed& one : front) {
    const bool to_client = one.bytes.substr(12, 4) == packets::address(core::Direction::ToClient);
    one.bytes.replace(to_client ? 20 : 22, 2, packets::big(8080, 2));
    one.at_ns = to_client ? one.at_ns + 300'000 : one.at_ns - 300'000;
  }
  both.insert(both.end(), front.begin(), front.end());
  std::stable_sort(both.begin(), both.end(),
                   [](const Timed& a, const Timed& b) { return a.at_ns < b.at_ns; });
  folder.write("one.pcap", packets::pcap(leak()));
  folder.write("both.pcap", packets::pcap(both));
  CHECK(folder.analyze("--quiet --findings one one.pcap").exit_code == 1);
  const auto run = folder.analyze("--findings both both.pcap");
  CHECK(contains(run.output, "the sessions of 10.0.0.2:3000 pass through 10.0.0.2:8080 too"));
  CHECK(folder.read("both") == folder.read("one"));
  for (const char* server : {"10.0.0.2:8080", "8080"})
    CHECK(contains(folder.analyze("both.pcap --server " + std::string(server)).output,
                   "resting on 2 sessions"));
  CHECK(folder.analyze("both.pcap --server 80").exit_code == 3);
}

TEST_CASE("analyze: --har writes what, analysed again, says the same, and hides what is secret") {
  const Folder folder;
  folder.write(
      "leak.pcap",
      packets::pcap(capture_of(
          "ping 1000/1000\n0ms A joins auth={\"token\":\"alice\"} cookie=uid=bob\n"
          "679ms A < 42[null,null]\n928ms B joins auth={\"token\":\"alice\"} cookie=uid=bob\n"
          "1281ms A heartbeat\n2s A heartbeat\n3s A heartbeat\n3s end\nexpect\n")));
  CHECK(folder.analyze("--quiet --findings one --har out.har leak.pcap").exit_code == 1);
  CHECK(folder.analyze("--quiet --findings two out.har").exit_code == 1);
  for (const char* records : {"one", "two"}) {
    CHECK(contains(folder.read(records), "\"rule\":\"leak/orphan-after-parse-error\""));
    CHECK(contains(folder.read(records), "\"grade\":\"auth\""));
  }
  const std::string har = folder.read("out.har");
  CHECK_FALSE(contains(har, "alice"));
  CHECK_FALSE(contains(har, "bob"));
  CHECK(contains(har, "\"_webSocketMessages\":[{\"type\":\"receive\",\"time\":18000000"));

  CHECK(folder.analyze("--quiet --capture-secrets --har out.har leak.pcap").exit_code == 1);
  CHECK(contains(folder.read("out.har"), "alice"));
  CHECK(contains(folder.read("out.har"), "uid=bob"));
}

TEST_CASE("analyze: what a HAR was made of stays in doubt") {
  const Folder folder;
  const std::string file = packets::pcap(healthy());
  folder.write("cut.pcap", file.substr(0, file.size() - 1));
  CHECK(folder.analyze("--har out.har cut.pcap").exit_code == 3);
  CHECK(folder.analyze("out.har").exit_code == 3);
}

TEST_CASE("analyze: a HAR and packets are one history") {
  const Folder folder;
  folder.write("leak.pcap", packets::pcap(leak()));
  folder.write("healthy.pcap", packets::pcap(healthy()));
  CHECK(folder.analyze("--har healthy.har healthy.pcap").exit_code == 0);
  const auto run = folder.analyze("leak.pcap healthy.har");
  CHECK(run.exit_code == 1);
  CHECK(contains(run.output, "resting on 3 sessions"));
}

TEST_CASE("analyze: what is no capture is one sentence and exit code 2") {
  const Folder folder;
  folder.write("text", "hello");
  folder.write("empty", "");
  folder.write("zipped", "\x1f\x8b\x08");
  folder.write("healthy.pcap", packets::pcap(healthy()));
  const auto refused = [&](const std::string& arguments, std::string_view part) {
    const auto run = folder.analyze(arguments);
    CHECK_MESSAGE(run.exit_code == 2, run.output);
    CHECK_MESSAGE(run.output.find('\n') == run.output.size() - 1, run.output);
    CHECK_MESSAGE(contains(run.output, part), run.output);
  };
  refused("", "there is no FILE");
  refused("nowhere.pcap", "'nowhere.pcap' cannot be read: No such file");
  refused("/", "Is a directory");
  refused("text", "'text' is no capture");
  refused("empty", "'empty' is empty");
  refused("zipped", "decompress it first");
  refused("- </dev/null", "standard input is empty");
  refused("healthy.pcap text", "'text' is no capture");
  refused("healthy.pcap --findings /nonexistent/f", "/nonexistent/f");
  refused("healthy.pcap --listen 1", "unknown option");
  refused("healthy.pcap --capture-secrets", "--capture-secrets is about the file of --har");
  refused("healthy.pcap --har healthy.pcap", "would overwrite it");
  refused("healthy.pcap --har /nonexistent/o.har", "/nonexistent/o.har");
  folder.write("bad.har", "{\"log\":");
  refused("bad.har", "'bad.har' is no HAR: ");
  folder.write("other.json", "{}");
  refused("other.json", "it holds no log.entries");
  folder.write("old.flows", "25:7:version;2:10#4:type;0:;}");
  refused("old.flows", "version 10");
  CHECK(folder.analyze("--help").exit_code == 0);
}

TEST_CASE("analyze: a load balancer's PROXY preamble is passed over for those that --trust names") {
  const Folder folder;
  folder.write("balanced.pcap",
               packets::pcap(capture_of(
                   "0ms c connects 10.0.0.2:1\n"
                   "0ms c > raw PROXY TCP4 203.0.113.9 10.0.0.1 4000 443\\r\\n"
                   "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n\n"
                   "1ms c < 200 {open A}\n2s end\nexpect\n")));
  CHECK(
      contains(folder.analyze("--trust 10.0.0.0/8 balanced.pcap").output, "resting on 1 session"));
  CHECK_FALSE(contains(folder.analyze("balanced.pcap").output, "resting on 1 session"));
  CHECK_FALSE(
      contains(folder.analyze("--trust 10.9.0.0/16 balanced.pcap").output, "resting on 1 session"));
}
