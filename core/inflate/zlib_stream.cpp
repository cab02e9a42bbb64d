#include "core/inflate/zlib_stream.hpp"

#define ZLIB_CONST  // zlib reads its input and does not change it.
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

namespace core::inflate {
namespace {

/// How zlib is told of a wrapping: in the sign and the size of the window's bits.
int coded_window_bits(Wrapping wrapping, int window_bits) noexcept {
  switch (wrapping) {
    case Wrapping::Raw:
      return -window_bits;
    case Wrapping::Zlib:
      return window_bits;
    case Wrapping::Gzip:
      return window_bits + 16;
  }
  return window_bits;
}

uInt counted(std::size_t bytes) noexcept {
  return static_cast<uInt>(std::min<std::size_t>(bytes, std::numeric_limits<uInt>::max()));
}

/// Of the `data_type` that inflate() leaves: the last block is being read, or a block was ended.
constexpr int kBetweenBlocks = 128;

}  // namespace

std::optional<ZlibStream> ZlibStream::open(Wrapping wrapping, int window_bits) noexcept {
  auto* stream = new (std::nothrow) z_stream{};
  if (stream == nullptr) return std::nullopt;
  if (inflateInit2(stream, coded_window_bits(wrapping, window_bits)) != Z_OK) {
    delete stream;
    return std::nullopt;
  }
  if (wrapping == Wrapping::Gzip) inflateValidate(stream, 0);
  return ZlibStream(stream);
}

StreamStep ZlibStream::step(std::string_view& deflated, std::span<char> out) noexcept {
  z_stream& zlib = *stream_;
  std::size_t written_bytes = 0;
  int result = Z_OK;
  do {
    const uInt input_bytes = counted(deflated.size());
    const uInt room_bytes = counted(out.size() - written_bytes);
    zlib.next_in = reinterpret_cast<const Bytef*>(deflated.data());
    zlib.avail_in = input_bytes;
    zlib.next_out = reinterpret_cast<Bytef*>(out.data() + written_bytes);
    zlib.avail_out = room_bytes;
    result = ::inflate(&zlib, Z_SYNC_FLUSH);
    deflated.remove_prefix(input_bytes - zlib.avail_in);
    written_bytes += room_bytes - zlib.avail_out;
  } while (result == Z_OK && !deflated.empty() && written_bytes < out.size());

  switch (result) {
    case Z_OK:
    case Z_BUF_ERROR:  // It could do nothing for want of input or room.
      return {written_bytes, StreamState::GoesOn};
    case Z_STREAM_END:
      return {written_bytes, StreamState::Ended};
    case Z_MEM_ERROR:
      return {written_bytes, StreamState::NoMemory};
    default:  // Z_DATA_ERROR; Z_NEED_DICT, for a dictionary that nobody could have agreed on.
      return {written_bytes, StreamState::Corrupt};
  }
}

void ZlibStream::reset() noexcept { inflateReset(stream_.get()); }

bool ZlibStream::between_blocks() const noexcept {
  return (stream_->data_type & kBetweenBlocks) != 0;
}

void ZlibStream::Close::operator()(z_stream_s* stream) const noexcept {
  inflateEnd(stream);
  delete stream;
}

}  // namespace core::inflate
