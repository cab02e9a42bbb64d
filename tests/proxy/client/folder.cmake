sioscope_tests(proxy_client_tests SOURCES proxy/client/remote_test.cpp proxy/client/tls_test.cpp LINK proxy_client)
