find_package(wslay REQUIRED)
sioscope_core(client SOURCES http_reader.cpp sha1.cpp websocket_endpoint.cpp socketio_packet.cpp polling_transport.cpp
                             websocket_transport.cpp engine.cpp sockets.cpp client.cpp
              LINK core_engineio core_socketio core_json llhttp wslay)
