namespace RfDetr.Serve;

/// <summary><c>GET /healthz</c> and <c>GET /readiness</c>, for those who restart the server and who send it requests.</summary>
internal sealed class HealthRoutes(ModelRegistry models, ServerState state)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/healthz", [HttpMethods.Get, HttpMethods.Head], (Delegate)HealthAsync).Describe(
            "Is the server alive?", "503 if images have waited for a minute and no run of the network has ended.");
        routes.MapMethods("/readiness", [HttpMethods.Get, HttpMethods.Head], (Delegate)ReadyAsync).Describe(
            "Does the server take requests?", "503 until all models of the start are warm, and once the server is told to stop.");
    }

    /// <summary>The reason why the server is not ready; null if it is.</summary>
    public string? NotReady => state.IsDraining ? ErrorCodes.Draining : models.IsStarted ? null : ErrorCodes.Loading;

    private Task HealthAsync(HttpContext context)
    {
        bool healthy = models.IsHealthy;
        return Answers.JsonAsync(
            context, new HealthDocument(healthy ? "ok" : "stuck"), ServeJson.Default.HealthDocument, Status(healthy));
    }

    private Task ReadyAsync(HttpContext context)
    {
        string? reason = NotReady;
        return Answers.JsonAsync(
            context, new HealthDocument(reason ?? "ready"), ServeJson.Default.HealthDocument, Status(reason is null));
    }

    private static int Status(bool good) => good ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
}

/// <summary>One word about the server.</summary>
internal sealed record HealthDocument(string Status);
