using RfDetr.Data;

namespace RfDetr.Tests.DataSets;

/// <summary>A folder in which a test lays out a data set.</summary>
internal sealed class DataSetFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Path => _folder["set"];

    public DataSetFolder Text(string name, string text)
    {
        string path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return this;
    }

    public DataSetFolder Image(string name, int width = 20, int height = 10, int number = 0)
    {
        TestImages.WriteBmp(System.IO.Path.Combine(Path, name), width, height, number);
        return this;
    }

    /// <summary>A Roboflow split of one image "a.bmp" of 20×10.</summary>
    public DataSetFolder Coco(
        string split, string annotations, string categories = """{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}""",
        string file = "a.bmp") =>
        Text(
            $"{split}/_annotations.coco.json",
            $$"""
            {"images": [{"id": 1, "file_name": "{{file}}", "width": 20, "height": 10}], "annotations": [{{annotations}}],
             "categories": [{{categories}}]}
            """);

    public DataSet Open(DataSetOptions? options = null) => DataSet.Open(Path, options);

    public string At(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => _folder.Dispose();
}
