namespace RfDetr;

/// <summary>One selected pair of query and class; a query may appear with several labels.</summary>
/// <param name="Query">0-based row of the network's output: its box and its mask.</param>
/// <param name="Label">0-based class logit, before any mapping to names or category ids.</param>
/// <param name="Score">Sigmoid of the logit, 0..1.</param>
internal readonly record struct Candidate(int Query, int Label, float Score);
