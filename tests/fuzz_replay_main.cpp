// Feeds every file of the given folders to a fuzz target, so that plain ctest replays its corpus
// where libFuzzer is not at hand. Each file is also cut short at every length, up to a bound: most
// bad input is good input that stops too early.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

/// Runs on a copy of exact size, so that a sanitizer sees a read past the end.
void run(const std::vector<char>& bytes, std::size_t size) {
  const std::unique_ptr<std::uint8_t[]> copy(new std::uint8_t[size]);
  std::copy_n(bytes.begin(), size, copy.get());
  LLVMFuzzerTestOneInput(copy.get(), size);
}

}  // namespace

int main(int argument_count, char** arguments) {
  constexpr std::size_t kCutsMax = 512;
  int files = 0;
  for (int i = 1; i < argument_count; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(arguments[i])) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
      for (std::size_t size = 0; size < std::min(bytes.size(), kCutsMax); ++size) run(bytes, size);
      run(bytes, bytes.size());
      ++files;
    }
  }
  std::printf("%d files replayed\n", files);
  return files == 0 ? 1 : 0;
}
