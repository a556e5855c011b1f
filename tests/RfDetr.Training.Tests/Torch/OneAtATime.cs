namespace RfDetr.Tests.Torch;

/// <summary>Tests that look at what the whole process shares: generators, the count of live tensors.</summary>
[CollectionDefinition(nameof(OneAtATime), DisableParallelization = true)]
public sealed class OneAtATime;
