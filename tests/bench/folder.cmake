# What `./dev bench` measures with. No tests: a test never asserts a time.
add_executable(bench_load bench/load.cpp)
target_include_directories(bench_load PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(bench_load PRIVATE sioscope_flags)
add_executable(bench_inside bench/inside.cpp)
target_include_directories(bench_inside PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(bench_inside PRIVATE rules proxy_observe sioscope_flags)
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # It stands in for the observer's loop, which is built so.
  set_target_properties(bench_inside PROPERTIES INTERPROCEDURAL_OPTIMIZATION ON)
endif()
add_executable(bench_decode bench/decode.cpp)
target_include_directories(bench_decode PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(bench_decode PRIVATE core_tap core_socketio core_engineio sioscope_flags)
