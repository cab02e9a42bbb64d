add_library(proxy_decode STATIC decode/answer.cpp decode/decode.cpp decode/engine_v3.cpp decode/engine_v4.cpp decode/frames.cpp
                                decode/socket_json.cpp decode/socket_msgpack.cpp)
target_include_directories(proxy_decode PUBLIC ${PROJECT_SOURCE_DIR})
target_link_libraries(proxy_decode PUBLIC core PRIVATE sioscope_flags)
