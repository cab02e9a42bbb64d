add_library(proxy_demo STATIC demo/client_command.cpp demo/demo.cpp demo/leaky_client.cpp demo/serve.cpp demo/story.cpp)
target_include_directories(proxy_demo PUBLIC ${PROJECT_SOURCE_DIR})
target_link_libraries(proxy_demo PUBLIC core_client core_server proxy_client proxy_connect proxy_net proxy_observe proxy_report rules
                                 PRIVATE sioscope_flags)
