sioscope_core(capture SOURCES address.cpp exchange.cpp half.cpp har_reader.cpp ip.cpp joined.cpp link_layer.cpp
                              mitmproxy_reader.cpp packet_recording.cpp pcap_reader.cpp pcapng_reader.cpp
                              pcapng_writer.cpp synthetic_tcp.cpp tcp_reassembly.cpp time_text.cpp
              LINK core_engineio core_http core_json core_websocket)
