#include "proxy/capture/capture_file.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>

#include "tests/proxy/capture/read_back.hpp"

using namespace std::chrono_literals;
using core::Instant;
using proxy::capture::CaptureFile;

namespace {

/// A folder of its own, gone at the end.
class Folder {
 public:
  Folder() {
    std::string path = (std::filesystem::temp_directory_path() / "capture-XXXXXX").string();
    path_ = ::mkdtemp(path.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ / name; }
  [[nodiscard]] bool has(const std::string& name) const {
    return std::filesystem::exists(path_ / name);
  }

 private:
  std::filesystem::path path_;
};

}  // namespace

TEST_CASE("CaptureFile: its owner alone may read it") {
  const Folder folder;
  auto file = CaptureFile::open({folder.file("t.pcapng"), 1000, 3, {}}, "head");
  REQUIRE(file);
  struct stat status {};
  REQUIRE(::stat(folder.file("t.pcapng").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("CaptureFile: a file that grows too large is followed by another, and the oldest goes") {
  const Folder folder;
  auto file = CaptureFile::open({folder.file("t.pcapng"), 100, 2, {}}, "head");
  REQUIRE(file);
  const std::string blocks(60, 'b');
  CHECK(file->write(blocks, Instant(1s), Instant(2s)));
  CHECK(!file->rotated());
  CHECK(file->write(blocks, Instant(3s), Instant(4s)));
  CHECK(file->rotated());
  CHECK(file->write(blocks, Instant(5s), Instant(6s)));
  CHECK(!folder.has("t.pcapng"));
  CHECK(read_back::slurp(folder.file("t-2.pcapng")) == "head" + blocks);
  CHECK(read_back::slurp(folder.file("t-3.pcapng")) == "head" + blocks);
  REQUIRE(file->files().size() == 2);
  CHECK(file->files().front().first == Instant(3s));
  CHECK(file->files().front().last == Instant(4s));
}

TEST_CASE("CaptureFile: a file that holds too much time is followed by another") {
  const Folder folder;
  auto file = CaptureFile::open({folder.file("t.pcapng"), 1000, 3, 10s}, "head");
  REQUIRE(file);
  CHECK(file->write("a", Instant(1s), Instant(2s)));
  CHECK(file->write("b", Instant(3s), Instant(11s)));
  CHECK(file->write("c", Instant(12s), Instant(12s)));
  CHECK(read_back::slurp(folder.file("t.pcapng")) == "headab");
  CHECK(read_back::slurp(folder.file("t-2.pcapng")) == "headc");
}

TEST_CASE("CaptureFile: one buffer larger than a file may be still has a file") {
  const Folder folder;
  auto file = CaptureFile::open({folder.file("t.pcapng"), 10, 3, {}}, "head");
  REQUIRE(file);
  CHECK(file->write(std::string(50, 'x'), Instant(1s), Instant(1s)));
  CHECK(file->files().size() == 1);
}

TEST_CASE("CaptureFile: what a full disk takes in part is cut off again, and later blocks go on") {
  const Folder folder;
  auto file = CaptureFile::open({folder.file("t.pcapng"), 1 << 20, 3, {}}, "head");
  REQUIRE(file);
  CHECK(file->write("first", Instant(1s), Instant(1s)));

  // A limit on the size of files fills this disk.
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit full = before;
  full.rlim_cur = 100;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &full) == 0);
  CHECK(!file->write(std::string(200, 'x'), Instant(2s), Instant(2s)));
  CHECK(file->error() == EFBIG);
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);

  CHECK(file->write("second", Instant(3s), Instant(3s)));
  CHECK(read_back::slurp(folder.file("t.pcapng")) == "headfirstsecond");
}

TEST_CASE("CaptureFile: a full disk is said, and a place that cannot be written as well") {
  CHECK(CaptureFile::open({"/no/such/folder/t.pcapng", 10, 3, {}}, "head").error() == ENOENT);
  if (!std::filesystem::exists("/dev/full")) return;
  const auto full = CaptureFile::open({"/dev/full", 10, 3, {}}, "head");
  REQUIRE(!full);
  CHECK(full.error() == ENOSPC);
}
