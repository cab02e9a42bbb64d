sioscope_tests(client_test SOURCES core/client/client_test.cpp core/client/codec_test.cpp core/client/http_reader_test.cpp
                                   core/client/laws_test.cpp
                                   core/client/offline_test.cpp core/client/recovery_test.cpp core/client/request_test.cpp
                                   core/client/revision3_test.cpp core/client/websocket_endpoint_test.cpp
               LINK core_client core_server)
sioscope_tests(client_simulation_test SOURCES core/client/simulation_test.cpp core/client/simulation.cpp
               LINK core_client core_server)

include(fuzz.cmake)
sioscope_fuzz(client_fuzz SOURCE core/client/client_fuzz.cpp CORPUS core/client/corpus LINK core_client)
