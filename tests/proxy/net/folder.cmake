sioscope_tests(net_tests SOURCES proxy/net/address_test.cpp proxy/net/balance_test.cpp proxy/net/bounds_test.cpp proxy/net/forwarder_test.cpp
                                 proxy/net/naming_test.cpp proxy/net/reads_test.cpp proxy/net/tls_endings_test.cpp proxy/net/tls_handshakes_test.cpp
                                 proxy/net/tls_relaying_test.cpp proxy/net/tunnel_test.cpp proxy/net/upstreams_test.cpp
                         LINK proxy_net)
