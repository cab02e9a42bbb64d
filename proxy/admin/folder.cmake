pkg_check_modules(HTTPLIB REQUIRED IMPORTED_TARGET GLOBAL cpp-httplib)
find_package(prometheus-cpp REQUIRED)

add_library(proxy_admin STATIC admin/admin.cpp admin/guard.cpp admin/metrics.cpp)
target_include_directories(proxy_admin PUBLIC ${PROJECT_SOURCE_DIR})
target_compile_definitions(proxy_admin PRIVATE SIOSCOPE_VERSION="${PROJECT_VERSION}")
target_link_libraries(proxy_admin PUBLIC proxy_net proxy_report rules
                                  PRIVATE PkgConfig::HTTPLIB prometheus-cpp::core sioscope_flags)
