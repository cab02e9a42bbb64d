find_package(Threads REQUIRED)
add_library(proxy_observe STATIC observe/observer.cpp)
target_include_directories(proxy_observe PUBLIC ${PROJECT_SOURCE_DIR})
target_link_libraries(proxy_observe PUBLIC rules Threads::Threads PRIVATE sioscope_flags)
