using System.Text.Json;

namespace RfDetr.Data;

/// <summary>
/// The images that a COCO file names, one by one: memory does not grow with their number, unlike with <see cref="CocoFile"/>.
/// </summary>
internal static class CocoImageList
{
    /// <summary>Reads the list <c>images</c>; everything else is passed over.</summary>
    /// <param name="path">The file: ground truth, or any object that has such a list.</param>
    /// <param name="take">Gets each image in the file's order.</param>
    /// <exception cref="DataSetFormatException">It is not such a file; the message names the place.</exception>
    public static void Read(string path, Action<CocoImage> take)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.SequentialScan);
        var json = new JsonCursor(new PythonNumbersStream(JsonStreams.AsUtf8(stream)), path);
        try
        {
            if (!Find(ref json))
                throw json.Error("has no 'images'; a COCO file is an object with 'images' that have 'id' and 'file_name'");
            Each(ref json, take);
        }
        catch (JsonException e)
        {
            throw json.Malformed(e);
        }
    }

    private static bool Find(ref JsonCursor json)
    {
        json.Next();
        if (json.Token != JsonTokenType.StartObject)
            throw json.Error("is no JSON object; a COCO file is one with a list 'images'");
        for (json.Next(); json.Token != JsonTokenType.EndObject; json.Next())
        {
            if (json.Is("images"u8))
                return true;
            JsonLists.Pass(ref json);
        }

        return false;
    }

    private static void Each(ref JsonCursor json, Action<CocoImage> take)
    {
        json.Next();
        json.Field = "images";
        if (json.Token != JsonTokenType.StartArray)
            throw json.Wrong("a list");
        (json.Section, json.Field) = ("images", "");
        var ids = new CocoIds();
        for (json.Next(); json.Token != JsonTokenType.EndArray; json.Next())
        {
            json.Index++;
            if (json.Token != JsonTokenType.StartObject)
                throw json.Wrong("an object");
            (long? id, string? file) = (null, null);
            for (json.Next(); json.Token != JsonTokenType.EndObject; json.Next())
            {
                if (json.Is("id"u8))
                    id = json.IdField("id", ids);
                else if (json.Is("file_name"u8))
                    file = json.OptionalStringField("file_name");
                else
                    JsonLists.Pass(ref json);
            }

            json.Field = "";
            if (id is null || string.IsNullOrEmpty(file))
                throw json.Missing(("id", id is null), ("file_name", string.IsNullOrEmpty(file)));
            take(new CocoImage(id.Value, file, 0, 0));
        }
    }
}
