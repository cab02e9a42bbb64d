#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/capture/recording.hpp"

namespace proxy::cli {

/// Captures on disk, as one history.
class CaptureFiles {
 public:
  /// Opens all of them and looks at their beginnings. Error: a sentence that names the first file
  /// which is not there or no capture, and says what to do.
  [[nodiscard]] static tl::expected<CaptureFiles, std::string> open(
      const std::vector<std::string>& paths);
  CaptureFiles(CaptureFiles&&) noexcept;
  ~CaptureFiles();

  [[nodiscard]] core::capture::Recording& recording() noexcept;
  /// Seeds the pseudonyms of secrets: the same for the same captures, and not to be guessed by who
  /// has only the findings.
  [[nodiscard]] std::uint64_t hash_key() const noexcept;

  struct Problem {
    std::string text;    ///< `'a.pcap', at byte 123: the file ends inside a packet`
    bool hides_traffic;  ///< what is missing may have been Socket.IO's
  };
  /// Those met since the last call.
  [[nodiscard]] std::vector<Problem> take_problems();
  /// How much has been read, 0 to 100; nothing where the size is not known.
  [[nodiscard]] std::optional<unsigned> percent() const noexcept;

 private:
  struct State;
  explicit CaptureFiles(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace proxy::cli
