include(fuzz.cmake)

sioscope_tests(test_core_http
               SOURCES core/http/cookie_test.cpp core/http/exchanges_test.cpp core/http/header_adder_test.cpp core/http/law_test.cpp
                       core/http/target_test.cpp
               LINK core_http)
sioscope_fuzz(header_adder_fuzz SOURCE core/http/header_adder_fuzz.cpp CORPUS core/http/corpus LINK core_http)
sioscope_fuzz(exchanges_fuzz SOURCE core/http/exchanges_fuzz.cpp CORPUS core/http/corpus LINK core_http)
