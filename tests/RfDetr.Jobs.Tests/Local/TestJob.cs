
namespace RfDetr.Jobs.Tests;

/// <summary>A folder of images, a job of them, and what a worker needs.</summary>
internal sealed class TestJob : IDisposable
{
    private static readonly Lazy<Detector> s_demo = new(() => Detector.Load("demo"));
    private static readonly string[] s_samples =
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "images"), "*.jpg").Order(StringComparer.Ordinal)];

    private readonly TemporaryFolder _folder = new();

    /// <summary>Makes the folder with so many images, the names of which do not tell their order on disk.</summary>
    public TestJob(int images = 0)
    {
        Directory.CreateDirectory(Images);
        for (int i = 0; i < images; i++)
            AddImage($"{(i * 37) % 101:000}-{i:000}.jpg", i);
    }

    /// <summary>The built-in model, loaded once for all tests.</summary>
    public static Detector Demo => s_demo.Value;

    public string Images => _folder["images"];

    public string Output => _folder["out"];

    public string this[string name] => _folder[name];

    public void AddImage(string name, int sample = 0)
    {
        string path = Path.Combine(Images, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Copy(s_samples[sample % s_samples.Length], path);
    }

    public void AddBroken(string name) => File.WriteAllText(Path.Combine(Images, name), "no image");

    public static JobModel Model(DetectOptions? options = null) => new(
        "demo", JobModels.Digest("demo", acceptLicense: false), Demo.Model.Classes.Entries,
        JobOptions.Of(new ModelOptions(), options ?? DetectOptions.Default, JobPrecision.AsModel, 50_000_000));

    public async Task<JobDefinition> SubmitAsync(int shardSize = 4, string? output = null, DetectOptions? options = null)
    {
        Submitted submitted = await Submission.RunAsync(
            new FolderFiles(output ?? Output), [JobSources.Of(Images, new SourceOptions { Recursive = true })], Model(options),
            new SubmitOptions { ShardSize = shardSize, Name = "test" }, null, CancellationToken.None);
        return submitted.Job;
    }

    public static Destination Open(string output)
    {
        var files = new FolderFiles(output);
        return new Destination(files, (job, _) => Task.FromResult<IShardResults>(new FileResults(files, job)));
    }

    public static async Task<RunOutcome> RunAsync(
        string output, WorkerOptions? options = null, ShardShare? share = null, CancellationToken stop = default,
        IProgress<JobEvent>? events = null)
    {
        await using Destination destination = Open(output);
        JobDefinition job = await JobDefinition.OpenAsync(destination.Files, CancellationToken.None);
        return await JobRun.RunAsync(
            destination, job, Demo, null,
            new RunOptions { Worker = options ?? new WorkerOptions(), Share = share ?? ShardShare.All }, events, stop);
    }

    /// <summary>The bytes of all rows by file name.</summary>
    public static SortedDictionary<string, string> Rows(string output)
    {
        var rows = new SortedDictionary<string, string>(StringComparer.Ordinal);
        string shards = Path.Combine(output, "shards");
        foreach (string file in Directory.Exists(shards) ? Directory.GetFiles(shards, "*.jsonl.gz") : [])
            rows.Add(Path.GetFileName(file), Convert.ToHexString(File.ReadAllBytes(file)));
        return rows;
    }

    /// <summary>All rows in order.</summary>
    public static async Task<List<RowDocument>> DocumentsAsync(string output)
    {
        await using Destination destination = Open(output);
        JobDefinition job = await JobDefinition.OpenAsync(destination.Files, CancellationToken.None);
        await using IShardResults results = await destination.OpenResults(job, CancellationToken.None);
        var rows = new List<RowDocument>();
        await foreach (ShardResult shard in results.ReadAsync(ShardShare.All, CancellationToken.None))
            rows.AddRange(ShardRows.Read(shard.Rows, "rows"));
        return rows;
    }

    /// <summary>Files of a folder, relative to it.</summary>
    public static string[] Files(string folder) => Directory.Exists(folder)
        ? [
            .. Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/')).Order(StringComparer.Ordinal),
        ]
        : [];

    public static async Task<List<JobImage>> AllAsync(IJobSource source)
    {
        var images = new List<JobImage>();
        await foreach (JobImage image in source.ImagesAsync(CancellationToken.None))
            images.Add(image);
        return images;
    }

    public void Dispose() => _folder.Dispose();
}

/// <summary>A command line run in this process.</summary>
internal sealed record CommandLine(int Code, string Output, string Error)
{
    public static async Task<CommandLine> RunAsync(params string[] args)
    {
        using StringWriter output = new(), error = new();
        int code = await Cli.CliApp.RunAsync(args, output, error, Stream.Null);
        return new CommandLine(code, output.ToString(), error.ToString());
    }
}
