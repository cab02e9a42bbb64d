include(fuzz.cmake)

sioscope_tests(test_core_address
               SOURCES core/address/forwarded_for_test.cpp core/address/ip_address_test.cpp core/address/networks_test.cpp
                       core/address/proxy_protocol_test.cpp
               LINK core_address)
sioscope_fuzz(preamble_fuzz SOURCE core/address/preamble_fuzz.cpp CORPUS core/address/corpus LINK core_address)
