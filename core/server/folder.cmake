sioscope_core(server SOURCES request.cpp engine_server.cpp engine_server_requests.cpp server.cpp LINK core_client)
