/*
 * A C surface over libtorch: everything RfDetr.Torch needs, and nothing that knows about the network.
 *
 * Conventions
 *   - A function that can fail returns 0 on success and -1 on failure; rt_error() then holds the message of this thread's last failure.
 *   - rt_tensor is one counted reference to a tensor. Whoever receives one through a result owns it and gives it back with rt_free.
 *     Tensors given as arguments are borrowed for the time of the call.
 *   - Scalar types, layouts, memory formats and device kinds are c10's numbers.
 *   - Any function may be called from any thread; grad mode, inference mode and autocast belong to the calling thread.
 */
#ifndef RFDETR_TORCH_H
#define RFDETR_TORCH_H

#include <stdint.h>

#if defined(_WIN32)
#define RT_API __declspec(dllexport)
#else
#define RT_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rt_tensor_impl* rt_tensor;
typedef struct rt_op_impl* rt_op;

/* ---- Values that go into and come out of an operator ---- */

enum {
  RT_NONE = 0,
  RT_TENSOR = 1,
  RT_INT = 2,     /* also: scalar type, layout, memory format; becomes float, Scalar, int[N] or a number tensor as the schema wants */
  RT_DOUBLE = 3,
  RT_BOOL = 4,
  RT_STRING = 5,  /* UTF-8, count bytes; also a device such as "cuda:1" */
  RT_INTS = 6,    /* int64_t[count] */
  RT_DOUBLES = 7, /* double[count] */
  RT_BOOLS = 8,   /* uint8_t[count] */
  RT_TENSORS = 9, /* rt_tensor[count]; null entries are "no tensor" where the schema allows them */
  RT_DEVICE = 10, /* i = kind | (index + 1) << 8; index -1 is the current device */
  RT_DEFAULT = 11 /* the schema's default; arguments missing at the end are the same */
};

typedef struct rt_value {
  int32_t tag;
  int32_t count;
  union {
    int64_t i;
    double d;
    const void* p;
  } v;
} rt_value;

/* ---- The library ---- */

/* Counts the changes of this interface: whoever loads a library of another number would call it with the wrong arguments. */
enum { RT_INTERFACE = 2 };
RT_API int32_t rt_interface(void);
RT_API const char* rt_error(void);
/* The version this file was compiled against ("1.13.0"), and libtorch's own account of itself as it is loaded now. */
RT_API const char* rt_built_version(void);
RT_API const char* rt_loaded_config(void);
/* References handed out and not yet freed. */
RT_API int64_t rt_live(void);

enum { RT_THREADS = 0, RT_GRAD = 1, RT_TF32_MATMUL = 2, RT_TF32_CUDNN = 3, RT_CUDNN_BENCHMARK = 4, RT_DETERMINISTIC = 5 };
/* Settings; RT_GRAD belongs to the thread, the others to the process. */
RT_API int64_t rt_setting(int32_t which);
RT_API int rt_set_setting(int32_t which, int64_t value);

/* Autocast of this thread for one kind of device: the scalar type, or -1 while it is off. Leaving it (-1) empties the cache of casts. */
RT_API int64_t rt_autocast(int32_t device_kind);
RT_API int rt_set_autocast(int32_t device_kind, int64_t scalar_type);
RT_API void* rt_inference_enter(void);
RT_API void rt_inference_leave(void* guard);

RT_API int64_t rt_device_count(int32_t device_kind);
RT_API int rt_synchronize(int32_t device_kind, int32_t index);
RT_API int rt_manual_seed(uint64_t seed); /* all devices */
RT_API int rt_generator_state(int32_t device_kind, int32_t index, rt_tensor* state);
RT_API int rt_set_generator_state(int32_t device_kind, int32_t index, rt_tensor state);

/* ---- Tensors ---- */

typedef struct rt_info {
  const int64_t* sizes;   /* valid while the tensor lives and keeps its shape */
  const int64_t* strides;
  void* data;             /* address of the first element on its device; null if there is no storage */
  int64_t elements;
  int32_t rank;
  int32_t scalar_type;
  int32_t device_kind;
  int32_t device_index;
  int32_t contiguous;
  int32_t requires_grad;
  int32_t is_leaf;
} rt_info;

RT_API int rt_describe(rt_tensor tensor, rt_info* info);
/* A new tensor on the CPU. With data its elements are copied from there (row-major), else they are undefined. */
RT_API int rt_new(const void* data, const int64_t* sizes, int32_t rank, int32_t scalar_type, rt_tensor* result);
RT_API void rt_free(rt_tensor tensor);

/* ---- Operators ---- */

/* "aten::add.Tensor"; the handle lives as long as the process. */
RT_API int rt_find(const char* name, rt_op* op);
/*
 * Calls an operator through the dispatcher, autograd and autocast included. Lists among the results come one by one. The array
 * belongs to the library and is valid until this thread's next call; with results null the results are dropped.
 */
RT_API int rt_call(rt_op op, const rt_value* args, int32_t count, const rt_value** results, int32_t* result_count);

/* ---- Autograd ---- */

RT_API int rt_set_requires_grad(rt_tensor tensor, int32_t value);
/* The accumulated gradient; *result is null if there is none. Set with null to clear it. */
RT_API int rt_grad(rt_tensor tensor, rt_tensor* result);
RT_API int rt_set_grad(rt_tensor tensor, rt_tensor grad);
/* Adds d(sum of roots . gradients)/d(leaf) to every leaf's gradient. gradients, or entries of it, may be null for scalars. */
RT_API int rt_backward(const rt_tensor* roots, const rt_tensor* gradients, int32_t count, int32_t retain_graph);
/* The same for given inputs; nothing is accumulated. Entries of results are null where an input does not take part. */
RT_API int rt_gradients(const rt_tensor* roots, const rt_tensor* gradients, int32_t count, const rt_tensor* inputs, int32_t input_count,
                        int32_t create_graph, rt_tensor* results);

/*
 * Makes outputs depend on inputs through a function of the caller. In the backward pass the function gets one gradient per output
 * (null if none flows) and fills one per input (null for none; ownership passes to the library). It returns null, or a message that
 * stays valid until this thread's next call of it, which then ends the backward pass. release is called once, when the graph is gone.
 */
typedef const char* (*rt_backward_fn)(void* context, const rt_tensor* output_grads, rt_tensor* input_grads);
typedef void (*rt_release_fn)(void* context);
RT_API int rt_function(const rt_tensor* inputs, int32_t input_count, const rt_tensor* outputs, int32_t output_count,
                       rt_backward_fn backward, rt_release_fn release, void* context);

/* ---- Process groups (c10d) ---- */

typedef struct rt_group_impl* rt_group;

/* True if this build has the backend: "gloo" (CPU) or "nccl" (CUDA). */
RT_API int rt_group_has(const char* backend);
/*
 * Joins the group of all size ranks, which meet at the key-value store at host:port; the rank with serve != 0 runs that store. address
 * is this machine's own, by which the others reach it (Gloo); empty for that of the machine's name. GLOO_SOCKET_IFNAME overrides it. Blocks
 * until all are there. Every operation ends within timeout_ms: with an error if a rank is late or gone. All ranks call the same
 * operations in the same order, from one thread at a time.
 */
RT_API int rt_group_new(const char* backend, const char* host, int32_t port, const char* address, int32_t serve, int32_t rank, int32_t size,
                        int64_t timeout_ms, rt_group* result);
RT_API void rt_group_free(rt_group group);
/* In place: the sum over all ranks. Contiguous. */
RT_API int rt_group_all_reduce(rt_group group, rt_tensor tensor);
/* In place: the tensor of one rank. Contiguous. */
RT_API int rt_group_broadcast(rt_group group, rt_tensor tensor, int32_t root);
/* outputs: one tensor per rank, shaped as the input. */
RT_API int rt_group_all_gather(rt_group group, rt_tensor input, const rt_tensor* outputs);
RT_API int rt_group_barrier(rt_group group);

#ifdef __cplusplus
}
#endif
#endif
