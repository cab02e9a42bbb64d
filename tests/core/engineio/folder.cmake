include(fuzz.cmake)

sioscope_tests(test_core_engineio SOURCES core/engineio/packet_test.cpp core/engineio/packet_v3_test.cpp
               core/engineio/payload_test.cpp core/engineio/payload_v3_test.cpp
               core/engineio/binary_payload_v3_test.cpp core/engineio/payload_decoder_test.cpp
               core/engineio/jsonp_test.cpp core/engineio/utf16_walk_test.cpp core/engineio/handshake_test.cpp
               core/engineio/base64_test.cpp core/engineio/allocation_test.cpp LINK core_engineio)
target_compile_definitions(test_core_engineio
                           PRIVATE SIOSCOPE_JSONP_VECTORS="${CMAKE_CURRENT_SOURCE_DIR}/core/engineio/jsonp_vectors.json")
sioscope_fuzz(payload_fuzz SOURCE core/engineio/payload_fuzz.cpp CORPUS core/engineio/corpus LINK core_engineio)
sioscope_fuzz(payload_v3_fuzz SOURCE core/engineio/payload_v3_fuzz.cpp CORPUS core/engineio/payload_v3_corpus
              LINK core_engineio)
sioscope_fuzz(binary_payload_v3_fuzz SOURCE core/engineio/binary_payload_v3_fuzz.cpp
              CORPUS core/engineio/binary_payload_v3_corpus LINK core_engineio core_websocket)
sioscope_fuzz(jsonp_fuzz SOURCE core/engineio/jsonp_fuzz.cpp CORPUS core/engineio/jsonp_corpus LINK core_engineio)
