sioscope_tests(test_proxy_capture SOURCES proxy/capture/capture_file_test.cpp proxy/capture/capture_test.cpp
                       proxy/capture/notes_test.cpp proxy/capture/strands_test.cpp
               LINK proxy_capture transcripts)
