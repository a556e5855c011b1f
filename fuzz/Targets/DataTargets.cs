using System.Text;
using RfDetr.Data;

namespace RfDetr.Fuzzing;

/// <summary>Readers of annotations.</summary>
internal static class DataTargets
{
    private static readonly string[] s_json =
    [
        "\"images\"", "\"annotations\"", "\"categories\"", "\"id\"", "\"image_id\"", "\"category_id\"", "\"bbox\"", "\"area\"",
        "\"iscrowd\"", "\"segmentation\"",
        "\"size\"", "\"counts\"", "\"width\"", "\"height\"", "\"file_name\"", "\"name\"", "\"score\"", "[]", "{}", "[[", "]]",
        "null", "true", "NaN", "-Infinity",
        "1e999", "-1", "0", "99999999999999999999", "\"\\ud83d\"", "\"1\"", ",", ":", "\uFEFF",
    ];

    private static readonly string[] s_yaml =
        ["train:", "val:", "names:", "nc:", "path:", "kpt_shape:", "&a ", "*a", "<<: ", "? ", "- ", "[", "]", "{", "}", ": ",
            "\n", "\n  ", "|\n", ">\n", "!!int ", "'", "\"", "\t", "#", "---\n", "0", "~"];

    private static readonly string[] s_xml =
        ["<annotation>", "</annotation>", "<object>", "</object>", "<bndbox>", "<size>", "<width>", "<name>", "<xmin>",
            "<!DOCTYPE a [", "<!ENTITY x \"y\">", "]>", "&x;", "&#0;", "&lt;", "<![CDATA[", "]]>", "<!--",
            "<?xml version=\"1.0\" encoding=\"utf-16\"?>", "<a/>", "NaN", "1e9"];

    private static readonly string[] s_labels = ["0 ", "1 ", " 0.5", " -1", " 2", " 1e-3", " NaN", "\n", "\t", "\r",
        " 99999999999"];

    /// <summary>All of them.</summary>
    public static IEnumerable<ReaderTarget> All =>
    [
        Of("coco-truth", s_json, bytes => Touch(CocoFile.Read(new MemoryStream(bytes), "fuzz.json"))),
        Of("coco-results", s_json, bytes => CocoFile.ReadResults(new MemoryStream(bytes), "fuzz.json")),
        Of("yolo-config", s_yaml, bytes => InFile("data.yaml", bytes, file => YoloConfig.Read(file))),
        Of("yolo-labels", s_labels, bytes => InFile("labels.txt", bytes, Labels)),
        Of("voc", s_xml, bytes => InFile("a.xml", bytes, file => VocAnnotation.Read(file))),
    ];

    private static ReaderTarget Of(string name, string[] words, Action<byte[]> read) =>
        new(name, [.. words.Select(Encoding.UTF8.GetBytes)], read, e => e is DataSetFormatException);

    // Masks are decoded when somebody asks, so somebody must.
    private static void Touch(CocoFile file)
    {
        foreach (CocoAnnotation annotation in file.Annotations)
        {
            try
            {
                _ = annotation.Segmentation?.ToMask(48, 64);
            }
            catch (AnnotationFormatException)
            {
                // The expected answer to a mask that is none.
            }
        }
    }

    private static void Labels(string file)
    {
        var failures = new List<DataSetFormatException>();
        var problems = new ProblemList(stopAtFirst: false);
        foreach (
            LabeledObject o in Data.YoloLabels.Read(file, classes: 3, keypoints: 0, width: 64, height: 48, problems, failures))
            _ = o.Segmentation?.ToMask(48, 64);
        if (failures.Count > 0)
            throw failures[0];
    }

    private static void InFile(string name, byte[] bytes, Action<string> read)
    {
        string folder = Path.Combine(
            Path.GetTempPath(), $"rfdetr-fuzz-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}");
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, name);
        File.WriteAllBytes(file, bytes);
        read(file);
    }
}
