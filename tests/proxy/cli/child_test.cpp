#include "proxy/cli/child.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <thread>
#include <vector>

using proxy::cli::Child;

namespace {

int run(std::vector<std::string> command, std::vector<Child::Variable> variables = {}) {
  auto child = Child::start(command, variables);
  REQUIRE(child.has_value());
  while (true) {
    if (const auto code = child->exit_code()) return *code;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

}  // namespace

TEST_CASE("child: its exit code is told, 128 + n after a signal") {
  CHECK(run({"true"}) == 0);
  CHECK(run({"sh", "-c", "exit 7"}) == 7);
  CHECK(run({"sh", "-c", "kill -9 $$"}) == 128 + SIGKILL);
}

TEST_CASE("child: arguments and variables arrive as they are") {
  CHECK(run({"sh", "-c", "test \"$1\" = 'a b'", "sh", "a b"}) == 0);
  CHECK(run({"sh", "-c", "test \"$SIOSCOPE_URL\" = http://127.0.0.1:1"},
            {{"SIOSCOPE_URL", "http://127.0.0.1:1"}}) == 0);
  CHECK(run({"sh", "-c", "test \"$HOME\" = /nowhere && test -n \"$PATH\""},
            {{"HOME", "/nowhere"}}) == 0);
}

TEST_CASE(
    "child: a command that is not there is refused with ENOENT, one that is no program with "
    "EACCES") {
  const std::vector<std::string> missing{"/nonexistent/command"};
  CHECK(Child::start(missing, {}).error() == ENOENT);
  const std::vector<std::string> folder{"/"};
  CHECK(Child::start(folder, {}).error() == EACCES);
}

TEST_CASE("child: it hears of signals that we block") {
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const std::vector<std::string> command{"sleep", "30"};
  auto child = Child::start(command, {});
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  REQUIRE(child.has_value());
  CHECK_FALSE(child->exit_code().has_value());
  child->signal(SIGTERM);
  while (!child->exit_code()) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  CHECK(child->exit_code() == 128 + SIGTERM);
}
