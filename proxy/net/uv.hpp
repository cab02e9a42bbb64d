#pragma once

#include <uv.h>

#include <memory>

namespace proxy::net::uv {

/// Deleter for an initialised handle. uv_close() finishes later, so libuv's close callback frees
/// the block: run the loop once more after the last owner is gone.
struct CloseHandle {
  template <class Handle>
  void operator()(Handle* handle) const noexcept {
    handle->data = nullptr;  // A callback that still comes sees that its owner left.
    uv_close(reinterpret_cast<uv_handle_t*>(handle),
             [](uv_handle_t* closed) { delete reinterpret_cast<Handle*>(closed); });
  }
};
template <class Handle>
using Owned = std::unique_ptr<Handle, CloseHandle>;  // Initialise first, then own.

/// Deleter for an initialised loop whose handles have lost their owners: lets their closing finish
/// first.
struct CloseLoop {
  void operator()(uv_loop_t* loop) const noexcept {
    uv_run(loop, UV_RUN_DEFAULT);
    uv_loop_close(loop);
    delete loop;
  }
};
using OwnedLoop = std::unique_ptr<uv_loop_t, CloseLoop>;

}  // namespace proxy::net::uv
