namespace RfDetr.Serve;

/// <summary>The text about a route in the API's document.</summary>
/// <param name="Summary">One line.</param>
/// <param name="Description">More.</param>
/// <param name="Query">Names and meanings of query values.</param>
internal sealed record RouteDescription(string Summary, string Description, IReadOnlyList<(string Name, string Meaning)> Query)
{
    /// <summary>Content types of the body; empty: there is none.</summary>
    public IReadOnlyList<string> Bodies { get; init; } = [];
}

/// <summary>Adds descriptions to routes.</summary>
internal static class RouteDescriptions
{
    public const string Json = "application/json", Form = "multipart/form-data", Image = "image/*", Text = "text/plain";

    public static TBuilder Describe<TBuilder>(
        this TBuilder route, string summary, string description, params (string Name, string Meaning)[] query)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new RouteDescription(summary, description, query));

    /// <summary>The same for a route that takes a body.</summary>
    public static TBuilder Describe<TBuilder>(
        this TBuilder route, string summary, string description, string[] bodies, params (string Name, string Meaning)[] query)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new RouteDescription(summary, description, query) { Bodies = bodies });
}
