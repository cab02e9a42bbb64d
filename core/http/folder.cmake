sioscope_core(http SOURCES cookie.cpp exchanges.cpp head.cpp target.cpp LINK llhttp)
