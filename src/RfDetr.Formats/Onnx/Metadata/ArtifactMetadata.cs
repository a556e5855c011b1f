namespace RfDetr.Onnx;

/// <summary>Finds the contract of a model file, in it or beside it.</summary>
internal static class ArtifactMetadata
{
    /// <summary>The contract in the model's metadata_props or its side file; null if neither has one.</summary>
    /// <param name="path">The model file.</param>
    /// <param name="custom">
    /// The model's metadata_props, e.g. <see cref="OnnxModelInfo.Custom"/> or <see cref="OnnxModelMetadata.Custom"/>.
    /// </param>
    /// <exception cref="OnnxFormatException">
    /// One is damaged, the side file belongs to another model, or the two differ.
    /// </exception>
    public static InferenceMetadata? Find(string path, IReadOnlyDictionary<string, string> custom)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(custom);
        InferenceMetadata? inside = MetadataJson.FindInference(custom);
        InferenceMetadata? beside = SideFile.Find(path);
        if (inside is not null && beside is not null && MetadataJson.Write(inside) != MetadataJson.Write(beside))
            throw new OnnxFormatException(
                $"'{path}' and '{SideFile.PathOf(path)}' have different metadata; delete the side file or export again");
        return beside ?? inside;
    }

    /// <summary>Writes <c>PATH.rfdetr.json</c> for a model that cannot hold metadata itself.</summary>
    /// <exception cref="ArgumentException">A value of the contract is out of its range.</exception>
    public static void WriteSideFile(string path, InferenceMetadata metadata)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(metadata);
        SideFile.Write(path, metadata);
    }
}
