#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/client/client.hpp"
#include "core/server/server.hpp"
#include "tests/core/client/network.hpp"

namespace core::test {

/// Some seconds in the life of a client, a server and the Network between them, all drawn from one
/// seed: transport, revision, parser, faults, what either end says. After each step the laws are
/// looked at; the first that is broken is told.
///
///     bad weather (3 s of faults) ► fair weather: it must be connected ► disconnect(): nothing is
///     left
class Simulation {
 public:
  explicit Simulation(std::uint64_t seed);
  /// What was broken, in a sentence; empty when all went well.
  [[nodiscard]] std::string run();

  /// What happened, over all runs: a simulation in which nothing goes wrong proves nothing.
  struct Tally {
    std::size_t engines = 0, upgrades = 0, parse_errors = 0, ping_timeouts = 0,
                transport_errors = 0, connect_timeouts = 0, acks = 0, ack_failures = 0,
                late_acks = 0, received = 0, heard = 0, buffered = 0, answered_questions = 0;
  };
  Tally tally;

 private:
  void pass(Duration span);
  void step_time();
  void arrive(const Arrival& arrival);
  void client_does(const std::function<void(client::Client&, client::Output&)>& step);
  void server_does(const std::function<void(server::Server&, server::Output&)>& step);
  void told(const client::Happening& happening);
  void told(const server::Happening& happening);
  void look();
  void broken(std::string law);

  void do_something();
  void go_wrong();
  void emit();
  void restart_server();
  [[nodiscard]] static client::Options client_options(std::mt19937_64& random);
  [[nodiscard]] server::Options server_options() const;
  [[nodiscard]] std::unique_ptr<server::Server> make_server();

  std::mt19937_64 random_;
  client::Options options_;
  Network network_;
  client::Client client_;
  std::unique_ptr<server::Server> server_;
  Instant now_{Duration(1s)};
  Instant server_back_at_{};
  bool wanted_ = true;  ///< the application has not called disconnect()
  std::string broken_;

  /// What one end sent on a session, and how much of it the other has heard.
  struct Said {
    std::vector<std::uint64_t> numbers;
    std::size_t heard = 0;
    /// False: that was not the next.
    [[nodiscard]] bool hear(std::uint64_t number) {
      return heard < numbers.size() && numbers[heard++] == number;
    }
  };
  [[nodiscard]] bool holds(server::SessionNumber session) const;

  // What is known of each promise.
  std::string sid_;          ///< of the client's live engine, or empty
  std::string last_sid_;     ///< ... or of its last
  std::uint64_t asked_ = 0;  ///< emissions so far, by the application's count
  std::optional<std::uint64_t> last_ack_id_;
  std::map<std::uint64_t, std::uint64_t> waiting_;            ///< ack id to emission
  std::map<client::EmissionNumber, std::uint64_t> buffered_;  ///< to emission
  std::map<std::string, Said> emitted_;                       ///< by the client, by sid
  std::map<std::string, Said> news_;                          ///< by the server, by sid
  std::map<std::pair<int, server::SessionNumber>, std::string> sids_;
  std::set<std::uint64_t> heard_by_server_;  ///< emissions
  std::uint64_t last_news_ = 0;              ///< said by the server
  std::set<std::uint64_t> owed_questions_;   ///< the client's application answers
  std::uint64_t last_question_ = 0;
  std::map<std::uint64_t, std::set<std::string>> questioned_;  ///< question to sids
  int server_life_ = 0;
};

}  // namespace core::test
