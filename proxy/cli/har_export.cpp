#include "proxy/cli/har_export.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "core/capture/secrets.hpp"

namespace proxy::cli {

tl::expected<std::unique_ptr<HarExport>, int> HarExport::open(const std::string& path,
                                                              const core::http::Settings& settings,
                                                              Secrets secrets,
                                                              std::uint64_t hash_key) {
  constexpr int kOwnerOnly = 0600;  // Whatever is hidden in it, sids are not.
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kOwnerOnly);
  if (fd < 0) return tl::unexpected(errno);
  std::unique_ptr<HarExport> har(new HarExport(fd, settings, secrets, hash_key));
  std::string text;
  har->writer_.begin(text);
  har->write(text);
  return har;
}

HarExport::~HarExport() {
  if (fd_ >= 0) ::close(fd_);
}

void HarExport::observe(const core::capture::Item& item) {
  builder_.observe(item);
  write_complete();
}

int HarExport::finish(std::uint64_t problems) {
  builder_.finish();
  write_complete();
  std::string text;
  writer_.end(builder_.holes() + problems, text);
  write(text);
  if (::close(fd_) != 0 && error_ == 0) error_ = errno;
  fd_ = -1;
  return error_;
}

void HarExport::write_complete() {
  std::string text;
  for (core::capture::Exchange& exchange : builder_.take()) {
    if (secrets_ == Secrets::Hidden) core::capture::hide_secrets(exchange, keystream_);
    writer_.add(exchange, text);
  }
  if (!text.empty()) write(text);
}

void HarExport::write(const std::string& text) {
  if (error_ == 0 && report::write_all(fd_, text) != text.size()) error_ = errno;
}

}  // namespace proxy::cli
