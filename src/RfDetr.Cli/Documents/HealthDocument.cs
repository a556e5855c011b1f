using System.Text.Json;
using RfDetr.Cli.Commands;

namespace RfDetr.Cli.Documents;

/// <summary>Document that <c>doctor</c> writes.</summary>
internal sealed record HealthDocument(bool Healthy, IReadOnlyList<PartDocument> Findings)
{
    public static HealthDocument Of(IReadOnlyList<Finding> findings, bool healthy) => new(
        healthy,
        [
            .. findings.Select(
                f => new PartDocument(f.Name, JsonNamingPolicy.CamelCase.ConvertName(f.State.ToString()), f.Text)),
        ]);
}

/// <summary>A finding about one part of the machine.</summary>
internal sealed record PartDocument(string Name, string State, string Text);
