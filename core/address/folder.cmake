sioscope_core(address SOURCES forwarded_for.cpp ip_address.cpp networks.cpp proxy_protocol.cpp)
