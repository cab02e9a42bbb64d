find_package(nlohmann_json REQUIRED)
find_package(pugixml REQUIRED)

add_library(proxy_report STATIC
  report/acceptance.cpp report/baseline.cpp report/findings_file.cpp report/fingerprint.cpp
  report/formats.cpp report/github.cpp report/html.cpp report/json_document.cpp
  report/junit.cpp report/keeper.cpp report/ledger.cpp report/log_lines.cpp report/markdown.cpp report/paint.cpp report/record_json.cpp
  report/redaction.cpp report/report_writer.cpp report/run.cpp report/sarif.cpp report/terminal.cpp
  report/verdict_text.cpp report/wall_clock.cpp report/write_all.cpp)
target_include_directories(proxy_report PUBLIC ${PROJECT_SOURCE_DIR})
target_compile_definitions(proxy_report PRIVATE SIOSCOPE_VERSION="${PROJECT_VERSION}")
target_link_libraries(proxy_report PUBLIC core_json tl::expected nlohmann_json::nlohmann_json
                                   PRIVATE pugixml::pugixml PkgConfig::XXHASH sioscope_flags)
