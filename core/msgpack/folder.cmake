sioscope_core(msgpack SOURCES date.cpp document.cpp excerpt.cpp reader.cpp text.cpp walk.cpp LINK core_json core_engineio)
