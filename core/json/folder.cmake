sioscope_core(json SOURCES json.cpp number.cpp document.cpp)
