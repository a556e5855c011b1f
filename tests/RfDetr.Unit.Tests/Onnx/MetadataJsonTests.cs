using System.Text.Json;
using System.Text.Json.Nodes;
using RfDetr.Onnx;

namespace RfDetr.Tests.Onnx;

public sealed class MetadataJsonTests
{
    // The fields of rf-detr 1.12's ExportMetadata, whose reader refuses any other.
    private static readonly string[] s_fields =
    [
        "schema_version", "producer_version", "format", "task", "variant", "backend", "input_shape", "input_layout",
        "input_dtype", "input_name", "max_batch_size", "outputs", "means", "stds", "pixel_scale", "channel_order",
        "resize_interpolation", "resize_antialias", "class_names", "class_id_to_name", "num_classes", "num_select",
        "selection_policy", "box_format", "num_keypoints_per_class", "trace_alpha", "upsample_masks_to_image_size",
        "patch_size", "num_windows",
    ];

    [Fact]
    public void Fields_are_exactly_those_of_the_reference()
    {
        JsonObject json = JsonNode.Parse(MetadataJson.Write(Example()))!.AsObject();
        json.Select(field => field.Key).ShouldBe(s_fields, ignoreOrder: true);
        json["pixel_scale"]!.GetValue<double>().ShouldBe(1.0 / 255.0);
        json["class_id_to_name"]!.ToJsonString().ShouldBe("""{"1":"person","3":"car"}""");
        json["outputs"]!.ToJsonString().ShouldBe("""{"pred_boxes":"dets","pred_logits":"labels"}""");
        json["backend"].ShouldBeNull();
    }

    [Fact]
    public void Metadata_comes_back()
    {
        string json = MetadataJson.Write(Example());
        InferenceMetadata back = MetadataJson.ReadInference(json);
        MetadataJson.Write(back).ShouldBe(json);
        back.ClassIdToName[3].ShouldBe("car");
        back.Stds.ShouldBe([0.229, 0.224, 0.225]);
        back.InputShape.ShouldBe([-1, 3, 384, 384]);
    }

    [Fact]
    public void Absent_optional_fields_have_the_reference_defaults_and_unknown_ones_are_ignored()
    {
        InferenceMetadata read = MetadataJson.ReadInference(
            """
            {"format":"openvino","task":"detect","input_shape":[1,3,8,8],"input_name":0,
             "outputs":{"pred_boxes":0,"pred_logits":"labels"},
             "means":[0,0,0],"stds":[1,1,1],"class_names":["a"],"num_classes":2,"num_select":300,"trace_alpha":0,
             "patch_size":16,"num_windows":2,"something_new":{"a":[1]}}
            """);
        read.InputName.ShouldBe("0");
        read.Outputs["pred_boxes"].ShouldBe("0");
        read.InputLayout.ShouldBe("NCHW");
        read.PixelScale.ShouldBe(1.0 / 255.0);
        read.SelectionPolicy.ShouldBe("all_logits");
        read.UpsampleMasksToImageSize.ShouldBeTrue();
        read.ClassIdToName.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("means", "\"no\"", "means")]
    [InlineData("means", "[0,\"x\",0]", "means[1]")]
    [InlineData("means", "null", "means")]
    [InlineData("num_classes", "1.5", "num_classes")]
    [InlineData("outputs", "[1]", "outputs")]
    [InlineData("outputs", "{\"pred_boxes\":true}", "outputs")]
    [InlineData("class_id_to_name", "{\"x\":\"a\"}", "class_id_to_name")]
    [InlineData("resize_antialias", "1", "resize_antialias")]
    [InlineData("schema_version", "2", "schema_version")]
    [InlineData("task", "\"pose\"", "task")]
    [InlineData("input_shape", "[1,3,0,8]", "input_shape")]
    [InlineData("input_shape", "[3,8,8]", "input_shape")]
    [InlineData("stds", "[1,0,1]", "stds")]
    [InlineData("patch_size", "0", "patch_size")]
    [InlineData("outputs", "{\"pred_boxes\":\"dets\"}", "pred_logits")]
    public void Wrong_values_are_refused_by_field(string field, string value, string named)
    {
        JsonObject json = JsonNode.Parse(MetadataJson.Write(Example()))!.AsObject();
        json[field] = JsonNode.Parse(value);
        Should.Throw<OnnxFormatException>(() => MetadataJson.ReadInference(json.ToJsonString())).Message.ShouldContain(named);
    }

    [Fact]
    public void A_missing_field_is_named()
    {
        JsonObject json = JsonNode.Parse(MetadataJson.Write(Example()))!.AsObject();
        json.Remove("num_select");
        Should.Throw<OnnxFormatException>(() =>
            MetadataJson.ReadInference(json.ToJsonString())).Message.ShouldContain("num_select");
    }

    [Fact]
    public void Writing_what_cannot_be_read_is_the_callers_mistake() =>
        Should.Throw<ArgumentException>(() => MetadataJson.Write(Example() with { NumWindows = 0, Task = "x" }))
            .Message.ShouldSatisfyAllConditions(m => m.ShouldContain("num_windows"), m => m.ShouldContain("task"));

    [Fact]
    public void Notes_come_back()
    {
        var notes = new ArtifactNotes
        {
            WeightsLicense = "Apache-2.0",
            WeightsSha256 = "ab12",
            Precision = "float16",
            EmittedLabels = [new EmittedLabel(1, 1, "person", 1), new EmittedLabel(3, 3, "car")],
        };
        ArtifactNotes back = MetadataJson.ReadNotes(MetadataJson.Write(notes));
        back.EmittedLabels.ShouldBe(notes.EmittedLabels);
        (back with { EmittedLabels = notes.EmittedLabels }).ShouldBe(notes);
    }

    [Fact]
    public void A_side_file_is_found_and_tied_to_its_model()
    {
        using var folder = new TemporaryFolder();
        string model = folder["m.onnx"];
        var none = new Dictionary<string, string>();
        File.WriteAllText(model, "model");
        ArtifactMetadata.Find(model, none).ShouldBeNull();

        ArtifactMetadata.WriteSideFile(model, Example());
        JsonDocument.Parse(File.ReadAllText(model + ".rfdetr.json")).RootElement.EnumerateObject().Select(p => p.Name)
            .ShouldBe(["artifact_sha256", "metadata"]);
        ArtifactMetadata.Find(model, none)!.Variant.ShouldBe("nano");
        var same = new Dictionary<string, string> { [InferenceMetadata.Key] = MetadataJson.Write(Example()) };
        ArtifactMetadata.Find(model, same)!.Variant.ShouldBe("nano");
        var other =
            new Dictionary<string, string> { [InferenceMetadata.Key] = MetadataJson.Write(Example() with { Variant = "small" }) };
        Should.Throw<OnnxFormatException>(() => ArtifactMetadata.Find(model, other)).Message.ShouldContain("different metadata");

        File.WriteAllText(model, "another model");
        Should.Throw<OnnxFormatException>(() => ArtifactMetadata.Find(model, none)).Message.ShouldContain("belongs to a file");
    }

    internal static InferenceMetadata Example() => new()
    {
        ProducerVersion = "0.1.0",
        Format = "onnx",
        Task = "detect",
        Variant = "nano",
        InputShape = [-1, 3, 384, 384],
        Outputs = new Dictionary<string, string> { ["pred_boxes"] = "dets", ["pred_logits"] = "labels" },
        Means = [0.485, 0.456, 0.406],
        Stds = [0.229, 0.224, 0.225],
        ClassNames = ["person", "car"],
        ClassIdToName = new Dictionary<int, string> { [1] = "person", [3] = "car" },
        NumClasses = 91,
        NumSelect = 300,
        TraceAlpha = 0,
        PatchSize = 16,
        NumWindows = 2,
    };
}
