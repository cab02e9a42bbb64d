#include "proxy/cli/child.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <vector>

extern char** environ;

namespace proxy::cli {
namespace {

/// posix_spawn's attributes: the signals that we block or ignore are as usual again in the child.
class SpawnAttributes {
 public:
  explicit SpawnAttributes(bool own_group) {
    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes_, &none);
    sigset_t ignored;
    sigemptyset(&ignored);
    sigaddset(&ignored, SIGPIPE);
    sigaddset(&ignored, SIGTTOU);
    posix_spawnattr_setsigdefault(&attributes_, &ignored);
    short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    if (own_group) flags |= POSIX_SPAWN_SETPGROUP;
    posix_spawnattr_setflags(&attributes_, flags);
  }
  ~SpawnAttributes() { posix_spawnattr_destroy(&attributes_); }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;
  [[nodiscard]] const posix_spawnattr_t* get() const noexcept { return &attributes_; }

 private:
  posix_spawnattr_t attributes_;
};

/// Our environment with the variables set over it.
std::vector<std::string> environment_with(std::span<const Child::Variable> variables) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    bool replaced = false;
    for (const auto& [name, value] : variables)
      replaced = replaced || (text.starts_with(name) && text.substr(name.size()).starts_with('='));
    if (!replaced) all.emplace_back(text);
  }
  for (const auto& [name, value] : variables) all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

tl::expected<Child, int> Child::start(std::span<const std::string> command,
                                      std::span<const Variable> variables) {
  const bool own_group = ::isatty(STDIN_FILENO) != 1;
  const SpawnAttributes attributes(own_group);
  std::vector<std::string> arguments(command.begin(), command.end());
  std::vector<std::string> environment = environment_with(variables);

  pid_t pid = 0;
  const int error = posix_spawnp(&pid, arguments.front().c_str(), nullptr, attributes.get(),
                                 pointers_to(arguments).data(), pointers_to(environment).data());
  if (error != 0) return tl::unexpected(error);
  return Child(pid, own_group);
}

std::optional<int> Child::exit_code() {
  if (ended_) return ended_;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
  ended_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return ended_;
}

void Child::signal(int number) const {
  if (ended_) return;
  ::kill(own_group_ ? -pid_ : pid_, number);
}

}  // namespace proxy::cli
