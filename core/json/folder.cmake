sioscope_core(json SOURCES json.cpp readers.cpp number.cpp document.cpp)
