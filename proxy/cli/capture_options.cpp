#include "proxy/cli/capture_options.hpp"

#include <CLI/CLI.hpp>
#include <charconv>

#include "proxy/cli/duration.hpp"
#include "proxy/cli/size.hpp"

namespace proxy::cli {

void add_capture_options(CLI::App& app, WrittenCapture& written) {
  app.add_option("--capture", written.file,
                 "record what passes, decrypted, as pcapng with findings as packet comments; "
                 "Wireshark and `sioscope analyze` read it")
      ->type_name("FILE.pcapng");
  app.add_option("--capture-size", written.size,
                 "begin another file, FILE-2.pcapng and so on, before one grows past this")
      ->type_name("SIZE")
      ->capture_default_str();
  app.add_option("--capture-files", written.files,
                 "how many files to keep of this run; the oldest goes first")
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--capture-age", written.age, "begin another file when one holds so much time")
      ->type_name("DURATION");
  app.add_flag("--capture-secrets", written.secrets,
               "record cookies, tokens and what is not Socket.IO's as they are, not disguised");
}

tl::expected<std::optional<CaptureOptions>, std::string> read_capture(
    const WrittenCapture& written) {
  if (written.file.empty()) return std::optional<CaptureOptions>();
  const auto refuse = [](std::string sentence) { return tl::unexpected(std::move(sentence)); };
  const auto bytes = parse_size(written.size);
  if (!bytes)
    return refuse("--capture-size '" + written.size +
                  "' is no size; write it as 500kB, 128MB or 2GB");

  std::size_t files = 0;
  const char* const end = written.files.data() + written.files.size();
  const auto [rest, error] = std::from_chars(written.files.data(), end, files);
  if (error != std::errc{} || rest != end || files == 0 || files > 100'000)
    return refuse("--capture-files '" + written.files + "' is no number from 1 to 100000");

  std::optional<core::Duration> age;
  if (!written.age.empty()) {
    const auto duration = parse_duration(written.age);
    if (!duration || duration->count() == 0)
      return refuse("--capture-age '" + written.age +
                    "' is no duration of a day at most; write it as 30s, 10m or 6h");
    age = *duration;
  }
  return CaptureOptions{
      {.path = written.file, .bytes_max = *bytes, .files_max = files, .age_max = age},
      written.secrets ? capture::Secrets::Kept : capture::Secrets::Pseudonyms};
}

}  // namespace proxy::cli
