sioscope_core(json SOURCES json.cpp compact.cpp marks.cpp readers.cpp number.cpp document.cpp)
