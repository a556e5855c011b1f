using RfDetr.Model;
using RfDetr.Tensors;

namespace RfDetr.Tests.Model;

public sealed class WindowTests
{
    [Theory]
    [InlineData(1, 3, 5)]
    [InlineData(2, 4, 6)]
    [InlineData(4, 8, 4)]
    public void Cutting_and_joining_are_inverse(int perSide, int height, int width)
    {
        var host = new HostBackend();
        var windows = new Windows(perSide, height, width);
        HostTensor grid =
            HostTensor.Of([.. Enumerable.Range(0, 2 * height * width * 3).Select(i => (float)i)], 2, height, width, 3);
        Tensor cut = windows.Cut(host.Constant(grid));
        cut.Shape.ShouldBe([2 * perSide * perSide, height * width / (perSide * perSide), 3]);
        Tensor joined = windows.Join(cut);
        joined.Shape.ShouldBe([2, height, width, 3]);
        HostBackend.Read(joined).ToSingles().ShouldBe(grid.ToSingles());
    }

    [Fact]
    public void Windows_lie_row_by_row()
    {
        var host = new HostBackend();
        Tensor cut = new Windows(2, 4, 4).Cut(
            host.Constant(HostTensor.Of([.. Enumerable.Range(0, 16).Select(i => (float)i)], 1, 4, 4, 1)));
        HostBackend.Read(cut).ToSingles().ShouldBe([0f, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15]);
    }
}
