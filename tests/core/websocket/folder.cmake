include(fuzz.cmake)
find_package(wslay REQUIRED)

sioscope_tests(test_core_websocket
               SOURCES core/websocket/law_test.cpp core/websocket/mask_test.cpp core/websocket/reader_test.cpp
                       core/websocket/utf8_test.cpp
               LINK core_websocket wslay PkgConfig::ZLIB)
sioscope_fuzz(reader_fuzz SOURCE core/websocket/reader_fuzz.cpp CORPUS core/websocket/corpus LINK core_websocket)
