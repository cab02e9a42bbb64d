find_package(nlohmann_json REQUIRED)

add_library(proxy_report STATIC
  report/findings_file.cpp report/ledger.cpp report/paint.cpp report/record_json.cpp report/redaction.cpp
  report/terminal.cpp report/verdict_text.cpp report/wall_clock.cpp report/write_all.cpp)
target_include_directories(proxy_report PUBLIC ${PROJECT_SOURCE_DIR})
target_link_libraries(proxy_report PUBLIC tl::expected nlohmann_json::nlohmann_json PRIVATE sioscope_flags)
