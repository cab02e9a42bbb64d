find_package(wslay REQUIRED)
sioscope_core(client SOURCES http_reader.cpp sha1.cpp websocket_endpoint.cpp socketio_packet.cpp
              LINK core_engineio core_socketio core_json llhttp wslay)
