include(fuzz.cmake)

sioscope_tests(test_core_capture SOURCES core/capture/address_test.cpp core/capture/har_reader_test.cpp core/capture/har_writer_test.cpp core/capture/ip_test.cpp core/capture/law_test.cpp core/capture/mitmproxy_reader_test.cpp
                       core/capture/pcap_reader_test.cpp core/capture/pcapng_reader_test.cpp
                       core/capture/tcp_reassembly_test.cpp core/capture/transcripts_test.cpp
               LINK core_capture transcripts)
sioscope_fuzz(packets_fuzz SOURCE core/capture/packets_fuzz.cpp CORPUS core/capture/packets_corpus LINK core_capture)
sioscope_fuzz(exchange_files_fuzz SOURCE core/capture/exchange_files_fuzz.cpp CORPUS core/capture/exchange_files_corpus
              LINK core_capture core_tap)
