using System.Text;
using RfDetr.Data;

namespace RfDetr.Tests.DataSets;

public class CocoFileTests
{
    private const string Good = """
        {"info": {"year": [1, {"a": 2}]},
         "annotations": [
           {"id": 7, "image_id": 3, "category_id": 2, "bbox": [1, 2.5, 3, 4], "area": 10.25, "iscrowd": 0,
            "segmentation": [[1, 2, 4, 2, 4, 6, 1, 6]]},
           {"image_id": 3, "category_id": 2, "bbox": [0, 0, 2, 3], "segmentation": []},
           {"image_id": 3, "category_id": 5, "iscrowd": 1, "segmentation": {"counts": [2, 3, 75], "size": [8, 10]}},
           {"image_id": 3, "category_id": 5, "iscrowd": true, "bbox": [0, 0, 1, 1],
            "segmentation": {"counts": "23[2", "size": [8, 10]}}],
         "images": [{"file_name": "a/ü.jpg", "id": 3.0, "width": 10, "height": 8, "license": null}],
         "categories": [{"id": 2, "name": "cat", "supercategory": "animal"}, {"id": 5, "name": "dog"}]}
        """;

    [Fact]
    public void Reads_lists_in_any_order_and_fills_in_what_follows()
    {
        CocoFile file = Read(Good);

        file.Images.ShouldHaveSingleItem().ShouldBe(new CocoImage(3, "a/ü.jpg", 10, 8));
        file.Categories.ShouldBe([new CocoCategory(2, "cat", "animal"), new CocoCategory(5, "dog")]);
        file.Annotations.Select(a => a.Id).ShouldBe([7, 2, 3, 4]);
        file.Annotations.Select(a => a.Area).ShouldBe([10.25, 6, 3, 3]);
        file.Annotations.Select(a => a.IsCrowd).ShouldBe([false, false, true, true]);
        file.Annotations[0].Box.ShouldBe(new BoxXywh(1, 2.5, 3, 4));
        file.Annotations[0].Segmentation!.ToMask(8, 10).ShouldBe(RleMask.FromPolygons(8, 10, [[1, 2, 4, 2, 4, 6, 1, 6]]));
        file.Annotations[1].Segmentation.ShouldBeNull();
        file.Annotations[2].Box.ShouldBe(new BoxXywh(0, 2, 1, 3));
        file.Annotations[2].Segmentation!.ToMask(8, 10).ShouldBe(file.Annotations[3].Segmentation!.ToMask(8, 10));
    }

    [Fact]
    public void What_is_written_reads_the_same()
    {
        using var folder = new TemporaryFolder();
        CocoFile file = Read(Good);

        file.Write(folder["out.json"]);
        CocoFile again = CocoFile.Read(folder["out.json"]);

        again.Images.ShouldBe(file.Images);
        again.Categories.ShouldBe(file.Categories);
        again.Annotations.Select(a => a with { Segmentation = null }).ShouldBe(
            file.Annotations.Select(a => a with { Segmentation = null }));
        again.Annotations.Select(a => a.Segmentation?.ToMask(8, 10)).ShouldBe(
            file.Annotations.Select(a => a.Segmentation?.ToMask(8, 10)));
        Directory.GetFiles(folder["."]).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void Any_split_of_the_stream_reads_the_same(int piece)
    {
        // Larger than the buffer, so that every kind of token is cut somewhere.
        string entry = """{"image_id": 1, "category_id": 12, "score": 0.25, "bbox": [1.5, 2, 3, 4], "note": "ü\n"}""";
        byte[] text = Encoding.UTF8.GetBytes($"\uFEFF[{string.Join(", ", Enumerable.Repeat(entry, 9000))}]\n");

        IReadOnlyList<CocoDetection> results = CocoFile.ReadResults(new Trickle(text, piece * 1000 + 1), "r.json");

        results.Count.ShouldBe(9000);
        results.ShouldAllBe(r => r == new CocoDetection(1, 12, 0.25, new BoxXywh(1.5, 2, 3, 4), null));
    }

    [Fact]
    public void A_text_longer_than_the_buffer_is_read()
    {
        string name = new('x', 700_000);

        Read(
            $$"""
            {"images": [{"id": 1, "file_name": "{{name}}", "width": 1, "height": 1}], "annotations": [], "categories": []}
            """)
            .Images[0].FileName.ShouldBe(name);
    }

    [Fact]
    public void A_file_above_the_limit_is_refused_unread()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["g.json"], Good);

        Should.Throw<DataSetFormatException>(() => CocoFile.Read(folder["g.json"], new CocoReadOptions { MaxFileBytes = 100 }))
            .Message.ShouldContain("at most 100 are read");
    }

    internal static CocoFile Read(string json) => CocoFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(json)), "g.json");

    /// <summary>A stream that gives few bytes at a time, as a network does.</summary>
    private sealed class Trickle(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(piece, buffer.Length)]);

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(piece, count));
    }
}
