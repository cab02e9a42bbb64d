sioscope_tests(test_disguise SOURCES core/disguise/secrets_test.cpp core/disguise/disguise_test.cpp
               LINK core_disguise transcripts)
