using System.Text;

namespace RfDetr.Checkpoints;

/// <summary>Tells a checkpoint's container from its first bytes, and says what a file is that is none.</summary>
internal static class FileSniffer
{
    /// <exception cref="CheckpointFormatException">It is no checkpoint; the message says what it looks like.</exception>
    public static CheckpointFormat Detect(FileBytes file)
    {
        if (file.Length == 0)
            throw new CheckpointFormatException($"{file.Name} is empty (0 bytes); download or copy it again");
        ReadOnlySpan<byte> head = file.Head(512);

        // First, because a header length may happen to begin like a pickle; the others never have '{' as ninth byte.
        if (SafetensorsFile.LooksLikeOne(head))
            return CheckpointFormat.Safetensors;
        if (head.StartsWith("PK\u0003\u0004"u8))
            return CheckpointFormat.TorchZip;
        if (head is [0x80, <= 5, ..])
            return CheckpointFormat.TorchLegacy;
        throw new CheckpointFormatException($"{file.Name} is not a checkpoint: {Describe(head, file.Length)}");
    }

    private static string Describe(ReadOnlySpan<byte> head, long length)
    {
        ReadOnlySpan<byte> text = head.StartsWith("\uFEFF"u8) ? head[3..] : head;
        text = text.TrimStart(" \t\r\n"u8);
        if (text.StartsWith("version https://git-lfs"u8))
            return "it is a Git LFS pointer; fetch the content with 'git lfs pull'";
        if (text is [(byte)'<', ..])
            return "it is an HTML or XML page, as a failed download leaves behind; download it again";
        if (head.StartsWith("PK\u0005\u0006"u8))
            return "it is an empty zip archive";
        if (head is [0x1F, 0x8B, ..])
            return "it is a gzip archive; unpack it first";
        if (head.Length > 262 && head.Slice(257, 5).SequenceEqual("ustar"u8))
            return "it is a tar archive, or PyTorch's format before 0.2; unpack it, or save it again with a recent PyTorch";
        if (head is [0x08, >= 1 and <= 20, 0x12 or 0x1A or 0x22 or 0x2A or 0x32 or 0x3A or 0x42, ..])
            return "it looks like an ONNX model; use it as a model file, or give the .pth file it was exported from";
        if (head.StartsWith("GGUF"u8))
            return "it is a GGUF file; give the .pth or .safetensors file it was made from";
        if (head.Length >= 8 && head.Slice(4, 4).SequenceEqual("TFL3"u8))
            return "it is a TensorFlow Lite model; give the .pth file it was exported from";
        if (head is [0x89, (byte)'H', (byte)'D', (byte)'F', ..])
            return "it is an HDF5 file, as Keras writes; RF-DETR checkpoints are .pth, .ckpt or .safetensors";
        if (head is [0x89, (byte)'P', (byte)'N', (byte)'G', ..] or [0xFF, 0xD8, 0xFF, ..])
            return "it is an image";
        if (text is [(byte)'{' or (byte)'[', ..])
            return "it is a JSON text";
        return IsText(head)
            ? $"it is a text that begins \"{Excerpt(head)}\""
            : $"its {length} bytes begin {Convert.ToHexString(head[..Math.Min(8, head.Length)])}, which no supported "
                + $"format does (.pth and .ckpt of PyTorch, .safetensors)";
    }

    private static bool IsText(ReadOnlySpan<byte> head) => head.IndexOfAnyExcept(s_printable) < 0;

    private static string Excerpt(ReadOnlySpan<byte> head) =>
        Encoding.ASCII.GetString(head[..Math.Min(40, head.Length)]).ReplaceLineEndings(" ").Trim();

    private static readonly System.Buffers.SearchValues<byte> s_printable =
        System.Buffers.SearchValues.Create(
            [(byte)'\t', (byte)'\n', (byte)'\r', .. Enumerable.Range(32, 95).Select(c => (byte)c)]);
}
