namespace RfDetr.Checkpoints;

/// <summary>The containers that weights come in, distinguished by content and not by extension.</summary>
internal enum CheckpointFormat
{
    /// <summary>Format of <c>torch.save</c> since 1.6: a zip archive of one pickle and raw storages.</summary>
    TorchZip,

    /// <summary>Format of <c>torch.save</c> before 1.6: pickles followed by raw storages.</summary>
    TorchLegacy,

    /// <summary>A JSON header followed by raw tensors.</summary>
    Safetensors,
}
