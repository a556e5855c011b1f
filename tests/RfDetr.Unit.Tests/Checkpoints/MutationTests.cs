using RfDetr.Checkpoints;

namespace RfDetr.Tests.Checkpoints;

/// <summary>
/// Damaged files by the ten thousand: each is read or refused by a <see cref="CheckpointFormatException"/>, and never
/// makes the reader allocate much more than the file is long.
/// </summary>
public class MutationTests
{
    private const int Cases = 40_000;

    /// <summary>Beside ten times the file: names, exceptions with their stack traces, and tables of a healthy file.</summary>
    private const long AllocationFloor = 256 << 10;

    [Theory]
    [InlineData("checkpoints/training_checkpoint.pth", 2500)]
    [InlineData("checkpoints/training_checkpoint_legacy.pth", 3000)]
    public void DamagedTorchFilesAreReadOrRefused(string file, int interesting) =>
        Run(File.ReadAllBytes(Goldens.Path(file)), interesting, seed: file.Length);

    [Fact]
    public void DamagedSafetensorsAreReadOrRefused()
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, WrittenSample.Content);
        byte[] healthy = stream.ToArray();
        Run(healthy, interesting: healthy.Length - 150, seed: 3);
    }

    private static void Run(byte[] healthy, int interesting, int seed)
    {
        var random = new Random(seed);
        int read = 0;
        for (int i = 0; i < Cases; i++)
        {
            byte[] damaged = Damage(healthy, interesting, random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                ReadAll(damaged);
                read++;
            }
            catch (CheckpointFormatException)
            {
                // The expected answer to damage.
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"case {i} of seed {seed} escaped", e);
            }

            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(
                10L * damaged.Length + AllocationFloor, $"case {i} of seed {seed}");
        }

        // Most damage hits numbers and names that mean something, but not all of it.
        read.ShouldBeInRange(Cases / 100, Cases * 9 / 10);
    }

    private static void ReadAll(byte[] bytes)
    {
        using Checkpoint checkpoint = Checkpoint.Read(bytes, "damaged", new CheckpointOptions { VerifyChecksums = false });
        foreach (string name in checkpoint.Names)
            checkpoint.TryGet(name, out _).ShouldBeTrue();
        _ = PlainJson.Write(checkpoint.Args);
    }

    private static byte[] Damage(byte[] healthy, int interesting, Random random)
    {
        var bytes = new List<byte>(healthy);
        for (int change = random.Next(1, 5); change > 0; change--)
        {
            // Mostly the part with structure: the pickle or the header; sometimes anywhere, the directory included.
            int at = random.Next(4) > 0 ? random.Next(Math.Min(interesting, bytes.Count)) : random.Next(bytes.Count);
            int length = Math.Min(random.Next(1, 20), bytes.Count - at);
            switch (random.Next(9))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes[at] = (byte)(random.Next(4) switch { 0 => 0, 1 => 0xFF, 2 => 0x7F, _ => 0x80 }); break;
                case 3: bytes[at] = s_opcodes[random.Next(s_opcodes.Length)]; break;
                case 4: bytes.RemoveRange(at, length); break;
                case 5: bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count - length), length)); break;
                case 6:
                    for (int i = 0; i < length; i++)
                        bytes[at + i] = 0xFF;
                    break;
                case 7: bytes[at] = (byte)"0123456789-.,[]{}\""[random.Next(18)]; break;
                default:
                    if (random.Next(8) == 0 && at > 8)
                        bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }

            if (bytes.Count < 32)
                break;
        }

        return [.. bytes];
    }

    private static readonly byte[] s_opcodes =
        [.. "(.012FGIJKLMNPQRSTUVX]adeghijlopqrstu}bBCc)"u8, .. Enumerable.Range(0x80, 0x1A).Select(i => (byte)i)];
}
