sioscope_tests(connect_tests SOURCES proxy/connect/connect_test.cpp LINK proxy_connect)
sioscope_tests(connect_program_tests SOURCES proxy/connect/program_test.cpp)
target_compile_definitions(connect_program_tests PRIVATE SIOSCOPE_PROGRAM="$<TARGET_FILE:sioscope>")
add_dependencies(connect_program_tests sioscope)
