#include "tests/transparency/program.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

extern char** environ;

namespace tests::transparency {

Program::Program(const std::string& path, const std::string& upstream,
                 const std::vector<std::string>& more) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return;
  errors_ = proxy::net::Descriptor(ends[0]);
  proxy::net::Descriptor write_end(ends[1]);

  std::vector<std::string> words{
      path,         "proxy",  "--listen", "127.0.0.1:0",
      "--upstream", upstream, "--quiet"};  // What it finds in random traffic is not the question.
  words.insert(words.end(), more.begin(), more.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, write_end.get(), 2);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  const int error = posix_spawn(&pid_, path.c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  write_end.close();
  if (error != 0) {
    pid_ = -1;
    return;
  }

  // The line that says where it listens; whatever comes before it is passed on.
  constexpr std::string_view ready = "sioscope: listening on http";
  std::string line;
  char c;
  while (read(errors_.get(), &c, 1) == 1) {
    if (c != '\n') {
      line += c;
      continue;
    }
    if (line.starts_with(ready)) {
      port_ = static_cast<std::uint16_t>(std::atoi(line.c_str() + line.rfind(':') + 1));
      break;
    }
    std::fprintf(stderr, "%s\n", line.c_str());
    line.clear();
  }
  echo_ = std::thread([fd = errors_.get()] {
    char buffer[4096];
    ssize_t count;
    while ((count = read(fd, buffer, sizeof buffer)) > 0)
      if (write(2, buffer, static_cast<std::size_t>(count)) < 0) return;
  });
}

std::optional<int> Program::finish() {
  if (pid_ < 0) return std::nullopt;
  kill(pid_, SIGTERM);
  int status = 0;
  waitpid(std::exchange(pid_, -1), &status, 0);
  if (!WIFEXITED(status)) return std::nullopt;
  return WEXITSTATUS(status);
}

Program::~Program() {
  if (pid_ >= 0) (void)finish();
  if (echo_.joinable()) echo_.join();
}

}  // namespace tests::transparency
