sioscope_core(capture SOURCES address.cpp pcapng_writer.cpp synthetic_tcp.cpp LINK core_http)
