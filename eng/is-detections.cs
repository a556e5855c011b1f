#:property PublishAot=false

// Fails unless a file is what "rfdetr detect --json" writes, and nothing else: .ci/run checks the standard output with it.
using System.Text.Json;

using JsonDocument found = JsonDocument.Parse(File.ReadAllBytes(args[0]));
JsonElement images = found.RootElement.GetProperty("images");
if (found.RootElement.GetProperty("model").ValueKind == JsonValueKind.Null || images.GetArrayLength() == 0)
    throw new InvalidDataException("there is no model or there are no images in the JSON");
foreach (JsonElement image in images.EnumerateArray())
{
    if (image.GetProperty("detections").GetArrayLength() == 0)
        throw new InvalidDataException($"nothing was found in {image.GetProperty("file")}");
}
