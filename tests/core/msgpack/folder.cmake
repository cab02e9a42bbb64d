include(fuzz.cmake)

sioscope_tests(test_core_msgpack SOURCES core/msgpack/document_test.cpp core/msgpack/excerpt_test.cpp
               core/msgpack/reader_test.cpp core/msgpack/walk_test.cpp LINK core_msgpack)
sioscope_fuzz(msgpack_fuzz SOURCE core/msgpack/msgpack_fuzz.cpp CORPUS core/msgpack/corpus LINK core_msgpack)
