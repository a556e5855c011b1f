// The library as a whole: version, settings, modes, devices, generators; and making and freeing tensors.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/autocast_mode.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/csrc/api/include/torch/version.h>

#include <atomic>
#include <cstring>

#include "shared.h"

// Autocast per kind of device in one function each: since 2.4.
#define RT_AUTOCAST_PER_DEVICE (TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4))

namespace {

std::atomic<int64_t> live{0};
thread_local std::string message;

c10::Device device(int32_t kind, int32_t index) {
  return {static_cast<c10::DeviceType>(kind), static_cast<c10::DeviceIndex>(index)};
}

at::Generator generator(int32_t kind, int32_t index) { return at::globalContext().defaultGenerator(device(kind, index)); }

bool autocast_enabled(c10::DeviceType kind) {
#if RT_AUTOCAST_PER_DEVICE
  return at::autocast::is_autocast_enabled(kind);
#else
  return kind == c10::DeviceType::CPU ? at::autocast::is_cpu_enabled() : at::autocast::is_enabled();
#endif
}

at::ScalarType autocast_type(c10::DeviceType kind) {
#if RT_AUTOCAST_PER_DEVICE
  return at::autocast::get_autocast_dtype(kind);
#else
  return kind == c10::DeviceType::CPU ? at::autocast::get_autocast_cpu_dtype() : at::autocast::get_autocast_gpu_dtype();
#endif
}

void set_autocast(c10::DeviceType kind, bool on, at::ScalarType type) {
#if RT_AUTOCAST_PER_DEVICE
  at::autocast::set_autocast_enabled(kind, on);
  if (on) at::autocast::set_autocast_dtype(kind, type);
#else
  if (kind == c10::DeviceType::CPU) {
    at::autocast::set_cpu_enabled(on);
    if (on) at::autocast::set_autocast_cpu_dtype(type);
  } else {
    at::autocast::set_enabled(on);
    if (on) at::autocast::set_autocast_gpu_dtype(type);
  }
#endif
}

}  // namespace

void rt::fail(std::string text) { message = std::move(text); }
void rt::count(int64_t change) { live.fetch_add(change, std::memory_order_relaxed); }

int32_t rt_interface(void) { return RT_INTERFACE; }
const char* rt_error(void) { return message.c_str(); }
const char* rt_built_version(void) { return TORCH_VERSION; }

const char* rt_loaded_config(void) {
  static const std::string config = at::show_config();
  return config.c_str();
}

int64_t rt_live(void) { return live.load(std::memory_order_relaxed); }

int64_t rt_setting(int32_t which) {
  at::Context& context = at::globalContext();
  switch (which) {
    case RT_THREADS: return at::get_num_threads();
    case RT_GRAD: return c10::GradMode::is_enabled() ? 1 : 0;
    case RT_TF32_MATMUL: return context.allowTF32CuBLAS() ? 1 : 0;
    case RT_TF32_CUDNN: return context.allowTF32CuDNN() ? 1 : 0;
    case RT_CUDNN_BENCHMARK: return context.benchmarkCuDNN() ? 1 : 0;
    case RT_DETERMINISTIC: return context.deterministicAlgorithms() ? 1 : 0;
    default: return -1;
  }
}

int rt_set_setting(int32_t which, int64_t value) {
  return rt::guarded([&] {
    at::Context& context = at::globalContext();
    switch (which) {
      case RT_THREADS: at::set_num_threads(static_cast<int>(value)); break;
      case RT_GRAD: c10::GradMode::set_enabled(value != 0); break;
      case RT_TF32_MATMUL: context.setAllowTF32CuBLAS(value != 0); break;
      case RT_TF32_CUDNN: context.setAllowTF32CuDNN(value != 0); break;
      case RT_CUDNN_BENCHMARK: context.setBenchmarkCuDNN(value != 0); break;
      case RT_DETERMINISTIC: context.setDeterministicAlgorithms(value != 0, /*warn_only=*/value == 2); break;
      default: TORCH_CHECK(false, "no setting has number ", which);
    }
  });
}

int64_t rt_autocast(int32_t kind) {
  auto type = static_cast<c10::DeviceType>(kind);
  return autocast_enabled(type) ? static_cast<int64_t>(autocast_type(type)) : -1;
}

int rt_set_autocast(int32_t kind, int64_t scalar_type) {
  return rt::guarded([&] {
    set_autocast(static_cast<c10::DeviceType>(kind), scalar_type >= 0, static_cast<at::ScalarType>(scalar_type));
    if (scalar_type < 0) at::autocast::clear_cache();
  });
}

void* rt_inference_enter(void) { return new c10::InferenceMode(); }
void rt_inference_leave(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }

int64_t rt_device_count(int32_t kind) {
  auto type = static_cast<c10::DeviceType>(kind);
  if (!c10::impl::hasDeviceGuardImpl(type)) return 0;
  return c10::impl::VirtualGuardImpl(type).deviceCount();
}

int rt_synchronize(int32_t kind, int32_t index) {
  return rt::guarded([&] {
    if (kind == static_cast<int32_t>(c10::DeviceType::CPU)) return;
    c10::impl::VirtualGuardImpl guard(static_cast<c10::DeviceType>(kind));
    guard.synchronizeStream(guard.getStream(device(kind, index)));
  });
}

int rt_manual_seed(uint64_t seed) {
  return rt::guarded([&] { at::manual_seed(seed); });
}

int rt_generator_state(int32_t kind, int32_t index, rt_tensor* state) {
  return rt::guarded([&] {
    at::Generator g = generator(kind, index);
    std::lock_guard<std::mutex> lock(g.mutex());
    *state = rt::give(g.get_state());
  });
}

int rt_set_generator_state(int32_t kind, int32_t index, rt_tensor state) {
  return rt::guarded([&] {
    at::Generator g = generator(kind, index);
    std::lock_guard<std::mutex> lock(g.mutex());
    g.set_state(rt::borrow(state));
  });
}

int rt_describe(rt_tensor tensor, rt_info* info) {
  return rt::guarded([&] {
    c10::TensorImpl* t = rt::impl(tensor);
    at::Tensor held = rt::borrow(tensor);
    info->sizes = t->sizes().data();
    info->strides = t->strides().data();
    info->data = t->has_storage() ? held.data_ptr() : nullptr;
    info->elements = t->numel();
    info->rank = static_cast<int32_t>(t->dim());
    info->scalar_type = static_cast<int32_t>(held.scalar_type());
    info->device_kind = static_cast<int32_t>(t->device().type());
    info->device_index = t->device().index();
    info->contiguous = t->is_contiguous() ? 1 : 0;
    info->requires_grad = held.requires_grad() ? 1 : 0;
    info->is_leaf = held.is_leaf() ? 1 : 0;
  });
}

int rt_new(const void* data, const int64_t* sizes, int32_t rank, int32_t scalar_type, rt_tensor* result) {
  return rt::guarded([&] {
    at::Tensor tensor = at::empty(c10::IntArrayRef(sizes, rank), at::TensorOptions(static_cast<at::ScalarType>(scalar_type)));
    if (data != nullptr && tensor.numel() > 0) std::memcpy(tensor.data_ptr(), data, tensor.nbytes());
    *result = rt::give(std::move(tensor));
  });
}

void rt_free(rt_tensor tensor) { rt::take_back(tensor); }
