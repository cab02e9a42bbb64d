# The forwarder alone, and the test that streams traffic through it or through the whole program.
add_executable(transparency_relay transparency/relay.cpp)
target_include_directories(transparency_relay PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(transparency_relay PRIVATE proxy_net sioscope_flags)
add_executable(transparency transparency/conversation.cpp transparency/end.cpp transparency/main.cpp
                            transparency/program.cpp)
target_include_directories(transparency PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(transparency PRIVATE proxy_net proxy_tls sioscope_flags)
