#include "core/inflate/brotli_stream.hpp"

#include <brotli/decode.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace core::inflate {

std::optional<BrotliStream> BrotliStream::open() noexcept {
  auto* state = BrotliDecoderCreateInstance(nullptr, nullptr, nullptr);
  if (state == nullptr) return std::nullopt;
  return BrotliStream(state);
}

StreamStep BrotliStream::step(std::string_view& encoded, std::span<char> out) noexcept {
  std::size_t written_bytes = 0;
  while (true) {
    if (block_bytes_ < kBlockBytes) {
      const std::size_t taken_bytes = std::min(kBlockBytes - block_bytes_, encoded.size());
      if (taken_bytes > 0) std::memcpy(block_.data() + block_bytes_, encoded.data(), taken_bytes);
      block_bytes_ += taken_bytes;
      encoded.remove_prefix(taken_bytes);
      if (block_bytes_ < kBlockBytes) return {written_bytes, StreamState::GoesOn};
    }
    const StreamStep step = finish(out.subspan(written_bytes));
    written_bytes += step.written_bytes;
    if (step.state != StreamState::GoesOn || written_bytes == out.size())
      return {written_bytes, step.state};
    block_bytes_ = read_bytes_ = 0;
  }
}

StreamStep BrotliStream::finish(std::span<char> out) noexcept {
  const auto* block = reinterpret_cast<const std::uint8_t*>(block_.data());
  const std::uint8_t* input = block + read_bytes_;
  std::size_t input_bytes = block_bytes_ - read_bytes_;
  auto* room = reinterpret_cast<std::uint8_t*>(out.data());
  std::size_t room_bytes = out.size();
  const BrotliDecoderResult result = BrotliDecoderDecompressStream(
      state_.get(), &input_bytes, &input, &room_bytes, &room, nullptr);
  read_bytes_ = block_bytes_ - input_bytes;

  const std::size_t written_bytes = out.size() - room_bytes;
  switch (result) {
    case BROTLI_DECODER_RESULT_SUCCESS:
      return {written_bytes, StreamState::Ended};
    case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT:
    case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT:
      return {written_bytes, StreamState::GoesOn};
    case BROTLI_DECODER_RESULT_ERROR:
      break;
  }
  const BrotliDecoderErrorCode code = BrotliDecoderGetErrorCode(state_.get());
  const bool no_memory = code <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES &&
                         code >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES;
  return {written_bytes, no_memory ? StreamState::NoMemory : StreamState::Corrupt};
}

void BrotliStream::Close::operator()(BrotliDecoderStateStruct* state) const noexcept {
  BrotliDecoderDestroyInstance(state);
}

}  // namespace core::inflate
