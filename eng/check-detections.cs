// Checks the JSON of "rfdetr detect --json": one object with a model and images that have detections. Exit code 1 says what is missing.
//   dotnet run eng/check-detections.cs -- FILE
using System.Text.Json;

try
{
    using JsonDocument found = JsonDocument.Parse(File.ReadAllBytes(args[0]));
    JsonElement root = found.RootElement;
    if (!root.TryGetProperty("model", out _))
        throw new InvalidDataException("there is no model");
    if (!root.TryGetProperty("images", out JsonElement images) || images.ValueKind != JsonValueKind.Array || images.GetArrayLength() == 0)
        throw new InvalidDataException("there are no images");
    foreach (JsonElement image in images.EnumerateArray())
    {
        if (!image.TryGetProperty("detections", out JsonElement detections) || detections.ValueKind != JsonValueKind.Array)
            throw new InvalidDataException($"there are no detections for {image}");
    }

    return 0;
}
catch (Exception e) when (e is JsonException or InvalidDataException or IOException)
{
    Console.Error.WriteLine($"{args[0]}: {e.Message}");
    return 1;
}
