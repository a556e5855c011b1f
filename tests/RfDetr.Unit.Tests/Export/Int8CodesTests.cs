using RfDetr.Onnx;

namespace RfDetr.Tests.Export;

/// <summary>Codes of weights that ONNX Runtime multiplies without clipping on any processor.</summary>
public sealed class Int8CodesTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(384)]
    public void Neighbors_never_add_up_to_more_than_sixteen_bits_hold(int length)
    {
        var random = new Random(length);
        var codes = new sbyte[length];
        for (int round = 0; round < 500; round++)
        {
            float[] row = [.. Enumerable.Range(0, length).Select(_ => Draw(random, round))];
            float scale = Int8Codes.Signed(row, codes);
            for (int i = 0; i < length; i++)
            {
                ((int)codes[i]).ShouldBeInRange(-127, 127);
                // Half a step from rounding, one more where a pair had to give way.
                Math.Abs(codes[i] - row[i] / scale).ShouldBeLessThanOrEqualTo(1.51f);
            }

            for (int i = 0; i + 1 < length; i += 2)
            {
                int most = 255 * Math.Abs(codes[i] + codes[i + 1]);
                most.ShouldBeLessThanOrEqualTo(short.MaxValue, $"codes {codes[i]} and {codes[i + 1]}");
            }
        }
    }

    [Fact]
    public void Rows_whose_codes_fit_keep_them()
    {
        sbyte[] expected = [127, 1, -100, -28, 0, 55], codes = new sbyte[6];
        float[] row = [.. expected.Select(c => c * 0.125f)];
        Int8Codes.Signed(row, codes).ShouldBe(0.125f);
        codes.ShouldBe(expected);
    }

    [Fact]
    public void A_row_gives_up_no_more_than_its_largest_pair_asks_for()
    {
        var codes = new sbyte[4];
        // Opposite signs never add up; the sum of 96 and 64 is the largest.
        Int8Codes.Signed([127, -127, 96, 64], codes).ShouldBe(160f / 128);
        codes.ShouldBe([102, -102, 77, 51]);
        // Every second place begins a pair: 127 and 127 in the middle are no neighbors to the kernel.
        Int8Codes.Signed([1, 127, 127, 1], codes).ShouldBe(1);
        codes.ShouldBe([1, 127, 127, 1]);
    }

    [Fact]
    public void A_pair_that_exceeds_the_limit_by_rounding_gives_up_one_step()
    {
        var codes = new sbyte[4];
        // 100.6 + 27.8 = 128.4 codes: rounded each for itself they are 101 and 28.
        Int8Codes.Signed([127, 0, -100.6f, -27.8f], codes).ShouldBe(1);
        codes.ShouldBe([127, 0, -100, -28]);
    }

    [Fact]
    public void Unsigned_codes_use_the_full_range()
    {
        var codes = new byte[4];
        Int8Codes.Unsigned([2, 2, -2, 0], codes).ShouldBe(2f / 127);
        codes.ShouldBe<byte>([255, 255, 1, 128]);
    }

    [Fact]
    public void A_row_of_zeros_stays_one()
    {
        var codes = new sbyte[4];
        Int8Codes.Signed(new float[4], codes).ShouldBe(1);
        codes.ShouldBe(new sbyte[4]);
    }

    // Normally distributed, uniform, on a grid of 8-bit codes, and nearly constant rows.
    private static float Draw(Random random, int round) => (round % 4) switch
    {
        0 => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())),
        1 => random.NextSingle() * 2 - 1,
        2 => random.Next(-127, 128) * 0.01f,
        _ => 1 + random.NextSingle() * 0.01f,
    };
}
