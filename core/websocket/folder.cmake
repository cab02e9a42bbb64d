sioscope_core(websocket SOURCES reader.cpp utf8.cpp)
