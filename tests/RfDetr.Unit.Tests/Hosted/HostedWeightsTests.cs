using RfDetr.Checkpoints;
using RfDetr.Model;

namespace RfDetr.Tests.Hosted;

public class HostedWeightsTests
{
    [Fact]
    public void EveryVariantHasWeightsAndEveryFileAVariant() =>
        HostedWeights.All.Select(f => f.Variant).Distinct().Order().ShouldBe(Variants.All.Select(v => v.Variant).Order());

    [Fact]
    public void TheTableIsSound()
    {
        foreach (HostedFile file in HostedWeights.All)
        {
            file.Md5.ShouldMatch("^[0-9a-f]{32}$");
            new Uri(HostedWeights.BaseAddress, file.RemotePath).AbsoluteUri.ShouldBe(
                "https://storage.googleapis.com/rfdetr/" + file.RemotePath);
            file.FileName.ShouldMatch(@"^[a-z0-9-]+\.pth?$");
        }

        HostedWeights.All.Select(f => f.FileName).Distinct().Count().ShouldBe(17);
        HostedWeights.All.Select(f => f.Md5).Distinct().Count().ShouldBe(17);
        HostedWeights.All.Where(f => f.License.MustBeAccepted).Select(f => f.Variant).ShouldBe(["xlarge", "2xlarge"]);
    }

    [Theory]
    [InlineData("nano", "rf-detr-nano.pth")]
    [InlineData("Seg-2XLarge", "rf-detr-seg-xxlarge.pt")]
    [InlineData("large", "rf-detr-large-2026.pth")]
    [InlineData("rf-detr-large.pth", "rf-detr-large.pth")]
    [InlineData("RF-DETR-base-o365", "rf-detr-base-o365.pth")]
    [InlineData("base", "rf-detr-base.pth")]
    public void FindsByVariantAndByFile(string name, string expected) => HostedWeights.Find(name).FileName.ShouldBe(expected);

    [Theory]
    [InlineData("nan0", "did you mean 'nano'")]
    [InlineData("seg_medium", "'seg-medium'")]
    [InlineData("rf-detr-smal.pth", "'rf-detr-small.pth'")]
    [InlineData("yolo", "there are nano, small, medium")]
    [InlineData("", "there are nano")]
    [InlineData("rf-detr-keypoint-preview-xlarge.pt", "not supported here: it has keypoint heads")]
    [InlineData("Atto", "not supported here: it has a PE-Core encoder")]
    public void AnUnknownNameGetsHelp(string name, string expected) =>
        Should.Throw<ArgumentException>(() => HostedWeights.Find(name)).Message.ShouldContain(expected);

    [Fact]
    public void DefaultsNeedNoEnvironment()
    {
        DownloadOptions options = new();
        options.ResolveFolder().ShouldEndWith(Path.DirectorySeparatorChar + "weights");
        new DownloadOptions
        {
            BaseAddress = new("http://mirror.example/a")
        }.ResolveBaseAddress().AbsoluteUri.ShouldBe("http://mirror.example/a/");
    }
}
