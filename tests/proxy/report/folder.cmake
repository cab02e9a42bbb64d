sioscope_tests(report_tests
  SOURCES proxy/report/findings_file_test.cpp proxy/report/ledger_test.cpp proxy/report/paint_test.cpp
          proxy/report/record_json_test.cpp proxy/report/redaction_test.cpp proxy/report/terminal_test.cpp
          proxy/report/verdict_text_test.cpp proxy/report/wall_clock_test.cpp
  LINK proxy_report)
