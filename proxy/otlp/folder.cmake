add_library(proxy_otlp STATIC otlp/collector.cpp otlp/documents.cpp otlp/exporter.cpp otlp/finding_log.cpp otlp/settings.cpp)
target_include_directories(proxy_otlp PUBLIC ${PROJECT_SOURCE_DIR})
target_compile_definitions(proxy_otlp PRIVATE SIOSCOPE_VERSION="${PROJECT_VERSION}")
target_link_libraries(proxy_otlp PUBLIC proxy_admin proxy_report spdlog::spdlog
                                 PRIVATE PkgConfig::HTTPLIB OpenSSL::SSL OpenSSL::Crypto sioscope_flags)
