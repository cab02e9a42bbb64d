#include "core/capture/pcap_reader.hpp"

#include <utility>

#include "core/limits.hpp"

namespace core::capture {
namespace {

constexpr std::size_t kHeaderBytes = 24;
constexpr std::size_t kRecordBytes = 16;
constexpr std::uint32_t kMicroseconds = 0xa1b2c3d4;
constexpr std::uint32_t kNanoseconds = 0xa1b23c4d;

bool is_magic(std::uint32_t word) noexcept { return word == kMicroseconds || word == kNanoseconds; }

}  // namespace

bool PcapReader::recognises(std::string_view start) noexcept {
  return start.size() >= 4 &&
         (is_magic(u32(start, 0)) || is_magic(u32(start, 0, ByteOrder::Little)));
}

PcapReader::PcapReader(Input& input) : input_(input) {
  const std::string_view header = input.peek(kHeaderBytes);
  if (header.size() < kHeaderBytes) {
    stop("the file ends inside its header");
    return;
  }
  order_ = is_magic(u32(header, 0)) ? ByteOrder::Big : ByteOrder::Little;
  if (u32(header, 0, order_) == kNanoseconds) tick_ns_ = 1;
  link_ = static_cast<LinkType>(u32(header, 20, order_) & 0xffff);  // Above it: about checksums.
  input.skip(kHeaderBytes);
}

std::optional<Packet> PcapReader::next() {
  if (!end_.reached) return std::nullopt;
  input_.skip(std::exchange(taken_bytes_, 0));
  std::string_view record = input_.peek(kRecordBytes);
  if (record.empty()) return std::nullopt;
  if (record.size() < kRecordBytes) return stop("the file ends inside a packet");
  const std::uint32_t captured_bytes = u32(record, 8, order_);
  const std::uint32_t original_bytes = u32(record, 12, order_);
  if (captured_bytes > limits::kCapturedPacketBytesMax)
    return stop("a packet of " + std::to_string(captured_bytes) +
                " bytes, more than any capture holds: the file is damaged from here on");
  const Instant at{std::chrono::seconds(u32(record, 0, order_)) +
                   Duration(std::uint64_t{u32(record, 4, order_)} * tick_ns_)};
  record = input_.peek(kRecordBytes + captured_bytes);
  if (record.size() < kRecordBytes + captured_bytes) return stop("the file ends inside a packet");
  taken_bytes_ = record.size();
  end_.at = std::max(end_.at, at);
  return Packet{at, record.substr(kRecordBytes), original_bytes, link_};
}

std::optional<Packet> PcapReader::stop(std::string sentence) {
  problems_.add({input_.offset_bytes(), std::move(sentence)});
  end_.reached = false;
  return std::nullopt;
}

}  // namespace core::capture
