#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/rules/play.hpp"
#include "tests/transcripts/scenario.hpp"

// A crowd of clients of which we know what they are: some leak as 4.7.5 does, some close as 4.8
// does, some tolerate what they are sent. What the analysis says is held against that truth.

using transcripts::Play;

namespace {

enum class Kind { Leaks, Closes, Tolerates };
enum class Identity { None, Pid, Acks };

struct Client {
  Kind kind = Kind::Closes;
  Identity identity = Identity::None;
  std::string from;
  std::string session;  ///< the live one; empty while it is away
  int ack = 0;
};

struct Crowd {
  std::string text;                            ///< as a transcript
  std::map<std::string, std::string> orphans;  ///< and who came after them
  std::set<std::string> sessions;
};

class Maker {
 public:
  Maker(std::uint64_t seed, bool tolerant) : random_(seed) {
    const int clients = 2 + pick(6);
    for (int i = 0; i < clients; ++i) {
      Client client;
      client.kind = static_cast<Kind>(pick(tolerant ? 3 : 2));
      client.identity = static_cast<Identity>(pick(3));
      client.from = pick(3) == 0 ? "10.0.0.2" : "10.0.0.1";
      clients_.push_back(client);
    }
  }

  Crowd make() {
    for (Client& client : clients_) joins(client, pick(300));
    const int rounds = 1 + pick(3);
    int time = 1000;
    for (int round = 0; round < rounds; ++round) {
      poison(time);
      time += 2500 + pick(pick(4) == 0 ? 130'000 : 8000);
    }
    end_ = time + 10'000;
    for (const auto& [session, life] : lives_)
      for (int at = life.first + 500;
           at<std::min(life.second, end_); at += end_> 60'000 ? 9000 : 1000)
        line(at, session + " heartbeat");
    std::stable_sort(lines_.begin(), lines_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    static const char* const kTransports[] = {"websocket", "polling", "upgraded"};
    crowd_.text =
        std::string("scenario: crowd\nover ") + kTransports[pick(3)] + "\nping 20000/20000\n";
    for (const auto& [at, what] : lines_) crowd_.text += std::to_string(at) + "ms " + what + "\n";
    crowd_.text += std::to_string(end_) + "ms end\n";
    return std::move(crowd_);
  }

 private:
  int pick(int below) { return static_cast<int>(random_() % static_cast<std::uint64_t>(below)); }
  void line(int at, std::string what) { lines_.emplace_back(at, std::move(what)); }

  void joins(Client& client, int at) {
    std::string options = " joins from=" + client.from;
    if (client.identity == Identity::Pid) {
      if (!client.session.empty()) options += " pid=P" + client.session;
      options += " gives=PS" + std::to_string(last_ + 1);
    }
    client.session = "S" + std::to_string(++last_);
    crowd_.sessions.insert(client.session);
    lives_[client.session] = {at, 1'000'000'000};
    line(at, client.session + options);
    if (client.identity == Identity::Acks)
      for (int i = 0, more = pick(2); i <= more; ++i, ++client.ack)
        line(at + 100 + i, client.session + " > 42" + std::to_string(client.ack) + "[\"say\"]");
  }

  void poison(int at) {
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      Client& client = clients_[i];
      const std::string old = client.session;
      // Everything that is still open is sent to; orphans are not harmed by it.
      line(at, old + " < 42[null]");
      if (client.kind == Kind::Tolerates) {
        if (pick(2) == 0) line(at + 1500 + pick(500), old + " > 42[\"still\"]");
        continue;
      }
      if (client.kind == Kind::Closes) {
        line(at + 3, old + " leaves");
        lives_[old].second = at;
      }
      joins(client, at + 250 + pick(1250));
      if (client.kind == Kind::Leaks) crowd_.orphans[old] = client.session;
    }
    if (pick(3) == 0) {  // A newcomer, or a second tab.
      Client other;
      other.from = "10.0.0.1";
      joins(other, at + pick(2000));
      clients_.push_back(other);
    }
  }

  std::mt19937_64 random_;
  std::vector<Client> clients_;
  std::vector<std::pair<int, std::string>> lines_;
  std::map<std::string, std::pair<int, int>> lives_;
  Crowd crowd_;
  int last_ = 0;
  int end_ = 0;
};

/// `rule confidence grade SESSION -> SUCCESSOR ...`
struct Leak {
  std::string confidence, session, successor;
};
std::vector<Leak> leaks(const Play& play) {
  std::vector<Leak> result;
  for (const std::string& line : play.findings()) {
    if (!line.starts_with("leak/")) continue;
    std::vector<std::string> words(1);
    for (const char c : line) {
      if (c == ' ')
        words.emplace_back();
      else
        words.back() += c;
    }
    result.push_back({words.at(1), words.at(3), words.at(5)});
  }
  return result;
}

}  // namespace

TEST_CASE("crowd: certain is true, and where nobody tolerates each orphan is named") {
  const std::uint64_t first = std::random_device{}();
  for (std::uint64_t seed = first; seed < first + 150; ++seed) {
    const bool tolerant = seed % 2 == 0;
    const Crowd crowd = Maker(seed, tolerant).make();
    INFO("seed " << seed << "\n" << crowd.text);
    const auto scenarios = transcripts::read_text(crowd.text, "crowd");
    Play play(scenarios.at(0));
    play.run();
    std::set<std::string> named;
    for (const Leak& leak : leaks(play)) {
      named.insert(leak.session);
      const auto truth = crowd.orphans.find(leak.session);
      if (leak.confidence == "certain") {
        REQUIRE_MESSAGE(truth != crowd.orphans.end(), leak.session << " is no orphan");
        REQUIRE_MESSAGE(truth->second == leak.successor,
                        leak.session << " went on as " << truth->second);
      }
      if (!tolerant) REQUIRE_MESSAGE(truth != crowd.orphans.end(), leak.session << " is no orphan");
    }
    if (tolerant) continue;
    for (const auto& [orphan, successor] : crowd.orphans)
      REQUIRE_MESSAGE(named.contains(orphan), orphan << " was missed");
  }
}

TEST_CASE("crowd: findings do not depend on how often the clock is looked at") {
  const std::uint64_t first = std::random_device{}();
  for (std::uint64_t seed = first; seed < first + 20; ++seed) {
    INFO("seed " << seed);
    const auto scenarios = transcripts::read_text(Maker(seed, true).make().text, "crowd");
    Play seldom(scenarios.at(0));
    seldom.run();
    Play often(scenarios.at(0));
    using namespace std::chrono_literals;
    often.run(250ms);
    REQUIRE(seldom.records() == often.records());
  }
}
