sioscope_tests(test_core_session SOURCES core/session/front_vector_test.cpp core/session/lineage_test.cpp core/session/release_test.cpp core/session/realm_test.cpp core/session/tracker_test.cpp
               LINK core_session)
