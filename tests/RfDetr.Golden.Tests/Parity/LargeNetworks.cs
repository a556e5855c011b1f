namespace RfDetr.Tests.Parity;

/// <summary>Tests that build networks of published size run one after another.</summary>
[CollectionDefinition(nameof(LargeNetworks), DisableParallelization = true)]
public sealed class LargeNetworks;
