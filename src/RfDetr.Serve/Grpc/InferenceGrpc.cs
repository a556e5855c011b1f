using Google.Protobuf;
using Google.Protobuf.Collections;
using Grpc.Core;

namespace RfDetr.Serve.Grpc;

/// <summary>KServe's v2 protocol by gRPC. Tensors of answers are always raw, which all clients read.</summary>
internal sealed class InferenceGrpc(ModelRegistry models, V2Inference inference, KeyGate keys, HealthRoutes health)
    : GRPCInferenceService.GRPCInferenceServiceBase
{
    public override Task<ServerLiveResponse> ServerLive(ServerLiveRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerLiveResponse { Live = models.IsHealthy });

    public override Task<ServerReadyResponse> ServerReady(ServerReadyRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerReadyResponse { Ready = health.NotReady is null });

    public override Task<ServerMetadataResponse> ServerMetadata(ServerMetadataRequest request, ServerCallContext context)
    {
        var answer = new ServerMetadataResponse { Name = ServerState.Name, Version = ServerState.Version };
        answer.Extensions.Add(KServeRoutes.Extensions);
        return Task.FromResult(answer);
    }

    public override Task<ModelReadyResponse> ModelReady(ModelReadyRequest request, ServerCallContext context) => AnswerAsync(() =>
    {
        keys.Require(context.GetHttpContext(), Rights.Infer);
        CheckVersion(request.Name, request.Version);
        return Task.FromResult(new ModelReadyResponse { Ready = KServeRoutes.IsReady(request.Name, models) });
    });

    public override Task<ModelMetadataResponse> ModelMetadata(ModelMetadataRequest request, ServerCallContext context) =>
        AnswerAsync(() =>
        {
            keys.Require(context.GetHttpContext(), Rights.Infer);
            CheckVersion(request.Name, request.Version);
            V2View view = V2View.Of(request.Name, models);
            using ModelLease lease = models.Lease(view.Id, mayLoad: false);
            V2Model model = KServeRoutes.Describe(request.Name, view, lease.Model);
            var answer = new ModelMetadataResponse { Name = model.Name, Platform = model.Platform };
            answer.Versions.Add(model.Versions);
            answer.Inputs.Add(model.Inputs.Select(Describe));
            answer.Outputs.Add(model.Outputs.Select(Describe));
            return Task.FromResult(answer);
        });

    public override Task<ModelInferResponse> ModelInfer(ModelInferRequest request, ServerCallContext context) => AnswerAsync(
        async () =>
        {
            HttpContext http = context.GetHttpContext();
            keys.Require(http, Rights.Infer);
            CheckVersion(request.ModelName, request.ModelVersion);
            IReadOnlyList<V2Tensor> outputs = await inference.RunAsync(
                http, request.ModelName, keys.Has(http, Rights.Models), Read(request)).ConfigureAwait(false);
            var answer = new ModelInferResponse { ModelName = request.ModelName, ModelVersion = "1", Id = request.Id };
            foreach (V2Tensor output in outputs)
            {
                var tensor = new ModelInferResponse.Types.InferOutputTensor { Name = output.Name, Datatype = output.Datatype };
                tensor.Shape.Add(output.Shape);
                answer.Outputs.Add(tensor);
                byte[] bytes = new byte[output.BinarySize];
                output.Write(bytes);
                answer.RawOutputContents.Add(UnsafeByteOperations.UnsafeWrap(bytes));
            }

            return answer;
        });

    private static V2Request Read(ModelInferRequest request)
    {
        bool isRaw = request.RawInputContents.Count > 0;
        if (isRaw && request.RawInputContents.Count != request.Inputs.Count)
        {
            throw ServeException.BadRequest(ErrorCodes.Body, Invariant.Text(
                $"there are {request.Inputs.Count} inputs and {request.RawInputContents.Count} raw contents"));
        }

        var inputs = new List<V2Tensor>();
        foreach (ModelInferRequest.Types.InferInputTensor input in request.Inputs)
        {
            var tensor = new V2Tensor(input.Name, input.Datatype, [.. input.Shape]);
            inputs.Add(isRaw
                ? tensor.WithBinary(request.RawInputContents[inputs.Count].Memory)
                : (tensor with
                {
                    Floats = input.Datatype == V2Tensor.Fp32 ? [.. input.Contents?.Fp32Contents ?? []] : [],
                    Bytes = input.Datatype == V2Tensor.ByteStrings
                        ? [.. (input.Contents?.BytesContents ?? []).Select(b => b.Memory)]
                        : [],
                }).Checked());
        }

        return new V2Request
        {
            Id = request.Id,
            Inputs = inputs,
            Outputs = request.Outputs.Count == 0 ? null : [.. request.Outputs.Select(o => o.Name)],
            Confidence = Confidence(request.Parameters),
            Classes = request.Parameters.TryGetValue("classes", out InferParameter? classes) && classes.StringParam.Length > 0
                ? [classes.StringParam]
                : [],
        };
    }

    private static float? Confidence(MapField<string, InferParameter> parameters)
    {
        if (!parameters.TryGetValue("confidence", out InferParameter? parameter))
            return null;
        double value = parameter.ParameterChoiceCase switch
        {
            InferParameter.ParameterChoiceOneofCase.DoubleParam => parameter.DoubleParam,
            InferParameter.ParameterChoiceOneofCase.Int64Param => parameter.Int64Param,
            InferParameter.ParameterChoiceOneofCase.StringParam when double.TryParse(
                parameter.StringParam, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture,
                out double parsed) => parsed,
            _ => double.NaN,
        };
        return value is >= 0 and <= 1
            ? (float)value
            : throw ServeException.BadRequest(ErrorCodes.Parameter, "confidence is not a number from 0 to 1");
    }

    private static ModelMetadataResponse.Types.TensorMetadata Describe(V2TensorInfo info)
    {
        var tensor = new ModelMetadataResponse.Types.TensorMetadata { Name = info.Name, Datatype = info.Datatype };
        tensor.Shape.Add(info.Shape);
        return tensor;
    }

    private static void CheckVersion(string name, string version)
    {
        if (version is not ("" or "1"))
            throw ServeException.NoModel($"{name} version {version}", ["version 1 of each model"]);
    }

    private static async Task<T> AnswerAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception e) when (e is RfDetrException or ArgumentException)
        {
            ServeException error = RequestPipeline.ToServe(e, new RequestLimits());
            var trailers = new Metadata { { "rfdetr-code", error.Code } };
            if (error.RetryAfter is { } after)
                trailers.Add(
                    "retry-after",
                    Math.Max(1, (long)Math.Ceiling(after.TotalSeconds))
                        .ToString(System.Globalization.CultureInfo.InvariantCulture));
            throw new RpcException(new Status(StatusOf(error.Status), error.Message), trailers);
        }
    }

    private static StatusCode StatusOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest or StatusCodes.Status413PayloadTooLarge => StatusCode.InvalidArgument,
        StatusCodes.Status401Unauthorized => StatusCode.Unauthenticated,
        StatusCodes.Status403Forbidden => StatusCode.PermissionDenied,
        StatusCodes.Status404NotFound => StatusCode.NotFound,
        StatusCodes.Status429TooManyRequests or StatusCodes.Status507InsufficientStorage => StatusCode.ResourceExhausted,
        StatusCodes.Status503ServiceUnavailable => StatusCode.Unavailable,
        StatusCodes.Status504GatewayTimeout => StatusCode.DeadlineExceeded,
        _ => StatusCode.Internal,
    };
}
