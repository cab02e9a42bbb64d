#include "proxy/capture/notes.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string_view>

#include "core/capture/pcapng_writer.hpp"
#include "proxy/capture/limits.hpp"

namespace proxy::capture {
namespace {

constexpr std::size_t kReadBytes = std::size_t{1} << 20;

struct Close {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

bool earlier(const Note& one, const Note& other) noexcept { return one.at < other.at; }

/// Takes what is to be said about a packet out of `notes`.
std::vector<std::string> take_notes_for(const core::capture::pcapng::BlockView& packet,
                                        std::vector<Note>& notes) {
  std::vector<std::string> texts;
  const auto [begin, end] =
      std::equal_range(notes.begin(), notes.end(), Note{packet.at, {}, {}}, earlier);
  for (auto note = begin; note != end; ++note)
    if (note->direction == packet.direction && !note->text.empty()) {
      texts.push_back(std::move(note->text));
      note->text.clear();
    }
  return texts;
}

/// Copies all blocks, with comments. False: reading or writing failed.
bool copy(std::FILE* from, std::FILE* to, std::vector<Note>& notes, bool& said) {
  std::string buffer;
  std::size_t used = 0;
  while (true) {
    buffer.erase(0, std::exchange(used, 0));
    const std::size_t had = buffer.size();
    buffer.resize(had + kReadBytes);
    const std::size_t count = std::fread(buffer.data() + had, 1, kReadBytes, from);
    buffer.resize(had + count);
    while (true) {
      const auto block = core::capture::pcapng::first_block(std::string_view(buffer).substr(used));
      if (block.bytes.empty()) break;
      std::string_view written = block.bytes;
      std::string commented;
      if (block.kind == core::capture::pcapng::BlockView::Kind::Packet) {
        if (const auto texts = take_notes_for(block, notes); !texts.empty()) {
          commented = core::capture::pcapng::with_comments(block.bytes, texts);
          written = commented;
          said = true;
        }
      }
      if (std::fwrite(written.data(), 1, written.size(), to) != written.size()) return false;
      used += block.bytes.size();
    }
    if (count == 0) {
      const std::string_view rest = std::string_view(buffer).substr(used);
      return std::ferror(from) == 0 &&
             std::fwrite(rest.data(), 1, rest.size(), to) == rest.size() && std::fflush(to) == 0;
    }
  }
}

}  // namespace

void Notes::apply(const rules::Record& record) {
  const auto* const finding = std::get_if<rules::Finding>(&record);
  const std::uint32_t number =
      finding != nullptr ? finding->number : std::get<rules::Withdrawn>(record).number;
  if (const auto known = by_finding_.find(number); known != by_finding_.end()) {
    count_ -= known->second.size();
    by_finding_.erase(known);
  }
  if (finding == nullptr || count_ + finding->evidence.size() > limits::kNotesMax) return;

  std::vector<Note>& notes = by_finding_[number];
  const std::string name = "f-" + std::to_string(number) + " " + std::string(finding->rule);
  for (const rules::Evidence& evidence : finding->evidence) {
    if (evidence.what == rules::What::Silence) continue;  // There is no packet of it.
    notes.push_back({evidence.at + offset_, evidence.direction,
                     name + (evidence.note.empty() ? "" : ": " + evidence.note)});
  }
  if (!notes.empty())
    notes.back().text = name + " (" + std::string(rules::name(finding->severity)) + ", " +
                        std::string(rules::name(finding->confidence)) + "): " + finding->summary +
                        " " + std::string(finding->remedy);
  count_ += notes.size();
}

std::vector<Note> Notes::sorted() const {
  std::vector<Note> all;
  all.reserve(count_);
  for (const auto& [number, notes] : by_finding_) all.insert(all.end(), notes.begin(), notes.end());
  std::stable_sort(all.begin(), all.end(), earlier);
  return all;
}

Annotated annotate(const std::string& path, const std::vector<Note>& notes) {
  if (notes.empty()) return Annotated::NothingToSay;
  const std::string other = path + ".commented";
  const File from(std::fopen(path.c_str(), "rbe"));
  File to(std::fopen(other.c_str(), "wbe"));
  std::vector<Note> left = notes;
  bool said = false;
  bool done = from && to && ::fchmod(::fileno(to.get()), S_IRUSR | S_IWUSR) == 0 &&
              copy(from.get(), to.get(), left, said);
  if (to && std::fclose(to.release()) != 0) done = false;
  // Rotation may have removed it meanwhile: it must not come back.
  const bool is_there = ::access(path.c_str(), F_OK) == 0;
  if (done && said && is_there && std::rename(other.c_str(), path.c_str()) == 0)
    return Annotated::Yes;
  std::remove(other.c_str());
  return done && !said ? Annotated::NothingToSay : Annotated::Failed;
}

}  // namespace proxy::capture
