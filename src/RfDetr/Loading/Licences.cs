using RfDetr.Checkpoints;

namespace RfDetr;

/// <summary>Licences of the published weights.</summary>
internal static class Licences
{
    /// <summary>Roboflow's Platform Model License, which must be accepted before its weights are fetched or run.</summary>
    public const string Platform = "PML-1.0";

    /// <summary>Licence of a published variant's weights; null for shapes of one's own.</summary>
    public static string? Of(string variant) => variant switch
    {
        "xlarge" or "2xlarge" => Platform,
        "custom" or "unknown" or "" => null,
        _ => "Apache-2.0",
    };
}
