sioscope_tests(admin_tests SOURCES proxy/admin/admin_test.cpp proxy/admin/guard_test.cpp proxy/admin/metrics_test.cpp
                           LINK proxy_admin PkgConfig::HTTPLIB)
