include(fuzz.cmake)
find_package(nlohmann_json REQUIRED)
find_package(wslay REQUIRED)

sioscope_tests(test_core_websocket
               SOURCES core/websocket/bomb_test.cpp core/websocket/deflate_test.cpp core/websocket/extensions_test.cpp core/websocket/law_test.cpp
                       core/websocket/mask_test.cpp core/websocket/reader_test.cpp core/websocket/utf8_test.cpp
                       core/websocket/ws_test.cpp
               LINK core_websocket wslay PkgConfig::ZLIB nlohmann_json::nlohmann_json)
target_compile_definitions(test_core_websocket
                           PRIVATE SIOSCOPE_WS_CAPTURE="${CMAKE_CURRENT_SOURCE_DIR}/core/websocket/ws_capture.json")
sioscope_fuzz(reader_fuzz SOURCE core/websocket/reader_fuzz.cpp CORPUS core/websocket/corpus LINK core_websocket)
sioscope_tests(test_websocket_allocations SOURCES core/websocket/allocation_test.cpp LINK core_websocket PkgConfig::ZLIB)
sioscope_fuzz(inflater_fuzz SOURCE core/websocket/inflater_fuzz.cpp CORPUS core/websocket/inflater_corpus
              LINK core_websocket)
