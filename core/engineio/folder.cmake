sioscope_core(engineio SOURCES base64.cpp binary_payload_v3.cpp handshake.cpp jsonp.cpp payload.cpp payload_decoder.cpp
                               payload_v3.cpp utf16_walk.cpp LINK core_json)
