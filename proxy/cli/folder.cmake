find_package(CLI11 REQUIRED)
find_path(TOMLPLUSPLUS_INCLUDE_DIR toml++/toml.h REQUIRED)  # Headers only.

add_library(proxy_cli STATIC
  cli/admin_options.cpp cli/analyze_command.cpp cli/analyze_options.cpp cli/capture_files.cpp cli/capture_options.cpp cli/check.cpp
  cli/child.cpp cli/client_key.cpp cli/command_line.cpp cli/command_table.cpp cli/command_text.cpp cli/completable.cpp
  cli/completions.cpp cli/config_file.cpp cli/connect_command.cpp cli/decode_command.cpp cli/duration.cpp
  cli/explain_command.cpp cli/fail_on.cpp cli/har_export.cpp cli/health_command.cpp cli/identity_options.cpp
  cli/judging_options.cpp cli/limit_options.cpp cli/log.cpp cli/man_page.cpp cli/manual_commands.cpp cli/mark_api.cpp
  cli/marks.cpp cli/memory_ceiling.cpp cli/options.cpp cli/playback.cpp cli/proxy.cpp cli/recorded.cpp
  cli/replay_command.cpp cli/replay_options.cpp cli/reporting.cpp cli/rules.cpp cli/service_manager.cpp
  cli/signals.cpp cli/size.cpp cli/target_options.cpp cli/tls_options.cpp cli/upstream_options.cpp cli/verdict.cpp
  cli/watch.cpp cli/watch_tls.cpp
  ${CMAKE_BINARY_DIR}/version.cpp)
target_include_directories(proxy_cli PUBLIC ${PROJECT_SOURCE_DIR})
target_link_libraries(proxy_cli PUBLIC proxy_admin proxy_capture proxy_client proxy_connect proxy_decode proxy_explain
                                       proxy_net proxy_observe proxy_otlp proxy_replay proxy_report proxy_tls rules core CLI11::CLI11
                                PRIVATE PkgConfig::HTTPLIB sioscope_flags)
target_include_directories(proxy_cli SYSTEM PRIVATE ${TOMLPLUSPLUS_INCLUDE_DIR})

add_executable(sioscope cli/main.cpp)
target_link_libraries(sioscope PRIVATE proxy_cli sioscope_flags)
set_target_properties(sioscope PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})

if(TARGET proxy_demo)
  target_sources(proxy_cli PRIVATE cli/demo_command.cpp)
  target_link_libraries(proxy_cli PUBLIC proxy_demo)
  target_compile_definitions(proxy_cli PRIVATE SIOSCOPE_DEMO)
endif()
