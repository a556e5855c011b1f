using System.Text.Json.Serialization;
using RfDetr.Jobs;

namespace RfDetr.Cli.Documents;

/// <summary>Document that <c>jobs submit</c> writes; <c>published</c> is null without a broker.</summary>
internal sealed record JobSubmittedDocument(
    string Job, string Destination, bool IsNew, long Images, int Shards, int ShardSize, string ManifestSha256, string ModelSha256,
    string OptionsSha256, long? Published)
{
    public static JobSubmittedDocument Of(JobDefinition job, bool isNew, Destination destination, long? published) => new(
        job.Name, destination.Files.Name, isNew, job.Images, job.Shards, job.ShardSize, job.ManifestSha256, job.ModelSha256,
        job.OptionsSha256, published);
}

/// <summary>Document that <c>jobs status</c> writes, a line for each look with <c>--watch</c>.</summary>
internal sealed record JobStatusDocument(
    string Job, string Destination, string Model, string ModelSha256, bool Complete, long Images, long ImagesDone,
    long ImagesFailed, int Shards, int ShardsDone, int ShardsDead, double ImagesPerSecond, double? SecondsLeft,
    DateTimeOffset? FirstResult, DateTimeOffset? LatestResult)
{
    public static JobStatusDocument Of(JobStatus s) => new(
        s.Job, s.Destination, s.Model, s.ModelSha256, s.IsComplete, s.Images, s.ImagesDone, s.ImagesFailed, s.Shards,
        s.ShardsDone,
        s.ShardsDead, s.ImagesPerSecond, s.SecondsLeft, s.First, s.Latest);
}

/// <summary>Document that <c>jobs run</c> and <c>jobs work</c> write: this worker's part, and the job afterwards.</summary>
internal sealed record JobRunDocument(
    int ShardsDone, long ImagesDone, long ImagesFailed, long Objects, int ShardsAlreadyDone, int ShardsRepaired, bool Stopped,
    double Seconds, JobStatusDocument Status)
{
    public static JobRunDocument Of(RunOutcome outcome)
    {
        WorkerSummary w = outcome.Work;
        return new(
            w.Shards, w.Images, w.Failed, w.Objects, w.AlreadyDone, outcome.Repair?.Shards ?? 0, w.Stopped,
            Math.Round(w.Seconds, 3), JobStatusDocument.Of(outcome.Status));
    }
}

/// <summary>Document that <c>jobs events</c> writes for each event, a line each; counts are that worker's so far.</summary>
internal sealed record JobEventDocument(
    [property: JsonConverter(typeof(SnakeCaseEnum<JobEventKind>))] JobEventKind Kind, string Job, string Worker,
    DateTimeOffset Time, int? Shard, long Images, long ImagesFailed, double ImagesPerSecond)
{
    public static JobEventDocument Of(JobDefinition job, JobEvent e) =>
        new(e.Kind, job.Name, e.Worker, e.Time, e.Shard, e.Images, e.Failed, e.ImagesPerSecond);
}

/// <summary>Document that <c>jobs repair</c> writes.</summary>
internal sealed record JobRepairDocument(int ShardsRepaired, long Images, long ImagesFailed, JobStatusDocument Status)
{
    public static JobRepairDocument Of(RepairSummary repaired, JobStatus status) =>
        new(repaired.Shards, repaired.Images, repaired.Failed, JobStatusDocument.Of(status));
}

/// <summary>Document that <c>jobs report</c> writes; counts are null where no page was asked for.</summary>
internal sealed record JobReportDocument(
    JobStatusDocument Status, long? Objects, IReadOnlyDictionary<string, long>? Classes,
    IReadOnlyDictionary<string, long>? Reasons, IReadOnlyList<JobFileDocument> Files)
{
    public static JobReportDocument Of(JobStatus status, JobTally? tally, IReadOnlyList<ExportedFile> files) => new(
        JobStatusDocument.Of(status), tally?.Objects, tally?.Classes.ToDictionary(c => c.Key, c => c.Value),
        tally?.Reasons.ToDictionary(c => c.Key, c => c.Value),
        [.. files.Select(f => new JobFileDocument(f.Path, f.Entries))]);
}

/// <summary>A file of collected results.</summary>
internal sealed record JobFileDocument(string File, long Entries);
