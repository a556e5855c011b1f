using System.IO.Compression;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text.Json;
using RfDetr.Checkpoints;
using RfDetr.Tensors;

namespace RfDetr.Tests.Checkpoints;

/// <summary>Written files: equal to what PyTorch read, whole or absent, and readable again bit by bit.</summary>
public class WriterTests
{
    [Fact]
    public void TheTorchFileIsTheOneThatPyTorchRead()
    {
        using JsonDocument observed = JsonDocument.Parse(File.ReadAllText(Goldens.Path("written/written.json")));
        byte[] file = Torch(WrittenSample.Content);
        Convert.ToHexStringLower(SHA256.HashData(file)).ShouldBe(observed.RootElement.GetProperty("sha256").GetString());

        using Checkpoint checkpoint = Checkpoint.Read(file, "written.pth");
        foreach (JsonProperty entry in observed.RootElement.GetProperty("model").EnumerateObject())
        {
            checkpoint.TryGet(entry.Name, out HostTensor? tensor).ShouldBeTrue(entry.Name);
            tensor!.Shape.ShouldBe(entry.Value.GetProperty("shape").EnumerateArray().Select(e => e.GetInt32()));
            tensor.DType.ToString().ToLowerInvariant().ShouldBe(entry.Value.GetProperty("dtype").GetString());
            tensor.ToSingles().ShouldBe(entry.Value.GetProperty("values").EnumerateArray().Select(e => (float)e.GetDouble()));
        }

        PlainJson.Write(
            PlainJson.Read(observed.RootElement.GetProperty("args").GetRawText(), "")).ShouldBe(PlainJson.Write(checkpoint.Args));
        observed.RootElement.GetProperty("args_type").GetString().ShouldBe("<class 'argparse.Namespace'>");
    }

    [Fact]
    public void AnyZipReaderFindsTheEntriesAndTheirChecksums()
    {
        using var zip = new ZipArchive(new MemoryStream(Torch(WrittenSample.Content)));
        zip.Entries.Count.ShouldBe(3 + 14);
        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            using Stream stream = entry.Open();
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            entry.Crc32.ShouldBe(Crc32.HashToUInt32(copy.ToArray()), entry.FullName);
        }

        Crc32.HashToUInt32("123456789"u8).ShouldBe(0xCBF43926u); // the check value of CRC-32/ISO-HDLC
    }

    [Fact]
    public void BothContainersKeepEveryBitAndDescribeThemselves()
    {
        CheckpointContent content = WrittenSample.Content;
        using Checkpoint torch = Checkpoint.Read(Torch(content), "a.pth");
        using Checkpoint safe = Checkpoint.Read(Safe(CheckpointContent.Of(torch)), "b.safetensors");
        using Checkpoint again = Checkpoint.Read(Torch(CheckpointContent.Of(safe)), "c.pth");
        safe.Format.ShouldBe(CheckpointFormat.Safetensors);
        foreach (Checkpoint checkpoint in (Checkpoint[])[torch, safe, again])
        {
            ShouldBeEqual(checkpoint, content.Weights);
            ShouldBeEqual(checkpoint.Ema!, content.Ema!);
            PlainJson.Write(checkpoint.Args).ShouldBe(PlainJson.Write(content.Args));
            checkpoint.Metadata["epoch"].ShouldBe(7L);
            checkpoint.Metadata["rfdetr_version"].ShouldBe("1.4.1");
            ClassMapRules.Find(checkpoint).ShouldBe(content.ClassMap);
        }
    }

    [Fact]
    public void SafetensorsAreAlignedToTheirElements()
    {
        byte[] file = Safe(WrittenSample.Content);
        long header = BitConverter.ToInt64(file);
        ((8 + header) % 64).ShouldBe(0);
        foreach (SafetensorsEntry entry in SafetensorsHeader.Parse(file.AsSpan(8, (int)header), "").Entries)
            (entry.Begin % entry.DType.SizeInBytes()).ShouldBe(0, entry.Name);
    }

    [Fact]
    public void TorchStoragesBeginAtMultiplesOf64()
    {
        byte[] file = Torch(WrittenSample.Content);
        ZipDirectory zip = ZipDirectory.Read(new MemoryBytes("", file));
        foreach (string name in zip.Names)
        {
            zip.TryFind(name, out long position, out _, out _).ShouldBeTrue();
            (position % 64).ShouldBe(0, name);
        }
    }

    [Fact]
    public void ArchivesBeyondFourGigabytesAreWrittenAndRead()
    {
        // The archive's first 5 GiB are only claimed: positions are wide, memory is not.
        const long Before = 5L << 30;
        using var stream = new MemoryStream();
        var writer = new ZipWriter(stream, Before);
        writer.Add("a/data.pkl", [1, 2, 3]);
        writer.Add("a/data/0", [4, 5]);
        writer.Finish();
        const int Seen = 70_000; // the reader looks at the last 64 KiB
        using var file = new ShiftedBytes([.. new byte[Seen], .. stream.ToArray()], Before - Seen);
        ZipDirectory zip = ZipDirectory.Read(file);
        zip.Names.ShouldBe(["a/data.pkl", "a/data/0"]);
        zip.TryRead("a/data/0", out ReadOnlyMemory<byte> bytes).ShouldBeTrue();
        bytes.ToArray().ShouldBe([4, 5]);
        zip.TryFind("a/data/0", out long position, out _, out _).ShouldBeTrue();
        position.ShouldBeGreaterThan(Before);
    }

    [Fact]
    public void AFailedWriteLeavesTheOldFileAndNothingElse()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("rfdetr-writer-");
        try
        {
            string path = Path.Combine(folder.FullName, "new", "model.pth");
            TorchWriter.Write(path, WrittenSample.Content);
            byte[] first = File.ReadAllBytes(path);
            CheckpointContent broken =
                WrittenSample.Content with { Metadata = new PlainMap([new("bad", new Uri("https://example.org"))]) };
            Should.Throw<ArgumentException>(() => TorchWriter.Write(path, broken)).Message.ShouldContain("Uri cannot be stored");
            Should.Throw<ArgumentException>(() =>
                SafetensorsWriter.Write(path, broken)).Message.ShouldContain("Uri is no plain value");
            File.ReadAllBytes(path).ShouldBe(first);
            Directory.GetFiles(Path.GetDirectoryName(path)!).ShouldBe([path]);

            // Replacing a file that is open elsewhere leaves the reader with the old one.
            using Checkpoint open = Checkpoint.Open(path);
            SafetensorsWriter.Write(path, CheckpointContent.Of(open));
            ShouldBeEqual(open, WrittenSample.Content.Weights);
            using Checkpoint replaced = Checkpoint.Open(path);
            replaced.Format.ShouldBe(CheckpointFormat.Safetensors);
            ShouldBeEqual(replaced, WrittenSample.Content.Weights);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void ReservedMetadataKeysAreTheCallersMistake() =>
        Should.Throw<ArgumentException>(() =>
            Torch(WrittenSample.Content with { Metadata = new PlainMap([new("model", 1L)]) })).Message.ShouldContain("'model'");

    private static byte[] Torch(CheckpointContent content)
    {
        using var stream = new MemoryStream();
        TorchWriter.Write(stream, content);
        return stream.ToArray();
    }

    private static byte[] Safe(CheckpointContent content)
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, content);
        return stream.ToArray();
    }

    private static void ShouldBeEqual(IWeightSource actual, IWeightSource expected)
    {
        actual.Names.ShouldBe(expected.Names, ignoreOrder: true);
        foreach (string name in expected.Names)
        {
            actual.TryGet(name, out HostTensor? a).ShouldBeTrue(name);
            expected.TryGet(name, out HostTensor? e).ShouldBeTrue(name);
            (a!.DType, string.Join(",", a.Shape)).ShouldBe((e!.DType, string.Join(",", e.Shape)), name);
            a.Bytes.ToArray().ShouldBe(e.Bytes.ToArray(), name);
        }
    }

    private sealed class ShiftedBytes(byte[] bytes, long before) : FileBytes("shifted", before + bytes.Length)
    {
        public override void Dispose()
        {
            // Nothing to release.
        }

        protected override ReadOnlyMemory<byte> View(long offset, int length) =>
            bytes.AsMemory(checked((int)(offset - before)), length);
    }
}
