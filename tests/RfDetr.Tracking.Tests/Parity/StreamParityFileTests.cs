using RfDetr.Tracking;

namespace RfDetr.Tests.Tracking;

public sealed class StreamParityFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void The_first_frame_that_differs_is_named()
    {
        string text = File.ReadAllText(Goldens.Path("streams/tracking/crossing.json"));
        int at = text.IndexOf("\"ids\":", text.IndexOf("\"bytetrack\":", StringComparison.Ordinal), StringComparison.Ordinal);
        int third = at;
        for (int i = 0; i < 4; i++)
            third = text.IndexOf('[', third + 1);
        string path = _folder["changed.json"];
        File.WriteAllText(path, text[..(third + 1)] + "9" + text[(third + 2)..]);

        StreamParityResult[] wrong = [.. StreamParity.Run(path).Where(r => !r.Ok)];

        wrong.Length.ShouldBe(1);
        wrong[0].Setup.ShouldBe("bytetrack");
        wrong[0].Frame.ShouldBe(2);
        wrong[0].Difference.ShouldNotBeNull().ShouldContain("detection 0 has id");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"cases\":[]}")]
    [InlineData("{\"detections\":3}")]
    [InlineData("{\"detections\":[],\"name\":\"x\"}")]
    [InlineData("{\"sahi\":[{}],\"supervision\":[{\"resolution\":[0,1],\"slice\":[1,1],\"overlap\":[0,0]}],\"sahi_auto\":[]}")]
    [InlineData("{\"small\":[],\"cases\":[{\"sequence\":\"../../secret\",\"tracker\":\"sort\"}]}")]
    public void A_damaged_file_is_refused_by_name(string content)
    {
        string path = _folder["damaged.json"];
        File.WriteAllText(path, content);

        Should.Throw<StreamGoldenException>(() => StreamParity.Run(path)).Message.ShouldContain("damaged.json");
    }

    [Fact]
    public void A_path_without_files_is_refused()
    {
        Should.Throw<StreamGoldenException>(() => StreamParity.Files(_folder[""])).Message.ShouldContain("no golden files");
        Should.Throw<StreamGoldenException>(
            () => StreamParity.Files(_folder["none"])).Message.ShouldContain("neither");
    }

    public void Dispose() => _folder.Dispose();
}
