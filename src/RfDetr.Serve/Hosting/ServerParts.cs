using Microsoft.AspNetCore.HttpOverrides;
using RfDetr.Serve.Grpc;

namespace RfDetr.Serve;

/// <summary>The parts of a server, and the order of the steps of a request.</summary>
internal static class ServerParts
{
    public static void Add(IServiceCollection services, ServeOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<ServerState>();
        services.AddSingleton<ServeMetrics>();
        services.AddSingleton(_ => new KeyGate(options.KeyFile));
        services.AddSingleton<ModelRegistry>();
        services.AddSingleton<InferenceService>();
        services.AddSingleton(_ => new UrlFetcher(options));
        services.AddSingleton(_ => new AccessLog(options.Log, TimeProvider.System));
        services.AddSingleton(new BodyBudget(Math.Max(options.Batching.QueueBytes, options.Limits.MaxBodyBytes)));
        services.AddSingleton<RequestPipeline>();
        services.AddSingleton<NativeRoutes>();
        services.AddSingleton<RoboflowRoutes>();
        services.AddSingleton<DeepStackRoutes>();
        services.AddSingleton<HealthRoutes>();
        services.AddSingleton(s => new V2Inference(
            s.GetRequiredService<ModelRegistry>(), s.GetRequiredService<InferenceService>(), options.Limits));
        services.AddSingleton<KServeRoutes>();
        services.AddSingleton<StreamRoute>();
        services.AddCors();
        Observability.Add(services, options);
        ApiDocument.Add(services);
        if (options.GrpcPort is null)
            return;
        services.AddSingleton<InferenceGrpc>();
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = (int)Math.Min(options.Limits.MaxBodyBytes, int.MaxValue);
            grpc.MaxSendMessageSize = null;
            grpc.IgnoreUnknownServices = true; // its routes of last resort would stand beside /{a}/{b}
        });
    }

    public static void Map(WebApplication app, ServeOptions options)
    {
        IServiceProvider services = app.Services;
        ModelRegistry models = services.GetRequiredService<ModelRegistry>();
        services.GetRequiredService<ServeMetrics>().Watch(models.Loaded);
        _ = services.GetRequiredService<KeyGate>(); // a wrong file of keys is reported at the start
        if (options.TrustedProxies.Count > 0)
            app.UseForwardedHeaders(Forwarded(options));
        RequestPipeline pipeline = services.GetRequiredService<RequestPipeline>();
        app.Use(next => context => pipeline.RunAsync(context, next));
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(20) });
        app.UseRouting();
        if (options.CorsOrigins.Count > 0)
        {
            app.UseCors(
                policy => policy.WithOrigins([.. options.CorsOrigins]).AllowAnyMethod().AllowAnyHeader().WithExposedHeaders(
                HeaderNames.RequestId, HeaderNames.ProcessingTime, HeaderNames.ModelId, HeaderNames.ModelColdStart,
                HeaderNames.ModelLoadTime, HeaderNames.InferenceHeaderLength, "Retry-After"));
        }

        services.GetRequiredService<NativeRoutes>().Map(app);
        services.GetRequiredService<RoboflowRoutes>().Map(app);
        services.GetRequiredService<DeepStackRoutes>().Map(app);
        services.GetRequiredService<KServeRoutes>().Map(app);
        services.GetRequiredService<StreamRoute>().Map(app);
        services.GetRequiredService<HealthRoutes>().Map(app);
        PageFiles.Map(app);
        Observability.Map(app);
        ApiDocument.Map(app);
        if (options.GrpcPort is not null)
            app.MapGrpcService<InferenceGrpc>();
    }

    private static ForwardedHeadersOptions Forwarded(ServeOptions options)
    {
        var forwarded = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
        };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (System.Net.IPNetwork network in options.TrustedProxies)
            forwarded.KnownIPNetworks.Add(network);
        return forwarded;
    }
}
