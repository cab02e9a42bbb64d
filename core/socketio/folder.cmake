sioscope_core(socketio SOURCES msgpack_excerpt.cpp msgpack_packet.cpp packet.cpp placeholders.cpp LINK core_json core_msgpack)
