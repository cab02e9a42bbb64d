include(fuzz.cmake)

sioscope_tests(test_core_engineio SOURCES core/engineio/packet_test.cpp core/engineio/payload_test.cpp
               core/engineio/handshake_test.cpp core/engineio/base64_test.cpp core/engineio/packet_v3_test.cpp
               core/engineio/payload_v3_test.cpp core/engineio/utf16_walk_test.cpp LINK core_engineio)
sioscope_fuzz(payload_fuzz SOURCE core/engineio/payload_fuzz.cpp CORPUS core/engineio/corpus LINK core_engineio)
