using RfDetr.Onnx;
using RfDetr.Onnx.Proto;

namespace RfDetr.Tests.Export;

/// <summary>
/// The text of <c>config.pbtxt</c> is compared with the exported file as its whole protocol buffer is read back, by a reading of
/// the text format that knows nothing of the writer.
/// </summary>
public sealed class TritonTests : IDisposable
{
    // ModelConfig.DataType's names of the element types that exported files have.
    private static readonly Dictionary<int, string> s_types = new()
    {
        [(int)TensorProto.Types.DataType.Float] = "TYPE_FP32",
        [(int)TensorProto.Types.DataType.Float16] = "TYPE_FP16",
        [(int)TensorProto.Types.DataType.Int64] = "TYPE_INT64",
        [(int)TensorProto.Types.DataType.Uint8] = "TYPE_UINT8",
    };

    private readonly TemporaryFolder _folder = new();

    public static IEnumerable<object?[]> Files =>
    [
        ["cells", ExportPrecision.Float32, null],
        ["cells", ExportPrecision.Float32, 1],
        ["cells", ExportPrecision.Float32, 4],
        ["cells", ExportPrecision.Float16, null],
        ["masks", ExportPrecision.Float32, null],
        ["masks", ExportPrecision.Float16, 2],
        ["int8", ExportPrecision.Int8, null],
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_configuration_is_the_files_own_signature(string model, ExportPrecision precision, int? batch)
    {
        TritonExport made = TritonRepository.Export(
            Model(model), _folder["repository"], new TritonOptions { Name = "found", MaxBatch = 6 },
            new ExportRequest { Precision = precision, Batch = batch });

        made.ConfigPath.ShouldBe(Path.GetFullPath(_folder["repository/found/config.pbtxt"]));
        made.File.Path.ShouldBe(Path.GetFullPath(_folder["repository/found/1/model.onnx"]));
        GraphProto graph = OnnxModelFile.Read(made.File.Path).Graph;
        TextMessage config = TextMessage.Parse(File.ReadAllText(made.ConfigPath));
        bool open = batch is null;
        config.One<string>("name").ShouldBe("found");
        config.One<string>("backend").ShouldBe("onnxruntime");
        config.One<string>("default_model_filename").ShouldBe(Path.GetFileName(made.File.Path));
        config.One<long>("max_batch_size").ShouldBe(open ? 6 : 0);
        Values(config, "input").ShouldBe(Values(graph.Input, open));
        Values(config, "output").ShouldBe(Values(graph.Output, open));
        graph.Output.Count.ShouldBe(model == "masks" ? 3 : 2);
        config.All("dynamic_batching").Count.ShouldBe(open ? 1 : 0, "Triton refuses it where it does not batch");
        if (open)
            config.One<TextMessage>("dynamic_batching").All("preferred_batch_size").ShouldBe([2L, 4L, 6L]);
    }

    [Fact]
    public void Labels_stand_on_the_line_of_their_logit()
    {
        TritonExport made = TritonRepository.Export("demo", _folder["repository"]);

        using Detector detector = Detector.Load("demo");
        string[] labels = File.ReadAllLines(Path.Combine(Path.GetDirectoryName(made.File.Path)!, "labels.txt"));
        GraphProto graph = OnnxModelFile.Read(made.File.Path).Graph;
        labels.Length.ShouldBe((int)graph.Output.Single(o => o.Name == "labels").Type.TensorType.Shape.Dim[^1].DimValue);
        labels.Count(l => l.Length > 0).ShouldBe(detector.Model.Classes.Entries.Count);
        foreach (ClassEntry entry in detector.Model.Classes.Entries)
            labels[entry.Label].ShouldBe(entry.Name);
    }

    [Fact]
    public void Every_option_reaches_the_configuration()
    {
        TextMessage Config(TritonOptions options) =>
            TextMessage.Parse(
                File.ReadAllText(TritonRepository.Export("demo", _folder[Guid.NewGuid().ToString("N")], options).ConfigPath));

        TextMessage usual = Config(new TritonOptions());
        usual.One<string>("name").ShouldBe("demo");
        Instances(usual).ShouldBe(("KIND_AUTO", 1));
        usual.One<TextMessage>("version_policy").One<TextMessage>("latest").One<long>("num_versions").ShouldBe(1);

        TextMessage other = Config(
            new TritonOptions { Name = "other-1", MaxBatch = 3, QueueDelay = 77, Device = TritonDevice.Gpu, Instances = 2 });
        other.One<string>("name").ShouldBe("other-1");
        other.One<long>("max_batch_size").ShouldBe(3);
        other.One<TextMessage>("dynamic_batching").One<long>("max_queue_delay_microseconds").ShouldBe(77);
        other.One<TextMessage>("dynamic_batching").All("preferred_batch_size").ShouldBe([2L, 3L]);
        Instances(other).ShouldBe(("KIND_GPU", 2));
        Instances(Config(new TritonOptions { Device = TritonDevice.Cpu })).ShouldBe(("KIND_CPU", 1));
        Config(new TritonOptions { MaxBatch = 1 }).All("dynamic_batching").ShouldBeEmpty();

        static (string, long) Instances(TextMessage config)
        {
            TextMessage group = config.One<TextMessage>("instance_group");
            return (group.One<TextMessage.Word>("kind").Name, group.One<long>("count"));
        }
    }

    [Fact]
    public void A_second_export_is_the_next_version_and_keeps_what_people_changed()
    {
        string repository = _folder["repository"];
        TritonExport first = TritonRepository.Export("demo", repository);
        string changed = File.ReadAllText(first.ConfigPath) + "# ours\n";
        File.WriteAllText(first.ConfigPath, changed);
        Directory.CreateDirectory(Path.Combine(repository, "demo", "7"));
        Directory.CreateDirectory(Path.Combine(repository, "demo", "notes"));

        TritonExport second = TritonRepository.Export(
            "demo", repository, request: new ExportRequest { Precision = ExportPrecision.Float16 });

        (first.Version, second.Version).ShouldBe((1, 8));
        File.Exists(Path.Combine(repository, "demo", "8", "model.onnx")).ShouldBeTrue();
        File.ReadAllText(first.ConfigPath).ShouldBe(changed);
        second.File.Warnings.ShouldHaveSingleItem().ShouldContain("is kept as it is");
        File.Exists(first.File.Path).ShouldBeTrue();
        Leftovers(repository).ShouldBeEmpty();
    }

    [Fact]
    public void A_model_of_another_signature_is_refused_with_both_and_nothing_is_written()
    {
        string repository = _folder["repository"];
        _ = TritonRepository.Export("demo", repository, new TritonOptions { Name = "m" });
        string[] before = Everything(repository);

        string message = Should.Throw<ArgumentException>(() => TritonRepository.Export(
            FormulaModel.Path, repository, new TritonOptions { Name = "m" })).Message;

        message.ShouldContain("dets FP32 [-1,");
        message.ShouldContain("masks FP32 [-1,50,");
        message.ShouldContain("give it another name");
        Everything(repository).ShouldBe(before);
    }

    [Fact]
    public void Folders_that_are_no_model_are_left_alone()
    {
        string repository = _folder["repository"];
        Directory.CreateDirectory(Path.Combine(repository, "demo"));
        File.WriteAllText(Path.Combine(repository, "demo", "mine.txt"), "");
        Should.Throw<ArgumentException>(() => TritonRepository.Export("demo", repository)).Message
            .ShouldContain("holds files but no config.pbtxt");
        File.WriteAllText(Path.Combine(repository, "demo", "config.pbtxt"), "name: \"demo\"\n");
        Should.Throw<ArgumentException>(() => TritonRepository.Export("demo", repository)).Message
            .ShouldContain("was not written here");
        Everything(repository).Length.ShouldBe(3);
    }

    [Fact]
    public void A_failed_export_leaves_nothing()
    {
        Should.Throw<ArgumentException>(() => TritonRepository.Export(
            "demo", _folder["repository"], request: new ExportRequest { Precision = ExportPrecision.Int8 }));
        Directory.Exists(_folder["repository"]).ShouldBeFalse();
    }

    [Theory]
    [InlineData("../m", 1, 0, 1, "Name is '../m'")]
    [InlineData(".m", 1, 0, 1, "Name is '.m'")]
    [InlineData("a b", 1, 0, 1, "Name is 'a b'")]
    [InlineData("", 1, 0, 1, "Name is ''")]
    [InlineData("m", 0, 0, 1, "MaxBatch is 0, expected 1..1024")]
    [InlineData("m", 1, -1, 1, "QueueDelay is -1, expected 0..1000000")]
    [InlineData("m", 1, 0, 65, "Instances is 65, expected 1..64")]
    public void Options_are_checked(string name, int batch, int delay, int instances, string message) =>
        Should.Throw<ArgumentException>(() => TritonRepository.Export(
            "demo", _folder["repository"],
            new TritonOptions { Name = name, MaxBatch = batch, QueueDelay = delay, Instances = instances }))
            .Message.ShouldContain(message);

    [Theory]
    [InlineData("demo", "demo")]
    [InlineData("runs/first run/best total.pth", "best-total")]
    [InlineData("a/ü.pth", "rfdetr")]
    public void Names_follow_the_checkpoints(string model, string name) =>
        new TritonOptions().NameFor(model).ShouldBe(name);

    public void Dispose() => _folder.Dispose();

    private string Model(string name)
    {
        if (name == "masks")
            return FormulaModel.Path;
        if (name != "int8")
            return name;
        var policy = ModelQuantizer.Calibrate("cells", []) with
        {
            Blocks = [.. ModelQuantizer.Blocks("cells").Select(b => b with { IsInt8 = true })]
        };
        ModelQuantizer.Write("cells", _folder["q.safetensors"], policy);
        return _folder["q.safetensors"];
    }

    private static List<(string, string, string)> Values(TextMessage config, string field) =>
    [
        .. config.All(field).Cast<TextMessage>().Select(v => (
            v.One<string>("name"), v.One<TextMessage.Word>("data_type").Name,
            string.Join(',', v.All("dims").Cast<long>())))
    ];

    private static List<(string, string, string)> Values(IEnumerable<ValueInfoProto> values, bool open) =>
    [
        .. values.Select(v =>
        {
            TensorShapeProto.Types.Dimension[] shape = [.. v.Type.TensorType.Shape.Dim];
            shape[0].ValueCase.ShouldBe(
                open
                    ? TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam
                    : TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue);
            return (
                v.Name, s_types[v.Type.TensorType.ElemType],
                string.Join(',', shape.Skip(open ? 1 : 0).Select(d => d.DimValue)));
        })
    ];

    private static string[] Everything(string folder) =>
        [.. Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Leftovers(string folder) =>
        Everything(folder).Where(path => Path.GetFileName(path).StartsWith('.'));
}
