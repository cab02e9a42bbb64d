sioscope_core(websocket SOURCES deflate.cpp extensions.cpp reader.cpp utf8.cpp LINK core_inflate)
