#include "proxy/demo/parts.hpp"

namespace proxy::demo {

int tell_story(const DemoOptions&) { return 1; }

}  // namespace proxy::demo
