using System.Reflection;
using System.Text.Json;

namespace RfDetr.Jobs.Tests;

public class JobOptionsTests
{
    private static readonly DetectOptions s_detect = new()
    {
        ScoreThreshold = 0.3f,
        ClassThresholds = new Dictionary<string, float> { ["ball"] = 0.2f, ["mug"] = 0.7f },
        Classes = ["ball", "mug"],
        Roi = new PixelRect(1, 2, 3, 4),
        ClampBoxes = false,
        NumSelect = 12,
        ResizeRule = ResizeRule.BilinearAntialias,
        NmsIoU = 0.6f,
        Heads = [Head.Boxes],
        MasksInsideBox = true,
    };

    private static readonly ModelOptions s_model = new()
    {
        Variant = "nano",
        ClassNames = ["a", "b"],
        ClassOffset = 1,
        InputSize = new ImageSize(64, 128),
        Weights = WeightSet.Averaged,
        AcceptLicense = true,
    };

    private static JobOptions Stored(ModelOptions model, DetectOptions detect, JobPrecision precision = JobPrecision.Int8)
    {
        var options = JobOptions.Of(model, detect, precision, 123_456);
        ReadOnlyMemory<byte> json = JsonStyle.ToUtf8(options, JobJson.Default.JobOptions);
        return JsonSerializer.Deserialize(json.Span, JobJson.Default.JobOptions)!;
    }

    [Fact]
    public void Every_option_comes_back_from_the_file()
    {
        JobOptions stored = Stored(s_model, s_detect);

        DetectOptions detect = stored.ToDetectOptions();
        foreach (PropertyInfo property in typeof(DetectOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            object? expected = property.GetValue(s_detect), actual = property.GetValue(detect);
            expected.ShouldNotBe(property.GetValue(DetectOptions.Default), $"{property.Name} of the test is the default");
            JsonSerializer.Serialize(actual).ShouldBe(JsonSerializer.Serialize(expected), property.Name);
        }

        ModelOptions model = stored.ToModelOptions(acceptLicense: true);
        string[] refused = [nameof(ModelOptions.Quantization), nameof(ModelOptions.ResizeRule), nameof(ModelOptions.NumSelect)];
        foreach (PropertyInfo property in typeof(ModelOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => !refused.Contains(p.Name)))
        {
            object? expected = property.GetValue(s_model);
            expected.ShouldNotBe(property.GetValue(new ModelOptions()), $"{property.Name} of the test is the default");
            JsonSerializer.Serialize(property.GetValue(model)).ShouldBe(JsonSerializer.Serialize(expected), property.Name);
        }

        (stored.Precision, stored.MaxPixels).ShouldBe((JobPrecision.Int8, 123_456));
    }

    [Fact]
    public void Every_option_changes_the_digest_but_the_license_does_not()
    {
        string plain = Stored(new ModelOptions(), DetectOptions.Default, JobPrecision.AsModel).Sha256();
        List<string> digests = [plain, Stored(new ModelOptions(), DetectOptions.Default, JobPrecision.Fp32).Sha256()];
        foreach (PropertyInfo property in typeof(DetectOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            DetectOptions one = DetectOptions.Default with { };
            property.SetValue(one, property.GetValue(s_detect));
            digests.Add(Stored(new ModelOptions(), one, JobPrecision.AsModel).Sha256());
        }

        foreach (string name in (string[])["Variant", "ClassNames", "ClassOffset", "InputSize", "Weights"])
        {
            PropertyInfo property = typeof(ModelOptions).GetProperty(name)!;
            var one = new ModelOptions();
            property.SetValue(one, property.GetValue(s_model));
            digests.Add(Stored(one, DetectOptions.Default, JobPrecision.AsModel).Sha256());
        }

        digests.Distinct().Count().ShouldBe(digests.Count);
        Stored(new ModelOptions { AcceptLicense = true }, DetectOptions.Default, JobPrecision.AsModel).Sha256().ShouldBe(plain);
        DetectOptions sorted = DetectOptions.Default with { Classes = ["mug", "ball"] };
        Stored(new ModelOptions(), sorted).Sha256().ShouldBe(
            Stored(new ModelOptions(), sorted with { Classes = ["ball", "mug"] }).Sha256());
    }

    [Fact]
    public void What_a_job_cannot_hold_is_refused()
    {
        Should.Throw<ArgumentException>(() => JobOptions.Of(
            new ModelOptions { NumSelect = 3 }, DetectOptions.Default, JobPrecision.AsModel, 1));
        Should.Throw<ArgumentException>(() => JobOptions.Of(
            new ModelOptions { Quantization = QuantizationPolicy.None }, DetectOptions.Default, JobPrecision.AsModel, 1));
    }

    [Theory]
    [InlineData("\"precision\": 3")]
    [InlineData("\"precision\": \"fp64\"")]
    [InlineData("\"unknown_option\": 3")]
    public void Values_that_are_none_are_refused(string property)
    {
        JobException e = Should.Throw<JobException>(() => JobJson.Read(
            System.Text.Encoding.UTF8.GetBytes("{" + property + "}"), JobJson.Default.JobOptions, "job.json"));

        e.Message.ShouldContain("job.json");
    }

    [Fact]
    public void Options_out_of_range_are_all_named()
    {
        ArgumentException e = Should.Throw<ArgumentException>(() => new WorkerOptions
        {
            Worker = "",
            Batch = 0,
            Ahead = 0,
            Grace = TimeSpan.FromSeconds(-1),
            Heartbeat = TimeSpan.Zero,
            Stall = TimeSpan.Zero,
        }.Validate());
        foreach (string name in (string[])["Worker", "Batch", "Ahead", "Grace", "Heartbeat", "Stall"])
            e.Message.ShouldContain(name);

        e = Should.Throw<ArgumentException>(() => new SubmitOptions { Name = "a/b", ShardSize = 0 }.Validate());
        e.Message.ShouldContain("a/b");
        e.Message.ShouldContain("ShardSize");
    }
}
