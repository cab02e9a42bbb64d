sioscope_tests(test_proxy_decode SOURCES proxy/decode/decode_test.cpp proxy/decode/socket_msgpack_test.cpp LINK proxy_decode)

# `sioscope decode` without the rest of the program, for tests/differential.
add_executable(decode_driver proxy/decode/decode_driver.cpp)
target_link_libraries(decode_driver PRIVATE proxy_decode sioscope_flags)
