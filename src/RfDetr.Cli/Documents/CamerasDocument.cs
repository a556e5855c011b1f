namespace RfDetr.Cli.Documents;

/// <summary>Cameras, as <c>rfdetr cameras --json</c> writes them.</summary>
internal sealed record CamerasDocument(IReadOnlyList<CameraDocument> Cameras);

/// <summary>A camera: the input to open it by, and its name.</summary>
internal sealed record CameraDocument(string Input, string Name);
