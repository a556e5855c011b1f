namespace RfDetr.Checkpoints;

/// <summary>The containers that weights come in, told apart by content and not by extension.</summary>
public enum CheckpointFormat
{
    /// <summary>What <c>torch.save</c> has written since 1.6: a zip archive of one pickle and raw storages.</summary>
    TorchZip,

    /// <summary>What <c>torch.save</c> wrote before 1.6: pickles followed by raw storages.</summary>
    TorchLegacy,

    /// <summary>A JSON header followed by raw tensors.</summary>
    Safetensors,
}
