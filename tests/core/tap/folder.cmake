include(fuzz.cmake)

sioscope_tests(test_core_tap SOURCES core/tap/dedupe_key_test.cpp core/tap/hole_test.cpp core/tap/known_events_test.cpp core/tap/memory_test.cpp core/tap/tap_law_test.cpp LINK transcripts)
sioscope_tests(test_allocations SOURCES core/tap/allocation_test.cpp LINK rules core_tap)
sioscope_fuzz(tap_fuzz SOURCE core/tap/tap_fuzz.cpp CORPUS core/tap/corpus LINK core_tap)
