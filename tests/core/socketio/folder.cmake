find_package(nlohmann_json REQUIRED)

include(fuzz.cmake)

sioscope_tests(test_core_socketio SOURCES core/socketio/packet_test.cpp core/socketio/placeholders_test.cpp core/socketio/recovery_offset_test.cpp
               core/socketio/reconstructor_test.cpp core/socketio/msgpack_packet_test.cpp core/socketio/allocation_test.cpp
               core/socketio/verdict_test.cpp core/socketio/crashes_client_test.cpp
               LINK core_socketio core_engineio nlohmann_json::nlohmann_json)
target_compile_definitions(test_core_socketio PRIVATE SIOSCOPE_VERSIONS_JSON="${CMAKE_CURRENT_SOURCE_DIR}/differential/versions.json")
sioscope_fuzz(packet_fuzz SOURCE core/socketio/packet_fuzz.cpp CORPUS core/socketio/corpus LINK core_socketio)
sioscope_fuzz(msgpack_packet_fuzz SOURCE core/socketio/msgpack_packet_fuzz.cpp CORPUS core/socketio/msgpack_corpus LINK core_socketio)
