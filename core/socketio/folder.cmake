sioscope_core(socketio SOURCES packet.cpp phrase.cpp placeholders.cpp verdict.cpp LINK core_json)
