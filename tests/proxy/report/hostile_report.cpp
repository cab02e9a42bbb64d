// hostile_report FORMAT [clean|inconclusive]: that report of a run in which everything from the
// wire is hostile, or of one without findings, on stdout. For checks by programs of others.
#include <iostream>
#include <span>
#include <string_view>

#include "proxy/report/report_writer.hpp"
#include "tests/proxy/report/hostile.hpp"

int main(int argc, char** argv) {
  const std::span<char*> arguments(argv, static_cast<std::size_t>(argc));
  const auto target = proxy::report::parse_target(argc > 1 ? arguments[1] : "");
  if (!target) {
    std::cerr << "hostile_report: " << target.error() << '\n';
    return 2;
  }
  const std::string_view kind = argc > 2 ? arguments[2] : "hostile";
  std::cout << proxy::report::render(target->format, kind == "clean" ? tests::run_of({})
                                                     : kind == "inconclusive"
                                                         ? tests::inconclusive_run()
                                                         : tests::hostile_run());
}
