// Process groups: c10d's store, Gloo and NCCL, as far as libtorch and its headers have them.
#include <cstdlib>
#include <cstring>

#if defined(USE_C10D_GLOO) || defined(USE_C10D_NCCL)
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#endif
#ifdef USE_C10D_GLOO
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#endif
#ifdef USE_C10D_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

#include "shared.h"

#if defined(USE_C10D_GLOO) || defined(USE_C10D_NCCL)

namespace {

struct Group {
  c10::intrusive_ptr<c10d::Store> store;
#ifdef USE_C10D_GLOO
  c10::intrusive_ptr<c10d::ProcessGroupGloo> gloo;
#endif
#ifdef USE_C10D_NCCL
  c10::intrusive_ptr<c10d::ProcessGroupNCCL> nccl;
#endif
};

// The two have a common base in some versions and another one in others.
template <typename Body>
int with(rt_group group, Body&& body) {
  return rt::guarded([&] {
    auto* g = reinterpret_cast<Group*>(group);
#ifdef USE_C10D_NCCL
    if (g->nccl) return body(*g->nccl)->wait(), void();
#endif
#ifdef USE_C10D_GLOO
    if (g->gloo) return body(*g->gloo)->wait(), void();
#endif
  });
}

#ifdef USE_C10D_GLOO
auto gloo_device(const std::string& address) {
  const char* interface = std::getenv("GLOO_SOCKET_IFNAME");
  if (interface != nullptr && *interface != '\0') return c10d::ProcessGroupGloo::createDeviceForInterface(interface);
  // The default device is that of the machine's name, which leads to the loopback on many machines: nobody else reaches that.
  if (!address.empty()) return c10d::ProcessGroupGloo::createDeviceForHostname(address);
  return c10d::ProcessGroupGloo::createDefaultDevice();
}
#endif

void join(Group& group, const std::string& backend, const std::string& address, int rank, int size, std::chrono::milliseconds timeout) {
#ifdef USE_C10D_GLOO
  if (backend == "gloo") {
    auto options = c10d::ProcessGroupGloo::Options::create(timeout);
    options->devices.push_back(gloo_device(address));
    options->threads = 2;
    group.gloo = c10::make_intrusive<c10d::ProcessGroupGloo>(group.store, rank, size, options);
  }
#endif
#ifdef USE_C10D_NCCL
  if (backend == "nccl") {
    auto options = c10d::ProcessGroupNCCL::Options::create();
    options->timeout = timeout;
    group.nccl = c10::make_intrusive<c10d::ProcessGroupNCCL>(group.store, rank, size, options);
  }
#endif
}

}  // namespace

int rt_group_new(const char* backend, const char* host, int32_t port, const char* address, int32_t serve, int32_t rank, int32_t size,
                 int64_t timeout_ms, rt_group* result) {
  return rt::guarded([&] {
    TORCH_CHECK(rt_group_has(backend), "this build of the shim has no process groups of kind '", backend, "'");
#if !defined(_WIN32)
    // A wait that ends with an error when its time is over, under the names of older and newer versions.
    setenv("NCCL_BLOCKING_WAIT", "1", 0);
    setenv("TORCH_NCCL_BLOCKING_WAIT", "1", 0);
#endif
    c10d::TCPStoreOptions options;
    options.port = static_cast<uint16_t>(port);
    options.isServer = serve != 0;
    options.numWorkers = size;
    options.timeout = std::chrono::milliseconds(timeout_ms);
    auto group = std::make_unique<Group>();
    group->store = c10::make_intrusive<c10d::TCPStore>(host, options);
    group->store->setTimeout(options.timeout);
    join(*group, backend, address, rank, size, options.timeout);
    *result = reinterpret_cast<rt_group>(group.release());
  });
}

void rt_group_free(rt_group group) {
  rt::guarded([&] { delete reinterpret_cast<Group*>(group); });
}

int rt_group_all_reduce(rt_group group, rt_tensor tensor) {
  std::vector<at::Tensor> tensors{rt::borrow(tensor)};
  return with(group, [&](auto& g) { return g.allreduce(tensors); });
}

int rt_group_broadcast(rt_group group, rt_tensor tensor, int32_t root) {
  std::vector<at::Tensor> tensors{rt::borrow(tensor)};
  c10d::BroadcastOptions options;
  options.rootRank = root;
  return with(group, [&](auto& g) { return g.broadcast(tensors, options); });
}

int rt_group_all_gather(rt_group group, rt_tensor input, const rt_tensor* outputs) {
  std::vector<at::Tensor> inputs{rt::borrow(input)};
  std::vector<std::vector<at::Tensor>> lists(1);
  return with(group, [&](auto& g) {
    for (int i = 0; i < g.getSize(); i++) lists[0].push_back(rt::borrow(outputs[i]));
    return g.allgather(lists, inputs);
  });
}

int rt_group_barrier(rt_group group) {
  return with(group, [&](auto& g) { return g.barrier(); });
}

#else

namespace {
int none() {
  return rt::guarded([] { TORCH_CHECK(false, "this build of the shim has no process groups: the headers of Gloo (or NCCL) were missing"); });
}
}  // namespace

int rt_group_new(const char*, const char*, int32_t, const char*, int32_t, int32_t, int32_t, int64_t, rt_group*) { return none(); }
void rt_group_free(rt_group) {}
int rt_group_all_reduce(rt_group, rt_tensor) { return none(); }
int rt_group_broadcast(rt_group, rt_tensor, int32_t) { return none(); }
int rt_group_all_gather(rt_group, rt_tensor, const rt_tensor*) { return none(); }
int rt_group_barrier(rt_group) { return none(); }

#endif

int rt_group_has(const char* backend) {
#ifdef USE_C10D_GLOO
  if (std::strcmp(backend, "gloo") == 0) return 1;
#endif
#ifdef USE_C10D_NCCL
  if (std::strcmp(backend, "nccl") == 0) return 1;
#endif
  return 0;
}
