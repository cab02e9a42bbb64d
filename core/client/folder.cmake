find_package(wslay REQUIRED)
sioscope_core(client SOURCES http_reader.cpp sha1.cpp websocket_endpoint.cpp cookies.cpp request.cpp
                             engine_packet.cpp payload.cpp polling_transport.cpp websocket_transport.cpp engine.cpp
                             socketio_packet.cpp msgpack_codec.cpp codec.cpp sockets.cpp
                             sockets_emit.cpp client.cpp
              LINK core_engineio core_socketio core_msgpack core_json llhttp wslay)
