sioscope_tests(test_rules SOURCES rules/transcripts_test.cpp rules/crowd_test.cpp rules/traffic_test.cpp rules/play.cpp LINK rules core_disguise transcripts)
