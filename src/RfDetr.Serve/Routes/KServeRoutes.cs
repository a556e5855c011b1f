using System.Globalization;

namespace RfDetr.Serve;

/// <summary>KServe's v2 protocol over HTTP, as gateways and the clients of Triton and OpenVINO speak it.</summary>
internal sealed class KServeRoutes(
    ServeOptions options, ModelRegistry models, V2Inference inference, KeyGate keys, HealthRoutes health)
{
    public static readonly string[] Extensions = ["binary_tensor_data", "model_repository"];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v2", (Delegate)ServerAsync).Describe("KServe v2: the server", "");
        routes.MapGet("/v2/health/live", (Delegate)LiveAsync).Describe("KServe v2: is the server alive?", "");
        routes.MapGet("/v2/health/ready", (Delegate)ReadyAsync).Describe("KServe v2: does the server take requests?", "");
        foreach (string model in (string[])["/v2/models/{name}", "/v2/models/{name}/versions/{version}"])
        {
            routes.MapGet(model, (Delegate)ModelAsync).Describe("KServe v2: inputs and outputs of a model", "");
            routes.MapGet(model + "/ready", (Delegate)ModelReadyAsync).Describe("KServe v2: is the model loaded?", "");
            routes.MapPost(model + "/infer", (Delegate)InferAsync).Describe(
                "KServe v2: detections, or the network's tensors",
                "`NAME` takes encoded images (`image`, BYTES) and gives num_detections, boxes, scores, class_ids and, on "
                    + "request, "
                + "masks; parameters `confidence` and `classes`. `NAME.raw` takes `input` and gives `dets`, `labels`, "
                    + "`masks`. Tensors "
                + "may be binary.", [RouteDescriptions.Json, "application/octet-stream"]);
        }

        routes.MapPost("/v2/repository/index", (Delegate)IndexAsync).Describe(
            "KServe v2: the models", "`{\"ready\": true}` asks for those that are loaded; the body may be empty.");
        routes.MapPost("/v2/repository/models/{name}/load", (Delegate)LoadAsync).Describe(
            "KServe v2: load or replace a model", "A model that is loaded is replaced by its file as it is now.");
        routes.MapPost("/v2/repository/models/{name}/unload", (Delegate)UnloadAsync).Describe("KServe v2: unload a model", "");
    }

    private static Task ServerAsync(HttpContext context) => Answers.JsonAsync(
        context, new V2Server(ServerState.Name, ServerState.Version, Extensions), V2Json.Default.V2Server);

    private Task LiveAsync(HttpContext context)
    {
        bool live = models.IsHealthy;
        return Answers.JsonAsync(context, new V2Health { Live = live }, V2Json.Default.V2Health, Status(live));
    }

    private Task ReadyAsync(HttpContext context)
    {
        bool ready = health.NotReady is null;
        return Answers.JsonAsync(context, new V2Health { Ready = ready }, V2Json.Default.V2Health, Status(ready));
    }

    private Task ModelAsync(HttpContext context)
    {
        keys.Require(context, Rights.Infer);
        string name = Name(context);
        V2View view = V2View.Of(name, models);
        using ModelLease lease = models.Lease(view.Id, mayLoad: false);
        return Answers.JsonAsync(context, Describe(name, view, lease.Model), V2Json.Default.V2Model);
    }

    private Task ModelReadyAsync(HttpContext context)
    {
        keys.Require(context, Rights.Infer);
        string name = Name(context);
        bool ready = IsReady(name, models);
        return Answers.JsonAsync(context, new V2Health { Name = name, Ready = ready }, V2Json.Default.V2Health, Status(ready));
    }

    private async Task InferAsync(HttpContext context)
    {
        keys.Require(context, Rights.Infer);
        string name = Name(context);
        using PooledBytes body = await PooledBytes.ReadAsync(
            context.Request, options.Limits.MaxBodyBytes, context.RequestAborted).ConfigureAwait(false);
        V2Codec.Parsed parsed = V2Codec.Read(body.Memory, context.Request.Headers[HeaderNames.InferenceHeaderLength].ToString());
        IReadOnlyList<V2Tensor> outputs = await inference.RunAsync(
            context, name, keys.Has(context, Rights.Models), parsed.Request).ConfigureAwait(false);
        (ReadOnlyMemory<byte> answer, int? json) = V2Codec.Write(name, parsed.Request.Id, outputs, parsed);
        if (json is { } length)
            context.Response.Headers[HeaderNames.InferenceHeaderLength] = length.ToString(CultureInfo.InvariantCulture);
        await Answers.BytesAsync(context, answer, json is null ? "application/json" : "application/octet-stream")
            .ConfigureAwait(false);
    }

    private async Task IndexAsync(HttpContext context)
    {
        keys.Require(context, Rights.Infer);
        bool onlyReady = await V2Codec.ReadReadyAsync(context).ConfigureAwait(false);
        HashSet<string> loaded = [.. models.Listings().Select(m => m.Id)];
        await Answers.JsonAsync(
            context,
            [.. models.Ids.Where(id => !onlyReady || loaded.Contains(id)).Select(id => loaded.Contains(id)
                ? new V2Listing(id, "1", "READY", "")
                : new V2Listing(id, "1", "UNAVAILABLE", "not loaded"))],
            V2Json.Default.IReadOnlyListV2Listing).ConfigureAwait(false);
    }

    private async Task LoadAsync(HttpContext context)
    {
        keys.Require(context, Rights.Models);
        string name = Name(context);
        bool isLoaded = models.Listings().Any(m => m.Id == name);
        Task<LoadedModel> load = isLoaded ? models.ReloadAsync(name) : models.AddAsync(name);
        await load.WaitAsync(context.RequestAborted).ConfigureAwait(false);
        await Answers.BytesAsync(context, ReadOnlyMemory<byte>.Empty, "application/json").ConfigureAwait(false);
    }

    private Task UnloadAsync(HttpContext context)
    {
        keys.Require(context, Rights.Models);
        models.Remove(Name(context));
        return Answers.BytesAsync(context, ReadOnlyMemory<byte>.Empty, "application/json");
    }

    /// <summary>True if a view's model is loaded.</summary>
    internal static bool IsReady(string name, ModelRegistry models)
    {
        V2View view = V2View.Of(name, models);
        return models.Listings().Any(m => m.Id == view.Id)
            ? true
            : models.Ids.Contains(view.Id) ? false : throw ServeException.NoModel(view.Id, models.Ids);
    }

    /// <summary>The description of a view.</summary>
    internal static V2Model Describe(string name, V2View view, LoadedModel model)
    {
        (IReadOnlyList<V2TensorInfo> inputs, IReadOnlyList<V2TensorInfo> outputs) = V2Inference.Describe(model, view.IsRaw);
        return new V2Model
        {
            Name = name,
            Platform = "rfdetr",
            Inputs = inputs,
            Outputs = outputs,
            Classes = model.Info.Classes.Entries.ToDictionary(
                e => e.Label.ToString(CultureInfo.InvariantCulture), e => e.Name),
        };
    }

    // Versions are there for clients that insist on one; there is one.
    private static string Name(HttpContext context)
    {
        if (context.Request.RouteValues["version"] is string version and not "1")
            throw ServeException.NoModel(
                $"{context.Request.RouteValues["name"]} version {version}", ["version 1 of each model"]);
        return (string)context.Request.RouteValues["name"]!;
    }

    private static int Status(bool good) => good ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
}
