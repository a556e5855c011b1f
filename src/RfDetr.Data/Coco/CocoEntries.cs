using System.Text.Json;

namespace RfDetr.Data;

/// <summary>Reads one annotation or one result, at its '{'.</summary>
internal static class CocoEntries
{
    /// <summary>A box that the file does not give, until <see cref="CocoLinks"/> has filled it in.</summary>
    public static readonly BoxXywh NoBox = new(double.NaN, double.NaN, double.NaN, double.NaN);

    /// <summary>
    /// An area that the file does not give, until <see cref="CocoLinks"/> has filled it in. NaN is what some files do give.
    /// </summary>
    public const double NoArea = double.NegativeInfinity;

    [ThreadStatic]
    private static List<double>? t_numbers;

    public static CocoAnnotation Annotation(ref JsonCursor json, CocoIds ids)
    {
        long id = json.Index + 1;
        long? image = null, category = null;
        BoxXywh? box = null;
        double area = NoArea;
        bool crowd = false;
        CocoSegmentation? mask = null;
        for (json.Next(); json.Token != JsonTokenType.EndObject; json.Next())
        {
            if (json.Is("id"u8))
                id = json.IdField("id", ids);
            else if (json.Is("image_id"u8))
                image = json.IdField("image_id", ids);
            else if (json.Is("category_id"u8))
                category = json.IdField("category_id", ids);
            else if (json.Is("bbox"u8))
                box = json.BoxField("bbox");
            else if (json.Is("area"u8))
                area = Area(ref json);
            else if (json.Is("iscrowd"u8))
                crowd = json.FlagField("iscrowd");
            else if (json.Is("segmentation"u8))
                mask = Segmentation(ref json);
            else
                JsonLists.Pass(ref json);
        }

        json.Field = "";
        if (image is null || category is null || (box is null && mask is null))
            throw json.Missing(
                ("image_id", image is null), ("category_id", category is null), ("bbox", box is null && mask is null));
        return new CocoAnnotation
        {
            Id = id,
            ImageId = image.Value,
            CategoryId = category.Value,
            Box = box ?? NoBox,
            Area = area,
            IsCrowd = crowd,
            Segmentation = mask,
        };
    }

    public static CocoDetection Detection(ref JsonCursor json, CocoIds ids)
    {
        long? image = null, category = null;
        double? score = null;
        BoxXywh? box = null;
        CocoSegmentation? mask = null;
        for (json.Next(); json.Token != JsonTokenType.EndObject; json.Next())
        {
            if (json.Is("image_id"u8))
                image = json.IdField("image_id", ids);
            else if (json.Is("category_id"u8))
                category = json.IdField("category_id", ids);
            else if (json.Is("score"u8))
                score = json.NumberField("score");
            else if (json.Is("bbox"u8))
                box = json.BoxField("bbox");
            else if (json.Is("segmentation"u8))
                mask = Segmentation(ref json);
            else
                JsonLists.Pass(ref json);
        }

        json.Field = "";
        if (image is null || category is null || score is null || (box is null && mask is null))
        {
            throw json.Missing(
                ("image_id", image is null), ("category_id", category is null), ("score", score is null),
                ("bbox", box is null && mask is null));
        }

        return new CocoDetection(image.Value, category.Value, score.Value, box, mask);
    }

    private static double Area(ref JsonCursor json)
    {
        json.Field = "area";
        json.Next();
        return json.Token == JsonTokenType.Null ? NoArea : json.TryNumber(out double area) ? area : throw json.Wrong("a number");
    }

    /// <summary>The mask. One that is malformed is no reason to refuse the box beside it: it is kept as what it is.</summary>
    private static CocoSegmentation? Segmentation(ref JsonCursor json)
    {
        json.Field = "segmentation";
        json.Next();
        int depth = json.Depth;
        bool isContainer = json.Token is JsonTokenType.StartArray or JsonTokenType.StartObject;
        try
        {
            return json.Token switch
            {
                JsonTokenType.Null => null,
                JsonTokenType.StartArray => Polygons(ref json),
                JsonTokenType.StartObject => RunLengths(ref json),
                _ => throw json.Wrong("a list of polygons, or an object with 'size' and 'counts'"),
            };
        }
        catch (DataSetFormatException e)
        {
            if (isContainer)
                json.SkipToEnd(depth);
            return new CocoBrokenMask(e.Message[(e.File.Length + 2)..]);
        }
    }

    private static CocoPolygons? Polygons(ref JsonCursor json)
    {
        List<double> scratch = t_numbers ??= [];
        var outlines = new List<double[]>(1);
        string? flaw = null;
        for (json.Next(); json.Token != JsonTokenType.EndArray; json.Next())
        {
            if (json.Token != JsonTokenType.StartArray)
                throw json.Wrong("a list of polygons, each a list x0, y0, x1, y1, … (is a pair of brackets missing?)");
            double[] outline = json.Numbers(scratch);
            if (outline.Length % 2 != 0)
                throw json.Error(
                    $"has a polygon of {outline.Length} numbers; a polygon is x0, y0, x1, y1, … with at least three points");
            if (outline.Length >= 6)
                outlines.Add(outline);
            else
                flaw ??= $"has a polygon of {outline.Length} numbers; a polygon is x0, y0, x1, y1, … with at least three points";
        }

        // Points and lines beside real outlines enclose nothing; alone they are no mask.
        if (flaw is not null && outlines.Count == 0)
            throw json.Error(flaw);
        if (flaw is not null)
            json.Flaw(DataFlaw.EmptyPolygon, flaw);
        return outlines.Count == 0 ? null : new CocoPolygons([.. outlines]);
    }

    private static CocoRunLengths RunLengths(ref JsonCursor json)
    {
        double[]? size = null;
        string? text = null;
        long[]? counts = null;
        for (json.Next(); json.Token != JsonTokenType.EndObject; json.Next())
        {
            bool isSize = json.Is("size"u8), isCounts = json.Is("counts"u8);
            json.Next();
            if (isSize && json.Token == JsonTokenType.StartArray)
                size = json.Numbers(t_numbers ??= []);
            else if (isCounts && json.Token == JsonTokenType.String)
                text = json.Text;
            else if (isCounts && json.Token == JsonTokenType.StartArray)
                counts = Counts(ref json);
            else
                json.Skip();
        }

        if (size is not [>= 1 and <= int.MaxValue, >= 1 and <= int.MaxValue] || size[0] * size[1] > int.MaxValue)
            throw json.Error("has no usable 'size'; run lengths need [height, width] in pixels");
        if (text is null && counts is null)
            throw json.Error("has no 'counts'; run lengths are a compressed string or a list of numbers");
        return text is not null
            ? new CocoRunLengths((int)size[0], (int)size[1], text)
            : new CocoRunLengths((int)size[0], (int)size[1], counts!);
    }

    private static long[] Counts(ref JsonCursor json)
    {
        var counts = new List<long>();
        for (json.Next(); json.Token != JsonTokenType.EndArray; json.Next())
            counts.Add(json.Whole());
        return [.. counts];
    }
}
