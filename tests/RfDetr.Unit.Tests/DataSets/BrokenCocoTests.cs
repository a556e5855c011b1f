using System.Text;
using RfDetr.Data;

namespace RfDetr.Tests.DataSets;

/// <summary>Broken files and what is said about them.</summary>
public class BrokenCocoTests
{
    private const string Image = """{"id": 1, "file_name": "a.jpg", "width": 10, "height": 8}""";
    private const string Category = """{"id": 1, "name": "cat"}""";
    private const string Annotation = """{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}""";

    public static TheoryData<string, string> Files => new()
    {
        { "", "g.json: the file is empty." },
        { "   ", "breaks off at line 1" },
        { "[]", "is a list; that is a result file" },
        { "hello", "is not JSON at line 1, byte 1" },
        { """{"images": [{"id": 1, "file_""", "images[0].id breaks off at line 1, byte 29: the file ends before its JSON does" },
        { """{"images": [], "categories": [],}""", "is not JSON at line 1" },
        { """{"images": [], "annotations": []}""", "has no 'categories'; COCO ground truth has" },
        { """{"images": [], "images": [], "annotations": [], "categories": []}""", "images is there twice" },
        { """{"images": {}, "annotations": [], "categories": []}""", "images is an object; it must be a list." },
        { With(image: "5"), "images[0] is 5; it must be an object" },
        { With(image: """{"width": 10}"""), "images[0] has no 'id'." },
        {
            With(image: """{"id": 1, "file_name": "a.jpg", "width": true, "height": 8}"""),
            "images[0].width is true; it must be a whole number"
        },
        {
            With(image: """{"id": [1], "file_name": "a.jpg", "width": 1, "height": 8}"""),
            "images[0].id is a list; it must be a whole number."
        },
        {
            With(image: """{"id": 1, "file_name": "a.jpg", "width": "wide", "height": 8}"""),
            "images[0].width is the text 'wide'; it must be a whole number."
        },
        { With(category: Category + """, {"id": 1, "name": "dog"}"""), "categories[1].id is 1, which categories[0] has already" },
        { With(annotation: """{"image_id": 1, "category_id": 1}"""), "annotations[0] has no 'bbox'." },
        {
            With(annotation: Annotation + """, {"image_id": 1, "category_id": 1, "bbox": [1, 2, 3]}"""),
            "annotations[1].bbox has 3 numbers; it must be [x, y, width, height]."
        },
        {
            With(annotation: """{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4, 5]}"""),
            "annotations[0].bbox has more than four numbers"
        },
        {
            With(annotation: """{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, "x"]}"""),
            "annotations[0].bbox is the text 'x'; it must be a finite number."
        },
        {
            With(annotation: """{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 1e999]}"""),
            "annotations[0].bbox is 1e999; it must be a finite number."
        },
        {
            With(annotation: """{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, NaN]}"""),
            "annotations[0].bbox is NaN or an empty text; it must be a finite number."
        },
        {
            With(annotation: """{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, -Infinity]}"""),
            "annotations[0].bbox is the text '-inf'; it must be"
        },
        {
            With(annotation: """{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, None]}"""),
            "annotations[0].bbox is not JSON at line 1"
        },
        {
            With(annotation: """{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "iscrowd": 2}"""),
            "annotations[0].iscrowd is 2; it must be 0 to 1"
        },
        {
            With(annotation: """{"image_id": 1, "category_id": 1, "segmentation": [1, 2, 3, 4]}"""),
            "is a pair of brackets missing?"
        },
        {
            With(annotation: """{"image_id": 1, "category_id": 1, "segmentation": [[1, 2, 3, 4]]}"""),
            "has a polygon of 4 numbers"
        },
        {
            With(annotation: """{"image_id": 1, "category_id": 1, "segmentation": [[1, 2, 3, 4, 5, 6, 7]]}"""),
            "has a polygon of 7 numbers"
        },
        {
            With(annotation: """{"image_id": 1, "category_id": 1, "segmentation": "abc"}"""),
            "annotations[0].segmentation is the text 'abc'"
        },
        {
            With(annotation: """{"image_id": 1, "category_id": 1, "segmentation": {"size": [8, 10]}}"""),
            "annotations[0].segmentation has no 'counts'"
        },
        {
            With(annotation: """{"image_id": 1, "category_id": 1, "segmentation": {"size": [8, -1], "counts": "1"}}"""),
            "has no usable 'size'"
        },
        {
            With(annotation: """{"image_id": 1, "category_id": 1, "segmentation": {"size": [10, 8], "counts": [80]}}"""),
            "a mask of size [10, 8] (height, width) belongs to no image of 8×10"
        },
        {
            With(annotation: """{"image_id": 1, "category_id": 1, "segmentation": {"size": [8, 10], "counts": [81]}}"""),
            "annotations[0].segmentation cannot be used: Run 0 of the mask is 81 long"
        },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void Says_where_and_what(string json, string message)
    {
        DataSetFormatException e = Should.Throw<DataSetFormatException>(() => CocoFileTests.Read(json));

        e.Message.ShouldStartWith("g.json: ");
        e.Message.ShouldContain(message);
        e.File.ShouldBe("g.json");
    }

    [Theory]
    [InlineData("{}", "is no list; a result file is a list of")]
    [InlineData("""[{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}]""", "[0] has no 'score'.")]
    [InlineData("""[{"image_id": 1, "category_id": 1, "score": 1}]""", "[0] has no 'bbox'.")]
    [
        InlineData(
            """[{"image_id": 1, "category_id": 1, "score": null, "bbox": [1, 2, 3, 4]}]""",
            "[0].score is null; it must be a finite number.")
    ]
    [InlineData("""[[1]]""", "[0] is a list; it must be an object.")]
    [InlineData("""[] []""", "is not JSON at line 1, byte 4")]
    public void Says_what_is_wrong_with_results(string json, string message) =>
        Should.Throw<DataSetFormatException>(() =>
            CocoFile.ReadResults(new MemoryStream(Encoding.UTF8.GetBytes(json)), "r.json")).Message.ShouldContain(message);

    private static string With(string image = Image, string category = Category, string annotation = Annotation) =>
        $$"""{"images": [{{image}}], "categories": [{{category}}], "annotations": [{{annotation}}]}""";
}
