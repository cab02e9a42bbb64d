sioscope_tests(test_replay SOURCES core/replay/play_test.cpp core/replay/script_test.cpp core/replay/session_reader_test.cpp
               LINK core_replay transcripts)
