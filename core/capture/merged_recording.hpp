#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/capture/recording.hpp"

namespace core::capture {

/// Several recordings as one. No two may use the same connection ids.
class MergedRecording : public Recording {
 public:
  explicit MergedRecording(std::vector<std::unique_ptr<Recording>> parts) {
    for (auto& part : parts) parts_.push_back({std::move(part), std::nullopt});
  }

  [[nodiscard]] std::optional<Item> next() override {
    for (Part& part : parts_)
      if (!part.over && !part.next) {
        part.next = part.recording->next();
        part.over = !part.next;
      }
    Part* first = nullptr;
    for (Part& part : parts_)
      if (part.next && (first == nullptr || part.next->at < first->next->at)) first = &part;
    if (first == nullptr) return std::nullopt;
    return std::exchange(first->next, std::nullopt);
  }
  void ignore(ConnectionId connection) override {
    for (Part& part : parts_) part.recording->ignore(connection);
  }
  [[nodiscard]] End end() const override {
    End whole;
    for (const Part& part : parts_) {
      const End one = part.recording->end();
      whole.at = std::max(whole.at, one.at);
      whole.reached = whole.reached && one.reached;
      whole.command_ended = std::max(whole.command_ended, one.command_ended);
    }
    return whole;
  }
  [[nodiscard]] Instant began() const override {
    Instant earliest = Instant::max();
    for (const Part& part : parts_) earliest = std::min(earliest, part.recording->began());
    return earliest;
  }

 private:
  struct Part {
    std::unique_ptr<Recording> recording;
    std::optional<Item> next;
    bool over = false;
  };
  std::vector<Part> parts_;
};

}  // namespace core::capture
