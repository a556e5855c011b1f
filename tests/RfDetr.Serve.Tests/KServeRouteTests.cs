using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using RfDetr.Serve.Grpc;

namespace RfDetr.Serve.Tests;

/// <summary>KServe's v2 protocol: JSON, binary tensors, and gRPC give what the library gives.</summary>
[Collection(SharedServerCollection.Name)]
public class KServeRouteTests(SharedServer shared)
{
    private const string Service = "inference.GRPCInferenceService";

    private TestServer Server => shared.Server;

    [Fact]
    public async Task Server_and_models_describe_themselves()
    {
        JsonElement server = await Server.GetAsync("/v2");
        server.GetProperty("extensions").EnumerateArray().Select(e => e.GetString()).ShouldContain("binary_tensor_data");
        (await Server.GetAsync("/v2/health/live")).GetProperty("live").GetBoolean().ShouldBeTrue();
        (await Server.GetAsync("/v2/health/ready")).GetProperty("ready").GetBoolean().ShouldBeTrue();
        (await Server.GetAsync("/v2/models/demo/ready")).GetProperty("ready").GetBoolean().ShouldBeTrue();

        JsonElement images = await Server.GetAsync("/v2/models/demo/versions/1"), raw =
            await Server.GetAsync("/v2/models/demo.raw");
        images.GetProperty("inputs")[0].GetProperty("datatype").GetString().ShouldBe("BYTES");
        images.GetProperty("outputs").EnumerateArray().Select(o => o.GetProperty("name").GetString())
            .ShouldBe(["num_detections", "boxes", "scores", "class_ids", "masks"]);
        raw.GetProperty("inputs")[0].GetProperty("shape").EnumerateArray().Select(s => s.GetInt32())
            .ShouldBe([-1, 3, shared.Detector.Model.InputHeight, shared.Detector.Model.InputWidth]);
        raw.GetProperty("outputs").EnumerateArray().Select(o => o.GetProperty("name").GetString())
            .ShouldBe(["dets", "labels", "masks"]);

        using HttpResponseMessage index = await Server.Client.PostAsync("/v2/repository/index", null);
        (await Server.JsonAsync(index)).EnumerateArray().Select(m => m.GetProperty("name").GetString()).ShouldContain("demo");
        (await Server.PostJsonAsync("/v2/repository/index", """{"ready": true}""")).EnumerateArray()
            .ShouldAllBe(m => m.GetProperty("state").GetString() == "READY");
    }

    [Fact]
    public async Task Json_gives_padded_tensors()
    {
        JsonElement answer = await Server.PostJsonAsync("/v2/models/demo/infer", $$"""
            {"id": "42", "parameters": {"confidence": 0.3}, "inputs": [{"name": "image", "datatype": "BYTES", "shape": [2],
             "data": ["{{Scenes.Base64}}", "{{Convert.ToBase64String(Scenes.OtherJpeg)}}"]}]}
            """);
        var options = new DetectOptions { ScoreThreshold = 0.3f };
        Detections[] expected = [shared.Detector.Detect(Scenes.Jpeg, options), shared.Detector.Detect(Scenes.OtherJpeg, options)];
        int most = expected.Max(e => e.Items.Count);

        answer.GetProperty("id").GetString().ShouldBe("42");
        Dictionary<string, JsonElement> outputs =
            answer.GetProperty("outputs").EnumerateArray().ToDictionary(o => o.GetProperty("name").GetString()!);
        Ints(outputs["num_detections"]).ShouldBe(expected.Select(e => e.Items.Count));
        outputs["boxes"].GetProperty("shape").EnumerateArray().Select(s => s.GetInt32()).ShouldBe([2, most, 4]);
        float[] scores = [.. outputs["scores"].GetProperty("data").EnumerateArray().Select(v => v.GetSingle())];
        scores[..expected[0].Items.Count].ShouldBe(expected[0].Items.Select(d => d.Score));
        int[] classes = Ints(outputs["class_ids"]);
        classes[most..(most + expected[1].Items.Count)].ShouldBe(expected[1].Items.Select(d => d.ClassId));
        classes.Count(c => c == -1).ShouldBe(2 * most - expected.Sum(e => e.Items.Count));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData(null, true)]
    public async Task An_output_s_own_word_counts_more_than_the_word_for_all(string? own, bool expected)
    {
        string parameters = own is null ? "" : $$""", "parameters": {"binary_data": {{own}} }""";
        using var content = new StringContent($$"""
            {"inputs": [{"name": "image", "datatype": "BYTES", "shape": [1], "data": ["{{Scenes.Base64}}"]}],
             "outputs": [{"name": "num_detections"{{parameters}} }], "parameters": {"binary_data_output": true} }
            """);
        using HttpResponseMessage response = await Server.Client.PostAsync("/v2/models/demo/infer", content);

        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        response.Headers.Contains("Inference-Header-Content-Length").ShouldBe(expected);
    }

    [Theory]
    [InlineData("0.9", true)]
    [InlineData("\"0.9\"", true)]
    [InlineData("\"high\"", false)]
    [InlineData("1.5", false)]
    [InlineData("[0.9]", false)]
    public async Task Confidence_is_a_number_or_the_text_of_one(string confidence, bool isGood)
    {
        string body = $$"""
            {"inputs": [{"name": "image", "datatype": "BYTES", "shape": [1], "data": ["{{Scenes.Base64}}"]}],
             "parameters": {"confidence": {{confidence}} } }
            """;
        if (!isGood)
        {
            await Server.PostJsonAsync("/v2/models/demo/infer", body, HttpStatusCode.BadRequest);
            return;
        }

        JsonElement answer = await Server.PostJsonAsync("/v2/models/demo/infer", body);
        Ints(answer.GetProperty("outputs")[0]).ShouldBe(
            [shared.Detector.Detect(Scenes.Jpeg, new DetectOptions { ScoreThreshold = 0.9f }).Items.Count]);
    }

    [Fact]
    public async Task Binary_tensors_in_and_out()
    {
        byte[] head = Encoding.UTF8.GetBytes($$"""
            {"inputs": [{"name": "image", "datatype": "BYTES", "shape": [1],
             "parameters": {"binary_data_size": {{Scenes.Jpeg.Length + 4}} } }],
             "outputs": [{"name": "boxes", "parameters": {"binary_data": true} }, {"name": "num_detections"},
             {"name": "masks", "parameters": {"binary_data": true} }]}
            """);
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, Scenes.Jpeg.Length);
        using HttpResponseMessage response =
            await SendBinaryAsync("/v2/models/demo/versions/1/infer", head, [.. length, .. Scenes.Jpeg]);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, Encoding.UTF8.GetString(body));
        int json =
            int.Parse(response.Headers.GetValues("Inference-Header-Content-Length").Single(), CultureInfo.InvariantCulture);
        JsonElement[] outputs =
            [.. JsonDocument.Parse(body.AsMemory(0, json)).RootElement.GetProperty("outputs").EnumerateArray()];
        Detections expected = shared.Detector.Detect(Scenes.Jpeg);

        int boxBytes = outputs[0].GetProperty("parameters").GetProperty("binary_data_size").GetInt32();
        boxBytes.ShouldBe(expected.Items.Count * 16);
        MemoryMarshal.Cast<byte, float>(body.AsSpan(json, boxBytes)).ToArray()
            .ShouldBe(expected.Items.SelectMany(d => (float[])[d.Box.X1, d.Box.Y1, d.Box.X2, d.Box.Y2]));
        Ints(outputs[1]).ShouldBe([expected.Items.Count]);
        ReadOnlySpan<byte> masks = body.AsSpan(json + boxBytes);
        int first = BinaryPrimitives.ReadInt32LittleEndian(masks);
        using JsonDocument mask = JsonDocument.Parse(masks.Slice(4, first).ToArray());
        mask.RootElement.GetProperty("counts").GetString().ShouldBe(expected.Items[0].Mask!.ToCompressedString());
    }

    [Fact]
    public async Task Tensors_pass_through_the_raw_view()
    {
        (float[] input, float[][] expected) = Tensors();
        byte[] binary = MemoryMarshal.AsBytes(input.AsSpan()).ToArray();
        NetworkContract contract = shared.Detector.Contract;
        byte[] head = Encoding.UTF8.GetBytes($$"""
            {"parameters": {"binary_data_output": true}, "inputs": [{"name": "input", "datatype": "FP32",
             "shape": [1, 3, {{contract.Height}}, {{contract.Width}}], "parameters": {"binary_data_size": {{binary.Length}} } }]}
            """);
        using HttpResponseMessage response = await SendBinaryAsync("/v2/models/demo.raw/infer", head, binary);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        int at = int.Parse(response.Headers.GetValues("Inference-Header-Content-Length").Single(), CultureInfo.InvariantCulture);

        foreach (float[] output in expected)
        {
            MemoryMarshal.Cast<byte, float>(body.AsSpan(at, output.Length * 4)).SequenceEqual(output).ShouldBeTrue();
            at += output.Length * 4;
        }

        at.ShouldBe(body.Length);
    }

    [Theory]
    [InlineData("""{"inputs": []}""")]
    [InlineData("""{"inputs": [{"name": "image", "datatype": "BYTES", "shape": [2], "data": ["AAAA"]}]}""")]
    [InlineData("""{"inputs": [{"name": "image", "datatype": "BYTES", "shape": [1], "data": ["%%%"]}]}""")]
    [InlineData("""{"inputs": [{"name": "image", "datatype": "BYTES", "shape": [-1], "data": []}]}""")]
    [InlineData("""{"inputs": [{"name": "image", "datatype": "BYTES", "shape": [9223372036854775807, 9], "data": ["AAAA"]}]}""")]
    [InlineData("""{"inputs": [{"name": "image", "datatype": "INT8", "shape": [1], "data": [1]}]}""")]
    [InlineData("""{"inputs": [{"name": "image", "datatype": "BYTES", "shape": [1], "parameters": {"binary_data_size": 5}}]}""")]
    [InlineData("""{"inputs": [{"datatype": "BYTES", "shape": [1], "data": ["AAAA"]}]}""")]
    [
        InlineData(
            """
        {"parameters": {"confidence": 3},
         "inputs": [{"name": "image", "datatype": "BYTES", "shape": [1], "data": ["AAAA"]}]}
        """)
    ]
    [InlineData("""[1]""")]
    [InlineData("""{""")]
    public async Task What_is_wrong_is_an_error_in_its_form(string body)
    {
        JsonElement error = await Server.PostJsonAsync("/v2/models/demo/infer", body, HttpStatusCode.BadRequest);

        error.GetProperty("error").GetString().ShouldBe(error.GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("/v2/models/nothing")]
    [InlineData("/v2/models/demo/versions/2")]
    [InlineData("/v2/models/nothing/ready")]
    public async Task Unknown_models_are_404(string path) =>
        (await Server.GetAsync(path, HttpStatusCode.NotFound)).GetProperty("error").GetString().ShouldNotBeNullOrEmpty();

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 1, 2 }, "claims an element")]
    [InlineData(new byte[] { 1, 0 }, "ends within")]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0 }, "2 elements")]
    public void Byte_strings_are_checked_against_what_is_there(byte[] binary, string complaint) =>
        Should.Throw<ServeException>(() => new V2Tensor("image", "BYTES", [1]).WithBinary(binary))
            .Message.ShouldContain(complaint);

    [Fact]
    public async Task Grpc_speaks_the_same()
    {
        using GrpcChannel channel = GrpcChannel.ForAddress(Server.Server.GrpcAddress!);
        CallInvoker calls = channel.CreateCallInvoker();
        (await CallAsync<ServerLiveRequest, ServerLiveResponse>(calls, "ServerLive", new())).Live.ShouldBeTrue();
        (await CallAsync<ServerReadyRequest, ServerReadyResponse>(calls, "ServerReady", new())).Ready.ShouldBeTrue();
        (await CallAsync<ModelReadyRequest, ModelReadyResponse>(calls, "ModelReady", new() { Name = "demo" }))
            .Ready.ShouldBeTrue();
        (await CallAsync<ServerMetadataRequest, ServerMetadataResponse>(calls, "ServerMetadata", new())).Name.ShouldBe("rfdetr");
        (await CallAsync<ModelMetadataRequest, ModelMetadataResponse>(calls, "ModelMetadata", new() { Name = "demo.raw" }))
            .Inputs[0].Name.ShouldBe("input");

        var images = new ModelInferRequest { ModelName = "demo", Id = "7" };
        var input = new ModelInferRequest.Types.InferInputTensor { Name = "image", Datatype = "BYTES", Contents = new() };
        input.Shape.Add(1);
        input.Contents.BytesContents.Add(ByteString.CopyFrom(Scenes.Jpeg));
        images.Inputs.Add(input);
        ModelInferResponse found = await CallAsync<ModelInferRequest, ModelInferResponse>(calls, "ModelInfer", images);
        Detections expected = shared.Detector.Detect(Scenes.Jpeg);
        found.Id.ShouldBe("7");
        int boxes = found.Outputs.Select(o => o.Name).ToList().IndexOf("boxes");
        MemoryMarshal.Cast<byte, float>(found.RawOutputContents[boxes].Span).ToArray()
            .ShouldBe(expected.Items.SelectMany(d => (float[])[d.Box.X1, d.Box.Y1, d.Box.X2, d.Box.Y2]));

        (float[] tensor, float[][] outputs) = Tensors();
        var raw = new ModelInferRequest { ModelName = "demo.raw" };
        var planes = new ModelInferRequest.Types.InferInputTensor { Name = "input", Datatype = "FP32" };
        planes.Shape.Add([1, 3, shared.Detector.Contract.Height, shared.Detector.Contract.Width]);
        raw.Inputs.Add(planes);
        raw.RawInputContents.Add(ByteString.CopyFrom(MemoryMarshal.AsBytes(tensor.AsSpan())));
        ModelInferResponse passed = await CallAsync<ModelInferRequest, ModelInferResponse>(calls, "ModelInfer", raw);
        MemoryMarshal.Cast<byte, float>(passed.RawOutputContents[0].Span).SequenceEqual(outputs[0]).ShouldBeTrue();

        (await Should.ThrowAsync<RpcException>(
            CallAsync<ModelReadyRequest, ModelReadyResponse>(calls, "ModelReady", new() { Name = "nothing" })))
            .StatusCode.ShouldBe(StatusCode.NotFound);
        images.Inputs[0].Contents.BytesContents[0] = ByteString.CopyFromUtf8("no image");
        (await Should.ThrowAsync<RpcException>(CallAsync<ModelInferRequest, ModelInferResponse>(calls, "ModelInfer", images)))
            .StatusCode.ShouldBe(StatusCode.InvalidArgument);
    }

    private static async Task<TResponse> CallAsync<TRequest, TResponse>(CallInvoker calls, string name, TRequest request)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        var method = new Method<TRequest, TResponse>(
            MethodType.Unary, Service, name,
            Marshallers.Create(m => m.ToByteArray(), bytes => new MessageParser<TRequest>(() => new TRequest()).ParseFrom(bytes)),
            Marshallers.Create(
                m => m.ToByteArray(), bytes => new MessageParser<TResponse>(() => new TResponse()).ParseFrom(bytes)));
        return await calls.AsyncUnaryCall(method, null, new CallOptions(), request);
    }

    private static int[] Ints(JsonElement output) => [.. output.GetProperty("data").EnumerateArray().Select(v => v.GetInt32())];

    private (float[] Input, float[][] Outputs) Tensors()
    {
        NetworkContract contract = shared.Detector.Contract;
        float[] input = [.. Enumerable.Range(0, contract.InputLength).Select(i => MathF.Sin(i * 0.01f))];
        var entry = new TensorEntry(input, contract.Outputs, Lane.Interactive, 0);
        shared.Detector.Run([entry], CancellationToken.None);
        return (input, entry.Results);
    }

    private async Task<HttpResponseMessage> SendBinaryAsync(string path, byte[] head, byte[] binary)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = TestServer.Body([.. head, .. binary], "application/octet-stream");
        request.Headers.Add("Inference-Header-Content-Length", head.Length.ToString(CultureInfo.InvariantCulture));
        return await Server.Client.SendAsync(request);
    }
}
