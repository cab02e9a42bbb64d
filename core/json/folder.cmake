sioscope_core(json SOURCES json.cpp compact.cpp readers.cpp number.cpp document.cpp)
