sioscope_tests(proxy_tls_tests SOURCES proxy/tls/connection_test.cpp proxy/tls/key_log_test.cpp
                                       proxy/tls/towards_clients_test.cpp proxy/tls/towards_upstream_test.cpp
                               LINK proxy_tls)
