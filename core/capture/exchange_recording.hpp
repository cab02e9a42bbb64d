#pragma once

#include <algorithm>
#include <optional>

#include "core/capture/exchange.hpp"
#include "core/capture/recording.hpp"
#include "core/capture/sorted_items.hpp"

namespace core::capture {

/// Exchanges, as the recording that packets of them would have been.
class ExchangeRecording : public Recording {
 public:
  /// @param first The number of the first exchange's connection.
  ExchangeRecording(const Exchanges& all, ConnectionId first) {
    end_.reached = !all.broken_off;
    auto number = static_cast<std::uint64_t>(first);
    for (const Exchange& exchange : all.exchanges) {
      put_on_wire(exchange, ConnectionId{number++}, items_);
      began_ = std::min(began_, exchange.asked);
    }
  }

  [[nodiscard]] std::optional<Item> next() override {
    auto item = items_.take(SortedItems::More::Never);
    if (item) end_.at = std::max(end_.at, item->at);
    return item;
  }
  [[nodiscard]] End end() const override { return end_; }
  [[nodiscard]] Instant began() const override { return began_; }

 private:
  SortedItems items_;
  End end_;
  Instant began_ = Instant::max();
};

}  // namespace core::capture
