sioscope_core(capture SOURCES address.cpp half.cpp ip.cpp joined.cpp link_layer.cpp packet_recording.cpp pcap_reader.cpp
                              pcapng_reader.cpp pcapng_writer.cpp synthetic_tcp.cpp tcp_reassembly.cpp
              LINK core_http)
