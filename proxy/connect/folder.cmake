add_library(proxy_connect STATIC connect/connect.cpp connect/diagnosis.cpp connect/emission_text.cpp connect/happening_json.cpp)
target_include_directories(proxy_connect PUBLIC ${PROJECT_SOURCE_DIR})
target_link_libraries(proxy_connect PUBLIC proxy_client proxy_report PRIVATE sioscope_flags)
