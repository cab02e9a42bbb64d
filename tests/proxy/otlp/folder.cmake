sioscope_tests(otlp_tests SOURCES proxy/otlp/documents_test.cpp proxy/otlp/exporter_test.cpp proxy/otlp/settings_test.cpp
                          LINK proxy_otlp PkgConfig::HTTPLIB OpenSSL::SSL OpenSSL::Crypto)
