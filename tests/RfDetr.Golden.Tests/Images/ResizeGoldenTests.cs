namespace RfDetr.Tests.Images;

/// <summary>The resize against torch 1.13 / torchvision 0.14 (and Pillow), on normalized values.</summary>
public sealed class ResizeGoldenTests
{
    // 1e-6 on values in 0–1; normalization divides by at least 0.224.
    private const float Tolerance = 1e-6f / 0.224f;

    private static readonly SafetensorsGolden Operators = SafetensorsGolden.Load("operators.safetensors");

    [Theory]
    [InlineData("resize32.antialias_false", "reference.png", 32, ResizeRule.Bilinear)]
    [InlineData("resize32.antialias_true", "reference.png", 32, ResizeRule.BilinearAntialias)]
    [InlineData("resize128.antialias_false", "reference.png", 128, ResizeRule.Bilinear)]
    [InlineData("resize128.antialias_true", "reference.png", 128, ResizeRule.BilinearAntialias)]
    [InlineData("x4.resize96.antialias_false", "reference_x4.png", 96, ResizeRule.Bilinear)]
    [InlineData("x4.resize96.antialias_true", "reference_x4.png", 96, ResizeRule.BilinearAntialias)]
    public void Agrees_with_torchvision(string golden, string image, int size, ResizeRule rule)
    {
        float[] expected = Operators.Floats(golden);
        float[] actual = Resize(image, size, rule);
        LargestDifference(actual, expected).ShouldBeLessThanOrEqualTo(Tolerance);
    }

    [Fact]
    public void The_two_rules_are_told_apart_by_the_goldens() =>
        LargestDifference(
            Resize("reference.png", 32, ResizeRule.Bilinear), Operators.Floats("resize32.antialias_true"))
            .ShouldBeGreaterThan(0.1f);

    [Fact]
    public void Antialiased_agrees_with_Pillow_but_for_its_rounding_to_bytes()
    {
        // Pillow rounds after each of its two passes: at most one step of 1/255, and a little.
        float step = 1.1f / 255 / 0.224f;
        LargestDifference(
            Resize("reference.png", 32, ResizeRule.BilinearAntialias), Operators.Floats("pillow.resize32"))
            .ShouldBeLessThan(step);
    }

    private static float[] Resize(string image, int size, ResizeRule rule)
    {
        using Image source = Image.Load(Goldens.Path($"images/{image}"));
        var planes = new float[3 * size * size];
        Preprocessor.Run(source.Frame, planes, size, size, rule);
        return planes;
    }

    private static float LargestDifference(float[] actual, float[] expected)
    {
        actual.Length.ShouldBe(expected.Length);
        return actual.Zip(expected, (a, e) => MathF.Abs(a - e)).Max();
    }
}
