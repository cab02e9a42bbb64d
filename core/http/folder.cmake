sioscope_core(http SOURCES cookie.cpp exchanges.cpp head.cpp header_adder.cpp target.cpp LINK llhttp)
