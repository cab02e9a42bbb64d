# `sioscope decode` without the rest of the program, for tests/differential.
add_executable(decode_driver differential/decode_driver.cpp ${PROJECT_SOURCE_DIR}/proxy/cli/decode.cpp)
target_include_directories(decode_driver PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(decode_driver PRIVATE core_json core_engineio core_socketio sioscope_flags)
