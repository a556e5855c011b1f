using CsCheck;
using RfDetr.Fuzzing;

namespace RfDetr.Tests.House;

/// <summary>
/// A short round of the campaign that <c>fuzz/run</c> goes on with: readers accept or refuse what is thrown at them, and nothing
/// else.
/// </summary>
public class FuzzRoundTests
{
    private const int Inputs = 2_000;

    private static readonly string s_corpus = Path.Combine(AppContext.BaseDirectory, "corpus");
    private static readonly ReaderTarget[] s_targets = [.. DataTargets.All, .. CheckpointTargets.All, .. OnnxTarget.All];

    public static TheoryData<string> Readers => [.. s_targets.Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(Readers))]
    public void Bears_damage(string reader)
    {
        ReaderTarget target = s_targets.Single(t => t.Name == reader);
        byte[][] seeds = target.Seeds(s_corpus);
        seeds.Length.ShouldBeGreaterThan(0);
        seeds.Count(target.Try).ShouldBeGreaterThan(0);
        (int accepted, int refused) = (0, 0);

        Mutations.Of(target, seeds)
            .Sample(input => Interlocked.Increment(ref target.Try(input) ? ref accepted : ref refused), iter: Inputs, threads: 1);

        accepted.ShouldBeGreaterThan(0);
        refused.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_reader_that_breaks_is_noticed()
    {
        var broken = new ReaderTarget("broken", [[0]], bytes => _ = bytes[3], e => e is FormatException);

        Should.Throw<CsCheckException>(
            () => Mutations.Of(broken, [[1, 2, 3, 4, 5]]).Sample(input => _ = broken.Try(input), iter: 1_000, threads: 1));
        Should.Throw<FuzzFindingException>(() => broken.Try([])).Message.ShouldContain("IndexOutOfRangeException escaped");
    }
}
