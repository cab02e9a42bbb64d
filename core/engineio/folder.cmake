sioscope_core(engineio SOURCES base64.cpp handshake.cpp payload.cpp LINK core_json)
