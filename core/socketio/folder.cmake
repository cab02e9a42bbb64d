sioscope_core(socketio SOURCES msgpack_excerpt.cpp msgpack_packet.cpp packet.cpp phrase.cpp placeholders.cpp verdict.cpp
              LINK core_json core_msgpack)
