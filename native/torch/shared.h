// What the files of the shim share: the one place where exceptions become messages, and the counting of references.
#pragma once

#include <ATen/ATen.h>

#include <string>

#include "rfdetr_torch.h"

namespace rt {

void fail(std::string message);
void count(int64_t change);

// Runs a body; whatever it throws becomes this thread's message.
template <typename Body>
int guarded(Body&& body) {
  try {
    body();
    return 0;
  } catch (const c10::Error& error) {
    fail(error.what_without_backtrace());
  } catch (const std::exception& error) {
    fail(error.what());
  } catch (...) {
    fail("an exception of unknown type");
  }
  return -1;
}

inline c10::TensorImpl* impl(rt_tensor tensor) { return reinterpret_cast<c10::TensorImpl*>(tensor); }

// A further reference to a borrowed tensor; null gives an undefined one.
inline at::Tensor borrow(rt_tensor tensor) {
  if (tensor == nullptr) return {};
  return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(impl(tensor)));
}

// Hands the reference out; an undefined tensor becomes null.
inline rt_tensor give(at::Tensor tensor) {
  if (!tensor.defined()) return nullptr;
  count(1);
  return reinterpret_cast<rt_tensor>(tensor.unsafeReleaseTensorImpl());
}

inline at::Tensor take_back(rt_tensor tensor) {
  if (tensor == nullptr) return {};
  count(-1);
  return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(impl(tensor)));
}

}  // namespace rt
