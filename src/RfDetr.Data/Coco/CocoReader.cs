using System.Text.Json;

namespace RfDetr.Data;

/// <summary>Reads the three lists of a ground-truth file; whatever else is in it is passed over.</summary>
internal sealed class CocoReader(CocoReadOptions options, ProblemList problems)
{
    private readonly List<CocoImage> _images = [];
    private readonly List<CocoCategory> _categories = [];
    private readonly List<CocoAnnotation> _annotations = [];
    private readonly CocoIds _ids = new();

    /// <summary>Reads a file.</summary>
    /// <param name="json">At its beginning.</param>
    /// <param name="path">Name of the file in messages.</param>
    /// <param name="options">Limits.</param>
    /// <param name="problems">Decides whether a broken entry ends the reading or is left out.</param>
    public static CocoFile Read(ref JsonCursor json, string path, CocoReadOptions options, ProblemList problems)
    {
        var reader = new CocoReader(options, problems);
        json.Problems = problems;
        json.Next();
        if (json.Token != JsonTokenType.StartObject)
        {
            throw json.Error(json.Token == JsonTokenType.StartArray
                ? "is a list; that is a result file, ground truth is an object with 'images', 'annotations' and 'categories'"
                : "is no JSON object");
        }

        (bool images, bool annotations, bool categories) = (false, false, false);
        for (json.Next(); json.Token != JsonTokenType.EndObject; json.Next())
        {
            if (json.Is("images"u8))
                reader.Section(ref json, "images", ref images);
            else if (json.Is("annotations"u8))
                reader.Section(ref json, "annotations", ref annotations);
            else if (json.Is("categories"u8))
                reader.Section(ref json, "categories", ref categories);
            else
                JsonLists.Pass(ref json);
        }

        json.ExpectEnd();
        string missing = string.Join(
            ", ",
            ((string[])[images ? "" : "'images'", annotations ? "" : "'annotations'", categories ? "" : "'categories'"])
                .Where(n => n.Length > 0));
        if (missing.Length > 0)
            throw json.Error($"has no {missing}; COCO ground truth has 'images', 'annotations' and 'categories'");
        return CocoLinks.Complete(path, reader._images, reader._categories, reader._annotations, reader._ids, problems);
    }

    private void Section(ref JsonCursor json, string name, ref bool seen)
    {
        json.Field = name;
        if (seen)
            throw json.Error("is there twice");
        seen = true;
        json.Next();
        if (json.Token != JsonTokenType.StartArray)
            throw json.Wrong("a list");
        (json.Section, json.Field) = (name, "");
        for (json.Next(); json.Token != JsonTokenType.EndArray; json.Next())
        {
            json.Index++;
            int depth = json.Depth;
            bool isContainer = json.Token is JsonTokenType.StartObject or JsonTokenType.StartArray;
            try
            {
                if (json.Token != JsonTokenType.StartObject)
                    throw json.Wrong("an object");
                switch (name)
                {
                    case "images": _images.Add(Image(ref json)); break;
                    case "categories": _categories.Add(Category(ref json)); break;
                    default: _annotations.Add(CocoEntries.Annotation(ref json, _ids)); break;
                }
            }
            catch (DataSetFormatException e)
            {
                problems.Add(e);
                if (problems.IsFull)
                    throw;
                if (isContainer)
                    json.SkipToEnd(depth);
            }

            json.Field = "";
        }

        (json.Section, json.Index) = ("", -1);
    }

    private CocoImage Image(ref JsonCursor json)
    {
        long? id = null;
        string? file = null;
        int width = 0, height = 0;
        for (json.Next(); json.Token != JsonTokenType.EndObject; json.Next())
        {
            if (json.Is("id"u8))
                id = json.IdField("id", _ids);
            else if (json.Is("file_name"u8))
                file = json.OptionalStringField("file_name");
            else if (json.Is("width"u8))
                width = json.SideField("width", options.MaxSide);
            else if (json.Is("height"u8))
                height = json.SideField("height", options.MaxSide);
            else
                JsonLists.Pass(ref json);
        }

        json.Field = "";
        return id is null ? throw json.Missing(("id", true)) : new CocoImage(id.Value, file ?? "", width, height);
    }

    private CocoCategory Category(ref JsonCursor json)
    {
        long? id = null;
        string? name = null, group = null;
        for (json.Next(); json.Token != JsonTokenType.EndObject; json.Next())
        {
            if (json.Is("id"u8))
                id = json.IdField("id", _ids);
            else if (json.Is("name"u8))
                name = json.OptionalStringField("name");
            else if (json.Is("supercategory"u8))
                group = json.OptionalStringField("supercategory");
            else
                JsonLists.Pass(ref json);
        }

        json.Field = "";
        return id is null ? throw json.Missing(("id", true)) : new CocoCategory(id.Value, name ?? "", group);
    }
}

/// <summary>Limits on the size of a COCO file; a file beyond is refused before it fills the memory.</summary>
public sealed record CocoReadOptions
{
    /// <summary>The limits used where none are given.</summary>
    public static CocoReadOptions Default { get; } = new();

    /// <summary>Bytes of the file: 4 GiB, nine times COCO's own training annotations.</summary>
    public long MaxFileBytes { get; init; } = 4L << 30;

    /// <summary>Width and height of an image each, as in <see cref="ImageLimits"/>; larger ones become 0.</summary>
    public int MaxSide { get; init; } = 65_535;
}
