#include "proxy/cli/mark_api.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "proxy/cli/duration.hpp"
#include "proxy/report/record_json.hpp"
#include "proxy/report/verdict_text.hpp"

namespace proxy::cli {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

constexpr auto kGraceDefault = 2s;
/// How often a waiting assert looks at its suspects: they settle by pings, hundreds of milliseconds
/// apart.
constexpr auto kLook = 20ms;
/// A client's last bytes may lie in the kernel when its assert arrives: this long the loops get to
/// read them.
constexpr auto kSettle = 20ms;
/// A name longer than this is no test's.
constexpr std::size_t kNameBytesMax = 1'024;

admin::Answer refuse(int status, const std::string& sentence) {
  return {status, report::to_line({{"error", sentence}}) + "\n"};
}

tl::unexpected<admin::Answer> bad(const std::string& sentence) {
  return tl::unexpected(refuse(400, sentence));
}

/// The body as an object with none but the known members, all of them texts. An empty body is an
/// empty object.
tl::expected<std::map<std::string, std::string>, admin::Answer> texts_in(
    const std::string& body, std::initializer_list<std::string_view> known) {
  std::map<std::string, std::string> texts;
  if (body.find_first_not_of(" \t\r\n") == std::string::npos) return texts;
  const Json json = Json::parse(body, nullptr, false);
  if (json.is_discarded()) return bad("the body is no JSON; send an object");
  if (!json.is_object()) return bad("the body is no JSON object; send one");
  std::string names;
  for (const std::string_view name : known) names.append(names.empty() ? "" : ", ").append(name);
  for (const auto& [name, value] : json.items()) {
    if (std::find(known.begin(), known.end(), name) == known.end())
      return bad("there is no member '" + name + "'; there are: " + names);
    if (!value.is_string()) return bad("'" + name + "' must be a text");
    texts[name] = value.get<std::string>();
  }
  return texts;
}

}  // namespace

admin::Answer MarkApi::mark(const std::string& body) {
  auto texts = texts_in(body, {"name"});
  if (!texts) return texts.error();
  const bool named = texts->contains("name");
  const std::string name = named ? texts->at("name") : "";
  if (name.size() > kNameBytesMax)
    return refuse(400, "'name' is longer than " + std::to_string(kNameBytesMax) +
                           " bytes; choose a shorter one");
  observe::Snapshot snapshot = world_.snapshot_after(world_.now());
  const std::uint32_t number = marks_.add(name, snapshot.at, std::move(snapshot.tally));
  nlohmann::ordered_json json = {{"mark", mark_label(number)}};
  if (named) json["name"] = name;
  return {201, report::to_line(json) + "\n"};
}

admin::Answer MarkApi::assert_since(const std::string& body) {
  const core::Instant arrived = world_.now();
  auto request = read_assert(body);
  if (!request) return request.error();
  const core::Instant deadline = arrived + request->grace;
  const auto snapshot = wait(request->span, deadline);
  if (!snapshot)
    return refuse(503, std::to_string(admin::kAssertsMax) + " asserts wait already; try again");
  return answer(request->span, *snapshot);
}

admin::Answer MarkApi::reset() {
  observe::Snapshot snapshot = world_.snapshot_after(world_.now());
  ledger_.reset();
  marks_.reset(snapshot.at, std::move(snapshot.tally));
  return {204, ""};
}

void MarkApi::stop() noexcept {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  stop_.notify_all();
}

tl::expected<Mark, admin::Answer> MarkApi::find(const std::string& label) const {
  return marks_.find(label).map_error([&](MarkErrc code) {
    return code == MarkErrc::Forgotten
               ? refuse(404, "the mark '" + label + "' was forgotten: a reset came, or " +
                                 std::to_string(kMarksMax) + " marks since; make a new one")
               : refuse(404, "there is no mark '" + label + "'; POST /marks makes one");
  });
}

tl::expected<MarkApi::Request, admin::Answer> MarkApi::read_assert(const std::string& body) const {
  auto texts = texts_in(body, {"since", "until", "grace"});
  if (!texts) return tl::unexpected(texts.error());
  if (!texts->contains("since")) return bad("'since' is missing; name a mark, as in \"m-1\"");
  Request request{.span = {}, .grace = kGraceDefault};
  if (texts->contains("grace")) {
    const auto grace = parse_duration(texts->at("grace"));
    if (!grace)
      return bad("'grace' '" + texts->at("grace") + "' is no duration; write it as 250ms or 5s");
    request.grace = *grace;
  }
  auto since = find(texts->at("since"));
  if (!since) return tl::unexpected(since.error());
  request.span.since = std::move(*since);
  if (texts->contains("until")) {
    auto until = find(texts->at("until"));
    if (!until) return tl::unexpected(until.error());
    if (until->number < request.span.since.number)
      return bad("'until' is an earlier mark than 'since'; exchange them");
    request.span.until = std::move(*until);
  }
  return request;
}

bool MarkApi::undecided(const Span& span, const observe::Snapshot& snapshot) const {
  const std::vector<rules::Suspect> suspects = world_.undecided(snapshot);
  return std::any_of(suspects.begin(), suspects.end(), [&](const rules::Suspect& suspect) {
    return span.holds(instant_of(suspect.finding));
  });
}

std::optional<observe::Snapshot> MarkApi::wait(const Span& span, core::Instant deadline) {
  std::unique_lock lock(mutex_);
  if (waiting_ >= admin::kAssertsMax) return std::nullopt;
  ++waiting_;
  const auto rest = [&](core::Duration time) {
    return stop_.wait_for(lock, time, [this] { return stopping_; });
  };
  bool last = rest(kSettle);
  while (true) {
    lock.unlock();
    const core::Instant now = world_.now();
    observe::Snapshot snapshot = world_.snapshot_after(now);
    const bool over = last || now >= deadline || !undecided(span, snapshot);
    lock.lock();
    if (over) {
      --waiting_;
      return snapshot;
    }
    last = rest(std::min<core::Duration>(kLook, deadline - now));
  }
}

admin::Answer MarkApi::answer(const Span& span, const observe::Snapshot& snapshot) const {
  const rules::Tally& until = span.until ? span.until->tally : snapshot.tally;
  rules::Tally tally = between(span.since.tally, until);
  tally.findings = {};
  report::Ledger of_span;
  auto findings = nlohmann::ordered_json::array();
  for (const report::Assessed& one : ledger_.findings()) {
    if (!span.holds(instant_of(one.finding))) continue;
    findings.push_back(world_.to_json(one));
    of_span.apply(one.finding, one.assessment);
    ++tally.findings[static_cast<std::size_t>(one.finding.severity)];
  }
  const report::Verdict verdict = world_.judge({.tally = std::move(tally),
                                                .findings = of_span.classes(),
                                                .suspects = undecided(span, snapshot),
                                                .only_counted = ledger_.only_counted() > 0,
                                                .child_exit = {}});
  nlohmann::ordered_json json = report::to_json(verdict);
  const nlohmann::ordered_json counts = json["findings"];
  json.erase("findings");  // Of that name the records come, and last.
  json["counts"] = counts;
  auto advice = nlohmann::ordered_json::array();
  for (const report::Doubt doubt : verdict.doubts) advice.push_back(report::advice(doubt));
  json["advice"] = std::move(advice);
  json["findings"] = std::move(findings);
  return {200, report::to_line(json) + "\n"};
}

}  // namespace proxy::cli
