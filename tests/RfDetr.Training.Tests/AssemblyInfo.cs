// libtorch has one random generator and one count of live tensors for the whole process: a test that reads either must have it to
// itself.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
