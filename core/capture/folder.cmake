sioscope_core(capture SOURCES address.cpp exchange.cpp exchange_builder.cpp half.cpp har_reader.cpp har_writer.cpp
                              ip.cpp joined.cpp link_layer.cpp mitmproxy_reader.cpp packet_recording.cpp
                              pcap_reader.cpp pcapng_reader.cpp pcapng_writer.cpp recorded_order.cpp secrets.cpp
                              synthetic_tcp.cpp tcp_reassembly.cpp time_text.cpp
              LINK core_address core_engineio core_http core_inflate core_json core_disguise core_websocket)
