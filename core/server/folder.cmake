sioscope_core(server SOURCES request.cpp engine_server.cpp server.cpp LINK core_client)
