// Calls of operators: arguments to the dispatcher's stack by the operator's schema, results back.
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/jit_type.h>

#include <deque>
#include <sstream>
#include <vector>

#include "shared.h"

namespace {

using c10::IValue;
using c10::TypeKind;

template <typename T>
const T* items(const rt_value& a) {
  return static_cast<const T*>(a.v.p);
}

// A number where a tensor is wanted takes part in type promotion as a number, as in Python.
IValue number_tensor(const c10::Scalar& number) {
  at::Tensor tensor = at::scalar_tensor(number, at::TensorOptions(number.isFloatingPoint() ? at::kDouble : number.isBoolean() ? at::kBool : at::kLong));
  tensor.unsafeGetTensorImpl()->set_wrapped_number(true);
  return tensor;
}

template <typename T, typename From>
IValue list_of(const rt_value& a) {
  c10::List<T> list;
  list.reserve(a.count);
  for (int32_t i = 0; i < a.count; i++) list.push_back(static_cast<T>(items<From>(a)[i]));
  return list;
}

IValue list(const rt_value& a, const c10::Type& element, c10::optional<int32_t> length) {
  TypeKind kind = element.kind();
  switch (a.tag) {
    case RT_TENSORS: {
      if (kind == TypeKind::OptionalType) {
        c10::impl::GenericList list(c10::OptionalType::ofTensor());
        for (int32_t i = 0; i < a.count; i++) {
          rt_tensor item = items<rt_tensor>(a)[i];
          list.push_back(item == nullptr ? IValue() : IValue(rt::borrow(item)));
        }
        return list;
      }
      c10::List<at::Tensor> list;
      list.reserve(a.count);
      for (int32_t i = 0; i < a.count; i++) list.push_back(rt::borrow(items<rt_tensor>(a)[i]));
      return list;
    }
    case RT_INTS:
      return kind == TypeKind::FloatType ? list_of<double, int64_t>(a) : list_of<int64_t, int64_t>(a);
    case RT_DOUBLES:
      return list_of<double, double>(a);
    case RT_BOOLS:
      return list_of<bool, uint8_t>(a);
    case RT_INT:  // stride=2 for int[2]
      if (kind == TypeKind::FloatType) return c10::List<double>({static_cast<double>(a.v.i)});
      {
        c10::List<int64_t> list;
        for (int32_t i = 0; i < length.value_or(1); i++) list.push_back(a.v.i);
        return list;
      }
    default:
      TORCH_CHECK(false, "a list of ", element.str(), " is wanted");
  }
}

IValue single(const rt_value& a, TypeKind kind) {
  switch (a.tag) {
    case RT_TENSOR:
      return rt::borrow(static_cast<rt_tensor>(const_cast<void*>(a.v.p)));
    case RT_INT:
      if (kind == TypeKind::FloatType) return static_cast<double>(a.v.i);
      if (kind == TypeKind::TensorType) return number_tensor(a.v.i);
      return kind == TypeKind::BoolType ? IValue(a.v.i != 0) : IValue(a.v.i);
    case RT_DOUBLE:
      return kind == TypeKind::TensorType ? number_tensor(a.v.d) : IValue(a.v.d);
    case RT_BOOL:
      return kind == TypeKind::TensorType ? number_tensor(a.v.i != 0) : IValue(a.v.i != 0);
    case RT_STRING: {
      std::string text(items<char>(a), a.count);
      return kind == TypeKind::DeviceObjType ? IValue(c10::Device(text)) : IValue(text);
    }
    case RT_DEVICE:
      return c10::Device(static_cast<c10::DeviceType>(a.v.i & 255), static_cast<c10::DeviceIndex>((a.v.i >> 8) - 1));
    default:
      TORCH_CHECK(false, "a list is given where one value is wanted");
  }
}

IValue convert(const rt_value& a, const c10::Argument& wanted) {
  const c10::Type* type = wanted.type().get();
  bool optional = type->kind() == TypeKind::OptionalType;
  if (a.tag == RT_DEFAULT) {
    if (wanted.default_value()) return *wanted.default_value();
    TORCH_CHECK(optional, "argument '", wanted.name(), "' has no default and must be given");
    return IValue();
  }
  if (a.tag == RT_NONE) return IValue();
  c10::TypePtr inner;
  if (optional) {
    inner = type->containedType(0);
    type = inner.get();
  }
  return type->kind() == TypeKind::ListType ? list(a, *type->containedType(0), wanted.N()) : single(a, type->kind());
}

thread_local std::vector<rt_value> results_of_thread;

void add_result(const IValue& value) {
  rt_value r{RT_NONE, 1, {0}};
  if (value.isTensor()) {
    r.v.p = rt::give(value.toTensor());
    r.tag = r.v.p == nullptr ? RT_NONE : RT_TENSOR;
  } else if (value.isInt()) {
    r.tag = RT_INT;
    r.v.i = value.toInt();
  } else if (value.isDouble()) {
    r.tag = RT_DOUBLE;
    r.v.d = value.toDouble();
  } else if (value.isBool()) {
    r.tag = RT_BOOL;
    r.v.i = value.toBool() ? 1 : 0;
  } else if (value.isDevice()) {
    r.tag = RT_DEVICE;
    r.v.i = static_cast<int64_t>(value.toDevice().type()) | (static_cast<int64_t>(value.toDevice().index()) + 1) << 8;
  } else if (value.isList()) {
    for (const IValue& item : value.toListRef()) add_result(item);
    return;
  } else {
    TORCH_CHECK(value.isNone(), "a result of type ", value.tagKind(), " cannot be handed out");
  }
  results_of_thread.push_back(r);
}

void write(std::ostream& out, rt_tensor tensor) {
  if (tensor == nullptr) {
    out << "none";
    return;
  }
  at::Tensor t = rt::borrow(tensor);
  out << t.dtype().name() << t.sizes();
  if (!t.is_cpu()) out << '@' << t.device();
}

// "aten::mm(float[2, 3], float[4, 5])", for messages.
std::string describe(const c10::OperatorHandle& op, const rt_value* args, int32_t count) {
  std::ostringstream out;
  out << toString(op.operator_name()) << '(';
  for (int32_t i = 0; i < count; i++) {
    const rt_value& a = args[i];
    if (i > 0) out << ", ";
    switch (a.tag) {
      case RT_TENSOR: write(out, static_cast<rt_tensor>(const_cast<void*>(a.v.p))); break;
      case RT_INT: out << a.v.i; break;
      case RT_DOUBLE: out << a.v.d; break;
      case RT_BOOL: out << (a.v.i != 0 ? "true" : "false"); break;
      case RT_STRING: out << '"' << std::string(items<char>(a), a.count) << '"'; break;
      case RT_INTS: out << c10::IntArrayRef(items<int64_t>(a), a.count); break;
      case RT_TENSORS:
        out << a.count << " tensors";
        for (int32_t k = 0; k < a.count && k < 3; k++) write(out << (k == 0 ? ": " : ", "), items<rt_tensor>(a)[k]);
        break;
      case RT_NONE: out << "none"; break;
      case RT_DEFAULT: out << "default"; break;
      default: out << "..."; break;
    }
  }
  out << ')';
  return out.str();
}

void run(const c10::OperatorHandle& op, const rt_value* args, int32_t count, const rt_value** results, int32_t* result_count) {
  const auto& wanted = op.schema().arguments();
  TORCH_CHECK(static_cast<size_t>(count) <= wanted.size(), count, " arguments are given; the operator is ", op.schema());
  torch::jit::Stack stack;
  stack.reserve(wanted.size());
  const rt_value missing{RT_DEFAULT, 0, {0}};
  for (size_t i = 0; i < wanted.size(); i++) stack.push_back(convert(i < static_cast<size_t>(count) ? args[i] : missing, wanted[i]));
  op.callBoxed(&stack);
  if (results == nullptr) return;
  results_of_thread.clear();
  for (const IValue& value : stack) add_result(value);
  *results = results_of_thread.data();
  *result_count = static_cast<int32_t>(results_of_thread.size());
}

}  // namespace

int rt_find(const char* name, rt_op* op) {
  return rt::guarded([&] {
    std::string full(name);
    size_t dot = full.find('.');
    auto found = c10::Dispatcher::singleton().findSchema(
        {full.substr(0, dot), dot == std::string::npos ? std::string() : full.substr(dot + 1)});
    TORCH_CHECK(found.has_value(), "this libtorch (", rt_built_version(), ") has no operator ", full);
    *op = reinterpret_cast<rt_op>(new c10::OperatorHandle(*found));  // kept for the life of the process
  });
}

int rt_call(rt_op op, const rt_value* args, int32_t count, const rt_value** results, int32_t* result_count) {
  const auto& handle = *reinterpret_cast<c10::OperatorHandle*>(op);
  int status = rt::guarded([&] { run(handle, args, count, results, result_count); });
  if (status != 0) {
    std::string message = rt_error();
    rt::guarded([&] { rt::fail(describe(handle, args, count) + ": " + message); });
  }
  return status;
}
