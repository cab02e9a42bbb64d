sioscope_tests(test_proxy_observe SOURCES proxy/observe/event_ring_test.cpp proxy/observe/observer_test.cpp
               LINK proxy_observe)
