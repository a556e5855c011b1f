using System.Text;
using RfDetr.Checkpoints;
using RfDetr.Tensors;

namespace RfDetr.Tests.Checkpoints;

/// <summary>Files that are something else, and files made to do harm: each with a message of its own.</summary>
public class HostileFileTests
{
    [Theory]
    [InlineData("", "is empty")]
    [InlineData("<!DOCTYPE html><html>404</html>", "HTML or XML page")]
    [InlineData("\n  <html>", "HTML or XML page")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:00", "Git LFS pointer")]
    [InlineData("{\"message\": \"not found\"}", "JSON text")]
    [InlineData("GGUF\u0003", "GGUF")]
    [InlineData("\u0008\u0008\u0012\u0007pytorch", "ONNX model")]
    [InlineData("just words", "begins \"just words\"")]
    [InlineData("\u0001\u0002\u0003\u0004", "begin 01020304")]
    [InlineData("    TFL3", "TensorFlow Lite")]
    public void OtherThingsAreCalledByTheirName(string text, string expected) =>
        Refused(Encoding.Latin1.GetBytes(text)).ShouldContain(expected);

    [Fact]
    public void MissingFilesAndFoldersAreTheCallersMistake()
    {
        Should.Throw<FileNotFoundException>(() => Checkpoint.Open("/no/such/file.pth"));
        Should.Throw<ArgumentException>(() => Checkpoint.Open(Path.GetTempPath())).Message.ShouldContain("is a folder");
        Should.Throw<ArgumentException>(() => Checkpoint.Open(" "));
    }

    [Theory]
    [InlineData("os", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("builtins", "getattr")]
    [InlineData("torch.hub", "load")]
    [InlineData("rfdetr.models.lwdetr", "LWDETR")]
    [InlineData("torch.nn.modules.linear", "Linear")]
    public void NamesThatMayDoHarmAreRefusedByNameBeforeAnyCall(string module, string name)
    {
        Refused(Pickle($"c{module}\n{name}\n)R.")).ShouldContain($"wants to call '{module}.{name}'");
        Refused(
            Pickle($"\u008C{(char)module.Length}{module}\u008C{(char)name.Length}{name}\u0093)R."))
            .ShouldContain($"'{module}.{name}'");
    }

    [Fact]
    public void NamesFromTheFileCannotDriveATerminal() =>
        Refused(Pickle("cos\n\u001B[2Jsystem\n.")).ShouldContain("'os.?[2Jsystem'");

    [Theory]
    [InlineData("i", "instruction 0x69")] // INST
    [InlineData("o", "instruction 0x6F")] // OBJ
    [InlineData("\u0082\u0001", "instruction 0x82")] // EXT1
    [InlineData("\u0097", "instruction 0x97")] // NEXT_BUFFER
    [InlineData("Pid\n", "instruction 0x50")] // PERSID
    [InlineData("\u0080\u0009.", "protocol 9")]
    [InlineData("]q\u0000h\u0000a.", "holds itself")]
    [InlineData("h\u0007.", "recalls value 7")]
    [InlineData("a", "takes more values")]
    [InlineData("t", "takes more values")]
    [InlineData("(K\u0001u.", "takes more values")]
    [InlineData("}(K\u0001u.", "key without a value")]
    [InlineData("}NK\u0001s.", "key None")]
    [InlineData("NK\u0001a.", "not a list")]
    [InlineData("X\u00FF\u00FF\u00FF\u007Fabc", "needs 2147483647 more bytes")]
    [InlineData("\u008E\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF", "needs 18446744073709551615 more bytes")]
    [InlineData("\u008A\u00FFx", "integer of 255 bytes")]
    [InlineData("ccollections\nOrderedDict\n.", "the class 'collections.OrderedDict'")]
    [InlineData("K\u0001)R.", "no constructor")]
    [InlineData("ctorch\nFloatStorage\n)R.", "'torch.FloatStorage' by itself")]
    [InlineData("N.", "None where a checkpoint has a dictionary")]
    [InlineData("}.", "no weights found")]
    [InlineData("X\u0001\u0000\u0000\u0000\u00FF.", "not UTF-8")]
    public void BrokenPicklesSayWhatIsWrong(string pickle, string expected) => Refused(Pickle(pickle)).ShouldContain(expected);

    [Fact]
    public void DeepNestingIsRefusedInsteadOfOverflowingTheStack() =>
        Refused(Pickle(new string(']', 100_000) + new string('a', 99_999) + ".")).ShouldContain("nested more than");

    [Fact]
    public void SharedListsThatExpandWithoutEndAreRefused()
    {
        // Sixty times: a list that holds the one before twice.
        var pickle = new StringBuilder("]");
        for (int i = 0; i < 60; i++)
            pickle.Append("q").Append((char)i).Append("0](h").Append((char)i).Append('h').Append((char)i).Append('e');
        Refused(Pickle(pickle + ".")).ShouldContain("expands to more than");
    }

    [Theory]
    [InlineData("cpathlib\nPosixPath\n(h\0h\0tRq\00", "expands to more than")] // a path of the path before, twice
    [InlineData("cbuiltins\nlist\n(h\u0001tR0", "expands to more than")] // a copy of a list
    [InlineData("cbuiltins\ntuple\n(h\u0001tR0", "expands to more than")]
    [InlineData("ccollections\nOrderedDict\n(h\u0002tR0", "expands to more than")]
    [InlineData("cargparse\nNamespace\n)Rh\u0002b0", "expands to more than")] // a state laid over an object
    [InlineData("c_codecs\nencode\n(h\u0003X\u0006\0\0\0latin1tR0", "expands to more than")]
    public void PicklesCannotMultiply(string step, string expected)
    {
        string list = "(" + string.Concat(Enumerable.Repeat("K\u0001", 1000)) + "lq\u00010";
        string map = "(" + string.Concat(Enumerable.Range(0, 250).Select(i => $"K{(char)i}N")) + "dq\u00020";
        string text = $"X\0\u0010\0\0{new string('y', 4096)}q\u00030";
        string pickle =
            "X\u0064\0\0\0" + new string('x', 100) + "q\00" + list + map + text + string.Concat(
                Enumerable.Repeat(step, 4000)) + "}.";
        byte[] file = Pickle(pickle);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Refused(file).ShouldContain(expected);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100 << 20);
    }

    [Fact]
    public void KeysThatCollideInOrdinaryTablesDoNotHere()
    {
        HashSet<int> keys =
            [.. Enumerable.Range(0, 10_000).Select(i => PlainKey.Instance.GetHashCode(((long)i << 32) | (uint)i))];
        keys.Count.ShouldBeGreaterThan(9_900);
    }

    [Theory]
    [InlineData("X\u0003\0\0\0neg\u0088", -3f)]
    [InlineData("X\u0003\0\0\0neg\u0089", 3f)]
    [InlineData("X\u0004\0\0\0conj\u0089", 3f)]
    public void ANegationThatWasPutOffIsApplied(string bit, float expected)
    {
        using Checkpoint checkpoint = Checkpoint.Read(Pickle(Marked($"}}{bit}s"), BitConverter.GetBytes(3f)), "the file");

        checkpoint.TryGet("w", out HostTensor? tensor).ShouldBeTrue();
        tensor!.ToSingles().ShouldBe([expected]);
    }

    [Theory]
    [InlineData("}X\u0004\0\0\0conj\u0088s", "the mark 'conj'")]
    [InlineData("}X\u0005\0\0\0fancy\u0088s", "changes its values")]
    [InlineData("K\u0001", "of a wrong kind")]
    public void MarksThatChangeValuesInUnknownWaysAreRefused(string metadata, string expected) =>
        Refused(Pickle(Marked(metadata), BitConverter.GetBytes(3f))).ShouldContain(expected);

    [Fact]
    public void ADamagedByteOfATensorIsFoundByItsChecksum()
    {
        byte[] file = Pickle(Marked("}"), BitConverter.GetBytes(3f));
        int at = file.AsSpan().LastIndexOf(BitConverter.GetBytes(3f));
        file[at] ^= 1;

        using Checkpoint checkpoint = Checkpoint.Read(file, "the file");
        Should.Throw<CheckpointFormatException>(() => checkpoint.TryGet("w", out _)).Message.ShouldContain("has the checksum");
        using Checkpoint lenient = Checkpoint.Read(file, "the file", new CheckpointOptions { VerifyChecksums = false });
        lenient.TryGet("w", out _).ShouldBeTrue();
    }

    [Fact]
    public void ADamagedByteOfThePickleIsFoundByItsChecksum()
    {
        byte[] file = Pickle("}X\u0001\0\0\0aK\u0001s.");
        file[file.AsSpan().IndexOf("aK\u0001"u8)] = (byte)'b';

        Refused(file).ShouldContain("entry 'a/data.pkl' has the checksum");
    }

    [Fact]
    public void TensorsOfManyDimensionsAreRefused() =>
        Refused(Pickle(Marked("}", "(" + string.Concat(Enumerable.Repeat("K\u0001", 70)) + "t"), BitConverter.GetBytes(3f)))
            .ShouldContain("has 70 dimensions; at most 64");

    /// <summary>A tensor 'w' of one number whose metadata is the given pickle.</summary>
    private static string Marked(string metadata, string size = "(K\u0001t")
    {
        string reference = "(X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\0" + "0X\u0003\0\0\0cpuK\u0001tQ";
        return $"}}X\u0001\0\0\0wctorch._utils\n_rebuild_tensor_v2\n({reference}K\0{size}{size}\u0089}}{metadata}tRs.";
    }

    [Theory]
    [InlineData(0, 4, 1, "reaches element 3")] // 4 elements in a storage of 1
    [InlineData(-1, 1, 1, "reaches element")]
    [InlineData(0, 1000000, 0, "claims more elements than its file")] // stride 0: one number claiming to be a million
    [InlineData(0, -1, 1, "dimension outside")]
    [InlineData(0, 1, -1, "negative stride")]
    public void TensorsThatLeaveTheirStorageAreRefused(int offset, int size, int stride, string expected)
    {
        // 'storage', FloatStorage, '0', 'cpu', 1 element
        string reference = "(X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\0" + "0X\u0003\0\0\0cpuK\u0001tQ";
        string pickle =
            $"}}X\u0001\0\0\0wctorch._utils\n_rebuild_tensor_v2\n({reference}I{offset}\n(I{size}\nt(I{stride}\nt\u0089}}tRs.";
        Refused(Pickle(pickle, new byte[4])).ShouldContain(expected);
    }

    [Fact]
    public void EmptyTensorsOfEndlessDimensionsAreRefused()
    {
        string reference = "(X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\0" + "0X\u0003\0\0\0cpuK\u0000tQ";
        string huge = string.Concat(Enumerable.Repeat("I2147483647\n", 3));
        string pickle =
            $"}}X\u0001\0\0\0wctorch._utils\n_rebuild_tensor_v2\n({reference}K\u0000({huge}K\u0000t"
            + "(K\u0001K\u0001K\u0001K\u0001t\u0089}tRs.";
        Refused(Pickle(pickle, [])).ShouldContain("larger than any file");
    }

    [Fact]
    public void CompressedAndMisdescribedArchivesAreRefused()
    {
        byte[] healthy = Pickle("}.", new byte[8]);
        int directory = healthy.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        int first = healthy.AsSpan().IndexOf("PK\u0001\u0002"u8);

        byte[] bomb = [.. healthy];
        bomb[first + 10] = 8; // deflated,
        bomb[first + 27] = 0x7F; // claiming 2 GB
        Refused(bomb).ShouldContain("is compressed (method 8");
        byte[] lying = [.. healthy];
        lying[directory + 45] = 0x7F;
        Refused(WithPickleEntry(lying, first, 45)).ShouldContain("truncated or damaged");
        Refused(healthy[..^30]).ShouldContain("is truncated");
    }

    [Theory]
    [
        InlineData(
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
            8, "'a' and 'b' overlap")
    ]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8, "bytes 0 to 4")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 8, "4 bytes after the last tensor")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}", 8, "truncated: tensor 'a'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", 8, "takes 12 bytes")]
    [
        InlineData(
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2147483647,2147483647,2147483647,2147483647],\"data_offsets\":[0,8]}}", 8,
            "larger than any file")
    ]
    [
        InlineData(
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2147483647,2147483647,2147483647,0],\"data_offsets\":[0,0]}}", 0,
            "larger than any file")
    ]
    [InlineData("{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[8],\"data_offsets\":[0,8]}}", 8, "element type F8_E4M3")]
    [
        InlineData(
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                + "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
            8, "names 'a' twice")
    ]
    [InlineData("{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "lacks dtype")]
    [InlineData("{\"a\":1}", 0, "StartObject belongs")]
    [InlineData("{\"a\":", 0, "not what the format asks for")]
    [InlineData("{\"__metadata__\":{\"rfdetr.args\":\"{\"}}", 0, "metadata is not JSON")]
    public void BrokenSafetensorsSayWhatIsWrong(string header, int data, string expected) =>
        Refused(
            [.. BitConverter.GetBytes((long)header.Length), .. Encoding.UTF8.GetBytes(header), .. new byte[data]])
            .ShouldContain(expected);

    [Fact]
    public void ASafetensorsHeaderLongerThanTheFileIsNamedTruncated() =>
        Refused([.. BitConverter.GetBytes(1000L), .. "{}"u8]).ShouldContain("is truncated: its header of 1000 bytes");

    private static byte[] WithPickleEntry(byte[] archive, int record, int field)
    {
        archive[record + field] = 0x7F; // the local header is said to stand beyond the end
        return archive;
    }

    /// <summary>A PyTorch archive around a pickle given as Latin-1 text, with an optional storage '0'.</summary>
    internal static byte[] Pickle(string pickle, byte[]? storage = null)
    {
        using var stream = new MemoryStream();
        var zip = new ZipWriter(stream);
        zip.Add("a/data.pkl", Encoding.Latin1.GetBytes(pickle));
        if (storage is not null)
            zip.Add("a/data/0", storage);
        zip.Finish();
        return stream.ToArray();
    }

    internal static string Refused(byte[] file) =>
        Should.Throw<CheckpointFormatException>(() => Checkpoint.Read(file, "the file")).Message;
}
