#include "proxy/cli/analyze_options.hpp"

#include <filesystem>

#include "proxy/cli/command_line.hpp"
#include "proxy/cli/judging_options.hpp"

namespace proxy::cli {
namespace {

constexpr std::string_view kExamples =
    "A capture of packets must hold plain HTTP from before the clients connected:\n"
    "  tcpdump -i lo -s 0 -w app.pcap tcp port 3000\n"
    "Examples:\n"
    "  sioscope analyze app.pcap\n"
    "  sioscope analyze devtools.har\n"
    "  sioscope analyze --report html=report.html rotated-*.pcapng\n"
    "  tcpdump -i lo -s 0 -w - tcp port 3000 | sioscope analyze -\n"
    "Exits with 0 (clean), 1 (findings), 2 (usage, or a file that is no capture) or 3 "
    "(inconclusive:\n"
    "no Socket.IO session is in it, or some of its traffic could not be read).";

}  // namespace

tl::expected<AnalyzeOptions, Stop> parse_analyze(std::span<const std::string> arguments,
                                                 std::span<const rules::Description> known,
                                                 std::chrono::sys_days today) {
  CLI::App app(
      "Finds in captures what `proxy` finds in live traffic: the same rules, the same reports.",
      "sioscope analyze");
  WrittenJudging written;
  AnalyzeOptions options;
  app.add_option("FILE", options.files,
                 "pcapng, pcap, HAR or what mitmdump -w writes; - is stdin. Several are one "
                 "history: parts of a rotated capture, "
                 "or captures of several places");
  app.add_option(
         "--server", options.server,
         "look only at what passed this server, as HOST:PORT or PORT: of several that stand "
         "behind each other all but the innermost are left out")
      ->type_name("[HOST:]PORT");
  std::string har;
  app.add_option("--har", har, "write what was analysed as HAR, as Chrome's developer tools do")
      ->type_name("OUT.har");
  app.add_flag("--capture-secrets", options.capture_secrets,
               "write cookies, Authorization and auth into it as they are, not as pseudonyms");
  add_judging_options(app, written, known, today);
  app.footer(std::string(kExamples));
  if (auto stop = parse_with(app, arguments)) return tl::unexpected(*stop);

  Complaints complaints;
  read_judging_options(written, known, complaints, options);
  if (!har.empty()) options.har = har;
  std::error_code none;
  for (const std::string& file : options.files)
    if (file == har || std::filesystem::equivalent(file, har, none))
      complaints.add("--har " + in_quotes(har) + " is one of the captures, and would overwrite it");
  if (options.capture_secrets && har.empty())
    complaints.add("--capture-secrets is about the file of --har; name one, or leave it out");
  if (options.files.empty())
    complaints.add("there is no FILE; name a capture, as in sioscope analyze app.pcapng");
  if (!complaints.first().empty()) return tl::unexpected(usage_error(app, complaints.first()));
  return options;
}

}  // namespace proxy::cli
