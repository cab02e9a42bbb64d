sioscope_core(json SOURCES json.cpp compact.cpp dense.cpp blocks.cpp marks.cpp readers.cpp number.cpp document.cpp)
