add_library(proxy_explain STATIC explain/cells.cpp explain/findings.cpp explain/story.cpp explain/timeline.cpp)
target_include_directories(proxy_explain PUBLIC ${PROJECT_SOURCE_DIR})
target_link_libraries(proxy_explain PUBLIC proxy_report rules PRIVATE nlohmann_json::nlohmann_json sioscope_flags)
