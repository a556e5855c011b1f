using RfDetr.Data;
using RfDetr.Training;

namespace RfDetr.Tests.Loading;

/// <summary>A data set of bitmaps with boxes and masks in a folder of its own.</summary>
internal sealed class SmallSet : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SmallSet(int count, bool masks = true)
    {
        var images = new List<CocoImage>();
        var annotations = new List<CocoAnnotation>();
        for (int i = 0; i < count; i++)
        {
            (int width, int height) = (40 + i % 3 * 10, 36 + i % 2 * 8);
            string name = Invariant.Text($"p{i:000}.bmp");
            TestImages.WriteBmp(_folder[$"train/{name}"], width, height, i);
            images.Add(new CocoImage(i + 1, name, width, height));
            for (int k = 0; k <= i % 3; k++)
            {
                (double x, double y) = (3 + 7 * k, 4 + 6 * k);
                annotations.Add(new CocoAnnotation
                {
                    Id = annotations.Count + 1,
                    ImageId = i + 1,
                    CategoryId = 1 + (i == 0 ? 2 : k % 2),
                    Box = new BoxXywh(x, y, 10, 12),
                    Area = 120,
                    Segmentation = masks ? new CocoPolygons([[x, y, x + 10, y, x + 10, y + 12, x, y + 12]]) : null,
                });
            }
        }

        new CocoFile(
            "", images, [new(1, "often"), new(2, "less"), new(3, "rare")], annotations)
            .Write(_folder["train/_annotations.coco.json"]);
        Split = DataSet.Open(_folder["."]).Split("train");
    }

    public DataSplit Split { get; }

    public string Image(int index) => Split.Images[index].File;

    public TrainingLoader Loader(Func<LoaderOptions, LoaderOptions>? change = null)
    {
        var options = new LoaderOptions { Resolution = 32, SizeDivisor = 8, BatchSize = 3, Seed = 11, Masks = Split.HasMasks };
        return new TrainingLoader(Split, change?.Invoke(options) ?? options);
    }

    public void Dispose() => _folder.Dispose();
}
