#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace core::session {

/// A queue that can also be looked through, and from which the middle can be taken. Empty it takes
/// three words, where libstdc++'s std::deque takes 600 bytes: there is one for every address.
template <class Value>
class FrontVector {
 public:
  using iterator = typename std::vector<Value>::iterator;

  [[nodiscard]] bool empty() const noexcept { return head_ == values_.size(); }
  [[nodiscard]] std::size_t size() const noexcept { return values_.size() - head_; }
  [[nodiscard]] Value& front() noexcept { return values_[head_]; }
  [[nodiscard]] Value& back() noexcept { return values_.back(); }
  [[nodiscard]] iterator begin() noexcept {
    return values_.begin() + static_cast<std::ptrdiff_t>(head_);
  }
  [[nodiscard]] iterator end() noexcept { return values_.end(); }

  void push_back(Value value) { values_.push_back(std::move(value)); }
  void insert(iterator before, Value value) { values_.insert(before, std::move(value)); }
  void erase(iterator at) {
    if (at == begin()) return pop_front();
    values_.erase(at);
  }
  /// Amortised O(1): the room of those gone is taken back when they are the half.
  void pop_front() {
    if (++head_ * 2 < values_.size()) return;
    values_.erase(values_.begin(), begin());
    head_ = 0;
    if (values_.empty()) values_.shrink_to_fit();
  }
  template <class Asks>
  std::size_t erase_if(Asks asks) {
    values_.erase(values_.begin(), begin());
    head_ = 0;
    return std::erase_if(values_, asks);
  }

 private:
  std::vector<Value> values_;
  std::size_t head_ = 0;
};

}  // namespace core::session
