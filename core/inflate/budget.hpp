#pragma once

#include <cstddef>
#include <utility>

namespace core::inflate {

/// The memory that streams which share it may take together. Used by one thread.
class Budget {
 public:
  explicit Budget(std::size_t bytes_max) noexcept : left_bytes_(bytes_max) {}

  [[nodiscard]] std::size_t left_bytes() const noexcept { return left_bytes_; }

 private:
  friend class Share;
  std::size_t left_bytes_;
};

/// One stream's part of a budget, given back with it.
class Share {
 public:
  Share() = default;
  Share(Share&& other) noexcept
      : budget_(std::exchange(other.budget_, nullptr)), bytes_(other.bytes_) {}
  Share& operator=(Share&& other) noexcept {
    give_back();
    budget_ = std::exchange(other.budget_, nullptr);
    bytes_ = other.bytes_;
    return *this;
  }
  ~Share() { give_back(); }

  /// False: there is not so much left. Without a budget there is always enough.
  [[nodiscard]] bool take(Budget* budget, std::size_t bytes) noexcept {
    give_back();
    if (budget == nullptr) return true;
    if (budget->left_bytes_ < bytes) return false;
    budget->left_bytes_ -= bytes;
    budget_ = budget;
    bytes_ = bytes;
    return true;
  }
  void give_back() noexcept {
    if (budget_ != nullptr) budget_->left_bytes_ += bytes_;
    budget_ = nullptr;
  }

 private:
  Budget* budget_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace core::inflate
