// Gradients: flags, backward passes, and functions whose backward is written by the caller.
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/variable.h>

#include <memory>
#include <type_traits>

#include "shared.h"

namespace {

using torch::autograd::Node;
using torch::autograd::variable_list;

variable_list borrow_all(const rt_tensor* tensors, int32_t count) {
  variable_list list;
  list.reserve(count);
  for (int32_t i = 0; i < count; i++) list.push_back(tensors == nullptr ? at::Tensor() : rt::borrow(tensors[i]));
  return list;
}

struct CallerNode : Node {
  rt_backward_fn backward = nullptr;
  rt_release_fn release = nullptr;
  void* context = nullptr;
  size_t inputs = 0;

  ~CallerNode() override {
    if (release != nullptr) release(context);
  }

  std::string name() const override { return "RfDetrFunction"; }

  variable_list apply(variable_list&& grads) override {
    std::vector<rt_tensor> given, made(inputs, nullptr);
    for (at::Tensor& grad : grads) given.push_back(rt::give(grad));
    const char* error = backward(context, given.data(), made.data());
    for (rt_tensor grad : given) rt::take_back(grad);
    variable_list result;
    for (rt_tensor grad : made) result.push_back(rt::take_back(grad));
    TORCH_CHECK(error == nullptr, error);
    return result;
  }
};

// Nodes are held by shared_ptr in older and by intrusive_ptr in newer versions: asked of the type, not of the version.
using NodePtr = decltype(torch::autograd::Edge::function);

template <typename Ptr>
struct Maker {
  template <typename T>
  static c10::intrusive_ptr<T> make() { return c10::make_intrusive<T>(); }
};

template <>
struct Maker<std::shared_ptr<Node>> {
  template <typename T>
  static std::shared_ptr<T> make() { return std::shared_ptr<T>(new T(), torch::autograd::deleteNode); }
};

}  // namespace

int rt_set_requires_grad(rt_tensor tensor, int32_t value) {
  return rt::guarded([&] { rt::borrow(tensor).requires_grad_(value != 0); });
}

int rt_grad(rt_tensor tensor, rt_tensor* result) {
  return rt::guarded([&] { *result = rt::give(rt::borrow(tensor).grad()); });
}

int rt_set_grad(rt_tensor tensor, rt_tensor grad) {
  return rt::guarded([&] { rt::borrow(tensor).mutable_grad() = rt::borrow(grad); });
}

int rt_backward(const rt_tensor* roots, const rt_tensor* gradients, int32_t count, int32_t retain_graph) {
  return rt::guarded([&] {
    torch::autograd::backward(borrow_all(roots, count), borrow_all(gradients, count), retain_graph != 0, false);
  });
}

int rt_gradients(const rt_tensor* roots, const rt_tensor* gradients, int32_t count, const rt_tensor* inputs, int32_t input_count,
                 int32_t create_graph, rt_tensor* results) {
  return rt::guarded([&] {
    variable_list grads = torch::autograd::grad(borrow_all(roots, count), borrow_all(inputs, input_count), borrow_all(gradients, count),
                                                create_graph != 0, create_graph != 0, true);
    for (int32_t i = 0; i < input_count; i++) results[i] = rt::give(grads[i]);
  });
}

int rt_function(const rt_tensor* inputs, int32_t input_count, const rt_tensor* outputs, int32_t output_count,
                rt_backward_fn backward, rt_release_fn release, void* context) {
  return rt::guarded([&] {
    auto node = Maker<NodePtr>::make<CallerNode>();
    node->backward = backward;
    node->context = context;
    node->inputs = input_count;
    for (int32_t i = 0; i < input_count; i++) node->add_next_edge(torch::autograd::impl::gradient_edge(rt::borrow(inputs[i])));
    for (int32_t i = 0; i < output_count; i++) {
      at::Tensor output = rt::borrow(outputs[i]);
      torch::autograd::create_gradient_edge(output, node);
    }
    node->release = release;  // from here on the node owns the context; before, a failure leaves it with the caller
  });
}
