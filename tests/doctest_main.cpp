// The one main() of every test program: compiled once, linked into each.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#if defined(__SANITIZE_THREAD__)
/// Debian's libcpp-httplib is not built for ThreadSanitizer, which so misses that its threads wait
/// for each other where they make a static.
extern "C" const char* __tsan_default_suppressions();  // NOLINT: the name is the sanitizer's.
extern "C" const char* __tsan_default_suppressions() {
  return "called_from_lib:libcpp-httplib.so\n";
}
#endif
