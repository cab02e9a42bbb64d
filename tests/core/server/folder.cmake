sioscope_tests(server_test SOURCES core/server/server_test.cpp LINK core_server)
