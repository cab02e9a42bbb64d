add_library(proxy_capture STATIC capture/capture.cpp capture/capture_file.cpp capture/notes.cpp capture/pseudonyms.cpp
                                 capture/strands.cpp)
target_include_directories(proxy_capture PUBLIC ${PROJECT_SOURCE_DIR})
find_package(OpenSSL REQUIRED)
target_link_libraries(proxy_capture PUBLIC core_capture core_disguise proxy_observe spdlog::spdlog
                                    PRIVATE OpenSSL::Crypto sioscope_flags)
