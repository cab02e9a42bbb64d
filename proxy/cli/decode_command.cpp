#include <iostream>

#include "proxy/cli/command_line.hpp"
#include "proxy/cli/commands.hpp"
#include "proxy/decode/decode.hpp"

namespace proxy::cli {
namespace {

/// An option that takes one of a few words, the first being the default.
template <class Value>
void add_choice(CLI::App& app, const std::string& option, Value& value,
                const std::vector<std::pair<std::string, Value>>& words, const std::string& help) {
  std::string names;
  for (const auto& [word, meaning] : words) names += (names.empty() ? "" : "|") + word;
  app.add_option_function<std::string>(
         option,
         [&value, words, names, option](const std::string& text) {
           for (const auto& [word, meaning] : words)
             if (word == text) {
               value = meaning;
               return;
             }
           throw CLI::ValidationError(option + " '" + text + "' is unknown; there are: " + names);
         },
         help)
      ->type_name(names);
}

}  // namespace

int decode_command(Arguments arguments) {
  using namespace decode;
  CLI::App app(
      "Decodes frames as the official parsers do: one JSON object a line in, one a line out.",
      "sioscope decode");
  DecodeOptions options;
  add_choice<DecodeLayer>(
      app, "--layer", options.layer,
      {{"socketio", DecodeLayer::SocketIo}, {"engineio", DecodeLayer::EngineIo}},
      "what a frame is fed to [socketio]");
  add_choice<DecodeParser>(app, "--parser", options.parser,
                           {{"json", DecodeParser::Json}, {"msgpack", DecodeParser::MsgPack}},
                           "[json]");
  add_choice<DecodeDialect>(app, "--dialect", options.dialect,
                            {{"4.2", DecodeDialect::Parser42},
                             {"4.0", DecodeDialect::Parser40},
                             {"3.3", DecodeDialect::Parser33}},
                            "line of socket.io-parser whose judgement counts [4.2]");
  add_choice<DecodeEngine>(app, "--eio", options.engine,
                           {{"4", DecodeEngine::Eio4}, {"3", DecodeEngine::Eio3}},
                           "Engine.IO protocol [4]");
  add_choice<DecodeTransport>(
      app, "--transport", options.transport,
      {{"websocket", DecodeTransport::WebSocket}, {"polling", DecodeTransport::Polling}},
      "with --layer engineio: a message or a payload a frame [websocket]");
  app.footer(
      "Example:\n  echo '{\"frames\":[{\"text\":\"2[\\\"hello\\\"]\"}]}' | sioscope decode\n"
      "Exits with 0, or 2 when a line was no such object.");
  if (auto stop = parse_with(app, arguments)) return say(*stop);
  std::ios::sync_with_stdio(false);
  return decode::run_decode(options, std::cin, std::cout);
}

}  // namespace proxy::cli
