sioscope_tests(explain_tests
  SOURCES proxy/explain/cells_test.cpp proxy/explain/findings_test.cpp proxy/explain/story_test.cpp
  LINK proxy_explain)
target_compile_definitions(explain_tests PRIVATE SIOSCOPE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
