include(fuzz.cmake)

sioscope_tests(test_core_json SOURCES core/json/json_test.cpp core/json/number_test.cpp core/json/document_test.cpp
               core/json/compact_test.cpp core/json/dense_test.cpp
               LINK core_json)
sioscope_fuzz(json_fuzz SOURCE core/json/json_fuzz.cpp CORPUS core/json/corpus LINK core_json)
