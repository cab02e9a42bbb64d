sioscope_core(disguise SOURCES secrets.cpp frames.cpp disguise.cpp LINK core_http core_websocket core_msgpack)
