include(fuzz.cmake)

sioscope_tests(test_core_socketio SOURCES core/socketio/packet_test.cpp core/socketio/placeholders_test.cpp
               core/socketio/reconstructor_test.cpp core/socketio/allocation_test.cpp LINK core_socketio core_engineio)
sioscope_fuzz(packet_fuzz SOURCE core/socketio/packet_fuzz.cpp CORPUS core/socketio/corpus LINK core_socketio)

# `sioscope decode` without the rest of the program: for its tests and for tests/differential.
add_library(sioscope_decode OBJECT ${PROJECT_SOURCE_DIR}/proxy/cli/decode.cpp)
target_include_directories(sioscope_decode PUBLIC ${PROJECT_SOURCE_DIR})
target_link_libraries(sioscope_decode PUBLIC core_json core_engineio core_socketio PRIVATE sioscope_flags)
sioscope_tests(test_proxy_decode SOURCES proxy/cli/decode_test.cpp LINK sioscope_decode)
add_executable(decode_driver differential/decode_driver.cpp)
target_link_libraries(decode_driver PRIVATE sioscope_decode sioscope_flags)
