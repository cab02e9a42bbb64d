find_package(pugixml REQUIRED)

sioscope_tests(report_tests
  SOURCES proxy/report/acceptance_test.cpp proxy/report/baseline_test.cpp proxy/report/findings_file_test.cpp
          proxy/report/fingerprint_test.cpp proxy/report/formats_test.cpp proxy/report/github_test.cpp
          proxy/report/html_test.cpp proxy/report/json_document_test.cpp proxy/report/junit_test.cpp
          proxy/report/ledger_test.cpp proxy/report/log_lines_test.cpp proxy/report/markdown_test.cpp proxy/report/paint_test.cpp
          proxy/report/record_json_test.cpp proxy/report/redaction_test.cpp proxy/report/report_writer_test.cpp
          proxy/report/run_test.cpp proxy/report/sarif_test.cpp proxy/report/terminal_test.cpp
          proxy/report/verdict_text_test.cpp proxy/report/wall_clock_test.cpp
  LINK proxy_report rules pugixml::pugixml)

# Prints the report of a hostile run, for checks by others' programs (tests/reports).
add_executable(hostile_report proxy/report/hostile_report.cpp)
target_include_directories(hostile_report PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(hostile_report PRIVATE proxy_report rules sioscope_flags)
