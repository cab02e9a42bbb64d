find_package(nlohmann_json REQUIRED)
add_library(proxy_replay STATIC replay/comparison.cpp replay/reenactment.cpp replay/serving.cpp)
target_include_directories(proxy_replay PUBLIC ${PROJECT_SOURCE_DIR})
target_link_libraries(proxy_replay PUBLIC core_replay core_capture proxy_client proxy_net proxy_observe proxy_report rules
                                          nlohmann_json::nlohmann_json PRIVATE sioscope_flags)
