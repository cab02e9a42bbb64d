# The load of `./dev bench`. No test: run.mjs measures with it.
add_executable(bench_load bench/load.cpp)
target_include_directories(bench_load PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(bench_load PRIVATE sioscope_flags)
