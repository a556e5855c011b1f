namespace RfDetr.Jobs;

/// <summary>Models of jobs.</summary>
internal static class JobModels
{
    /// <summary>SHA-256 of the model that a job is to be submitted with, or that a worker was told to take.</summary>
    public static string Digest(string model, bool acceptLicense) =>
        ModelFileDigest.Of(ModelReference.Parse(model), acceptLicense).Sha256;

    /// <summary>
    /// The classes of a model, which a submission asks for and nothing else: from its file's description, without loading the
    /// weights; only an ONNX file that leaves their number open is loaded.
    /// </summary>
    public static ClassMap Classes(string model, ModelOptions options, Engine engine)
    {
        var reference = ModelReference.Parse(model);
        using (var package = ModelPackage.Open(reference, options))
        {
            if (package.FindClasses() is { } classes)
                return classes;
        }

        using var detector = Detector.Load(reference, options, engine);
        return detector.Model.Classes;
    }

    /// <summary>Refuses a worker's model if it is not the job's.</summary>
    /// <exception cref="JobException">It is another one; the message has both digests.</exception>
    public static void Check(JobDefinition job, string model, bool acceptLicense)
    {
        string own = Digest(model, acceptLicense);
        if (own != job.ModelSha256)
        {
            throw new JobException(
                $"this worker's model '{model}' has SHA-256 {own}, but job '{job.Name}' was submitted with '{job.Model}' of "
                + $"{job.ModelSha256}; results of two models do not mix: give the worker that file (--model), or submit "
                + "another job");
        }
    }
}
