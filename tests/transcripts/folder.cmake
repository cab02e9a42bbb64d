find_package(nlohmann_json REQUIRED)
add_library(transcripts STATIC transcripts/builder.cpp transcripts/bytes.cpp transcripts/scenario.cpp)
target_include_directories(transcripts PUBLIC ${PROJECT_SOURCE_DIR})
target_compile_definitions(transcripts PUBLIC SIOSCOPE_TRANSCRIPTS="${CMAKE_CURRENT_SOURCE_DIR}/transcripts")
target_link_libraries(transcripts PUBLIC core_tap core_session PRIVATE nlohmann_json::nlohmann_json
                      sioscope_flags)
