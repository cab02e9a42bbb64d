sioscope_tests(cli_tests
  SOURCES proxy/cli/analyze_options_test.cpp proxy/cli/child_test.cpp proxy/cli/client_key_test.cpp
          proxy/cli/command_text_test.cpp proxy/cli/duration_test.cpp proxy/cli/fail_on_test.cpp
          proxy/cli/identity_options_test.cpp proxy/cli/mark_api_test.cpp proxy/cli/marks_test.cpp
          proxy/cli/memory_ceiling_test.cpp
          proxy/cli/options_test.cpp proxy/cli/rules_test.cpp proxy/cli/service_manager_test.cpp proxy/cli/signals_test.cpp proxy/cli/size_test.cpp proxy/cli/tls_options_test.cpp
          proxy/cli/verdict_test.cpp
  LINK proxy_cli)
target_compile_definitions(cli_tests PRIVATE SIOSCOPE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")

sioscope_tests(program_tests SOURCES proxy/cli/program_test.cpp)
target_compile_definitions(program_tests PRIVATE SIOSCOPE_PROGRAM="$<TARGET_FILE:sioscope>"
                                                 SIOSCOPE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
add_dependencies(program_tests sioscope)

sioscope_tests(operations_tests SOURCES proxy/cli/operations_test.cpp LINK PkgConfig::HTTPLIB nlohmann_json::nlohmann_json)
target_compile_definitions(operations_tests PRIVATE SIOSCOPE_PROGRAM="$<TARGET_FILE:sioscope>")
add_dependencies(operations_tests sioscope)

sioscope_tests(analyze_tests SOURCES proxy/cli/analyze_test.cpp LINK core_capture transcripts)
target_compile_definitions(analyze_tests PRIVATE SIOSCOPE_PROGRAM="$<TARGET_FILE:sioscope>")
add_dependencies(analyze_tests sioscope)
