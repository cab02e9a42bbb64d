sioscope_core(socketio SOURCES packet.cpp placeholders.cpp LINK core_json)
