#include "proxy/cli/options.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/proxy/cli/known_rules.hpp"

using namespace proxy::cli;
using namespace std::chrono_literals;
using tests::kKnown;

namespace {

using Words = std::vector<std::string>;

constexpr std::chrono::sys_days kToday{std::chrono::year(2026) / 5 / 17};

tl::expected<WatchOptions, Stop> proxy_with(Words words) {
  return parse_proxy(words, kKnown, kToday);
}
tl::expected<CheckOptions, Stop> check_with(Words words) {
  return parse_check(words, kKnown, kToday);
}

Words minimal(Words more = {}) {
  Words words{"--listen", "127.0.0.1:0", "--upstream", "http://127.0.0.1:3000"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// A configuration file for the length of a test.
class File {
 public:
  explicit File(const std::string& text)
      : path_(std::filesystem::temp_directory_path() /
              ("sioscope-options-" + std::to_string(::getpid()) + ".toml")) {
    std::ofstream(path_) << text;
  }
  ~File() { std::filesystem::remove(path_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

/// The one sentence of a refusal; its form is checked on the way.
std::string sentence(const tl::expected<WatchOptions, Stop>& parsed) {
  REQUIRE_FALSE(parsed.has_value());
  CHECK(parsed.error().exit_code == 2);
  CHECK(parsed.error().text.starts_with("sioscope proxy: "));
  CHECK(parsed.error().text.find('\n') == std::string::npos);
  return parsed.error().text;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("parse_proxy: an address and a server are enough") {
  const auto options = proxy_with(minimal());
  REQUIRE(options.has_value());
  CHECK(options->listen.host == "127.0.0.1");
  CHECK(options->upstreams.endpoints.at(0).port == 3000);
  CHECK(options->tap.http.path_prefix == "/socket.io");
  CHECK(options->threads >= 1);
  CHECK(options->drain == 5s);
  CHECK_FALSE(options->admin.has_value());
  CHECK_FALSE(options->findings.has_value());
  CHECK_FALSE(options->expect_traffic);
  CHECK(options->sids == proxy::report::Redaction::Mode::Shorten);
}

TEST_CASE("parse_proxy: every option arrives") {
  const auto options = proxy_with(minimal({"--path",           "/chat/",
                                           "--admin",          "[::1]:0",
                                           "--findings",       "-",
                                           "--client-key",     "query:tab,per-page",
                                           "--threads",        "3",
                                           "--drain",          "250ms",
                                           "--fail-on",        "leak",
                                           "--fail-on",        "duplicate/one:certain",
                                           "--expect-traffic", "--reveal-sids",
                                           "--log-level",      "debug",
                                           "--quiet"}));
  REQUIRE(options.has_value());
  CHECK(options->tap.http.path_prefix == "/chat");
  CHECK(options->admin->address.host == "::1");
  CHECK(options->findings == "-");
  CHECK(options->tap.client_key.per_page);
  CHECK(options->threads == 3);
  CHECK(options->drain == 250ms);
  CHECK(options->gate.met_by("duplicate/one", rules::Severity::Error, rules::Confidence::Certain));
  CHECK(options->expect_traffic);
  CHECK(options->sids == proxy::report::Redaction::Mode::Reveal);
  CHECK(options->log.level == LogLevel::Debug);
  CHECK(options->quiet);
}

TEST_CASE("parse_proxy: each refusal names the option and what to write") {
  CHECK(contains(sentence(proxy_with({"--listen", "127.0.0.1:0"})), "--upstream is missing"));
  CHECK(contains(sentence(proxy_with({"--upstream", "http://a:1"})), "--listen is missing"));
  CHECK(contains(sentence(proxy_with(minimal({"--colour"}))), "unknown option '--colour'"));
  CHECK(contains(sentence(proxy_with(minimal({"extra"}))), "unexpected argument 'extra'"));
  CHECK(contains(sentence(proxy_with(minimal({"--drain", "5"}))), "--drain '5'"));
  CHECK(contains(sentence(proxy_with(minimal({"--threads", "0"}))), "--threads '0'"));
  CHECK(contains(sentence(proxy_with(minimal({"--threads", "257"}))), "--threads '257'"));
  CHECK(contains(sentence(proxy_with(minimal({"--threads", "-1"}))), "--threads '-1'"));
  CHECK(contains(sentence(proxy_with(minimal({"--path", "socket.io"}))), "--path 'socket.io'"));
  CHECK(contains(sentence(proxy_with(minimal({"--client-key", "id"}))), "--client-key 'id'"));
  CHECK(contains(sentence(proxy_with(minimal({"--log-level", "loud"}))), "--log-level 'loud'"));
  CHECK(contains(sentence(proxy_with(minimal({"--log-format", "xml"}))), "--log-format 'xml'"));
  CHECK(contains(sentence(proxy_with(minimal({"--admin", "9100"}))), "--admin"));
  CHECK(contains(sentence(proxy_with(minimal({"--drain"}))), "--drain"));
}

TEST_CASE("parse_proxy: an admin server that others can reach needs a token") {
  unsetenv("SIOSCOPE_ADMIN_TOKEN");
  const auto token_of = [](std::vector<std::string> more) {
    return proxy_with(minimal(std::move(more)))->admin->access.token;
  };
  for (const char* address : {"0.0.0.0:9100", "[::]:9100", "10.0.0.1:9100"}) {
    const std::string said = sentence(proxy_with(minimal({"--admin", address})));
    CHECK(contains(said, "--admin-token-file FILE or SIOSCOPE_ADMIN_TOKEN"));
    CHECK(contains(said, address));
  }
  CHECK(token_of({"--admin", "127.0.0.1:0"}).empty());
  CHECK(token_of({"--admin", "localhost:0"}).empty());

  setenv("SIOSCOPE_ADMIN_TOKEN", "of-variable", 1);
  CHECK(token_of({"--admin", "0.0.0.0:0"}) == "of-variable");
  CHECK(token_of({"--admin", "127.0.0.1:0"}) == "of-variable");
  const std::string file =
      (std::filesystem::temp_directory_path() / ("sioscope-token-" + std::to_string(::getpid())))
          .string();
  const auto write = [&](const std::string& text) { std::ofstream(file) << text; };
  write("of-file\n");
  CHECK(token_of({"--admin", "0.0.0.0:0", "--admin-token-file", file}) == "of-file");
  for (const std::string& bad : {std::string(), std::string("\n"), std::string("two words"),
                                 std::string("caf\xc3\xa9"), std::string(5'000, 'x')}) {
    write(bad);
    CHECK(contains(
        sentence(proxy_with(minimal({"--admin", "127.0.0.1:0", "--admin-token-file", file}))),
        "holds no token"));
  }
  std::remove(file.c_str());
  CHECK(contains(
      sentence(proxy_with(minimal({"--admin", "127.0.0.1:0", "--admin-token-file", file}))),
      "cannot be read: No such file"));
  setenv("SIOSCOPE_ADMIN_TOKEN", "two words", 1);
  CHECK(contains(sentence(proxy_with(minimal({"--admin", "127.0.0.1:0"}))),
                 "SIOSCOPE_ADMIN_TOKEN holds no token"));
  unsetenv("SIOSCOPE_ADMIN_TOKEN");
}

TEST_CASE("parse_proxy: further names of the admin server are names, and want one") {
  const auto options = proxy_with(
      minimal({"--admin", "127.0.0.1:0", "--admin-host", "a.svc", "--admin-host", "b.svc"}));
  CHECK(options->admin->access.hosts == std::vector<std::string>{"a.svc", "b.svc"});
  CHECK(contains(sentence(proxy_with(minimal({"--admin-host", "a.svc"}))), "add --admin"));
  CHECK(contains(sentence(proxy_with(minimal({"--admin-token-file", "t"}))), "add --admin"));
  CHECK(contains(
      sentence(proxy_with(minimal({"--admin", "127.0.0.1:0", "--admin-host", "http://a"}))),
      "--admin-host 'http://a'"));
}

TEST_CASE("parse_proxy: limits are none unless they are given") {
  const auto none = proxy_with(minimal({}));
  CHECK(none->limits.connections_max == 0);
  CHECK(none->limits.head_timeout == 0ms);
  CHECK(none->limits.idle_timeout == 0ms);
  CHECK_FALSE(none->limits.memory_bytes_max.has_value());
  const auto some = proxy_with(minimal({"--max-connections", "500", "--header-timeout", "10s",
                                        "--idle-timeout", "2m", "--memory-max", "64MB"}));
  CHECK(some->limits.connections_max == 500);
  CHECK(some->limits.head_timeout == 10s);
  CHECK(some->limits.idle_timeout == 2min);
  CHECK(some->limits.memory_bytes_max == 64'000'000U);

  const auto said = [](const char* option, const char* value) {
    return sentence(proxy_with(minimal({option, value})));
  };
  for (const char* number : {"0", "-1", "many", "1.5", "99999999"})
    CHECK(contains(said("--max-connections", number),
                   "--max-connections '" + std::string(number) + "' is no number"));
  CHECK(contains(said("--header-timeout", "60"), "--header-timeout '60' is no duration"));
  CHECK(contains(said("--idle-timeout", "2d"), "--idle-timeout '2d' is no duration"));
  CHECK(contains(said("--memory-max", "64"), "--memory-max '64' is no size"));
  CHECK(contains(said("--memory-max", "1MB"), "give it 32MB at least"));
}

TEST_CASE("parse_proxy: the log is text unless it is to be JSON") {
  CHECK(proxy_with(minimal({}))->log.format == LogFormat::Text);
  CHECK(proxy_with(minimal({"--log-format", "json"}))->log.format == LogFormat::Json);
}

TEST_CASE("parse_proxy: an unknown name in --fail-on is answered with the known ones") {
  const std::string said = sentence(proxy_with(minimal({"--fail-on", "leek"})));
  CHECK(contains(said, "'leek'"));
  CHECK(contains(said, "leak/one, leak/two, duplicate/one"));
}

TEST_CASE("parse_proxy: any number of reports, each to its file or to stdout") {
  using proxy::report::Format;
  const auto options = proxy_with(minimal({"--report", "junit=a.xml", "--report", "github",
                                           "--report=html=b.html", "--report", "markdown"}));
  REQUIRE(options.has_value());
  REQUIRE(options->reports.size() == 4);
  CHECK(options->reports[0].format == Format::JUnit);
  CHECK(options->reports[0].path == "a.xml");
  CHECK(options->reports[1].to_stdout());
  CHECK(options->reports[2].path == "b.html");
  CHECK(options->reports[3].format == Format::Markdown);
  CHECK(proxy_with(minimal())->reports.empty());
}

TEST_CASE("parse_proxy: a report that cannot be meant is refused, with what there is") {
  CHECK(contains(sentence(proxy_with(minimal({"--report", "xml"}))),
                 "--report 'xml' is no format; there are: terminal, json, ndjson, junit, sarif, "
                 "github, markdown, html"));
  CHECK(contains(sentence(proxy_with(minimal({"--report", "junit="}))), "'junit=' names no file"));
  CHECK(contains(sentence(proxy_with(minimal({"--report"}))), "--report"));
}

TEST_CASE("parse_proxy: two reports into one file are refused, two onto stdout are not") {
  CHECK(contains(sentence(proxy_with(minimal({"--report", "json=a", "--report", "html=a"}))),
                 "--report 'html=a': that file gets another report already"));
  CHECK(contains(sentence(proxy_with(minimal({"--findings", "a", "--report", "ndjson=a"}))),
                 "another report already"));
  CHECK(proxy_with(minimal({"--report", "json", "--report", "github"})).has_value());
}

TEST_CASE("config: reports may stand in the file") {
  const File file("report = [\"junit=a.xml\", \"github\"]\n");
  const auto options = proxy_with(minimal({"--config", file.path()}));
  REQUIRE(options.has_value());
  REQUIRE(options->reports.size() == 2);
  CHECK(options->reports[0].path == "a.xml");
}

TEST_CASE("parse_proxy: an upstream that cannot be served is refused") {
  CHECK(contains(sentence(proxy_with({"--listen", "a:0", "--upstream", "localhost"})), "http://"));
  CHECK(contains(sentence(proxy_with({"--listen", "a:0", "--upstream", "ftp://a"})), "ftp://a"));
  CHECK(contains(sentence(proxy_with({"--listen", "a:0", "--upstream", "http://a/x"})),
                 "http://a/x"));
}

TEST_CASE("parse_proxy: --help is no error, and shows an example") {
  const auto help = proxy_with({"--help"});
  REQUIRE_FALSE(help.has_value());
  CHECK(help.error().exit_code == 0);
  CHECK(contains(help.error().text, "Examples:"));
}

TEST_CASE("config: the file has the options' names, and the command line wins") {
  const File file(
      "# ours\nlisten = \"127.0.0.1:4000\"\nupstream = \"http://127.0.0.1:3000\" # the app\n"
      "drain = \"7s\"\nquiet = true\nthreads = 2\nfail-on = [\"leak\", \"duplicate:certain\"]\n");
  const auto options = proxy_with({"--config", file.path(), "--drain", "1s"});
  REQUIRE(options.has_value());
  CHECK(options->listen.port == 4000);
  CHECK(options->drain == 1s);
  CHECK(options->quiet);
  CHECK(options->threads == 2);
  CHECK(options->gate.met_by("leak/two", rules::Severity::Info, rules::Confidence::Likely));
  CHECK_FALSE(
      options->gate.met_by("duplicate/one", rules::Severity::Error, rules::Confidence::Likely));
}

TEST_CASE("config: an unknown key is named, with the file") {
  const File file("upstream = \"http://127.0.0.1:3000\"\ncolour = \"red\"\n");
  const std::string said = sentence(proxy_with({"--listen", "a:0", "--config", file.path()}));
  CHECK(contains(said, "'colour'"));
  CHECK(contains(said, file.path()));
}

TEST_CASE("config: a file that cannot be read is refused, and so is a folder") {
  CHECK(contains(sentence(proxy_with(minimal({"--config", "/nonexistent.toml"}))),
                 "'/nonexistent.toml'"));
  CHECK(contains(sentence(proxy_with(minimal({"--config", "/"}))), "'/'"));
}

namespace {

/// What is said about a file, behind its name.
std::string said_of(const std::string& text) {
  const File file(text);
  const std::string said = sentence(proxy_with(minimal({"--config", file.path()})));
  const std::string before = "sioscope proxy: the configuration file '" + file.path() + "'";
  REQUIRE(said.starts_with(before));
  return said.substr(before.size());
}

const std::string kIgnore =
    "[[ignore]]\nrule = \"leak\"\nreason = \"known\"\nexpires = 2026-05-17\n";

rules::Finding leak(std::string_view rule) {
  rules::Finding finding;
  finding.rule = rule;
  return finding;
}
const proxy::report::WallClock kClock{core::Instant{}, kToday};

}  // namespace

TEST_CASE("config: an ignore holds through its last day, for a group or a rule") {
  using proxy::report::Excuse;
  const File file("drain = \"7s\"\n" + kIgnore +
                  "[[ignore]]\nrule = \"duplicate/one\"\nevent = \"chat\"\nnsp = \"/\"\n"
                  "reason = \"x\"\nexpires = 2027-01-01\n");
  const auto options = proxy_with(minimal({"--config", file.path()}));
  REQUIRE(options.has_value());
  CHECK(options->drain == 7s);
  const auto excuse = [&](const rules::Finding& finding) {
    return options->acceptance.assess(finding, kClock).excuse();
  };
  CHECK(excuse(leak("leak/two")) == Excuse::Ignored);
  CHECK(excuse(leak("duplicate/one")) == Excuse::None);
  rules::Finding chat = leak("duplicate/one");
  chat.event = rules::EventName{"/", "chat"};
  CHECK(excuse(chat) == Excuse::Ignored);
}

TEST_CASE("config: an ignore that cannot be meant is refused: which, what, and what to do") {
  CHECK(contains(said_of("[[ignore]]\nrule = \"leak\"\nexpires = 2027-01-01\n"),
                 ", [[ignore]] number 1 (line 1), has no 'reason'; say why"));
  CHECK(contains(said_of("[[ignore]]\nrule = \"leak\"\nreason = \" \"\nexpires = 2027-01-01\n"),
                 "has no 'reason'"));
  CHECK(contains(said_of(kIgnore + "[[ignore]]\nrule = \"leak\"\nreason = \"x\"\n"),
                 ", [[ignore]] number 2 (line 5), has no 'expires'; write"));
  CHECK(contains(said_of("[[ignore]]\nreason = \"x\"\nexpires = 2027-01-01\n"),
                 "has no 'rule'; write"));
  CHECK(contains(
      said_of("[[ignore]]\nrule = \"leek\"\nreason = \"x\"\nexpires = 2027-01-01\n"),
      "names 'leek', which is no rule or group; there are: leak, duplicate, leak/one, leak/two"));
  CHECK(contains(said_of("[[ignore]]\nrule = \"leak\"\nreason = \"x\"\nexpires = 2026-05-16\n"),
                 "expired on 2026-05-16; fix what it hides and take it out"));
  CHECK(contains(said_of("[[ignore]]\nrule = \"leak\"\nreason = \"x\"\nexpires = \"2027-01-01\"\n"),
                 "'expires' that is no date; write it without quotes"));
  CHECK(contains(said_of("[[ignore]]\nrule = \"leak\"\nreason = 7\nexpires = 2027-01-01\n"),
                 "'reason' that is no text"));
  CHECK(contains(said_of(kIgnore + "evnt = \"chat\"\n"),
                 "has the unknown key 'evnt'; there are: rule, nsp, event, reason, expires"));
  CHECK(contains(said_of("ignore = \"leak\"\n"), "begin each with [[ignore]]"));
  CHECK(contains(said_of("[ignore]\nrule = \"leak\"\n"), "begin each with [[ignore]]"));
}

TEST_CASE("config: a file that is no TOML is refused, with the line") {
  CHECK(contains(said_of("quiet = true\ndrain = \n"), " is no TOML: line 2: "));
  CHECK(contains(said_of("[[ignore\n"), " is no TOML: line 1: "));
  CHECK(contains(said_of("quiet = true\nquiet = true\n"), " is no TOML: line 2: "));
  CHECK(contains(said_of("[[ignore]]\nrule = \"leak\"\nreason = \"x\"\nexpires = 2027-02-30\n"),
                 " is no TOML: line 4: "));
  CHECK(contains(said_of("\xff\xfe\n"), " is no TOML: line 1: "));
}

TEST_CASE("config: sections, values that are no option's, and the file's own name are refused") {
  CHECK(contains(said_of("[proxy]\ndrain = \"5s\"\n"), " has the unknown key 'proxy'"));
  CHECK(contains(said_of("drain = 2026-01-01\n"), ", line 1: 'drain' is no text, number"));
  CHECK(contains(said_of("config = \"x\"\n"), ", line 1: 'config' cannot stand in the file"));
}

TEST_CASE("config: an empty file and an empty list change nothing") {
  const File file("fail-on = []\n");
  CHECK(proxy_with(minimal({"--config", file.path()})).has_value());
  const File empty("");
  CHECK(proxy_with(minimal({"--config", empty.path()})).has_value());
}

TEST_CASE(
    "parse_proxy: a baseline may be empty, and one that cannot be read says how to make one") {
  const File empty("");
  CHECK(proxy_with(minimal({"--baseline", empty.path()})).has_value());
  const std::string missing = sentence(proxy_with(minimal({"--baseline", "/nonexistent/b"})));
  CHECK(contains(missing, "--baseline '/nonexistent/b' cannot be read: No such file"));
  CHECK(contains(missing, "make one with a run that has --findings /nonexistent/b instead"));
  CHECK(contains(sentence(proxy_with(minimal({"--baseline", "/"}))), "--baseline '/'"));
}

TEST_CASE("parse_proxy: a baseline that is none is refused, and so is one that findings go to") {
  const File broken("{\"type\":\"verdict\"}\nnonsense\n");
  CHECK(contains(sentence(proxy_with(minimal({"--baseline", broken.path()}))), ", line 2: "));
  const File old("{\"type\":\"finding\",\"id\":\"f-1\"}\n");
  CHECK(contains(sentence(proxy_with(minimal({"--baseline", old.path()}))),
                 "a finding without a fingerprint"));
  const File empty("");
  CHECK(contains(
      sentence(proxy_with(minimal({"--baseline", empty.path(), "--findings", empty.path()}))),
      "is the file of --findings too"));
}

TEST_CASE("parse_check: what follows -- is the command, whatever it looks like") {
  const auto options =
      check_with({"--upstream", "http://a:1", "--env", "URL", "--env", "URL2", "--grace", "2s",
                  "--", "npm", "test", "--", "--quiet", "--help"});
  REQUIRE(options.has_value());
  CHECK(options->command == Words{"npm", "test", "--", "--quiet", "--help"});
  CHECK(options->env == Words{"URL", "URL2"});
  CHECK(options->grace == 2s);
  CHECK_FALSE(options->watch.quiet);
}

TEST_CASE("parse_check: it listens on loopback by itself and expects traffic") {
  const auto options = check_with({"--upstream", "http://a:1", "--", "true"});
  REQUIRE(options.has_value());
  CHECK(options->watch.listen.host == "127.0.0.1");
  CHECK(options->watch.listen.port == 0);
  CHECK(options->watch.expect_traffic);
  CHECK_FALSE(options->grace.has_value());
}

TEST_CASE("parse_check: no command, or a variable that cannot be one, is refused") {
  for (const Words& words :
       {Words{"--upstream", "http://a:1"}, Words{"--upstream", "http://a:1", "--"}}) {
    const auto refused = check_with(words);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().exit_code == 2);
    CHECK(contains(refused.error().text, "no command"));
  }
  CHECK(
      contains(check_with({"--upstream", "http://a:1", "--env", "A=B", "--", "true"}).error().text,
               "'A=B'"));
}

TEST_CASE("parse_rules: a rule or a group, or the table") {
  CHECK(parse_rules(Words{"leak"})->rule == "leak");
  CHECK(parse_rules(Words{"--markdown"})->markdown);
  CHECK(parse_rules(Words{"--bogus"}).error().exit_code == 2);
}
