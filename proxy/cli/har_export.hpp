#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "core/capture/exchange_builder.hpp"
#include "core/capture/har_writer.hpp"
#include "core/capture/recording.hpp"
#include "core/http/exchanges.hpp"
#include "proxy/capture/pseudonyms.hpp"
#include "proxy/report/write_all.hpp"

namespace proxy::cli {

/// `--har`: what is analysed, as a HAR file, written as it goes by.
class HarExport {
 public:
  enum class Secrets : std::uint8_t { Hidden, Kept };

  /// Empties or creates the file. Error: errno.
  /// @param settings Outlive it.
  /// @param hash_key Seeds the pseudonyms of what is hidden.
  [[nodiscard]] static tl::expected<std::unique_ptr<HarExport>, int> open(
      const std::string& path, const core::http::Settings& settings, Secrets secrets,
      std::uint64_t hash_key);
  HarExport(const HarExport&) = delete;
  HarExport& operator=(const HarExport&) = delete;
  ~HarExport();

  void observe(const core::capture::Item& item);
  /// Writes what is left.
  /// @param problems Parts of the captures that could not be read.
  /// @return 0, or errno of the first write that failed.
  [[nodiscard]] int finish(std::uint64_t problems);

 private:
  HarExport(int fd, const core::http::Settings& settings, Secrets secrets, std::uint64_t hash_key)
      : fd_(fd), builder_(settings), secrets_(secrets), keystream_(capture::keystream(hash_key)) {}
  void write_complete();
  void write(const std::string& text);

  int fd_;
  int error_ = 0;
  core::capture::ExchangeBuilder builder_;
  core::capture::HarWriter writer_;
  Secrets secrets_;
  core::disguise::Keystream keystream_;
};

}  // namespace proxy::cli
